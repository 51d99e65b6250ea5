// Rows by slice bin and, where labels came, their losses: as a value that merges and subtracts exactly, what
// a LossModel is applied to and scored by. Integers and exact sums only. No threads.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/codec.h"
#include "core/result.h"
#include "detectors/performance/estimated_performance.h"
#include "detectors/performance/loss_model.h"
#include "detectors/performance/regression_tally.h"
#include "detectors/performance/slice_columns.h"
#include "detectors/performance/slot_window.h"
#include "detectors/tally.h"

namespace driftd::detectors {

class LossTally {
 public:
  void add(std::span<const std::uint8_t> bins, double loss, double label);
  // Rows whose labels are not there, from the counts of their cells.
  static LossTally of_rows(const SliceColumns& columns, const Tally& rows);
  void merge(const LossTally& other) { combine(other, 1); }
  void subtract(const LossTally& other) { combine(other, -1); }

  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] bool empty() const { return rows_ == 0; }
  // mae, rmse, mape and r2 in this order as the model expects them (losses never below 0), without what is
  // undefined; nothing where there are no rows. Standard errors are those of labels that the model leaves
  // open; of rmse and r2 by the delta method.
  [[nodiscard]] std::vector<EstimatedValue> expected(const LossModel& model) const;
  // And as they were, of the rows that were added with their labels.
  [[nodiscard]] std::vector<MetricValue> realised() const;

  void save(Encoder& out) const;
  static Result<LossTally> load(Decoder& in);
  friend bool operator==(const LossTally&, const LossTally&) = default;

 private:
  using Counts = std::array<std::int64_t, kMostSliceBins>;
  void combine(const LossTally& other, int sign);
  [[nodiscard]] double mean(const LossModel& model, LossModel::Part part) const;

  std::int64_t rows_ = 0;
  std::vector<Counts> counts_;  // by column
  RegressionTally losses_;
};

using LossWindow = SlotWindow<LossTally>;

}  // namespace driftd::detectors
