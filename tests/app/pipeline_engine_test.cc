// The engine over a stream in memory: what it has learnt, counted and stored, however it was cut into
// rounds and restarts.
#include "app/pipeline/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "app/pipeline/version_codec.h"
#include "detectors/profile_json.h"
#include "tests/app/pipeline_bench.h"
#include "tests/storage/temporary_directory.h"

namespace driftd::app {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string sample(const std::string& metric, int value,
                   const std::string& labels = R"(model="m",version="1")") {
  return metric + "{" + labels + "} " + std::to_string(value) + "\n";
}

TEST(Engine, LearnsFirstAndThenCounts) {
  const Config config = config_that_learns(300);
  const Script script = half_an_hour();
  Bench bench(config, script);
  bench.play(20);
  const Version& version = bench->state().registry.version(0);
  ASSERT_NE(version.plan, nullptr);
  EXPECT_EQ(version.plan->profile.rows, 300);  // ten whole slots
  ASSERT_TRUE(bench->finish().ok());
  EXPECT_EQ(bench.history("missing_ratio", ""), 600);
  EXPECT_EQ(bench.history("psi", "accuracy"), 900);
  const std::string metrics = bench.metrics();
  EXPECT_THAT(metrics, HasSubstr(sample("driftd_predictions_total", 900)));
  EXPECT_THAT(metrics, HasSubstr(sample("driftd_join_matched_total", 900)));
  EXPECT_THAT(metrics, HasSubstr(sample("driftd_feedback_total", 900, R"(model="m")")));
}

TEST(Engine, SaysTheSameHoweverTheStreamIsCutIntoRounds) {
  const Config config = config_that_learns(300);
  const Script script = half_an_hour();
  Bench whole(config, script);
  whole.play(1000);
  const std::string expected = whole.metrics();
  for (const std::size_t records : {1U, 33U, 250U}) {
    Bench bench(config, script);
    bench.play(records);
    EXPECT_EQ(bench.metrics(), expected) << records;
  }
}

TEST(Engine, GoesOnAfterARestartAsIfNothingHadBeen) {
  const Config config = config_that_learns(300);
  const Script script = half_an_hour();
  Bench undisturbed(config, script);
  undisturbed.play(40);
  ASSERT_TRUE(undisturbed->finish().ok());
  for (const int rounds : {1, 3, 7}) {  // while it is learnt, and after
    Bench bench(config, script);
    bench.play(40, rounds);
    ASSERT_TRUE(bench->finish().ok());
    EXPECT_EQ(bench.metrics(), undisturbed.metrics()) << rounds;
    EXPECT_EQ(bench.history("missing_ratio", ""), undisturbed.history("missing_ratio", ""));
    EXPECT_EQ(bench.history("psi", "accuracy"), 900);
    EXPECT_EQ(bench->state().registry.version(0).reference_digest(),
              undisturbed->state().registry.version(0).reference_digest());
  }
}

// Feedback made "other" known before its first prediction: its number is not that of its first version.
TEST(Engine, JoinsAfterARestartWhatWaitedOfModelsInAnyOrder) {
  const Config config = config_that_learns(300);
  Script script(1);
  for (int i = 0; i < 50; ++i) script[0].push_back(feedback_text(i, kBegin + i * kSecond, "other"));
  for (int i = 0; i < 50; ++i) script[0].push_back(prediction_text(i, kBegin + (50 + i) * kSecond));
  for (int i = 0; i < 50; ++i) script[0].push_back(prediction_text(i, kBegin + (100 + i) * kSecond, "other"));
  for (int i = 0; i < 50; ++i) script[0].push_back(feedback_text(i, kBegin + (150 + i) * kSecond));
  for (const int rounds : {0, 1}) {
    Bench bench(config, script);
    bench.play(50, rounds);
    ASSERT_TRUE(bench->finish().ok());
    EXPECT_THAT(bench.metrics(), HasSubstr(sample("driftd_join_matched_total", 50)));
    EXPECT_THAT(bench.metrics(),
                HasSubstr(sample("driftd_join_matched_total", 50, R"(model="other",version="1")")));
    EXPECT_THAT(bench.metrics(), HasSubstr(sample("driftd_feedback_total", 50, R"(model="other")")));
  }
}

TEST(Engine, CorrectsTheHistoryByWhatCameLate) {
  const Config config = config_that_learns(300);
  Script script = half_an_hour();
  Bench before(config, script);
  before.play(50);
  for (int i = 0; i < 5; ++i)
    script[0].push_back(prediction_text(5000 + i, kBegin + 20 * kMinute + i * kSecond));
  Bench bench(config, script);
  bench.play(50);
  EXPECT_EQ(bench.history("missing_ratio", ""), before.history("missing_ratio", "") + 5);
  EXPECT_THAT(bench.metrics(), HasSubstr(sample("driftd_events_late_total", 5, R"(model="m")")));
}

// Behind its own partition's watermark, in a slot that another partition still holds open.
TEST(Engine, TakesALateRowThatASmallerCopyReplacesOutOfTheHistoryAlone) {
  const Config config = config_that_learns(60);
  for (int copies = 0; copies <= 2; ++copies) {
    Script script(2);
    for (int i = 0; i < 120; ++i) {
      script[0].push_back(prediction_text(i, kBegin + 2 * i * kSecond));
      script[1].push_back(prediction_text(1000 + i, kBegin + 2 * i * kSecond));
    }
    for (int i = 0; i < 4; ++i) script[1].push_back(prediction_text(2000 + i, kBegin + 238 * kSecond));
    script[0].push_back(prediction_text(500, kBegin + 290 * kSecond));
    for (int copy = 0; copy < copies; ++copy)
      script[0].push_back(prediction_text(777, kBegin + (239 - copy) * kSecond, "m", "1", 30 + copy));
    for (auto& partition : script) partition.push_back(prediction_text(9999, kBegin + kHour));
    Bench bench(config, script);
    bench.play(1);
    ASSERT_TRUE(bench->finish().ok());
    const int on_time = 240 + 4 + 1 + 1 - 60;  // without those that were learnt from
    const auto& window = bench->state().registry.version(0).state[0].rows;
    EXPECT_EQ(window->total().events(), on_time) << copies;
    EXPECT_EQ(bench.history("missing_ratio", ""), on_time + (copies > 0 ? 1 : 0)) << copies;
  }
}

TEST(Engine, LetsAVersionThatAModelEventNamedFirstLearnToo) {
  const Config config = config_that_learns(60);
  Script script(1);
  script[0].push_back(prediction_text(0, kBegin));
  script[0].push_back(R"({"type":"model","model":"m","version":"2","event":"deployed","time":")" +
                      format_rfc3339(kBegin + kSecond) + "\"}");
  script[0].push_back(prediction_text(1000, kBegin + 2 * kMinute));  // the event takes effect
  for (int i = 1; i < 300; ++i)
    script[0].push_back(prediction_text(i, kBegin + 3 * kMinute + i * kSecond, "m", "2"));
  Bench bench(config, script);
  bench.play(1);
  const Model* model = bench->state().registry.find("m");
  ASSERT_NE(model, nullptr);
  ASSERT_TRUE(model->versions.contains("2"));
  EXPECT_NE(model->versions.at("2")->plan, nullptr);
}

TEST(Engine, ForgetsAModelWithItsHistoryForGood) {
  const Config config = config_that_learns(300);
  const Script script = half_an_hour();
  Bench bench(config, script);
  bench.play(300);
  EXPECT_EQ(bench.history("psi", "accuracy"), 900);
  ASSERT_TRUE(bench->forget_model("m").ok());
  EXPECT_THAT(bench.metrics(), Not(HasSubstr("model=")));
  EXPECT_EQ(bench.history("psi", "accuracy"), 0);
  EXPECT_FALSE(bench->forget_model("m").ok());
  bench.restart();
  EXPECT_EQ(bench->state().registry.find("m"), nullptr);
  EXPECT_EQ(bench.history("psi", "accuracy"), 0);
}

// Another profile than the one that was learnt, while it is learnt and after.
TEST(Engine, TakesAReferenceThatTheConfigurationNamesAfterARestart) {
  const Config learning = config_that_learns(300);
  const Script script = half_an_hour();
  const Config longer = config_that_learns(600);
  Bench other(longer, script);
  other.play(300);
  const detectors::Profile profile = other->state().registry.version(0).plan->profile;
  const storage::TemporaryDirectory directory;
  std::ofstream(directory / "profile.json") << detectors::to_json(profile);
  Config config = config_that_learns(300);
  config.models.standard.reference = {ReferenceConfig::Source::file, directory / "profile.json", 0, 0};
  for (const int rounds : {5, 30}) {
    Bench bench(learning, script);
    for (int i = 0; i < rounds; ++i) bench.round(20);
    ASSERT_TRUE(bench->checkpoint().ok());
    bench.restart(config);
    bench.play(20, 4);
    ASSERT_TRUE(bench->finish().ok());
    EXPECT_EQ(bench->state().registry.version(0).reference_digest(), profile.digest);
    EXPECT_THAT(bench.metrics(), HasSubstr(sample("driftd_predictions_total", 900)));
    EXPECT_GT(bench.history("missing_ratio", ""), 0);
  }
}

TEST(VersionCodec, GivesBackWhatItWasGivenToTheByte) {
  const Config config = config_that_learns(300);
  const Script script = half_an_hour();
  for (const std::size_t rounds : {5U, 40U}) {  // learning, counting
    Bench bench(config, script);
    for (std::size_t i = 0; i < rounds; ++i) bench.round(20);
    Version& version = bench->state().registry.version(0);
    Encoder first;
    save_version(first, version);
    Decoder in(first.bytes());
    ASSERT_TRUE(load_version(in, version, config.slot).ok());
    Encoder second;
    save_version(second, version);
    EXPECT_EQ(second.bytes(), first.bytes());
  }
}

TEST(VersionCodec, RefusesBytesThatEndTooEarly) {
  const Config config = config_that_learns(300);
  const Script script = half_an_hour();
  Bench bench(config, script);
  bench.play(300);
  Version& version = bench->state().registry.version(0);
  Encoder whole;
  save_version(whole, version);
  const std::string bytes = whole.take();
  for (std::size_t length = 0; length < bytes.size(); length += 1 + bytes.size() / 97) {
    Decoder in(std::string_view(bytes).substr(0, length));
    EXPECT_FALSE(load_version(in, version, config.slot).ok()) << length;
  }
}

}  // namespace
}  // namespace driftd::app
