// Digests from the scheduled time to the notice, as the two clocks pass slots.
#include "app/pipeline/digests.h"

#include <gtest/gtest.h>

namespace driftd::app {
namespace {

constexpr Time kDay0 = 1'767'225'600 * kSecond;  // 2026-01-01T00:00:00Z
const std::int64_t kFirst = slot_of(kDay0, kMinute);

Config config_with(const std::string& at) {
  Config config;
  config.alerts.digest.emplace();
  config.alerts.digest->at = at;
  return config;
}

std::string at(const std::optional<Time>& time) {
  return time ? format_rfc3339(*time).substr(11, 5) : "none";
}

Hypothesis hypothesis(const std::string& model, double evidence) {
  return {model, "1", detectors::evidence::EvidenceKind::data, evidence, {{"x", "", 1}}};
}

Digests::Draft draft_of(Time time) { return {time, {0}, {hypothesis("m", 50)}, false, false}; }

Digests restarted(const Digests& digests, const Config& config) {
  Encoder out;
  digests.save(out);
  Digests again(config);
  Decoder in(out.bytes());
  EXPECT_TRUE(again.load(in, 1).ok());
  EXPECT_TRUE(in.at_end());
  return again;
}

TEST(Digests, AreDueFromTheFirstSlotWithPredictionsOn) {
  Digests digests(config_with("*/10 * * * *"));
  EXPECT_EQ(at(digests.take_due(kFirst + 1000)), "none");
  digests.begin(kFirst + 5);  // 00:05 to 00:06
  EXPECT_EQ(at(digests.take_due(kFirst + 9)), "none");
  EXPECT_EQ(at(digests.take_due(kFirst + 10)), "00:10");
  EXPECT_EQ(at(digests.take_due(kFirst + 10)), "none");
  digests.begin(kFirst + 17);  // has begun
  EXPECT_EQ(at(digests.take_due(kFirst + 45)), "00:40") << "of several the latest";
  EXPECT_EQ(at(digests.next(kDay0)), "00:50");
}

TEST(Digests, AreThatOfTheSlotThatEndsWithTheirTimeToo) {
  Digests digests(config_with("*/10 * * * *"));
  digests.begin(kFirst + 9);
  EXPECT_EQ(at(digests.take_due(kFirst + 10)), "00:10");
  EXPECT_EQ(digest_slot(kDay0 + 10 * kMinute, kMinute), kFirst + 9);
  EXPECT_EQ(digest_slot(kDay0 + 10 * kMinute + 1, kMinute), kFirst + 10);
}

TEST(Digests, AreToldOnceTheyStandAndHaveTheirLabelsInOrder) {
  const Config config = config_with("*/10 * * * *");
  Digests digests(config);
  digests.begin(kFirst);
  ASSERT_TRUE(digests.take_due(kFirst + 10));
  digests.add(draft_of(kDay0 + 10 * kMinute));
  EXPECT_EQ(digests.waiting_for_labels(kFirst + 9), nullptr);
  ASSERT_NE(digests.waiting_for_labels(kFirst + 10), nullptr);
  digests.let_stand();
  EXPECT_TRUE(digests.take_made().empty()) << "its labels are to come";
  ASSERT_TRUE(digests.take_due(kFirst + 20));
  digests.add(draft_of(kDay0 + 20 * kMinute));
  digests = restarted(digests, config);
  while (Digests::Draft* draft = digests.waiting_for_labels(kFirst + 60)) {
    draft->hypotheses.push_back(hypothesis("n", 1));
    draft->has_labels = true;
  }
  auto made = digests.take_made();
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(at(made[0].at), "00:10");
  digests.let_stand();
  made = digests.take_made();
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(at(made[0].at), "00:20");
  ASSERT_TRUE(digests.newest());
  EXPECT_EQ(digests.newest()->hypotheses, 2U);
  EXPECT_EQ(digests.newest()->discoveries, 1U);
  EXPECT_EQ(restarted(digests, config).newest()->notice.data, made[0].data);
  EXPECT_TRUE(digests.take_made().empty());
}

TEST(Digests, GiveWayToTheNextWhereNoPredictionCameBetween) {
  Digests digests(config_with("*/10 * * * *"));
  digests.begin(kFirst);
  digests.add(draft_of(kDay0 + 10 * kMinute));
  digests.add(draft_of(kDay0 + 30 * kMinute));
  digests.let_stand();
  digests.waiting_for_labels(kFirst + 60)->has_labels = true;
  const auto made = digests.take_made();
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(at(made[0].at), "00:30");
}

TEST(Digests, ForgetAModelAndEndWithTheirConfiguration) {
  Digests digests(config_with("*/10 * * * *"));
  digests.begin(kFirst);
  ASSERT_TRUE(digests.take_due(kFirst + 10));
  digests.add(draft_of(kDay0 + 10 * kMinute));
  digests.forget_model("m", {0});
  EXPECT_TRUE(digests.waiting_for_labels(kFirst + 60)->hypotheses.empty());
  EXPECT_TRUE(digests.waiting_for_labels(kFirst + 60)->live.empty());
  digests.reconfigure(Config());
  EXPECT_EQ(digests.waiting_for_labels(kFirst + 60), nullptr);
  EXPECT_FALSE(digests.are_scheduled());
  digests.reconfigure(config_with("@hourly"));
  EXPECT_EQ(at(digests.take_due(kFirst + 600)), "none") << "begins with the next slot with predictions";
}

TEST(Digests, RefuseOrSurviveHostileBytes) {
  const Config config = config_with("*/10 * * * *");
  Digests digests(config);
  digests.begin(kFirst);
  digests.add(draft_of(kDay0 + 10 * kMinute));
  digests.let_stand();
  digests.waiting_for_labels(kFirst + 60)->has_labels = true;
  ASSERT_EQ(digests.take_made().size(), 1U);
  digests.add(draft_of(kDay0 + 20 * kMinute));
  Encoder out;
  digests.save(out);
  for (std::size_t size = 0; size < out.bytes().size(); ++size) {
    Decoder in(std::string_view(out.bytes()).substr(0, size));
    EXPECT_FALSE(Digests(config).load(in, 1).ok()) << size;
  }
  Decoder other(out.bytes());
  EXPECT_FALSE(Digests(config).load(other, 0).ok()) << "of a version that there is not";
}

}  // namespace
}  // namespace driftd::app
