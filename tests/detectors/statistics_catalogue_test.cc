// Every statistic of the catalogue keeps what its entry says: on raw values and on merged counts.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "detectors/binning.h"
#include "detectors/comparison.h"
#include "detectors/statistics/binned.h"
#include "detectors/statistics/catalogue.h"
#include "detectors/tally.h"
#include "tests/detectors/tables.h"

namespace driftd::detectors {
namespace {

using Values = std::vector<Value>;

std::vector<StatisticValue> of_values(const Values& reference, const Values& current) {
  return compare(table_with({{"x", reference}}), table_with({{"x", current}}), 10).columns.at(0).statistics;
}

Tally count(const Profile& profile, const Values& values) {
  const Binner binner(profile, Side::predictions);
  Tally tally(std::make_shared<const TallyLayout>(profile, Side::predictions));
  for (const Value& value : values) {
    const Cell cell = binner.cell_of(0, value);
    tally.add(std::vector<std::uint8_t>{cell.cell}, std::vector<std::uint8_t>{cell.place});
  }
  return tally;
}

std::vector<StatisticValue> of_counts(const Values& reference, const Values& current) {
  const Profile profile = profile_with({{"x", reference}});
  return binned_statistics(profile.columns[0], count(profile, current).column(0));
}

Values drawn(std::mt19937_64& random, std::size_t size, double mean, bool tied) {
  std::normal_distribution<double> normal(mean, 1);
  Values values;
  for (std::size_t i = 0; i < size; ++i) {
    const double value = normal(random);
    values.push_back({Value::Kind::number, tied ? std::round(value) : value, {}});
    if (i % 17 == 0) values.push_back(null_value());
  }
  return values;
}

Values flags(std::mt19937_64& random, std::size_t size, double share) {
  Values values;
  for (std::size_t i = 0; i < size; ++i) {
    values.push_back(text(std::bernoulli_distribution(share)(random) ? "yes" : "no"));
  }
  return values;
}

struct Pair {
  Values reference, current;
};

std::vector<Pair> pairs() {
  std::mt19937_64 random(20261127);
  std::vector<Pair> pairs;
  for (const bool tied : {false, true}) {
    for (const auto& [n, m, shift] :
         {std::tuple{600, 400, 0.0}, {600, 400, 0.7}, {40, 900, 3.0}, {5, 12, 0.5}}) {
      pairs.push_back({drawn(random, static_cast<std::size_t>(n), 0, tied),
                       drawn(random, static_cast<std::size_t>(m), shift, tied)});
    }
  }
  pairs.push_back({flags(random, 500, 0.3), flags(random, 200, 0.4)});
  return pairs;
}

using Compute = std::vector<StatisticValue> (*)(const Values&, const Values&);

class EveryStatistic : public testing::TestWithParam<StatisticInfo> {};
INSTANTIATE_TEST_SUITE_P(Catalogue, EveryStatistic,
                         testing::ValuesIn(statistic_catalogue().begin(), statistic_catalogue().end()),
                         [](const auto& one) { return std::string(one.param.name()); });

TEST_P(EveryStatistic, IsDefinedWithinItsBoundsOnValuesAndCounts) {
  const StatisticInfo& info = GetParam();
  int on_values = 0, on_counts = 0;
  for (const Pair& pair : pairs()) {
    for (const Compute compute : {Compute{of_values}, Compute{of_counts}}) {
      const auto values = compute(pair.reference, pair.current);
      const StatisticValue* value = find(values, info.statistic);
      if (value == nullptr) continue;
      ++(compute == of_values ? on_values : on_counts);
      EXPECT_GE(value->value, info.least);
      EXPECT_LE(value->value, info.most);
      if (value->p_value) {
        EXPECT_GE(*value->p_value, 0);
        EXPECT_LE(*value->p_value, 1);
        EXPECT_NE(value->method, Method::none);
      } else {
        EXPECT_EQ(value->method, Method::none);
      }
      if (value->null_q95) {
        EXPECT_GE(*value->null_q95, *value->null_mean);
      }
    }
  }
  EXPECT_GT(on_values, 0);
  EXPECT_GT(on_counts, 0);
}

TEST_P(EveryStatistic, OfEqualSamplesIsWhatTheCatalogueSays) {
  const StatisticInfo& info = GetParam();
  for (const Pair& pair : pairs()) {
    for (const Compute compute : {Compute{of_values}, Compute{of_counts}}) {
      const auto values = compute(pair.reference, pair.reference);
      const StatisticValue* value = find(values, info.statistic);
      if (value == nullptr) continue;
      if (info.of_equal_samples) {
        EXPECT_NEAR(value->value, *info.of_equal_samples, 1e-9);
      }
      if (value->p_value) {
        EXPECT_GE(*value->p_value, 0.25);  // where anderson_darling is capped
      }
    }
  }
}

TEST_P(EveryStatistic, IsSymmetricWhereTheCatalogueSaysSo) {
  const StatisticInfo& info = GetParam();
  int differences = 0;
  for (const Pair& pair : pairs()) {
    const auto forth = of_values(pair.reference, pair.current),
               back = of_values(pair.current, pair.reference);
    const StatisticValue* a = find(forth, info.statistic);
    const StatisticValue* b = find(back, info.statistic);
    if (a == nullptr || b == nullptr) continue;
    // shares of numbers are over the reference's bins, which change places too
    const bool other_bins = info.reads == Reads::shares && pair.reference[0].kind == Value::Kind::number;
    const bool same = std::abs(a->value - b->value) <= 1e-12 * std::max(1.0, std::abs(a->value));
    if (info.symmetric && !other_bins) {
      EXPECT_TRUE(same) << a->value << " and " << b->value;
    }
    differences += same ? 0 : 1;
  }
  if (!info.symmetric) {
    EXPECT_GT(differences, 0);
  }
}

TEST_P(EveryStatistic, OfMergedCountsIsThatOfTheUnion) {
  const StatisticInfo& info = GetParam();
  for (const Pair& pair : pairs()) {
    const Profile profile = profile_with({{"x", pair.reference}});
    const auto middle = pair.current.begin() + static_cast<std::ptrdiff_t>(pair.current.size() / 3);
    Tally merged = count(profile, {pair.current.begin(), middle});
    merged.merge(count(profile, {middle, pair.current.end()}));
    const auto parts = binned_statistics(profile.columns[0], merged.column(0), bit(info.statistic));
    const auto whole =
        binned_statistics(profile.columns[0], count(profile, pair.current).column(0), bit(info.statistic));
    ASSERT_EQ(parts.size(), whole.size());
    if (parts.empty()) continue;
    EXPECT_EQ(parts[0].value, whole[0].value);
    EXPECT_EQ(parts[0].p_value, whole[0].p_value);
  }
}

// What counts say is as near to the values as their bound says.
TEST_P(EveryStatistic, OfCountsIsWithinItsBoundOfTheValues) {
  const StatisticInfo& info = GetParam();
  for (const Pair& pair : pairs()) {
    const auto counted = of_counts(pair.reference, pair.current),
               exact = of_values(pair.reference, pair.current);
    const StatisticValue* ours = find(counted, info.statistic);
    const StatisticValue* value = find(exact, info.statistic);
    if (ours == nullptr || value == nullptr || !ours->bound) continue;
    EXPECT_LE(std::abs(ours->value - value->value), *ours->bound * (1 + 1e-9) + 1e-9);
  }
}

TEST(StatisticCatalogue, SaysSomethingOfEach) {
  ASSERT_EQ(statistic_catalogue().size(), kStatisticCount);
  for (const StatisticInfo& info : statistic_catalogue()) {
    EXPECT_EQ(&info_of(info.statistic), &info);
    for (const std::string_view text :
         {info.title, info.unit, info.on_counts, info.on_raw, info.p_value, info.convention, info.source}) {
      EXPECT_FALSE(text.empty()) << info.name();
    }
  }
}

}  // namespace
}  // namespace driftd::detectors
