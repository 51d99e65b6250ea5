// Two data sets side by side: every statistic of every column, and the model's performance on both.
//
// Against a Table everything is computed from the values themselves (data/MANIFEST.md, conventions of
// expected/); against a Profile, which holds counts alone, from the counts in its bins
// (statistics/binned.h). Columns are the reference's features in its order, those that only the
// current data have, then prediction, score and label. The rows without a value count as missing and in
// nothing else. Pure functions of their arguments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "detectors/comparison_rows.h"
#include "detectors/performance/metric.h"
#include "detectors/performance/pair_tally.h"
#include "detectors/performance/task.h"
#include "detectors/profile.h"
#include "detectors/statistics/exact_numeric.h"
#include "detectors/statistics/statistic.h"
#include "detectors/table.h"

namespace driftd::detectors {

struct ComparedSide {
  std::int64_t rows = 0;
  std::int64_t missing = 0;
  std::vector<std::int64_t> counts;  // over the bins or categories
  std::optional<Summary> summary;    // numeric, with a value
  [[nodiscard]] double missing_share() const {
    return rows > 0 ? static_cast<double>(missing) / static_cast<double>(rows) : 0;
  }
};

struct ComparedColumn {
  std::string name;
  ColumnType type = ColumnType::numeric;
  std::vector<double> edges;            // numeric: counts.size() - 1 of them
  std::vector<std::string> categories;  // categorical: in byte order, or as the profile has them
  ComparedSide reference, current;
  std::vector<StatisticValue> statistics;  // in the order of Statistic; undefined ones are absent
  std::optional<double> ks_p_value_limit;  // Kolmogorov's limit law, beside the p-value of `ks`
  std::optional<double> ks_p_value_exact;  // the exact two-sample law, up to kMostForExactKs values a side
  bool drift = false;
};

struct ComparedPerformance {
  std::int64_t pairs = 0;
  std::vector<MetricValue> metrics;       // precision, recall, F1 are 0 where their denominator is
  BinaryCounts counts;                    // binary only
  std::vector<MetricValue> weighted;      // multiclass only: means by support
  std::vector<ClassPerformance> classes;  // likewise
};

struct Comparison {
  std::int64_t reference_rows = 0;
  std::int64_t current_rows = 0;
  TaskSpec task;
  std::vector<ComparedColumn> columns;
  ComparedPerformance reference, current;
  std::optional<RowsTests> whole_rows;  // filled in by whoever asks for it
  bool drift = false;
};

// The task and the types of columns are the reference's: numeric where every value that is there is a
// number, else categorical. `bins` >= 2.
Comparison compare(const Table& reference, const Table& current, std::int64_t bins);

// The same column by column, for whoever has threads: column() may be called by several at a time, for
// each number by one. The tables must outlive it.
class ColumnwiseComparison {
 public:
  ColumnwiseComparison(const Table& reference, const Table& current, std::int64_t bins);
  ~ColumnwiseComparison();
  ColumnwiseComparison(const ColumnwiseComparison&) = delete;
  ColumnwiseComparison& operator=(const ColumnwiseComparison&) = delete;

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] ComparedColumn column(std::size_t number) const;
  [[nodiscard]] Comparison whole(std::vector<ComparedColumn> columns) const;

 private:
  struct Parts;
  std::unique_ptr<const Parts> parts_;
};

Comparison compare(const Profile& reference, const Table& current);

ComparedPerformance compared_performance(const PairTally& tally, std::vector<MetricValue> metrics);
// Exact: ROC AUC from the scores themselves.
ComparedPerformance compared_performance(const Table& table, const TaskSpec& spec);

// Fills `drift` of the columns and of the whole. A column drifts where a statistic exceeds its limit
// (missing_delta: its size does); without limits, where its total variation less its null mean is at
// least .05 and its chi-square p-value times the number of columns is under .01.
using DriftLimits = std::map<Statistic, double>;
void judge(Comparison& comparison, const DriftLimits& limits);

}  // namespace driftd::detectors
