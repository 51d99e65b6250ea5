#include "alerts/silence.h"

#include <gtest/gtest.h>

#include "alerts/mute.h"

namespace driftd::alerts {
namespace {

TEST(Silence, OpensAfterADayAndClosesWithThePrediction) {
  Silence silence;
  EXPECT_EQ(silence.close_slot(0, false), SilenceChange::none) << "nothing was heard yet";
  EXPECT_EQ(silence.close_slot(kMinute, true), SilenceChange::none);
  EXPECT_EQ(silence.close_slot(kDay, false), SilenceChange::none);
  EXPECT_EQ(silence.close_slot(kDay + kMinute, false), SilenceChange::opened);
  EXPECT_EQ(silence.close_slot(kDay + 2 * kMinute, false), SilenceChange::none);
  EXPECT_EQ(silence.close_slot(3 * kDay, true), SilenceChange::closed);
}

TEST(Silence, WallTimeCountsWhileAllIsIdle) {
  Silence silence;
  EXPECT_EQ(silence.idle_for(2 * kDay), SilenceChange::none);
  (void)silence.close_slot(kMinute, true);
  EXPECT_EQ(silence.idle_for(kDay - 1), SilenceChange::none);
  EXPECT_EQ(silence.idle_for(kDay), SilenceChange::opened);
  EXPECT_EQ(silence.idle_for(kDay), SilenceChange::none);
  Encoder out;
  silence.save(out);
  Decoder in(out.bytes());
  EXPECT_EQ(Silence::load(in).value(), silence);
}

TEST(Silence, NeedsAReferenceOfTwoDaysThatNeverWasSilent) {
  EXPECT_TRUE(can_tell_silence(2 * kDay, kHour));
  EXPECT_FALSE(can_tell_silence(2 * kDay - 1, kHour));
  EXPECT_FALSE(can_tell_silence(30 * kDay, kDay));
}

TEST(Mute, HoldsFromItsBeginToBeforeItsEnd) {
  const std::vector<MuteWindow> windows = {{"credit", 10, 20}, {"", 30, 40}};
  EXPECT_FALSE(is_muted(windows, "credit", 9));
  EXPECT_TRUE(is_muted(windows, "credit", 10));
  EXPECT_FALSE(is_muted(windows, "credit", 20));
  EXPECT_FALSE(is_muted(windows, "fraud", 15));
  EXPECT_TRUE(is_muted(windows, "fraud", 35));
}

TEST(Mute, IsReadFromTimesInOrder) {
  const auto faults_of = [](const std::vector<std::string>& assignments) {
    MuteWindow window;
    Faults faults;
    fields_of_mute_window().read(from_assignments(assignments), window, "mute[0]", faults);
    return faults.size();
  };
  EXPECT_EQ(faults_of({"model=credit", "from=2026-12-24T00:00:00Z", "to=2026-12-27T00:00:00Z"}), 0U);
  EXPECT_EQ(faults_of({"from=2026-12-24T00:00:00Z", "to=2026-12-24T00:00:00Z"}), 1U);
  EXPECT_EQ(faults_of({"from=2026-12-24T00:00:00Z"}), 1U);
}

}  // namespace
}  // namespace driftd::alerts
