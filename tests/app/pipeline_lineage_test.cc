// What model events said of a version, put together (DESIGN 3), however the events were spread and read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "app/pipeline/lineage.h"
#include "tests/app/pipeline_bench.h"

namespace driftd::app {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

TEST(Lineage, LaterEventsAddToEarlierOnesAndOverwriteThem) {
  const std::string registered =
      merged_lineage("{}", R"({"trained_by":"ci","run_id":"r1","data_version":"d1"})");
  const std::string deployed = merged_lineage(registered, R"({"run_id":"r2","git_commit":"c0ffee"})");
  EXPECT_EQ(json::parse(deployed),
            json::parse(R"({"trained_by":"ci","run_id":"r2","data_version":"d1","git_commit":"c0ffee"})"));
  EXPECT_EQ(merged_lineage(deployed, "{}"), deployed);
}

TEST(Lineage, ANullTakesAKeyAwayAndAnAnswerToAnIncidentIsNone) {
  EXPECT_EQ(merged_lineage(R"({"a":1,"b":2})", R"({"a":null,"incident":"data-1"})"), R"({"b":2})");
  EXPECT_EQ(merged_lineage(R"({"incident":"of an older state"})", "{}"), "{}");
}

TEST(Lineage, IsBoundedWhateverIsSaid) {
  json many = json::object();
  for (int i = 0; i < 1000; ++i) many["key" + std::to_string(i)] = i;
  EXPECT_EQ(json::parse(merged_lineage("{}", many.dump())).size(), kLineageKeys);
  const json text = {{"note", std::string(10'000, 'x')}, {"umlauts", std::string(2000, 'a') + "\u00e4"}};
  const json cut = json::parse(merged_lineage("{}", text.dump()));
  EXPECT_EQ(cut["note"], std::string(kLineageText - 1, 'x') + "\u2026");
  EXPECT_EQ(merged_lineage("{}", json{{"list", json(std::vector<int>(5000, 1))}}.dump()), "{}");
  EXPECT_EQ(merged_lineage("{}", json{{std::string(300, 'k'), 1}}.dump()), "{}");
  const std::string deep = R"({"ok":1,"deep":)" + std::string(200'000, '[') + std::string(200'000, ']') + "}";
  EXPECT_EQ(json::parse(merged_lineage("{}", deep))["ok"], 1);
  EXPECT_LT(merged_lineage("{}", deep).size(), 100U);
  for (const char* broken : {"", "[1]", "{", "\"text\"", "{\"a\":\"\xff\"}"})
    EXPECT_EQ(merged_lineage("{}", broken), "{}") << broken;
}

TEST(Lineage, ARecordOfOneMegabyteIsPutTogetherAtOnce) {
  std::string objects = R"({"ok":1,"list":[{})";
  while (objects.size() < 1'000'000) objects += ",{}";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(merged_lineage("{}", objects + "]}"), R"({"ok":1})");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20)) << "minutes, if quadratic";
}

TEST(Lineage, RetrainingOfAVersionThatPredictsIsOfItsSuccessor) {
  for (const Lifecycle event :
       {Lifecycle::retraining_started, Lifecycle::retraining_finished, Lifecycle::retraining_failed}) {
    EXPECT_FALSE(speaks_of_version(event, true));
    EXPECT_TRUE(speaks_of_version(event, false));
  }
  for (const Lifecycle event :
       {Lifecycle::registered, Lifecycle::deployed, Lifecycle::rolled_back, Lifecycle::retired})
    EXPECT_TRUE(speaks_of_version(event, true));
}

TEST(Lineage, LabelsAreScalarsCutAtALength) {
  const auto labels = lineage_labels(json{
      {"trained_by", "ci \"quoted\"\nline"},
      {"trained_at", 20261122},
      {"data_version", {"a", "b"}},
      {"git_commit", std::string(10'000, 'f')},
      {"other", "no label"}}.dump());
  EXPECT_EQ(labels[0], "ci \"quoted\"\nline");
  EXPECT_EQ(labels[1], "20261122");
  EXPECT_EQ(labels[2], "");
  EXPECT_EQ(labels[3], std::string(kLineageLabelText - 1, 'f') + "\u2026");
  EXPECT_EQ(labels[4], "");
}

std::string model_event_text(const std::string& event, Time time, const json& metadata) {
  return json{{"type", "model"},
              {"event", event},
              {"model", "m"},
              {"version", "1"},
              {"time", format_rfc3339(time)},
              {"metadata", metadata}}
      .dump();
}

// Half an hour of predictions with what is said about the version among them, dealt to so many partitions.
Script told(std::size_t partitions) {
  Script script(partitions);
  std::vector<std::pair<Time, std::string>> events;
  for (int i = 0; i < 900; ++i)
    events.emplace_back(kBegin + 2 * i * kSecond, prediction_text(i, kBegin + 2 * i * kSecond));
  const auto say = [&](int second, const std::string& event, const json& metadata) {
    events.emplace_back(kBegin + second * kSecond,
                        model_event_text(event, kBegin + second * kSecond, metadata));
  };
  say(10, "registered", {{"trained_by", "ci"}, {"trained_at", "2025-12-30"}, {"run_id", "r1"}});
  say(20, "deployed", {{"run_id", "r2"}});
  say(21, "deployed", {{"git_commit", "abc\"\\\n"}});
  say(900, "retraining_started", {{"run_id", "of the next one"}, {"incident", "rule-1"}});
  say(1000, "deployed", {{"data_version", "d2"}});
  std::stable_sort(events.begin(), events.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < events.size(); ++i) script[i * 7 % partitions].push_back(events[i].second);
  return script;
}

TEST(Lineage, IsTheSameHoweverItsEventsAreSpreadAndRead) {
  const Config config = config_that_learns(300);
  std::string expected;
  for (const auto& [partitions, records, restarts] :
       {std::tuple(1U, 5000U, 0), std::tuple(1U, 20U, 3), std::tuple(4U, 30U, 5), std::tuple(4U, 1000U, 0)}) {
    const Script script = told(partitions);
    Bench bench(config, script);
    bench.play(records, restarts);
    ASSERT_TRUE(bench->finish().ok());
    const Version& version = bench->state().registry.version(0);
    EXPECT_EQ(json::parse(version.lineage_at(1LL << 40)),
              json::parse(R"({"trained_by":"ci","trained_at":"2025-12-30","run_id":"r2",
                              "git_commit":"abc\"\\\n","data_version":"d2"})"));
    EXPECT_EQ(
        json::parse(version.lineage_at(slot_of(kBegin + 5 * kMinute, kMinute))).contains("data_version"),
        false);
    std::vector<Lifecycle> events;
    for (const LifeEvent& one : version.life) events.push_back(one.event);
    EXPECT_THAT(events, testing::ElementsAre(Lifecycle::registered, Lifecycle::deployed, Lifecycle::deployed,
                                             Lifecycle::retraining_started, Lifecycle::deployed));
    if (expected.empty()) expected = bench.metrics();
    EXPECT_EQ(bench.metrics(), expected) << partitions << " partitions, " << records << " records";
  }
  EXPECT_THAT(expected, HasSubstr(R"(,trained_by="ci",trained_at="2025-12-30",data_version="d2",)"
                                  R"(git_commit="abc\"\\\n",run_id="r2"} 1)"));
}

TEST(Lineage, LabelsThatNobodySaidAreNotThere) {
  const Config config = config_that_learns(300);
  const Script script = half_an_hour();
  Bench bench(config, script);
  bench.play(200);
  EXPECT_THAT(bench.metrics(), HasSubstr("driftd_model_info{model=\"m\""));
  EXPECT_THAT(bench.metrics(), Not(HasSubstr("trained_by")));
}

// Of each kind that belongs to a version; silence belongs to none.
TEST(Lineage, IsInIncidentsWithAllThatWasSaid) {
  Config config = config_that_learns(300);
  alerts::RuleConfig rule;
  rule.name = "always";
  rule.column = "age";
  rule.statistic = "psi";
  rule.above = -1;
  rule.at_least = 10;
  config.models.standard.rules = {rule};
  config.models.standard.schema.missing_column = alerts::Action::notify;
  Script script(1);
  script[0].push_back(model_event_text("registered", kBegin, {{"trained_by", "ci"}}));
  script[0].push_back(model_event_text("deployed", kBegin + kMinute, {{"run_id", "r1"}}));
  for (int i = 0; i < 3600; ++i) {
    const Time time = kBegin + 2 * i * kSecond;
    std::string text = prediction_text(i, time, "m", "1", i > 1800 ? 90 + i % 10 : -1);
    if (i > 2700) text.replace(text.find(R"("country":)"), 10, R"("nation":)");
    script[0].push_back(std::move(text));
  }
  Bench bench(config, script);
  bench.play(200);
  ASSERT_TRUE(bench->finish().ok());
  std::set<alerts::IncidentKind> kinds;
  for (const alerts::Incident* incident : bench->state().desk.book.all()) {
    kinds.insert(incident->key.kind);
    EXPECT_EQ(json::parse(incident->findings.metadata), json::parse(R"({"trained_by":"ci","run_id":"r1"})"))
        << incident->id;
    EXPECT_EQ(incident->reference, bench->state().registry.version(0).reference_digest()) << incident->id;
  }
  for (const alerts::IncidentKind kind :
       {alerts::IncidentKind::rule, alerts::IncidentKind::schema, alerts::IncidentKind::data})
    EXPECT_TRUE(kinds.contains(kind)) << alerts::name_of(kind);
}

}  // namespace
}  // namespace driftd::app
