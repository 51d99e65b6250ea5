#include "core/exact_sum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace driftd {
namespace {

ExactSum sum_of(const std::vector<double>& terms) {
  ExactSum sum;
  for (const double term : terms) sum.add(term);
  return sum;
}

std::string bytes_of(const ExactSum& sum) {
  Encoder out;
  sum.save(out);
  return out.take();
}

std::vector<double> random_terms(std::mt19937_64& random, std::size_t count) {
  std::uniform_real_distribution<double> mantissa(-1, 1);
  std::uniform_int_distribution<int> exponent(-1080, 1000);
  std::vector<double> terms(count);
  for (double& term : terms) term = std::ldexp(mantissa(random), exponent(random));
  return terms;
}

// exact_sum_cases.txt is written by exact_sum_cases.py.
TEST(ExactSum, RoundsAsPythonsFsumDoes) {
  std::ifstream file(DRIFTD_SOURCE_DIR "/tests/core/exact_sum_cases.txt");
  ASSERT_TRUE(file);
  int cases = 0;
  for (std::string line; std::getline(file, line); ++cases) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    const double expected = std::strtod(word.c_str(), nullptr);
    std::vector<double> terms;
    while (words >> word) terms.push_back(std::strtod(word.c_str(), nullptr));
    EXPECT_EQ(sum_of(terms).value(), expected) << line;
  }
  EXPECT_GE(cases, 80);
}

TEST(ExactSum, DoesNotDependOnOrderNorOnHowItWasMerged) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<double> terms = random_terms(random, 1 + random() % 40);
    const ExactSum straight = sum_of(terms);
    std::shuffle(terms.begin(), terms.end(), random);
    const auto half = static_cast<std::ptrdiff_t>(random() % (terms.size() + 1));
    ExactSum left = sum_of({terms.begin(), terms.begin() + half});
    const ExactSum right = sum_of({terms.begin() + half, terms.end()});
    ExactSum reversed = right;
    reversed.merge(left);
    left.merge(right);
    EXPECT_EQ(left, straight);
    EXPECT_EQ(reversed, straight);
    EXPECT_EQ(bytes_of(left), bytes_of(straight));
    EXPECT_EQ(left.value(), straight.value());
    left.remove(right);
    EXPECT_EQ(left, sum_of({terms.begin(), terms.begin() + half}));
  }
}

TEST(ExactSum, SubtractingEverythingLeavesTheEmptySum) {
  std::mt19937_64 random(11);
  const std::vector<double> terms = random_terms(random, 1000);
  ExactSum sum = sum_of(terms);
  EXPECT_FALSE(sum.empty());
  for (const double term : terms) sum.subtract(term);
  EXPECT_TRUE(sum.empty());
  EXPECT_EQ(sum, ExactSum());
  EXPECT_EQ(bytes_of(sum), bytes_of(ExactSum()));
}

TEST(ExactSum, SurvivesTheCodec) {
  std::mt19937_64 random(13);
  for (int round = 0; round < 200; ++round) {
    ExactSum sum = sum_of(random_terms(random, random() % 20));
    if (round % 3 == 0) sum.add(std::numeric_limits<double>::infinity());
    const std::string bytes = bytes_of(sum);
    Decoder in(bytes);
    Result<ExactSum> loaded = ExactSum::load(in);
    ASSERT_TRUE(loaded.ok());
    EXPECT_TRUE(in.at_end());
    EXPECT_EQ(*loaded, sum);
    const std::vector<double> more = random_terms(random, 3);
    for (const double term : more) {
      sum.add(term);
      loaded->add(term);
    }
    EXPECT_EQ(*loaded, sum);
  }
}

TEST(ExactSum, RefusesBytesThatNoSumWrites) {
  for (const std::vector<std::uint64_t>& numbers : {std::vector<std::uint64_t>{71 << 2},
                                                    {1 << 2, 70, 1},
                                                    {1 << 2, 0, 0},
                                                    {1 << 2, 0, 1ULL << 32},
                                                    {2},
                                                    {1 << 2, 3}}) {
    Encoder out;
    for (const std::uint64_t number : numbers) out.put_u64(number);
    Decoder in(out.bytes());
    EXPECT_FALSE(ExactSum::load(in).ok());
  }
}

TEST(ExactSum, AddsProductsWithoutRoundingThem) {
  ExactSum sum;
  const double a = 1 + 0x1p-30, b = 1 - 0x1p-30;  // a * b = 1 - 2^-60, which rounds to 1
  sum.add_product(a, b);
  sum.subtract(1);
  EXPECT_EQ(sum.value(), -0x1p-60);
  sum.add_product(a, b, -1);
  EXPECT_EQ(sum.value(), -1);
}

TEST(ExactSum, TakesBackWhatIsNotFinite) {
  const double infinity = std::numeric_limits<double>::infinity();
  ExactSum sum = sum_of({1.5, infinity});
  EXPECT_EQ(sum.value(), infinity);
  sum.add(-infinity);
  EXPECT_TRUE(std::isnan(sum.value()));
  sum.subtract(infinity);
  EXPECT_EQ(sum.value(), -infinity);
  sum.subtract(-infinity);
  EXPECT_EQ(sum.value(), 1.5);
}

TEST(ExactSum, HoldsLargeCountsOfTheSameTerm) {
  ExactSum ten;
  for (int i = 0; i < 1'000'000; ++i) ten.add(0.1);
  ExactSum doubled = ten;
  for (int i = 0; i < 40; ++i) doubled.merge(ExactSum(doubled));
  for (int i = 0; i < 40; ++i) EXPECT_EQ(doubled.value(), std::ldexp(ten.value(), 40));
  doubled.merge(doubled);
  EXPECT_EQ(doubled.value(), std::ldexp(ten.value(), 41));
}

}  // namespace
}  // namespace driftd
