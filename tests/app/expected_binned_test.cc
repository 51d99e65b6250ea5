// The real streams, month by month, through profile, bins and counts, against what numpy, scipy and
// scikit-learn computed from the raw values (data/MANIFEST.md).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/table_reader.h"
#include "core/time.h"
#include "detectors/binning.h"
#include "detectors/profile_builder.h"
#include "detectors/profile_json.h"
#include "detectors/statistics/binned.h"
#include "detectors/tally.h"

namespace driftd::app {
namespace {

using detectors::ColumnProfile;
using detectors::Statistic;
using Json = nlohmann::json;

const std::filesystem::path kData = std::filesystem::path(DRIFTD_SHARED_DIR) / "data";

struct Stream {
  const char* model;
  const char* reference;
};

detectors::Table read(const std::vector<std::string>& names) {
  std::vector<std::string> files;
  for (const std::string& name : names) files.push_back((kData / name).string());
  auto table = read_tables(files, {});
  EXPECT_TRUE(table.ok()) << table.error().message;
  return std::move(table).value();
}

// Equal but for rounding.
void expect_close(double found, double expected, const std::string& what) {
  EXPECT_LE(std::abs(found - expected), 1e-9 * std::max(1.0, std::abs(expected))) << what;
}

class Expected : public ::testing::TestWithParam<Stream> {
 protected:
  void SetUp() override {
    const auto path = kData / "expected" / (std::string(GetParam().model) + ".json");
    if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there";
    std::ifstream file(path);
    expected_ = Json::parse(file);
    detectors::ProfileOptions options;
    options.model = GetParam().model;
    const auto built = detectors::build_profile(read({GetParam().reference}), options);
    ASSERT_TRUE(built.ok()) << built.error().message;
    // what is counted by a profile that was written and read is what is counted by the profile
    profile_ = detectors::profile_from_json(detectors::to_json(*built)).value();
  }

  // Counts in the order of the expected file: shown bins, or its sorted categories.
  static std::vector<std::int64_t> in_their_order(const ColumnProfile& column, const Json& described,
                                                  const std::vector<std::int64_t>& counts) {
    if (column.type == detectors::ColumnType::numeric) return counts;
    std::vector<std::int64_t> ordered;
    int unknown = 0;
    for (const auto& category : described.at("categories")) {
      const auto found =
          std::find(column.categories.begin(), column.categories.end(), category.get<std::string>());
      if (found == column.categories.end()) ++unknown;
      const auto index = found == column.categories.end()
                             ? column.categories.size() + 1
                             : static_cast<std::size_t>(found - column.categories.begin());
      ordered.push_back(counts[index]);
    }
    EXPECT_LE(unknown, 1) << "new categories are one";
    return ordered;
  }

  void check_reference(const ColumnProfile& column) const {
    const Json& described = expected_.at("columns").at(column.name);
    const Json& reference = described.at("reference");
    EXPECT_EQ(column.missing(), reference.at("missing").get<std::int64_t>()) << column.name;
    EXPECT_EQ(in_their_order(column, described, detectors::shown_counts(column, column.reference)),
              reference.at("counts").get<std::vector<std::int64_t>>())
        << column.name;
    if (column.type == detectors::ColumnType::categorical) return;
    EXPECT_EQ(column.shown_edges, described.at("edges").get<std::vector<double>>()) << column.name;
    EXPECT_EQ(column.minimum, reference.at("min").get<double>());
    EXPECT_EQ(column.maximum, reference.at("max").get<double>());
    expect_close(column.mean, reference.at("mean"), column.name + " mean");
    expect_close(column.standard_deviation, reference.at("standard_deviation"), column.name + " deviation");
  }

  void check_distances(const ColumnProfile& column, std::span<const detectors::CellCount> counts,
                       const std::vector<detectors::StatisticValue>& values, const Json& block,
                       const std::string& what) const {
    const auto share = [&](std::span<const detectors::CellCount> cells, std::size_t cell) {
      double total = 0;
      for (std::size_t i = detectors::kBelowCell; i < cells.size(); ++i)
        total += static_cast<double>(cells[i].count);
      return static_cast<double>(cells[cell].count) / total;
    };
    double largest = 0;
    for (std::size_t cell = detectors::kBelowCell; cell < counts.size(); ++cell) {
      largest = std::max({largest, share(column.reference, cell), share(counts, cell)});
    }
    const auto* ks = find(values, Statistic::ks);
    ASSERT_NE(ks, nullptr) << what;
    const double raw_ks = block.at("ks").at("statistic");
    EXPECT_LE(ks->value, raw_ks + 1e-12) << what;
    EXPECT_GE(ks->value + *ks->bound, raw_ks - 1e-12) << what;
    EXPECT_LE(*ks->bound, largest + 1e-12) << what;
    const auto* distance = find(values, Statistic::wasserstein);
    ASSERT_NE(distance, nullptr) << what;
    ASSERT_TRUE(distance->bound) << what;
    EXPECT_LE(std::abs(distance->value - block.at("wasserstein").get<double>()), *distance->bound + 1e-12)
        << what;
  }

  void check_block(const ColumnProfile& column, std::span<const detectors::CellCount> counts,
                   const Json& block, const std::string& what) const {
    const Json& described = expected_.at("columns").at(column.name);
    EXPECT_EQ(in_their_order(column, described, detectors::shown_counts(column, counts)),
              block.at("counts").get<std::vector<std::int64_t>>())
        << what;
    EXPECT_EQ(detectors::missing_of(column, counts).missing, block.at("missing").get<std::int64_t>()) << what;
    expect_close(*detectors::missing_of(column, counts).ratio(), block.at("missing_ratio"), what);
    const auto values = detectors::binned_statistics(column, counts);
    expect_close(find(values, Statistic::psi)->value, block.at("psi"), what + " psi");
    expect_close(find(values, Statistic::jensen_shannon)->value, block.at("jensen_shannon"), what + " js");
    if (column.type == detectors::ColumnType::numeric) {
      check_distances(column, counts, values, block, what);
      return;
    }
    const auto* chi = find(values, Statistic::chi_square);
    ASSERT_NE(chi, nullptr) << what;
    expect_close(chi->value, block.at("chi_square").at("statistic"), what + " chi square");
    EXPECT_EQ(*chi->dof, block.at("chi_square").at("dof").get<double>()) << what;
    EXPECT_NEAR(*chi->p_value, block.at("chi_square").at("p_value").get<double>(), 1e-9) << what;
  }

  Json expected_;
  detectors::Profile profile_;
};

TEST_P(Expected, ReferenceHasTheirEdgesAndCounts) {
  EXPECT_EQ(profile_.rows, expected_.at("reference").at("rows").get<std::int64_t>());
  EXPECT_EQ(name_of(profile_.task.task), expected_.at("task").get<std::string>());
  if (expected_.at("positive").is_string()) {
    EXPECT_EQ(profile_.task.positive, expected_.at("positive").get<std::string>());
  }
  std::size_t checked = 0;
  for (const ColumnProfile& column : profile_.columns) {
    if (column.role == detectors::Role::loss) continue;
    check_reference(column);
    ++checked;
  }
  EXPECT_EQ(checked, expected_.at("columns").size());
  for (const auto& metric : profile_.performance.metrics(detectors::Undefined::zero)) {
    const Json& performance = expected_.at("reference").at("performance");
    const std::string name(detectors::name_of(metric.metric));
    if (!performance.contains(name)) continue;
    if (metric.metric == detectors::Metric::roc_auc) {
      EXPECT_NEAR(metric.value, performance.at(name).get<double>(), 0.002);
    } else {
      expect_close(metric.value, performance.at(name), name);
    }
  }
}

// Tallies by month, as slots would be merged.
using Months = std::map<std::string, detectors::Tally>;

Months count_months(const detectors::Profile& profile, detectors::Side side, const detectors::Table& table) {
  const detectors::Binner binner(profile, side);
  const auto layout = std::make_shared<const detectors::TallyLayout>(profile, side);
  Months months;
  std::vector<std::uint8_t> cells(binner.columns()), places(binner.columns());
  const auto put = [&](std::optional<std::uint32_t> column, const Value& value) {
    if (!column || *column == detectors::Binner::kNone) return;
    const detectors::Cell cell = binner.cell_of(*column, value);
    cells[*column] = cell.cell;
    places[*column] = cell.place;
  };
  const auto outcome = [](const std::optional<std::string>& label, std::optional<double> value, bool number) {
    if (number) return value ? Value{Value::Kind::number, *value, {}} : Value{};
    return label ? Value{Value::Kind::text, 0, *label} : Value{};
  };
  const bool regression = profile.task.task == detectors::Task::regression;
  for (std::size_t row = 0; row < table.size(); ++row) {
    std::fill(cells.begin(), cells.end(), detectors::kAbsentCell);
    std::fill(places.begin(), places.end(), std::uint8_t{0});
    if (side == detectors::Side::predictions) {
      for (const auto& feature : table.features) put(binner.column_of(feature.name()), feature.value(row));
      const auto resolved = detectors::resolve(table.predicted[row], profile.task);
      put(binner.column_of(detectors::Role::prediction), outcome(resolved.label, resolved.value, regression));
      if (resolved.score) {
        put(binner.column_of(detectors::Role::score), Value{Value::Kind::number, *resolved.score, {}});
      }
    } else {
      const Verdict& verdict = table.verdicts[row].value();
      put(binner.column_of(detectors::Role::label), outcome(verdict.label, verdict.value, regression));
    }
    const std::string month = format_rfc3339(table.times[row]).substr(0, 7);
    for (const std::string& block : {month, std::string("all")}) {
      months.try_emplace(block, layout).first->second.add(cells, places);
    }
  }
  return months;
}

TEST_P(Expected, MonthsHaveTheirStatistics) {
  const std::string model = GetParam().model;
  const detectors::Table table = read({model + ".predictions.jsonl.gz", model + ".feedback.jsonl.gz"});
  for (const auto side : {detectors::Side::predictions, detectors::Side::pairs}) {
    const Months months = count_months(profile_, side, table);
    const auto columns = profile_.side(side);
    EXPECT_EQ(months.size(), expected_.at("blocks").size());
    for (const Json& block : expected_.at("blocks")) {
      const std::string name = block.at("block");
      const detectors::Tally& tally = months.at(name);
      EXPECT_EQ(tally.events(), block.at("rows").get<std::int64_t>());
      for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i]->role == detectors::Role::loss) continue;
        check_block(*columns[i], tally.column(i), block.at("columns").at(columns[i]->name),
                    name + " " + columns[i]->name);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Streams, Expected,
                         ::testing::Values(Stream{"elec2", "elec2.reference.csv.gz"},
                                           Stream{"bike", "bike.reference.csv.gz"},
                                           Stream{"housing", "housing_reference.csv.gz"}),
                         [](const auto& suite) { return std::string(suite.param.model); });

}  // namespace
}  // namespace driftd::app
