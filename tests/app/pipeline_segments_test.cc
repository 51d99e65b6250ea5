#include <gtest/gtest.h>

#include "app/pipeline/segments.h"

namespace driftd::app {
namespace {

using detectors::segment_label;

std::vector<Feature> features(double age, std::string_view country) {
  return {{"age", {Value::Kind::number, age, {}}}, {"country", {Value::Kind::text, 0, country}}};
}

TEST(Segments, AreNamedByColumnAndValue) {
  EXPECT_EQ(segment_label({{"country", {}}}, features(30, "DE")), "country=DE");
  EXPECT_EQ(segment_label({{"age", {}}}, features(30.5, "DE")), "age=30.5");
  EXPECT_EQ(segment_label({{"country", {}}, {"age", {40}}}, features(30, "DE")), "country=DE,age=(-inf,40]");
}

TEST(Segments, OfCutsAreOpenOnTheLeftAndClosedOnTheRight) {
  const SegmentConfig cuts = {{"age", {25, 45}}};
  EXPECT_EQ(segment_label(cuts, features(25, "")), "age=(-inf,25]");
  EXPECT_EQ(segment_label(cuts, features(25.001, "")), "age=(25,45]");
  EXPECT_EQ(segment_label(cuts, features(45, "")), "age=(25,45]");
  EXPECT_EQ(segment_label(cuts, features(46, "")), "age=(45,inf)");
}

TEST(Segments, HaveNoEventThatLacksTheirColumn) {
  EXPECT_EQ(segment_label({{"region", {}}}, features(25, "DE")), std::nullopt);
  EXPECT_EQ(segment_label({{"country", {3}}}, features(25, "DE")), std::nullopt);
  const std::vector<Feature> null = {{"country", {Value::Kind::null, 0, {}}}};
  EXPECT_EQ(segment_label({{"country", {}}}, null), std::nullopt);
}

TEST(SegmentTable, KeepsItsNumbersThroughARestart) {
  SegmentTable table;
  EXPECT_EQ(table.number_of("country=DE"), 1U);
  EXPECT_EQ(table.number_of("country=FR"), 2U);
  SegmentTable restored;
  restored.restore(table.labels());
  EXPECT_EQ(restored.number_of("country=FR"), 2U);
  EXPECT_EQ(restored.number_of("country=IT"), 3U);
}

TEST(SegmentTable, RefusesWhatIsBeyondItsBound) {
  SegmentTable table;
  for (std::size_t i = 0; i < kMostSegments; ++i)
    EXPECT_NE(table.number_of("id=" + std::to_string(i)), SegmentTable::kNone);
  EXPECT_EQ(table.number_of("id=more"), SegmentTable::kNone);
  EXPECT_EQ(table.number_of("id=0"), 1U);
}

}  // namespace
}  // namespace driftd::app
