// Random Fourier features and their length scale, beside scipy and scikit-learn (embedding_cases.py).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numbers>

#include "detectors/derived/fourier_features.h"
#include "detectors/derived/length_scale.h"
#include "tests/detectors/case_files.h"

namespace driftd::detectors::derived::testing {
namespace {

constexpr std::size_t kRows = 13, kLength = 20;
constexpr double kStep = 2.0 / 255;  // of a feature's codes

const std::map<std::string, std::vector<double>>& expected() {
  static const auto cases = named_numbers(DRIFTD_SOURCE_DIR "/tests/detectors/derived/embedding_cases.txt");
  return cases;
}

std::vector<std::vector<float>> vectors() {
  std::vector<std::vector<float>> rows(kRows);
  for (std::size_t i = 0; i < kRows * kLength; ++i)
    rows[i / kLength].push_back(static_cast<float>(expected().at("vectors")[i]));
  return rows;
}

std::vector<double> values_of(const FourierFeatures& features, const std::vector<float>& items) {
  std::vector<std::uint8_t> codes(features.size());
  features.code(items, codes);
  std::vector<double> values;
  for (const std::uint8_t code : codes) values.push_back(*FourierFeatures::value(code));
  return values;
}

TEST(EmbeddingCases, TheScaleIsTheMedianDistance) {
  const double median = expected().at("median")[0];
  EXPECT_NEAR(median_distance(vectors()), median, 1e-12 * median);
  auto twice = vectors();  // rows that are the same have no distance
  twice.push_back(twice.front());
  twice.resize(2);
  twice[1] = twice[0];
  EXPECT_EQ(median_distance(twice), 0);
}

// 200 x 64 features: the mean of their products is within .009 (one standard deviation) of the kernel.
TEST(EmbeddingCases, ProductsOfFeaturesApproachTheKernel) {
  constexpr std::size_t kSeeds = 200;
  const auto rows = vectors();
  std::vector<double> kernel(kRows * kRows, 0);
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const FourierFeatures features({0, kLength, 64, expected().at("median")[0]}, "text", seed);
    std::vector<std::vector<double>> values;
    for (const auto& row : rows) values.push_back(values_of(features, row));
    for (std::size_t i = 0; i < kRows; ++i)
      for (std::size_t j = 0; j < kRows; ++j)
        for (std::size_t k = 0; k < 64; ++k)
          kernel[i * kRows + j] += 2 * values[i][k] * values[j][k] / (kSeeds * 64);
  }
  for (std::size_t i = 0; i < kernel.size(); ++i)
    EXPECT_NEAR(kernel[i], expected().at("kernel")[i], 0.04) << i;
}

// Of one item e_k the feature is cos(w_k t + b): a wave in t, whose frequency says what w_k is.
TEST(EmbeddingCases, AFeatureIsACosineOfTheItems) {
  const FourierFeatures features({0, 2, 1, 1.0}, "text", 1);
  std::vector<double> wave;
  for (float t = -6; t <= 6; t += 0.5F) wave.push_back(values_of(features, {t, 0})[0]);
  double best = 1, w = 0, b = 0;
  for (double frequency = -4; frequency <= 4; frequency += 0.002) {
    for (double phase = 0; phase < 2 * std::numbers::pi; phase += 0.02) {
      double worst = 0;
      for (std::size_t i = 0; i < wave.size() && worst < best; ++i)
        worst = std::max(worst,
                         std::abs(wave[i] - std::cos(frequency * (static_cast<double>(i) / 2 - 6) + phase)));
      if (worst >= best) continue;
      best = worst;
      w = frequency;
      b = phase;
    }
  }
  EXPECT_LT(best, kStep + 0.02) << w << " " << b;
}

TEST(EmbeddingCases, OtherSeedsNamesAndNumbersAreOtherFeatures) {
  const auto rows = vectors();
  const Embedding embedding{0, kLength, 3, 4.0};
  const auto values = [&](const char* name, std::uint64_t seed) {
    return values_of(FourierFeatures(embedding, name, seed), rows[0]);
  };
  const auto first = values("text", 1);
  EXPECT_EQ(values("text", 1), first);
  EXPECT_NE(values("text", 2), first);
  EXPECT_NE(values("image", 1), first);
  EXPECT_NE(first[0], first[1]);
  // More features are more, not others.
  const auto more = values_of(FourierFeatures({0, kLength, 40, 4.0}, "text", 1), rows[0]);
  EXPECT_TRUE(std::equal(first.begin(), first.end(), more.begin()));
}

TEST(EmbeddingCases, ItemsWithoutMeasureHaveACodeAllTheSame) {
  const FourierFeatures features({0, 2, 64, 1e-300}, "text", 1);
  std::vector<std::uint8_t> codes(64, 0);
  features.code(std::vector<float>{3e38F, -3e38F}, codes);
  for (const std::uint8_t code : codes) EXPECT_NE(code, FourierFeatures::kMissing);
}

}  // namespace
}  // namespace driftd::detectors::derived::testing
