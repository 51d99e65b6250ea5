#include "detectors/segments.h"

#include <gtest/gtest.h>

namespace driftd::detectors {
namespace {

TEST(SegmentLabels, AreGivenByTheirOwnDefinition) {
  const SegmentDefinition country = {{"country", {}}};
  const SegmentDefinition age = {{"age", {25, 45.5}}};
  const SegmentDefinition both = {{"country", {}}, {"age", {25}}};
  EXPECT_TRUE(gives_label(country, "country=DE"));
  EXPECT_FALSE(gives_label(country, "device=ios"));
  EXPECT_TRUE(gives_label(age, "age=(-inf,25]"));
  EXPECT_TRUE(gives_label(age, "age=(25,45.5]"));
  EXPECT_TRUE(gives_label(age, "age=(45.5,inf)"));
  EXPECT_FALSE(gives_label(age, "age=(25,45]"));  // of other cuts
  EXPECT_FALSE(gives_label(age, "age=30"));
  EXPECT_TRUE(gives_label(both, "country=DE,age=(-inf,25]"));
  EXPECT_FALSE(gives_label(both, "country=DE"));
  EXPECT_FALSE(gives_label({}, ""));
}

// A value may itself look like the next part.
TEST(SegmentLabels, AreReadWhateverTheValueHolds) {
  const SegmentDefinition both = {{"a", {}}, {"b", {1}}};
  const std::vector<Feature> features = {{"a", {Value::Kind::text, 0, "x,b=y"}},
                                         {"b", {Value::Kind::number, 2, {}}}};
  const auto label = segment_label(both, features);
  ASSERT_TRUE(label);
  EXPECT_EQ(*label, "a=x,b=y,b=(1,inf)");
  EXPECT_TRUE(gives_label(both, *label));
  EXPECT_FALSE(gives_label(both, "a=x,b=y"));
}

}  // namespace
}  // namespace driftd::detectors
