#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/app/certify_stream.h"

namespace driftd::app {
namespace {

using nlohmann::json;
using testing::csv_file;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Ran;
using testing::run_driftd;
using testing::StreamShape;
using testing::test_path;
using testing::write_file;

std::string config_of(const std::string& name, const std::string& model, const std::string& more = "") {
  return write_file(
      name, "kafka: {brokers: [localhost:9092], topics: {predictions: [p]}}\nthreads: 2\nstorage: {path: " +
                test_path("certify_no_store") + "}\n" + more + "models:\n  m: {" + model + "}\n");
}

// A profile of that stream, and a configuration that names it.
std::string certifiable(const std::string& name, const StreamShape& shape, const std::string& model = "") {
  const std::string profile = test_path(name + ".profile.json");
  const Ran made = run_driftd({"profile", "--model", "m", "-o", profile, csv_file(name + ".csv", shape)});
  EXPECT_EQ(made.status, ExitStatus::done) << made.err;
  std::filesystem::remove(test_path(name + ".certificate.json"));
  return config_of(name + ".yaml", "reference: {file: " + profile + "}" + model);
}

json certified(const std::string& config, const std::string& months) {
  const Ran ran =
      run_driftd({"certify", "-c", config, "--model", "m", "--months", months, "--format", "json"});
  EXPECT_EQ(ran.status, ExitStatus::done) << ran.err;
  return json::parse(ran.out, nullptr, false);
}

// P7 of STATISTICS 14 in small.
TEST(Certify, KeepsTheBudgetOnAReferenceAsTheStatisticsWantIt) {
  const std::string config = certifiable("certify_good", {.per_block = 12});
  const json found = certified(config, "16");
  EXPECT_LE(found["false_alarms"]["rate"].get<double>(), 1.6) << found.dump(1);
  EXPECT_EQ(found["verdict"], "kept");
  EXPECT_NE(found["strength"], "uncertified");
  std::size_t features = 0;
  for (const json& column : found["columns"]) {
    if (column["kind"] == "covariate") continue;  // derived ones are watched, and no shift of them looked for
    ++features;
    EXPECT_TRUE(column["shift"].is_object()) << column.dump();
    EXPECT_TRUE(column["missing"].is_object()) << column.dump();
    EXPECT_NEAR(column["values_per_day"].get<double>(), 3456, 1);
    EXPECT_LE(column["effective_per_day"].get<double>(), 3456);
    // nothing under the floors can be found (STATISTICS 3)
    EXPECT_GE(column["shift"]["total_variation"].get<double>(), .02) << column.dump();
    EXPECT_GE(column["missing"]["size"].get<double>(), .02) << column.dump();
  }
  EXPECT_EQ(features, 3U);
  EXPECT_THAT(run_driftd({"check", "-c", config}).out, Not(HasSubstr("not certified")));
}

// What varies from day to day so that neither location nor scale show it, and hence no inflation tempers it.
TEST(Certify, SaysThatTheBudgetIsNotKeptWhereTheReferenceVariesInAWayThatNothingTempers) {
  const std::string config =
      certifiable("certify_bad", {.days = 14, .per_block = 12, .season = 0, .rounds = true});
  const json found = certified(config, "4");
  EXPECT_GT(found["false_alarms"]["low"].get<double>(), 1) << found.dump(1);
  EXPECT_EQ(found["verdict"], "broken");
  EXPECT_THAT(found["advice"].dump(), HasSubstr("season.timezone"));
  const Ran table = run_driftd({"certify", "-c", config, "--model", "m", "--months", "2"});
  EXPECT_THAT(table.out, HasSubstr("THE BUDGET IS NOT KEPT"));
}

// A season that is ignored is tempered away: no false alarm, and blind.
TEST(Certify, ShowsThatAnIgnoredSeasonMakesColumnsBlind) {
  const std::string config =
      certifiable("certify_blind", {.days = 3, .per_block = 12, .season = 1.5}, ", season: {cells: none}");
  const json found = certified(config, "8");
  EXPECT_EQ(found["strength"], "uncertified");
  EXPECT_GT(found["columns"][0]["variance_inflation"].get<double>(), 50);
  EXPECT_TRUE(found["columns"][0]["shift"].is_null() ||
              found["columns"][0]["shift"]["size"].get<double>() >= 1)
      << found.dump(1);
}

TEST(Certify, GivesTheSameFiguresWhateverTheThreads) {
  const std::string config = certifiable("certify_threads", {.days = 2.1, .per_block = 10});
  const std::string other = test_path("certify_threads_1.yaml");
  std::string text =
      "kafka: {brokers: [localhost:9092], topics: {predictions: [p]}}\nthreads: 1\nmodels:\n  m: {reference: "
      "{file: " +
      test_path("certify_threads.profile.json") + "}}\n";
  write_file("certify_threads_1.yaml", text);
  EXPECT_EQ(certified(config, "7"), certified(other, "7"));
}

TEST(Certify, LeavesACertificateThatCheckLooksFor) {
  const std::string config = certifiable("certify_note", {.days = 2.1, .per_block = 10});
  EXPECT_THAT(run_driftd({"check", "-c", config}).out,
              HasSubstr("m: it was never certified; driftd certify -c " + config + " --model m"));
  certified(config, "2");
  EXPECT_THAT(run_driftd({"check", "-c", config}).out, Not(HasSubstr("not certified")));
  const std::string changed =
      config_of("certify_note_2.yaml",
                "reference: {file: " + test_path("certify_note.profile.json") + "}, budget: {alerts: 3}");
  const Ran told = run_driftd({"check", "-c", changed});
  EXPECT_EQ(told.status, ExitStatus::done);
  EXPECT_THAT(told.out, HasSubstr("it was certified with another budget"));
}

TEST(Certify, SaysWhatIsMissingAndExitsWithTwo) {
  const auto refusal = [](const std::string& config, const std::string& model = "m") {
    const Ran ran = run_driftd({"certify", "-c", config, "--model", model, "--months", "2"});
    EXPECT_EQ(ran.status, ExitStatus::usage) << ran.out << ran.err;
    return ran.err;
  };
  const std::string timeless = test_path("certify_timeless.profile.json");
  run_driftd({"profile", "--model", "m", "-o", timeless, write_file("certify_timeless.csv", "a\n1\n2\n3\n")});
  EXPECT_THAT(refusal(config_of("certify_timeless.yaml", "reference: {file: " + timeless + "}")),
              HasSubstr("its rows have no times"));
  EXPECT_THAT(refusal(certifiable("certify_short", {.days = 1.5, .per_block = 2})),
              HasSubstr("at least two days"));
  EXPECT_THAT(refusal(config_of("certify_learnt.yaml", "reference: {first: 100}")),
              HasSubstr("there is no store"));
  EXPECT_THAT(refusal(config_of("certify_unknown.yaml", "", "unknown_models: ignore\n"), "nobody"),
              HasSubstr("has no entry nobody"));
  EXPECT_EQ(run_driftd({"certify", "--model", "m"}).status, ExitStatus::usage);
}

// P14 of STATISTICS 14 in small.
TEST(Regimes, BothInTheReferenceKeepTheBudgetAndOneLeftOutIsFound) {
  const std::string first = test_path("regime_a.profile.json");
  const std::string second = test_path("regime_b.profile.json");
  const StreamShape low{.season = .2}, high{.season = .2, .level = .8, .seed = 2};
  ASSERT_EQ(run_driftd({"profile", "--model", "m", "-o", first, csv_file("regime_a.csv", low)}).status,
            ExitStatus::done);
  const Ran like =
      run_driftd({"profile", "--model", "m", "--like", first, "-o", second, csv_file("regime_b.csv", high)});
  ASSERT_EQ(like.status, ExitStatus::done) << like.err;

  // twelve hours of the one, twelve of the other
  std::ofstream events(test_path("regimes.jsonl"), std::ios::binary);
  std::vector<std::pair<Time, std::string>> lines;
  for (const StreamShape* shape : {&low, &high}) {
    StreamShape fresh = *shape;
    fresh.days = 10;
    fresh.per_block = 12;
    fresh.seed += 10;
    testing::stream_rows(fresh, 2, [&](Time time, const std::vector<double>& values) {
      const bool second_half = (time / (12 * kHour)) % 2 == 1;
      if (second_half != (shape == &high)) return;
      const Time now = time + 21 * kDay;
      lines.emplace_back(now, "{\"type\":\"prediction\",\"model\":\"m\",\"time\":\"" + format_rfc3339(now) +
                                  "\",\"features\":{\"x0\":" + std::to_string(values[0]) +
                                  ",\"x1\":" + std::to_string(values[1]) + ",\"country\":\"" +
                                  testing::country_at(now) + "\"}}\n");
    });
  }
  std::sort(lines.begin(), lines.end());
  for (const auto& [time, line] : lines) events << line;
  events.close();

  const auto opened = [&](const std::string& name, const std::string& regimes) {
    const std::string config = config_of(name, "reference: {file: " + first + regimes + "}", "slot: 5m\n");
    const Ran ran = run_driftd({"replay", "-c", config, test_path("regimes.jsonl")});
    EXPECT_EQ(ran.status, ExitStatus::done) << ran.err;
    std::size_t count = 0;
    for (std::size_t at = 0; (at = ran.out.find("drift.incident.opened", at)) != std::string::npos; ++at)
      ++count;
    return std::pair(count, ran.out);
  };
  EXPECT_EQ(opened("regimes_both.yaml", ", regimes: [" + second + "]").first, 0U);
  const auto [left_out, told] = opened("regimes_one.yaml", "");
  EXPECT_GE(left_out, 1U);
  EXPECT_THAT(told, HasSubstr("\"column\":\"x0\""));
}

TEST(Regimes, ArePutTogetherOverTheBinsOfTheReferenceAlone) {
  const std::string first = test_path("like_a.profile.json");
  run_driftd({"profile", "--model", "m", "-o", first,
              write_file("like_a.csv", "age,country,label,prediction\n1,DE,a,a\n2,DE,b,a\n3,FR,a,b\n")});
  const auto like = [&](const std::string& text) {
    return run_driftd({"profile", "--model", "m", "--like", first, "-o", test_path("like_b.profile.json"),
                       write_file("like_b.csv", text)});
  };
  EXPECT_EQ(like("age,country,extra,prediction\n9,PL,1,a\n2,FR,2,b\n").status, ExitStatus::done);
  const std::string config = config_of(
      "like.yaml", "reference: {file: " + first + ", regimes: [" + test_path("like_b.profile.json") + "]}");
  const Ran checked = run_driftd({"check", "-c", config});
  EXPECT_EQ(checked.status, ExitStatus::done) << checked.err;
  const Ran lacking = like("age,prediction\n1,a\n");
  EXPECT_EQ(lacking.status, ExitStatus::usage);
  EXPECT_THAT(lacking.err, HasSubstr("the rows have no column country"));
  EXPECT_EQ(
      run_driftd({"profile", "--model", "m", "--like", "/nowhere.json", "-o", test_path("x"), first}).status,
      ExitStatus::failed);
}

}  // namespace
}  // namespace driftd::app
