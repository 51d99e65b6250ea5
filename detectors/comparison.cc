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
#include "detectors/statistics/answers.h"

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

void compare_numbers(const std::vector<double>& reference, const std::vector<double>& current,
                     std::int64_t bins, ComparedColumn& column, Answers& answers) {
  column.edges = quantile_edges(reference.empty() ? current : reference, bins);
  const auto fill = [&column](ComparedSide& side, Sorted numbers) {
    side.missing = side.rows - static_cast<std::int64_t>(numbers.size());
    side.counts = counts_in_bins(numbers, column.edges);
    side.summary = summary_of(numbers);
  };
  fill(column.reference, reference);
  fill(column.current, current);
  add_share_statistics(column.reference.counts, column.current.counts, answers);
  if (reference.empty() || current.empty()) return;
  const TwoSamples samples = two_samples(reference, current);
  if (const auto ks = kolmogorov_smirnov(samples)) {
    answers.add(Statistic::ks, TestResult{ks->statistic, ks->p_value, Method::asymptotic});
    column.ks_p_value_limit = ks->p_value_limit;
    column.ks_p_value_exact = ks->p_value_exact;
  }
  add_number_statistics(samples, *column.reference.summary, *column.current.summary, answers);
}

void compare_categories(const CategoryCounts& reference, const CategoryCounts& current,
                        ComparedColumn& column, Answers& answers) {
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
  add_share_statistics(column.reference.counts, column.current.counts, answers);
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
  Answers answers(kAllStatistics);
  if (column.type == ColumnType::numeric) {
    compare_numbers(sorted_numbers(r, reference.size()), sorted_numbers(c, current.size()), bins, column,
                    answers);
  } else {
    compare_categories(category_counts(r, reference.size()), category_counts(c, current.size()), column,
                       answers);
  }
  if (reference.size() > 0 && current.size() > 0) {
    answers.add(Statistic::missing_delta, column.current.missing_share() - column.reference.missing_share());
  }
  column.statistics = answers.take();
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

struct ColumnwiseComparison::Parts {
  Parts(const Table& r, const Table& c, std::int64_t b)
      : reference(r), current(c), bins(b), task(infer_task(r)) {
    before = value_columns(reference, task);
    after = value_columns(current, task);
    columns = before;
    for (const ValueColumn& column : after) {
      if (find_column(before, column) == nullptr) columns.push_back(column);
    }
    std::stable_sort(columns.begin(), columns.end(),
                     [](const ValueColumn& x, const ValueColumn& y) { return x.role < y.role; });
  }

  const Table& reference;
  const Table& current;
  std::int64_t bins;
  TaskSpec task;
  std::vector<ValueColumn> before, after, columns;
};

ColumnwiseComparison::ColumnwiseComparison(const Table& reference, const Table& current, std::int64_t bins)
    : parts_(std::make_unique<const Parts>(reference, current, bins)) {}
ColumnwiseComparison::~ColumnwiseComparison() = default;

std::size_t ColumnwiseComparison::size() const { return parts_->columns.size(); }

ComparedColumn ColumnwiseComparison::column(std::size_t number) const {
  const ValueColumn& which = parts_->columns.at(number);
  return compare_column(find_column(parts_->before, which), parts_->reference,
                        find_column(parts_->after, which), parts_->current, parts_->bins);
}

Comparison ColumnwiseComparison::whole(std::vector<ComparedColumn> columns) const {
  Comparison result;
  result.reference_rows = static_cast<std::int64_t>(parts_->reference.size());
  result.current_rows = static_cast<std::int64_t>(parts_->current.size());
  result.task = parts_->task;
  result.columns = std::move(columns);
  result.reference = compared_performance(parts_->reference, result.task);
  result.current = compared_performance(parts_->current, result.task);
  return result;
}

Comparison compare(const Table& reference, const Table& current, std::int64_t bins) {
  const ColumnwiseComparison parts(reference, current, bins);
  std::vector<ComparedColumn> columns;
  for (std::size_t i = 0; i < parts.size(); ++i) columns.push_back(parts.column(i));
  return parts.whole(std::move(columns));
}

}  // namespace driftd::detectors
