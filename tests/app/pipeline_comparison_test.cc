// Champion and challenger through the engine: who is compared, when a verdict opens and ends, and that it
// does not depend on how the stream is read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/pipeline/comparison_findings.h"
#include "app/pipeline/row_codec.h"
#include "app/pipeline/version_codec.h"
#include "tests/app/pipeline_bench.h"

namespace driftd::app {
namespace {

using testing::HasSubstr;
using testing::Not;

ComparisonConfig versions_1_and_2() {
  ComparisonConfig comparison;
  comparison.name = "v2";
  comparison.champion.version = "1";
  comparison.challenger.version = "2";
  return comparison;
}

Config config_with(const ComparisonConfig& comparison, std::int64_t rows = 200) {
  Config config = config_that_learns(rows);
  config.models.standard.comparisons = {comparison};
  return config;
}

std::uint64_t mixed(int number, int part) {
  std::uint64_t x = static_cast<std::uint64_t>(number) * 64 + static_cast<std::uint64_t>(part);
  x = (x ^ (x >> 30U) ^ 0x9e3779b97f4a7c15U) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

// Wrong so many times in a hundred, by chance that the number decides.
bool wrong(int number, const std::string& who, int of_hundred) {
  return mixed(number, who.empty() ? 0 : who.back()) % 100 < static_cast<std::uint64_t>(of_hundred);
}

bool truth(int number) { return mixed(number, 1) % 2 == 0; }

std::string scored(int number, Time time, const std::string& version, const std::string& variant, bool yes) {
  return R"({"type":"prediction","model":"m","version":")" + version + R"(","variant":")" + variant +
         R"(","id":"i)" + std::to_string(number) + R"(","time":")" + format_rfc3339(time) +
         R"(","features":{"age":)" + std::to_string(number * 37 % 101) + R"(,"country":")" +
         (number % 4 != 0 ? "DE" : "FR") + R"("},"prediction":{"label":")" + (yes ? "yes" : "no") + "\"}}";
}

std::string labelled(int number, Time time) {
  return R"({"type":"feedback","model":"m","id":"i)" + std::to_string(number) + R"(","time":")" +
         format_rfc3339(time) + R"(","label":")" + (truth(number) ? "yes" : "no") + "\"}";
}

std::string deployed(const std::string& version, Time time, const std::string& metadata = "{}") {
  return R"({"type":"model","event":"deployed","model":"m","version":")" + version + R"(","time":")" +
         format_rfc3339(time) + R"(","metadata":)" + metadata + "}";
}

struct Wrong {
  int champion;
  int challenger;
};

// Requests that both versions score, one every two seconds; labels within five minutes, in partitions of
// their own.
Script shadow(Wrong rates, int requests = 1500, std::size_t partitions = 2) {
  Script script(partitions);
  for (int i = 0; i < requests; ++i) {
    const Time time = kBegin + 2 * i * kSecond;
    const auto score = [&](const std::string& version, int rate) {
      return scored(i, time, version, "", truth(i) != wrong(i, version, rate));
    };
    script[static_cast<std::size_t>(i) % (partitions / 2)].push_back(score("1", rates.champion));
    script[static_cast<std::size_t>(i + 1) % (partitions / 2)].push_back(score("2", rates.challenger));
    script[partitions / 2 + static_cast<std::size_t>(i) % (partitions / 2)].push_back(
        labelled(i, time + (i % 2 == 0 ? 10 : 300) * kSecond));
  }
  for (auto& part : script)
    std::stable_sort(part.begin(), part.end(), [](const std::string& a, const std::string& b) {
      const auto time = [](const std::string& text) { return text.substr(text.find("\"time\":") + 8, 20); };
      return time(a) < time(b);
    });
  return script;
}

std::vector<alerts::Incident> comparisons(Bench& bench) {
  std::vector<alerts::Incident> found;
  for (const alerts::Incident* incident : bench->state().desk.book.all())
    if (incident->key.kind == alerts::IncidentKind::comparison) found.push_back(*incident);
  return found;
}

TEST(Comparison, ABetterShadowAsksForItsPromotion) {
  const Config config = config_with(versions_1_and_2());
  const Script script = shadow({30, 12});
  Bench bench(config, script);
  bench.play(200);
  ASSERT_TRUE(bench->finish().ok());
  const auto found = comparisons(bench);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key.version, "2");
  EXPECT_EQ(found[0].key.subject, "v2");
  EXPECT_EQ(found[0].findings.action, alerts::Action::promote);
  EXPECT_EQ(found[0].findings.severity, alerts::Severity::info);
  ASSERT_TRUE(found[0].findings.comparison);
  const alerts::ComparisonFacts& facts = *found[0].findings.comparison;
  EXPECT_EQ(facts.verdict, "better");
  EXPECT_EQ(facts.metric, "error");
  EXPECT_TRUE(facts.paired);
  EXPECT_LT(facts.upper, 0);
  EXPECT_LT(facts.difference, facts.upper);
  EXPECT_GT(facts.difference, facts.lower);
  EXPECT_THAT(found[0].findings.summary, HasSubstr("version 2, is better than the champion, version 1"));
  const std::string page = metrics_page(*bench, nullptr);
  EXPECT_THAT(page, HasSubstr(R"(driftd_comparison_verdict{model="m",comparison="v2",verdict="better"} 1)"));
  EXPECT_THAT(page,
              HasSubstr(R"(driftd_comparison_pairs_total{model="m",comparison="v2",matching="id"} 1500)"));
  EXPECT_THAT(
      page,
      HasSubstr(R"(driftd_incidents_total{model="m",version="2",kind="comparison",severity="info"} 1)"));
}

TEST(Comparison, AWorseShadowIsToldWithoutPromotion) {
  const Config config = config_with(versions_1_and_2());
  const Script script = shadow({12, 30});
  Bench bench(config, script);
  bench.play(200);
  ASSERT_TRUE(bench->finish().ok());
  const auto found = comparisons(bench);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].findings.comparison->verdict, "worse");
  EXPECT_EQ(found[0].findings.action, alerts::Action::notify);
  EXPECT_EQ(found[0].findings.severity, alerts::Severity::warning);
}

TEST(Comparison, OfEqualsNothingIsSaid) {
  const Config config = config_with(versions_1_and_2());
  const Script script = shadow({20, 20});
  Bench bench(config, script);
  bench.play(200);
  ASSERT_TRUE(bench->finish().ok());
  EXPECT_TRUE(comparisons(bench).empty());
  const std::string page = metrics_page(*bench, nullptr);
  EXPECT_THAT(page, HasSubstr(R"(driftd_comparison_verdict{model="m",comparison="v2",verdict="unknown"} 1)"));
  EXPECT_THAT(
      page,
      HasSubstr(R"(driftd_incidents_total{model="m",version="2",kind="comparison",severity="info"} 0)"));
}

// One version is learnt long before the other, and labels wait for the task.
TEST(Comparison, IsTheSameHoweverTheStreamIsReadSpreadAndRestarted) {
  for (const bool by_id : {true, false}) {
    ComparisonConfig comparison = versions_1_and_2();
    if (!by_id) comparison.pairing = detectors::champion::Pairing::strata;
    comparison.block = 10 * kMinute;
    const Config config = config_with(comparison, 400);
    const Script narrow = shadow({30, 12}, 1500, 2), wide = shadow({30, 12}, 1500, 6);
    Bench whole(config, narrow);
    whole.play(5000);
    ASSERT_TRUE(whole->finish().ok());
    const auto expected = comparisons(whole);
    ASSERT_EQ(expected.size(), 1U);
    EXPECT_EQ(expected[0].findings.comparison->paired, by_id);
    for (const Script* script : {&narrow, &wide})
      for (const std::size_t records : {37U, 400U})
        for (const int restarts : {0, 3}) {
          Bench bench(config, *script);
          bench.play(records, restarts);
          ASSERT_TRUE(bench->finish().ok());
          EXPECT_EQ(bench.metrics(), whole.metrics()) << script->size() << " " << records << " " << restarts;
          EXPECT_EQ(comparisons(bench), expected);
        }
  }
}

// A coin deals requests to two variants of one version.
TEST(Comparison, VariantsThatShareNoRequestAreMatchedWithinStrata) {
  ComparisonConfig comparison = versions_1_and_2();
  comparison.champion = {.version = "", .variant = "champion"};
  comparison.challenger = {.version = "", .variant = "challenger"};
  comparison.block = 10 * kMinute;
  const Config config = config_with(comparison);
  Script script(2);
  for (int i = 0; i < 3000; ++i) {
    const Time time = kBegin + i * kSecond;
    const std::string variant = mixed(i, 7) % 3 == 0 ? "challenger" : "champion";
    const bool miss = wrong(i, "x", variant == "champion" ? 40 : 15);
    script[0].push_back(scored(i, time, "1", variant, truth(i) != miss));
    script[1].push_back(labelled(i, time + 20 * kSecond));
  }
  Bench bench(config, script);
  bench.play(200);
  ASSERT_TRUE(bench->finish().ok());
  const auto found = comparisons(bench);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key.version, "");
  EXPECT_EQ(found[0].findings.comparison->challenger, "variant challenger");
  EXPECT_FALSE(found[0].findings.comparison->paired);
  EXPECT_THAT(comparisons_json(*bench->state().registry.find("m")).dump(), HasSubstr(R"("pairs_by_id":0)"));
}

TEST(Comparison, EndsWhenTheChallengerIsDeployedAndBeginsAnew) {
  ComparisonConfig comparison = versions_1_and_2();
  comparison.at_least = 400;  // fewer come after the deployment
  const Config config = config_with(comparison);
  Script script = shadow({40, 5}, 1500);
  script[0].push_back(deployed("2", kBegin + 2990 * kSecond));
  for (int i = 1500; i < 1560; ++i) {
    const Time time = kBegin + 2 * i * kSecond;
    for (const std::string version : {"1", "2"}) script[0].push_back(scored(i, time, version, "", truth(i)));
    script[1].push_back(labelled(i, time + 300 * kSecond));
  }
  Bench whole(config, script);
  whole.play(5000);
  ASSERT_TRUE(whole->finish().ok());
  const auto found = comparisons(whole);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].resolved_at, kBegin + 50 * kMinute);
  const ComparisonState& state = whole->state().registry.find("m")->comparisons.by_name.at("v2");
  EXPECT_EQ(state.verdict, detectors::champion::Outcome::unknown);
  EXPECT_GT(state.by_id, 1200U);
  EXPECT_LT(state.run.pairs(), 300U);
  for (const std::size_t records : {40U, 300U}) {
    Bench bench(config, script);
    bench.play(records, 2);
    ASSERT_TRUE(bench->finish().ok());
    EXPECT_EQ(comparisons(bench), found);
    EXPECT_EQ(bench.metrics(), whole.metrics());
  }
}

TEST(Comparison, BeginsAnewWhenAPersonHasResolvedIt) {
  const Config config = config_with(versions_1_and_2());
  const Script script = shadow({40, 5}, 1500);
  Bench bench(config, script);
  while (comparisons(bench).empty()) bench.round(20);
  auto& desk = bench->state().desk;
  const Time now = bench->state().clocks.prediction_clock();
  ASSERT_TRUE(desk.book.resolve(comparisons(bench)[0].id, now).ok());
  bench.play(200);
  ASSERT_TRUE(bench->finish().ok());
  const ComparisonState& state = bench->state().registry.find("m")->comparisons.by_name.at("v2");
  EXPECT_GT(state.by_id, 0U);
  // The evidence came again: the incident continues, for it is within a day.
  ASSERT_EQ(comparisons(bench).size(), 1U);
  EXPECT_TRUE(comparisons(bench)[0].is_open());
}

TEST(Comparison, ClosesWhenItIsNoLongerDeclaredSo) {
  const Config config = config_with(versions_1_and_2());
  ComparisonConfig other = versions_1_and_2();
  other.metric = detectors::champion::LossMetric::brier;
  const Config changed = config_with(other), without = config_that_learns(200);
  const Script script = shadow({40, 5}, 1500);
  for (const Config* next : {&changed, &without}) {
    Bench bench(config, script);
    bench.play(200);
    ASSERT_TRUE(comparisons(bench).at(0).is_open());
    ASSERT_TRUE(bench->reconfigure(*next, 0).ok());
    EXPECT_FALSE(comparisons(bench).at(0).is_open());
    EXPECT_TRUE(bench->state().registry.find("m")->comparisons.by_name.empty());
  }
}

TEST(Comparison, StateOfProgramsBeforeItIsRead) {
  Config config = config_that_learns(200);
  Model model;
  model.config = &config.models.standard;
  Encoder now;
  save_model(now, model);
  const std::string before =
      seal("model", 6, now.bytes().substr(0, now.bytes().size() - 1));  // no comparisons: a 0
  const auto unsealed = unseal("model", 7, before);
  ASSERT_TRUE(unsealed.ok());
  Decoder in(*unsealed);
  EXPECT_TRUE(load_model(in, model, kMinute).ok());
  Pair pair;
  pair.id = "i1";
  pair.variant = "canary";
  Encoder written;
  save_pair(written, pair);
  Decoder newest(written.bytes());
  EXPECT_EQ(load_pair(newest), pair);
  const std::string old = seal("open", 6, written.bytes().substr(0, written.bytes().size() - 7));
  const auto old_bytes = unseal("open", 7, old);
  Decoder old_in(*old_bytes);
  pair.variant.clear();
  EXPECT_EQ(load_pair(old_in), pair);
  EXPECT_TRUE(old_in.ok() && old_in.at_end());
}

}  // namespace
}  // namespace driftd::app
