// Rules on volume, error rate and latency, at the close of slots of a stream.
#include <gtest/gtest.h>

#include "tests/app/pipeline_bench.h"

namespace driftd::app {
namespace {

std::string timed(int number, Time time, double latency, const std::string& more = "") {
  std::string text = prediction_text(number, time);
  text.pop_back();
  return text + R"(,"latency_ms":)" + std::to_string(latency) + more + "}";
}

std::string failure(int number, Time time) {
  return R"({"type":"prediction","model":"m","version":"1","id":"e)" + std::to_string(number) +
         R"(","time":")" + format_rfc3339(time) + R"(","status":"error"})";
}

alerts::RuleConfig rule(const std::string& metric, std::optional<double> above, std::optional<double> below) {
  alerts::RuleConfig rule;
  rule.name = metric;
  rule.metric = metric;
  rule.above = above;
  rule.below = below;
  rule.at_least = 20;
  return rule;
}

Config config_with(std::vector<alerts::RuleConfig> rules) {
  Config config = config_that_learns(1'000'000);
  config.models.standard.window = 5 * kMinute;
  config.models.standard.rules = std::move(rules);
  return config;
}

// Forty minutes of ten requests a minute: slow ones in the second ten minutes, failures alone in the third,
// one a minute in the fourth.
Script four_parts() {
  Script script(2);
  for (int i = 0; i < 400; ++i) {
    const Time time = kBegin + i * 6 * kSecond;
    const int part = i / 100;
    if (part == 3 && i % 10 != 0) continue;
    std::string text = part == 2 ? failure(i, time) : timed(i, time, part == 1 && i % 5 == 0 ? 900 : 10);
    script[static_cast<std::size_t>(i % 2)].push_back(std::move(text));
  }
  return script;
}

std::string opened(Engine& engine) {
  std::string list;
  for (const alerts::IncidentEvent& event : engine.state().desk.events)
    if (event.type == alerts::EventType::opened)
      list += event.incident.key.subject + "@" +
              std::to_string((event.incident.opened_at - kBegin) / kMinute) + " ";
  return list;
}

std::vector<alerts::RuleConfig> all_rules() {
  return {rule("latency_p90", 500, {}), rule("latency_p50", 500, {}), rule("error_rate", .5, {}),
          rule("volume", {}, 10)};
}

TEST(TrafficRules, OpenWhereTheirConditionHoldsWhileTheReferenceIsStillLearnt) {
  const Config config = config_with(all_rules());
  const Script script = four_parts();
  Bench bench(config, script);
  bench.play(50);
  ASSERT_TRUE(bench->finish().ok());
  // p90: a fifth of the answers is slow; more than a tenth of the window are at the end of the 13th minute.
  // error_rate: over half at the end of the 23rd. volume: under 10 answers at the end of the 25th.
  EXPECT_EQ(opened(*bench), "latency_p90@13 error_rate@23 volume@25 ");
}

TEST(TrafficRules, SayTheSameHoweverTheStreamIsReadAndRestarted) {
  const Config config = config_with(all_rules());
  const Script script = four_parts();
  std::string first;
  for (const auto& [records, restart] :
       {std::pair(400, 0), std::pair(7, 0), std::pair(7, 3), std::pair(1, 5)}) {
    Bench bench(config, script);
    std::string story;
    for (int round = 1; !bench.exhausted(); ++round) {
      bench.round(static_cast<std::size_t>(records));
      story += opened(*bench);
      bench->state().desk.events.clear();
      if (restart == 0 || round % restart != 0) continue;
      ASSERT_TRUE(bench->checkpoint().ok());
      bench.restart();
    }
    ASSERT_TRUE(bench->finish().ok());
    story += opened(*bench);
    if (first.empty()) first = story;
    EXPECT_EQ(story, first) << records << " records a round, restarted every " << restart;
  }
  EXPECT_NE(first, "");
}

TEST(TrafficRules, ACopyIsNoVolume) {
  const Config config = config_with({rule("volume", 15, {})});
  Script script(2);
  for (int i = 0; i < 10; ++i)
    for (auto& partition : script) partition.push_back(prediction_text(i, kBegin + i * kSecond));
  script[0].push_back(prediction_text(99, kBegin + kHour));
  Bench bench(config, script);
  bench.play(3);
  ASSERT_TRUE(bench->finish().ok());
  EXPECT_EQ(opened(*bench), "");
}

TEST(TrafficRules, FailuresAloneAreNoSlotOfPredictions) {
  const Config config = config_with({rule("error_rate", .5, {})});
  Script script(1);
  for (int i = 0; i < 60; ++i) script[0].push_back(failure(i, kBegin + i * kSecond));
  Bench bench(config, script);
  bench.play(7);
  ASSERT_TRUE(bench->finish().ok());
  EXPECT_EQ(opened(*bench), "error_rate@1 ");
  EXPECT_EQ(bench->state().registry.find("m")->counters.slots_closed, 0);
}

}  // namespace
}  // namespace driftd::app
