// Rows by slice bin and, where labels came, their losses: as a value that merges and subtracts exactly, what
// a LossModel is applied to and scored by. Integers and exact sums only. No threads.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/codec.h"
#include "core/exact_sum.h"
#include "core/result.h"
#include "detectors/performance/estimated_performance.h"
#include "detectors/performance/loss_model.h"
#include "detectors/performance/slice_columns.h"
#include "detectors/performance/slot_window.h"
#include "detectors/tally.h"

namespace driftd::detectors {

class LossTally {
 public:
  void add(std::span<const std::uint8_t> bins, double loss);
  // Rows whose labels are not there, from the counts of their cells.
  static LossTally of_rows(const SliceColumns& columns, const Tally& rows);
  void merge(const LossTally& other) { combine(other, 1); }
  void subtract(const LossTally& other) { combine(other, -1); }

  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] bool empty() const { return rows_ == 0; }
  // mae and rmse as the model expects them (never below 0); nothing where there are no rows.
  [[nodiscard]] std::vector<EstimatedValue> expected(const LossModel& model) const;
  // And as they were.
  [[nodiscard]] std::vector<MetricValue> realised() const;

  void save(Encoder& out) const;
  static Result<LossTally> load(Decoder& in);
  friend bool operator==(const LossTally&, const LossTally&) = default;

 private:
  using Counts = std::array<std::int64_t, kMostSliceBins>;
  void combine(const LossTally& other, int sign);

  std::int64_t rows_ = 0;
  std::vector<Counts> counts_;  // by column
  ExactSum loss_;
  ExactSum square_;
};

using LossWindow = SlotWindow<LossTally>;

}  // namespace driftd::detectors
