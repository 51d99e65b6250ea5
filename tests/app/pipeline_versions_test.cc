// Versions of a model: what a new one begins with, and how many there may be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/pipeline/wanted_version.h"
#include "tests/app/pipeline_bench.h"

namespace driftd::app {
namespace {

using testing::HasSubstr;

Config config_that_inherits(std::int64_t rows) {
  Config config = config_that_learns(rows);
  config.models.standard.new_version = NewVersion::inherit;
  return config;
}

// Version 1 from the beginning, version 2 from `begin` on, each a prediction every two seconds.
Script two_versions(Duration begin) {
  Script script(1);
  for (int i = 0; i < 900; ++i) {
    const Time time = kBegin + 2 * i * kSecond;
    script[0].push_back(prediction_text(i, time, "m", "1"));
    if (time >= kBegin + begin) script[0].push_back(prediction_text(10'000 + i, time, "m", "2", i % 7));
  }
  return script;
}

std::string digest_of(Bench& bench, const std::string& version) {
  return bench->state().registry.find("m")->versions.at(version)->reference_digest();
}

TEST(NewVersion, InheritsWhatItsFirstSlotFindsHoweverTheStreamIsRead) {
  const Config config = config_that_inherits(300);           // known at the end of minute 10
  const Script after = two_versions(9 * kMinute + kSecond);  // its first slot closes with it
  Bench whole(config, after);
  whole.play(5000);
  ASSERT_TRUE(whole->finish().ok());
  EXPECT_EQ(digest_of(whole, "1"), digest_of(whole, "2"));
  EXPECT_NE(digest_of(whole, "1"), "");
  for (const std::size_t records : {1U, 40U, 700U})
    for (const int restarts : {0, 3}) {
      if (records == 1U && restarts > 0) continue;
      Bench bench(config, after);
      bench.play(records, restarts);
      ASSERT_TRUE(bench->finish().ok());
      EXPECT_EQ(bench.metrics(), whole.metrics()) << records << " " << restarts;
    }
}

TEST(NewVersion, LearnsItsOwnWhereItsFirstSlotClosedBeforeHoweverTheStreamIsRead) {
  const Config config = config_that_inherits(300);
  const Script before = two_versions(8 * kMinute);
  Bench whole(config, before);
  whole.play(5000);
  ASSERT_TRUE(whole->finish().ok());
  EXPECT_NE(digest_of(whole, "1"), digest_of(whole, "2"));
  Bench bench(config, before);
  bench.play(40, 3);
  ASSERT_TRUE(bench->finish().ok());
  EXPECT_EQ(bench.metrics(), whole.metrics());
}

std::string wanted(Bench& bench, const std::optional<std::string>& version) {
  const auto found = wanted_version(*bench, "m", version);
  return found.ok() ? (*found)->name : found.error().message;
}

TEST(WantedVersion, IsTheOneThatPredictedLastWhateverItsName) {
  Script script(1);
  for (int i = 0; i < 600; ++i) {
    const Time time = kBegin + 2 * i * kSecond;
    script[0].push_back(prediction_text(i, time, "m", i < 400 ? "9" : "10"));
  }
  const Config config = config_that_learns(300);
  Bench bench(config, script);
  bench.play(5000);
  EXPECT_EQ(wanted(bench, std::nullopt), "10");  // "9" is the last by name
  EXPECT_EQ(wanted(bench, "9"), "9");
  EXPECT_THAT(wanted(bench, "11"), HasSubstr("no version '11' of model 'm'"));
  Version& last = *bench->state().registry.find("m")->versions.at("10");
  last.retired = true;
  EXPECT_EQ(wanted(bench, std::nullopt), "9");
  bench->state().registry.find("m")->versions.at("9")->retired = true;
  EXPECT_EQ(wanted(bench, std::nullopt), "10");  // of what is left
  EXPECT_THAT(wanted_version(*bench, "other", std::nullopt).error().message, HasSubstr("has been seen"));
}

TEST(NewVersion, IsRejectedBeyondTheLimit) {
  Config config = config_that_learns(300);
  config.limits.max_versions = 3;
  Script script(1);
  for (int i = 0; i < 50; ++i)
    script[0].push_back(prediction_text(i, kBegin + i * kSecond, "m", std::to_string(i % 5)));
  script[0].push_back(R"({"type":"model","model":"m","version":"new","event":"deployed","time":")" +
                      format_rfc3339(kBegin + kMinute) + "\"}");
  script[0].push_back(R"({"type":"feedback","model":"m","version":"new","id":"i1","time":")" +
                      format_rfc3339(kBegin + kMinute) + R"(","label":"yes"})");
  script[0].push_back(feedback_text(1, kBegin + kMinute));
  Bench bench(config, script);
  bench.play(7, 2);
  ASSERT_TRUE(bench->finish().ok());
  EXPECT_EQ(bench->state().registry.find("m")->versions.size(), 3U);
  EXPECT_THAT(metrics_page(*bench, nullptr),
              HasSubstr(R"(driftd_events_rejected_total{topic="topic0",reason="too_many_models"} 22)"));
  EXPECT_THAT(bench.metrics(), HasSubstr(R"(driftd_predictions_total{model="m",version="2"} 10)"));
}

}  // namespace
}  // namespace driftd::app
