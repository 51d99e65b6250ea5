#include "detectors/traffic.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <random>

namespace driftd::detectors {
namespace {

double latency_at(int i) { return std::exp(std::sin(i) * 3 + i % 7); }

// By traffic_quantiles.py (numpy).
TEST(Traffic, PercentilesAreThoseOfTheValuesToWithinAnEighthOfAPercentPoint) {
  struct Expected {
    int n;
    std::array<double, 4> values;
  };
  const Expected table[] = {{1, {1, 1, 1, 1}},
                            {10, {25.4408323, 113.057019, 174.470122, 174.470122}},
                            {1000, {19.9862888, 1065.17205, 2692.71868, 7369.41336}},
                            {5000, {20.0802507, 1076.74287, 2763.15367, 7510.42308}}};
  const std::array metrics = {TrafficMetric::latency_p50, TrafficMetric::latency_p90,
                              TrafficMetric::latency_p95, TrafficMetric::latency_p99};
  for (const Expected& expected : table) {
    Traffic traffic;
    for (int i = 0; i < expected.n; ++i) traffic.add_latency(latency_at(i));
    for (std::size_t q = 0; q < metrics.size(); ++q) {
      const TrafficValue value = value_of(traffic, metrics.at(q));
      EXPECT_EQ(value.n, expected.n);
      EXPECT_NEAR(*value.value / expected.values.at(q), 1, .008)
          << expected.n << " " << name_of(metrics.at(q));
    }
  }
}

TEST(Traffic, ErrorRateIsOfAllRequests) {
  Traffic traffic;
  EXPECT_FALSE(traffic.error_rate());
  traffic.add_answers(3);
  traffic.add_failure();
  EXPECT_EQ(traffic.error_rate(), .25);
  EXPECT_EQ(value_of(traffic, TrafficMetric::error_rate).n, 4);
  EXPECT_EQ(value_of(traffic, TrafficMetric::volume).value, 3);
  Traffic broken;
  broken.add_failure();
  EXPECT_EQ(broken.error_rate(), 1);
}

TEST(Traffic, LatenciesOutsideOfAllBoundsJoinTheOutermostBins) {
  Traffic traffic;
  for (const double odd : {std::numeric_limits<double>::quiet_NaN(), -1.0}) traffic.add_latency(odd);
  EXPECT_TRUE(traffic.empty());
  traffic.add_latency(0);
  EXPECT_LT(*traffic.latency(1), .001);
  for (const double huge : {1e12, std::numeric_limits<double>::infinity()}) traffic.add_latency(huge);
  EXPECT_EQ(traffic.timed(), 3);
  EXPECT_GT(*traffic.latency(1), 1e9);
}

Traffic random_traffic(std::mt19937_64& random) {
  Traffic traffic;
  for (int i = static_cast<int>(random() % 50); i > 0; --i)
    traffic.add_latency(latency_at(static_cast<int>(random() % 900)));
  for (int i = static_cast<int>(random() % 5); i > 0; --i) traffic.add_failure();
  traffic.add_answers(static_cast<std::int64_t>(random() % 60));
  return traffic;
}

TEST(Traffic, MergesInAnyOrderAndSubtractsExactly) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 200; ++i) {
    const Traffic a = random_traffic(random), b = random_traffic(random), c = random_traffic(random);
    Traffic left = a, right = c;
    left.merge(b);
    left.merge(c);
    right.merge(b);
    right.merge(a);
    EXPECT_EQ(left, right);
    left.subtract(b);
    Traffic two = a;
    two.merge(c);
    EXPECT_EQ(left, two);
    left.subtract(a);
    left.subtract(c);
    EXPECT_TRUE(left.empty());
  }
}

TEST(Traffic, SurvivesTheCodecAndRefusesDamage) {
  std::mt19937_64 random(2);
  Traffic traffic = random_traffic(random);
  traffic.add_latency(5);
  Encoder out;
  traffic.save(out);
  Decoder in(out.bytes());
  EXPECT_EQ(*Traffic::load(in), traffic);
  for (std::size_t size = 0; size < out.bytes().size(); ++size) {
    Decoder cut(std::string_view(out.bytes()).substr(0, size));
    EXPECT_FALSE(Traffic::load(cut).ok());
  }
}

}  // namespace
}  // namespace driftd::detectors
