#include "detectors/evidence/version_shares.h"

#include <gtest/gtest.h>

namespace driftd::detectors::evidence {
namespace {

using Change = VersionShares::Change;
constexpr std::int64_t kDaySlots = 24;

class VersionSharesTest : public ::testing::Test {
 protected:
  std::vector<Change> predicted(std::int64_t slot, std::uint32_t version) {
    std::vector<Change> changes;
    shares_.predicted(slot, kHour, version, changes);
    return changes;
  }
  std::vector<Change> advance(std::int64_t slot) {
    std::vector<Change> changes;
    shares_.advance(slot, kHour, changes);
    return changes;
  }
  VersionShares shares_;
};

TEST_F(VersionSharesTest, AVersionSharesFromTheSlotAfterItsFirstPrediction) {
  EXPECT_EQ(predicted(10, 1), (std::vector<Change>{{10, 1, 1}}));
  EXPECT_EQ(predicted(11, 1), std::vector<Change>{});
  EXPECT_EQ(predicted(12, 2), (std::vector<Change>{{12, 1, .5}, {12, 2, .5}}));
}

TEST_F(VersionSharesTest, GrantsEndADayAfterTheLastPrediction) {
  predicted(10, 1);
  predicted(12, 2);
  EXPECT_EQ(advance(10 + kDaySlots - 1), std::vector<Change>{});
  EXPECT_EQ(advance(10 + kDaySlots), (std::vector<Change>{{10 + kDaySlots, 1, 0}, {10 + kDaySlots, 2, 1}}));
  EXPECT_EQ(advance(1000), (std::vector<Change>{{12 + kDaySlots, 2, 0}}));
}

TEST_F(VersionSharesTest, ItDoesNotMatterHowOftenTheClockIsLookedAt) {
  VersionShares other;
  std::vector<Change> often, once;
  for (std::int64_t slot = 0; slot < 400; ++slot) {
    other.advance(slot - 1, kHour, often);
    if (slot % 40 == 7 || slot % 90 == 20) {
      shares_.predicted(slot, kHour, slot % 40 == 7 ? 1 : 2, once);
      other.predicted(slot, kHour, slot % 40 == 7 ? 1 : 2, often);
    }
  }
  other.advance(399, kHour, often);
  shares_.advance(399, kHour, once);
  EXPECT_EQ(often, once);
  EXPECT_FALSE(once.empty());
}

TEST_F(VersionSharesTest, GoesOnTheSameAfterSaveAndLoad) {
  predicted(10, 1);
  Encoder out;
  shares_.save(out);
  VersionShares other;
  Decoder in(out.bytes());
  other.load(in);
  std::vector<Change> changes;
  other.predicted(12, kHour, 2, changes);
  EXPECT_EQ(changes, predicted(12, 2));
}

}  // namespace
}  // namespace driftd::detectors::evidence
