// Expected values come from std::lower_bound.
#include "detectors/number_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace driftd::detectors {
namespace {

void expect_found(const std::vector<double>& knots, double number) {
  std::vector<double> groups;
  append_knot_groups(knots, groups);
  const auto expected =
      static_cast<std::size_t>(std::lower_bound(knots.begin(), knots.end(), number) - knots.begin());
  ASSERT_EQ(bin_of(groups.data(), number), expected) << number << " among " << knots.size();
  ASSERT_EQ(bin_of_anywhere(groups.data(), number), expected) << number << " among " << knots.size();
  ASSERT_EQ(groups[kKnotGroup + expected], knots[expected]);
}

TEST(NumberSearch, FindsTheFirstKnotThatIsNotBelowForEveryNumberOfKnots) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  for (std::size_t count = 1; count <= 250; ++count) {
    std::vector<double> knots(count);
    for (double& knot : knots) knot = normal(random);
    std::sort(knots.begin(), knots.end());
    for (const double knot : knots) {
      expect_found(knots, knot);
      expect_found(knots, std::nextafter(knot, -std::numeric_limits<double>::infinity()));
      if (knot < knots.back()) expect_found(knots, std::nextafter(knot, knots.back()));
    }
  }
}

TEST(NumberSearch, TakesTheExtremesOfADouble) {
  constexpr double kLargest = std::numeric_limits<double>::max();
  const std::vector<double> knots = {-kLargest, -0.0, std::numeric_limits<double>::denorm_min(), 1, kLargest};
  for (const double number :
       {-kLargest, -1.0, -0.0, 0.0, std::numeric_limits<double>::denorm_min(), 0.5, kLargest})
    expect_found(knots, number);
}

}  // namespace
}  // namespace driftd::detectors
