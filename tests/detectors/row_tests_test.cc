// Tests of whole rows against scikit-learn (row_tests_cases.txt, written by row_tests_cases.py), and what
// they are for: the level holds, and a drift that no column shows alone is found.
#include "detectors/statistics/row_tests.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "detectors/comparison_rows.h"
#include "detectors/row_encoding.h"
#include "detectors/statistics/draws.h"
#include "tests/detectors/tables.h"

namespace driftd::detectors {
namespace {

using nlohmann::json;

RowMatrix matrix_of(const json& rows) {
  RowMatrix matrix(rows.at(0).size());
  for (const json& row : rows) {
    const auto out = matrix.add();
    for (std::size_t i = 0; i < row.size(); ++i) out[i] = row[i].get<double>();
  }
  return matrix;
}

void expect_near(double value, const json& expected) {
  EXPECT_NEAR(value, expected.get<double>(), 1e-12 * std::max(1.0, std::abs(expected.get<double>())));
}

TEST(RowTests, AgreeWithScikitLearn) {
  std::ifstream file(DRIFTD_SOURCE_DIR "/tests/detectors/row_tests_cases.txt");
  ASSERT_TRUE(file);
  int cases = 0;
  for (std::string line; std::getline(file, line); ++cases) {
    const json one = json::parse(line);
    const RowMatrix reference = matrix_of(one["reference"]), current = matrix_of(one["current"]);
    const json& expected = one["expected"];
    const auto discrepancy = mean_discrepancy(reference, current);
    expect_near(discrepancy->squared, expected["mmd"]["squared"]);
    expect_near(discrepancy->bandwidth, expected["mmd"]["bandwidth"]);
    const auto classifier = classifier_test(reference, current);
    expect_near(classifier->auc, expected["classifier"]["auc"]);
    EXPECT_EQ(classifier->neighbours, expected["classifier"]["neighbours"]);
    const auto reconstruction = reconstruction_error(reference, current);
    EXPECT_EQ(reconstruction->components, expected["reconstruction"]["components"]);
    expect_near(reconstruction->reference, expected["reconstruction"]["reference"]);
    expect_near(reconstruction->current, expected["reconstruction"]["current"]);
    expect_near(reconstruction->shift, expected["reconstruction"]["shift"]);
  }
  EXPECT_EQ(cases, 5);
}

// Four columns of which the last two have the correlation given; each alone is standard normal.
RowMatrix correlated(std::size_t rows, double correlation, std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  RowMatrix matrix(4);
  for (std::size_t i = 0; i < rows; ++i) {
    const auto row = matrix.add();
    for (double& cell : row) cell = normal(random);
    row[3] = correlation * row[2] + std::sqrt(1 - correlation * correlation) * row[3];
  }
  return matrix;
}

TEST(RowTests, FindWhatNoColumnShowsAlone) {
  std::mt19937_64 random(3);
  const RowMatrix reference = correlated(400, 0.9, random), current = correlated(400, 0, random);
  EXPECT_LE(mean_discrepancy(reference, current)->p_value, 0.005);
  EXPECT_LE(classifier_test(reference, current)->p_value, 0.005);
  EXPECT_GT(classifier_test(reference, current)->auc, 0.55);
  EXPECT_LE(reconstruction_error(reference, current)->p_value, 0.005);
}

TEST(RowTests, HoldTheirLevelWithoutDrift) {
  std::mt19937_64 random(4);
  constexpr int kRounds = 120;
  int discrepancy = 0, classifier = 0, reconstruction = 0;
  for (int round = 0; round < kRounds; ++round) {
    const RowMatrix reference = correlated(40, 0.5, random), current = correlated(30, 0.5, random);
    discrepancy += mean_discrepancy(reference, current)->p_value <= 0.1 ? 1 : 0;
    classifier += classifier_test(reference, current)->p_value <= 0.1 ? 1 : 0;
    reconstruction += reconstruction_error(reference, current)->p_value <= 0.1 ? 1 : 0;
  }
  // 12 are expected; 25 or more, or none, have a probability under 1e-3
  for (const int rejected : {discrepancy, classifier, reconstruction}) {
    EXPECT_LT(rejected, 25);
    EXPECT_GT(rejected, 0);
  }
}

TEST(RowTests, SameRowsGiveTheSameAnswer) {
  std::mt19937_64 random(5);
  const RowMatrix reference = correlated(50, 0, random), current = correlated(60, 0.3, random);
  EXPECT_EQ(mean_discrepancy(reference, current)->p_value, mean_discrepancy(reference, current)->p_value);
  EXPECT_EQ(classifier_test(reference, current)->p_value, classifier_test(reference, current)->p_value);
}

TEST(RowTests, RowsThatAreAllTheSameAreNoDrift) {
  RowMatrix reference(2), current(2);
  for (int i = 0; i < 20; ++i) {
    reference.add();
    current.add();
  }
  EXPECT_EQ(mean_discrepancy(reference, current)->p_value, 1);
  EXPECT_EQ(classifier_test(reference, current)->p_value, 1);
  EXPECT_FALSE(reconstruction_error(reference, current));
  EXPECT_FALSE(mean_discrepancy(RowMatrix(2), current));
}

TEST(RowEncoding, LearnsFromTheReferenceAlone) {
  const Table reference = table_with({{"x", {number(0), number(2), number(4), null_value()}},
                                      {"c", {text("a"), text("a"), text("b"), text("a")}},
                                      {"gone", numbers({1, 1, 1, 1})}});
  const Table current = table_with({{"c", {text("new"), text("b")}}, {"x", numbers({1e300, 2})}});
  const std::vector<std::uint32_t> four = {0, 1, 2, 3}, two = {0, 1};
  const EncodedRows rows = encode_rows(reference, four, current, two);
  EXPECT_EQ(rows.columns, 2U);
  // x, whether x is missing; a, b, others
  ASSERT_EQ(rows.reference.width(), 5U);
  const double deviation = std::sqrt(8.0 / 3);
  const auto row = [](const RowMatrix& matrix, std::size_t i) {
    return std::vector<double>(matrix.row(i).begin(), matrix.row(i).end());
  };
  EXPECT_EQ(row(rows.reference, 0), (std::vector<double>{-2 / deviation, 0, 1, 0, 0}));
  EXPECT_EQ(row(rows.reference, 3), (std::vector<double>{0, 1, 1, 0, 0}));
  EXPECT_EQ(row(rows.current, 0), (std::vector<double>{10, 0, 0, 0, 1}));
  EXPECT_EQ(row(rows.current, 1), (std::vector<double>{0, 0, 0, 1, 0}));
}

TEST(Draws, AreWithoutRepeatsAndUniform) {
  std::vector<int> seen(10, 0);
  for (std::uint64_t seed = 0; seed < 6000; ++seed) {
    const auto rows = drawn_rows(10, 3, seed);
    ASSERT_EQ(rows.size(), 3U);
    ASSERT_TRUE(rows[0] < rows[1] && rows[1] < rows[2]);
    for (const std::uint32_t one : rows) ++seen[one];
  }
  for (const int count : seen) EXPECT_NEAR(count, 1800, 180);
  EXPECT_EQ(drawn_rows(3, 10, 1), (std::vector<std::uint32_t>{0, 1, 2}));
}

}  // namespace
}  // namespace driftd::detectors
