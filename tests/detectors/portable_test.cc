#include "detectors/maths/portable.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace driftd::detectors::maths {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Units in the last place between `got` and the long double of libm.
double error_in_ulps(double got, long double exact) {
  const double rounded = static_cast<double>(exact);
  const double ulp = std::nextafter(std::abs(rounded), kInfinity) - std::abs(rounded);
  return static_cast<double>(std::abs(static_cast<long double>(got) - exact) / ulp);
}

std::vector<double> uniform(double low, double high, std::size_t count) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> number(low, high);
  std::vector<double> values(count);
  for (double& value : values) value = number(random);
  return values;
}

TEST(PortableExp, IsWithinOneUnitInTheLastPlaceOfLongDouble) {
  double worst = 0;
  for (const double range : {1e-9, 0.3, 1.0, 30.0, 707.9}) {
    for (const double x : uniform(-range, range, 200'000)) {
      worst = std::max(worst, error_in_ulps(portable_exp(x), std::exp(static_cast<long double>(x))));
    }
  }
  EXPECT_LT(worst, 1.0);
}

TEST(PortableLog, IsWithinOneUnitInTheLastPlaceOfLongDouble) {
  double worst = 0;
  for (const double range : {1e-6, 0.3, 0.999}) {
    for (const double x : uniform(1 - range, 1 + range, 200'000)) {
      if (x == 1) continue;
      worst = std::max(worst, error_in_ulps(portable_log(x), std::log(static_cast<long double>(x))));
    }
  }
  for (const double power : uniform(-1021, 1023, 200'000)) {
    const double x = std::exp2(power);
    worst = std::max(worst, error_in_ulps(portable_log(x), std::log(static_cast<long double>(x))));
  }
  EXPECT_LT(worst, 1.0);
}

TEST(PortableExp, KeepsItsPromisesAtTheEnds) {
  EXPECT_EQ(portable_exp(0), 1);
  EXPECT_EQ(portable_exp(-kInfinity), 0);
  EXPECT_EQ(portable_exp(-708.5), 0);
  EXPECT_EQ(portable_exp(kInfinity), kInfinity);
  EXPECT_EQ(portable_exp(709.5), kInfinity);
  EXPECT_GT(portable_exp(-708), 0);
  EXPECT_LT(portable_exp(709), kInfinity);
  EXPECT_TRUE(std::isnan(portable_exp(std::nan(""))));
}

TEST(PortableLog, KeepsItsPromisesAtTheEnds) {
  EXPECT_EQ(portable_log(1), 0);
  EXPECT_EQ(portable_log(0), -kInfinity);
  EXPECT_EQ(portable_log(std::numeric_limits<double>::denorm_min()), -kInfinity);
  EXPECT_EQ(portable_log(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(portable_log(-1)));
  EXPECT_TRUE(std::isnan(portable_log(std::nan(""))));
  EXPECT_NEAR(portable_log(std::numeric_limits<double>::min()), -708.3964185322641, 1e-12);
}

TEST(Portable, ArraysHaveTheBitsOfTheirElements) {
  for (const std::size_t size : {1U, 2U, 3U, 7U, 226U, 1001U}) {
    std::vector<double> exps = uniform(-720, 720, size);
    std::vector<double> logs = uniform(-1, 1e4, size);
    std::vector<double> exp_each;
    std::vector<double> log_each;
    for (const double x : exps) exp_each.push_back(portable_exp(x));
    for (const double x : logs) log_each.push_back(portable_log(x));
    portable_exp(std::span<double>(exps));
    portable_log(std::span<double>(logs));
    for (std::size_t i = 0; i < size; ++i) {
      EXPECT_EQ(std::bit_cast<std::uint64_t>(exps[i]), std::bit_cast<std::uint64_t>(exp_each[i]));
      if (!std::isnan(logs[i])) {
        EXPECT_EQ(logs[i], log_each[i]);
      }
    }
  }
}

// Bits that this code gave on x86-64; another processor or compiler must give the same.
TEST(Portable, GivesTheSameBitsEverywhere) {
  std::uint64_t hash = 14695981039346656037U;
  const auto mix = [&](double value) {
    hash = (hash ^ std::bit_cast<std::uint64_t>(value)) * 1099511628211U;
  };
  for (int i = -7000; i <= 7000; ++i) mix(portable_exp(i * 0.1));
  for (int i = 1; i <= 14000; ++i) mix(portable_log(i * 0.037));
  EXPECT_EQ(hash, 7889222258370953808U);
}

}  // namespace
}  // namespace driftd::detectors::maths
