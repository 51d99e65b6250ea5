#include "detectors/comparison.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <set>
#include <string_view>
#include <utility>

#include "detectors/comparison_values.h"
#include "detectors/performance/exact_performance.h"
#include "detectors/statistics/shares.h"

namespace driftd::detectors {
namespace {

// Empty where no row has a value.
std::optional<ColumnType> type_of(const ValueColumn* column, std::size_t rows) {
  std::optional<ColumnType> type;
  for (std::size_t row = 0; column != nullptr && row < rows; ++row) {
    const Value value = column->values(row);
    if (is_missing(value) || value.kind == Value::Kind::not_finite) continue;
    if (value.kind != Value::Kind::number) return ColumnType::categorical;
    type = ColumnType::numeric;
  }
  return type;
}

// A column that one side does not have is missing there in every row.
const ValueColumn* find_column(const std::vector<ValueColumn>& columns, const ValueColumn& wanted) {
  for (const ValueColumn& column : columns) {
    if (column.name == wanted.name && column.role == wanted.role) return &column;
  }
  return nullptr;
}

std::vector<double> sorted_numbers(const ValueColumn* column, std::size_t rows) {
  std::vector<double> numbers;
  for (std::size_t row = 0; column != nullptr && row < rows; ++row) {
    const Value value = column->values(row);
    if (value.kind == Value::Kind::number) numbers.push_back(value.number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

using CategoryCounts = std::map<std::string, std::int64_t, std::less<>>;

CategoryCounts category_counts(const ValueColumn* column, std::size_t rows) {
  CategoryCounts counts;
  std::array<char, 64> buffer{};
  for (std::size_t row = 0; column != nullptr && row < rows; ++row) {
    const Value value = column->values(row);
    if (is_missing(value) || value.kind == Value::Kind::not_finite) continue;
    const std::string_view text = shortest_text(value, buffer);
    const auto found = counts.find(text);
    if (found != counts.end()) {
      ++found->second;
    } else {
      counts.emplace(text, 1);
    }
  }
  return counts;
}

class Statistics {
 public:
  void add(Statistic statistic, std::optional<double> value, std::optional<NullLaw> null = {}) {
    if (!value || !std::isfinite(*value)) return;
    StatisticValue entry;
    entry.statistic = statistic;
    entry.value = *value;
    if (null) {
      entry.null_mean = null->mean;
      entry.null_q95 = null->q95;
    }
    values_.push_back(entry);
  }
  void add_test(Statistic statistic, double value, std::optional<double> p_value,
                std::optional<double> dof = {}) {
    add(statistic, value);
    values_.back().p_value = p_value;
    values_.back().method = p_value ? Method::asymptotic : Method::none;
    values_.back().dof = dof;
  }
  std::vector<StatisticValue> take() {
    std::sort(values_.begin(), values_.end(),
              [](const StatisticValue& a, const StatisticValue& b) { return a.statistic < b.statistic; });
    return std::move(values_);
  }

 private:
  std::vector<StatisticValue> values_;
};

void add_shares(Counts reference, Counts current, Statistics& out) {
  out.add(Statistic::psi, psi(reference, current), psi_null(reference, current));
  out.add(Statistic::jensen_shannon, jensen_shannon(reference, current),
          jensen_shannon_null(reference, current));
  out.add(Statistic::total_variation, total_variation(reference, current),
          total_variation_null(reference, current));
  if (const auto chi = chi_square(reference, current)) {
    out.add_test(Statistic::chi_square, chi->statistic, chi->p_value, static_cast<double>(chi->dof));
  }
}

void compare_numbers(std::vector<double> reference, std::vector<double> current, std::int64_t bins,
                     ComparedColumn& column, Statistics& out) {
  column.edges = quantile_edges(reference.empty() ? current : reference, bins);
  const auto fill = [&column](ComparedSide& side, Sorted numbers) {
    side.missing = side.rows - static_cast<std::int64_t>(numbers.size());
    side.counts = counts_in_bins(numbers, column.edges);
    side.summary = summary_of(numbers);
  };
  fill(column.reference, reference);
  fill(column.current, current);
  add_shares(column.reference.counts, column.current.counts, out);
  if (const auto ks = kolmogorov_smirnov(reference, current)) {
    out.add_test(Statistic::ks, ks->statistic, ks->p_value);
    column.ks_p_value_limit = ks->p_value_limit;
  }
  const auto distance = wasserstein(reference, current);
  out.add(Statistic::wasserstein, distance);
  if (!distance || !column.reference.summary) return;
  const double spread = column.reference.summary->standard_deviation.value_or(0);
  if (spread > 0) out.add(Statistic::wasserstein_normed, *distance / spread);
}

void compare_categories(const CategoryCounts& reference, const CategoryCounts& current,
                        ComparedColumn& column, Statistics& out) {
  std::set<std::string> categories;
  for (const auto& [category, count] : reference) categories.insert(category);
  for (const auto& [category, count] : current) categories.insert(category);
  column.categories.assign(categories.begin(), categories.end());
  const auto fill = [&column](ComparedSide& side, const CategoryCounts& counts) {
    side.missing = side.rows;
    for (const std::string& category : column.categories) {
      const auto found = counts.find(category);
      side.counts.push_back(found != counts.end() ? found->second : 0);
      side.missing -= side.counts.back();
    }
  };
  fill(column.reference, reference);
  fill(column.current, current);
  add_shares(column.reference.counts, column.current.counts, out);
}

ComparedColumn compare_column(const ValueColumn* r, const Table& reference, const ValueColumn* c,
                              const Table& current, std::int64_t bins) {
  ComparedColumn column;
  column.name = r != nullptr ? r->name : c->name;
  column.reference.rows = static_cast<std::int64_t>(reference.size());
  column.current.rows = static_cast<std::int64_t>(current.size());
  auto type = type_of(r, reference.size());
  if (!type) type = type_of(c, current.size());
  column.type = type.value_or(ColumnType::categorical);
  Statistics statistics;
  if (column.type == ColumnType::numeric) {
    compare_numbers(sorted_numbers(r, reference.size()), sorted_numbers(c, current.size()), bins, column,
                    statistics);
  } else {
    compare_categories(category_counts(r, reference.size()), category_counts(c, current.size()), column,
                       statistics);
  }
  if (reference.size() > 0 && current.size() > 0) {
    statistics.add(Statistic::missing_delta,
                   column.current.missing_share() - column.reference.missing_share());
  }
  column.statistics = statistics.take();
  return column;
}

}  // namespace

ComparedPerformance compared_performance(const PairTally& tally, std::vector<MetricValue> metrics) {
  ComparedPerformance compared{tally.pairs(), std::move(metrics), tally.binary_counts(), {}, {}};
  if (const MulticlassTally* several = tally.multiclass(); several != nullptr) {
    several->weighted(compared.weighted);
    compared.classes = several->by_class();
  }
  return compared;
}

ComparedPerformance compared_performance(const Table& table, const TaskSpec& spec) {
  ExactPerformance performance;
  for (std::size_t row = 0; row < table.size(); ++row) {
    if (!table.verdicts[row]) continue;
    if (const auto pair = resolve(table.predicted[row], *table.verdicts[row], spec)) performance.add(*pair);
  }
  return compared_performance(performance.tally(), performance.metrics(Undefined::zero));
}

Comparison compare(const Table& reference, const Table& current, std::int64_t bins) {
  Comparison result;
  result.reference_rows = static_cast<std::int64_t>(reference.size());
  result.current_rows = static_cast<std::int64_t>(current.size());
  result.task = infer_task(reference);
  const auto before = value_columns(reference, result.task);
  const auto after = value_columns(current, result.task);
  std::vector<ValueColumn> columns = before;
  for (const ValueColumn& column : after) {
    if (find_column(before, column) == nullptr) columns.push_back(column);
  }
  std::stable_sort(columns.begin(), columns.end(),
                   [](const ValueColumn& a, const ValueColumn& b) { return a.role < b.role; });
  for (const ValueColumn& which : columns) {
    result.columns.push_back(
        compare_column(find_column(before, which), reference, find_column(after, which), current, bins));
  }
  result.reference = compared_performance(reference, result.task);
  result.current = compared_performance(current, result.task);
  return result;
}

}  // namespace driftd::detectors
