#include "core/event.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace driftd {
namespace {

TEST(ShortestText, OneAndOnePointZeroAreOneLabel) {
  EXPECT_EQ(shortest_text(1.0), "1");
  EXPECT_EQ(shortest_text(0.5), "0.5");
  EXPECT_EQ(shortest_text(-0.0), "0");
  EXPECT_EQ(shortest_text(1e300), "1e+300");
  EXPECT_EQ(shortest_text(0.1 + 0.2), "0.30000000000000004");
}

TEST(ShortestText, ACodeReadsAsItWasWritten) {
  for (const char* text :
       {"100000", "300000", "1000000", "1000000000000000", "-200000", "0.0001", "12345678901.5"})
    EXPECT_EQ(shortest_text(std::stod(text)), text);
  EXPECT_EQ(shortest_text(1e21), "1e+21");
  EXPECT_EQ(shortest_text(1e-7), "1e-07");
  EXPECT_EQ(shortest_text(-1.2345678901234567e-6), "-0.0000012345678901234567");
  EXPECT_EQ(shortest_text(-999999999999999868928.0), "-999999999999999868928");
}

TEST(ShortestText, BooleansAndTextsAreThemselvesAndMissingIsEmpty) {
  std::array<char, 32> buffer{};
  EXPECT_EQ(shortest_text(Value{Value::Kind::boolean, 0, "true"}, buffer), "true");
  EXPECT_EQ(shortest_text(Value{Value::Kind::text, 0, "DE"}, buffer), "DE");
  EXPECT_EQ(shortest_text(Value{Value::Kind::null, 0, {}}, buffer), "");
}

TEST(Names, OfRejectionsAndLifecycleAreThoseOfTheContract) {
  EXPECT_EQ(name_of(Rejection::empty), "empty");
  EXPECT_EQ(name_of(Rejection::too_many_columns), "too_many_columns");
  EXPECT_EQ(name_of(Rejection::undecodable), "undecodable");
  EXPECT_EQ(lifecycle_of("rolled_back"), Lifecycle::rolled_back);
  EXPECT_EQ(name_of(Lifecycle::retired), "retired");
  EXPECT_FALSE(lifecycle_of("exploded"));
}

}  // namespace
}  // namespace driftd
