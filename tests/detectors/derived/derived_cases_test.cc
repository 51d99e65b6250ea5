// What derived columns say of a small data set, beside scipy and scikit-learn (derived_cases.py).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "tests/detectors/case_files.h"
#include "tests/detectors/derived/references.h"

namespace driftd::detectors::derived::testing {
namespace {

constexpr std::size_t kShown = 60;
constexpr double kScoreStep = 1.0 / kUnit;  // scores are rounded to it

const std::map<std::string, std::vector<double>>& expected() {
  static const auto cases = named_numbers(DRIFTD_SOURCE_DIR "/tests/detectors/derived/derived_cases.txt");
  return cases;
}

// `flag` as the texts no and yes.
Table data() {
  Table table = timed_table({{"a", expected().at("a")},
                             {"b", expected().at("b")},
                             {"c", expected().at("c")},
                             {"d", expected().at("d")}});
  TableColumn& flags = table.features.emplace_back("flag");
  for (const double flag : expected().at("flag")) flags.push(text(flag > 0 ? "yes" : "no"));
  return table;
}

class DerivedCases : public ::testing::Test {
 protected:
  void build(std::optional<std::int64_t> components) {
    Options options = all_options();
    options.components = components;
    profile_ = reference_of(table_, options);
    ASSERT_TRUE(profile_.derived);
    codes_ = std::make_unique<RowCodes>(*profile_.derived, table_.features.size());
    binner_ = std::make_unique<Binner>(profile_, Side::predictions);
  }
  std::optional<double> value(std::size_t row, std::size_t column) const {
    std::vector<std::uint32_t> codes(codes_->columns(), 0);
    codes_->of(cells_of(*binner_, table_, row), codes);
    return codes_->value(column, codes[column] - codes_->offset(column));
  }
  void expect_components(const std::string& name) const {
    const Components& components = *profile_.derived->components;
    const auto& variances = expected().at(name + "_variances");
    const auto& loads = expected().at(name + "_loads");
    ASSERT_EQ(components.variances.size(), variances.size());
    for (std::size_t k = 0; k < variances.size(); ++k) {
      EXPECT_NEAR(components.variances[k], variances[k], 4 * kScoreStep);
      double along = 0;
      for (std::size_t f = 0; f < 5; ++f) along += components.loads[k][f] * loads[5 * k + f];
      EXPECT_NEAR(std::abs(along), 1, 1e-5);  // up to its sign
    }
    const std::size_t error = profile_.derived->error_column();
    for (std::size_t row = 0; row < kShown; ++row) {
      EXPECT_NEAR(*value(row, error), expected().at(name + "_errors")[row], 0.003) << row;
      const double t2 = expected().at(name + "_t2")[row];
      EXPECT_NEAR(std::sqrt(*value(row, error + 1)), std::sqrt(t2), 0.003) << row;
    }
  }

  Table table_ = data();
  Profile profile_;
  std::unique_ptr<RowCodes> codes_;
  std::unique_ptr<Binner> binner_;
};

TEST_F(DerivedCases, ScoresAreNormalScoresOfMidRanks) {
  build(std::nullopt);
  for (std::size_t row = 0; row < kShown; ++row) {
    const auto cells = cells_of(*binner_, table_, row);
    for (std::size_t f = 0; f < 5; ++f) {
      const double score = profile_.derived->features[f].scores[cells[f]];
      EXPECT_NEAR(score / kUnit, expected().at("scores")[5 * row + f], kScoreStep) << row << " " << f;
    }
  }
}

TEST_F(DerivedCases, PairsAreThoseThatDependMostAndTheirRanksProducts) {
  build(std::nullopt);
  const auto& pairs = expected().at("pairs");
  ASSERT_EQ(profile_.derived->pairs.size(), 10U);
  for (std::size_t k = 0; k < 10; ++k) {
    EXPECT_EQ(profile_.derived->pairs[k].first, pairs[2 * k]) << k;
    EXPECT_EQ(profile_.derived->pairs[k].second, pairs[2 * k + 1]) << k;
    for (std::size_t row = 0; row < kShown; ++row) {
      const double product = expected().at("products")[k * kShown + row];
      const auto found = value(row, profile_.derived->pair_column(k));
      ASSERT_EQ(found.has_value(), !std::isnan(product));
      if (!found) continue;
      EXPECT_NEAR(*found, product, 2 * kScoreStep);
    }
  }
}

TEST_F(DerivedCases, ProjectionsAreSumsOfWeightsTimesScores) {
  build(std::nullopt);
  for (std::size_t p = 0; p < profile_.derived->projections.size(); ++p) {
    const Direction& weights = profile_.derived->projections[p];
    double square = 0;
    for (const double weight : weights) square += weight * weight;
    EXPECT_NEAR(square, 1, 1e-12);
    for (std::size_t row = 0; row < kShown; ++row) {
      double sum = 0;
      for (std::size_t f = 0; f < 5; ++f) sum += weights[f] * expected().at("scores")[5 * row + f];
      EXPECT_NEAR(*value(row, p), sum, 0.004) << p << " " << row;
    }
  }
}

TEST_F(DerivedCases, ReconstructionErrorAndT2AreThoseOfSklearnsPca) {
  build(2);
  expect_components("two");
}

TEST_F(DerivedCases, AutomaticComponentsAreThoseThatSklearnTakesForTwoThirdsOfTheVariance) {
  build(std::nullopt);
  expect_components("automatic");
}

}  // namespace
}  // namespace driftd::detectors::derived::testing
