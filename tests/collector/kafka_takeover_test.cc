#include "collector/kafka_takeover.h"

#include <gtest/gtest.h>

namespace driftd::collector {
namespace {

const TakeoverWatch::PartitionName kPartition{"a", 0};

TEST(Takeover, IdentitiesAreReadBack) {
  const ProcessIdentity identity{"4f-a", 1700000000123};
  EXPECT_EQ(ProcessIdentity::parse(identity.metadata()), identity);
  for (const char* foreign : {"", ";", "x", "x;", ";1", "x;y", "x;1z"}) {
    EXPECT_EQ(ProcessIdentity::parse(foreign), std::nullopt) << foreign;
  }
}

TEST(Takeover, MetadataThatStaysIsAPredecessors) {
  TakeoverWatch watch({"me", 10});
  EXPECT_FALSE(watch.look(kPartition, "old;5"));
  EXPECT_FALSE(watch.look(kPartition, "old;5"));
  watch.wrote(kPartition);
  EXPECT_FALSE(watch.look(kPartition, "me;10"));
}

TEST(Takeover, MetadataThatChangesIsAnotherProcesss) {
  TakeoverWatch watch({"me", 10});
  EXPECT_FALSE(watch.look(kPartition, "old;5"));
  watch.wrote(kPartition);
  const auto other = watch.look(kPartition, "old;5");  // written again after us: it lives
  ASSERT_TRUE(other);
  EXPECT_EQ(other->id, "old");
  EXPECT_TRUE(watch.must_yield_to(*other));
  EXPECT_FALSE(watch.look(kPartition, "old;5"));
}

TEST(Takeover, OurOwnLateCommitAndForeignOnesAreNoRivals) {
  TakeoverWatch watch({"me", 10});
  EXPECT_FALSE(watch.look(kPartition, ""));
  EXPECT_FALSE(watch.look(kPartition, "me;10"));
  EXPECT_FALSE(watch.look(kPartition, "set by hand"));
}

TEST(Takeover, TheYoungerYieldsOfEquallyOldOnesTheLargerId) {
  const TakeoverWatch watch({"m", 10});
  EXPECT_TRUE(watch.must_yield_to({"z", 9}));
  EXPECT_FALSE(watch.must_yield_to({"a", 11}));
  EXPECT_TRUE(watch.must_yield_to({"a", 10}));
  EXPECT_FALSE(watch.must_yield_to({"z", 10}));
}

}  // namespace
}  // namespace driftd::collector
