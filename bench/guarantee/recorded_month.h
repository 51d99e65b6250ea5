// A month whose values are drawn once and kept: what the detectors of others read too.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "bench/guarantee/month.h"

namespace driftd::guarantee {

class RecordedMonth final : public Month {
 public:
  RecordedMonth(const MonthOptions& options, std::uint64_t seed);

  // Of the values kept; nothing is drawn. A scale is taken around the slot's mean.
  [[nodiscard]] std::vector<detectors::CellCount> draw(const detectors::ColumnProfile& bins,
                                                       std::size_t column, std::int64_t slot, Change change,
                                                       Draws& draws) const override;

  // Leaves `PREFIX-column_NN.f32` (the values, slot after slot) and `PREFIX-column_NN.i32` (how many each
  // slot of the reference and the month has). Throws where they cannot be written.
  void write(const std::string& prefix) const;

 private:
  struct Record {
    std::vector<float> values;
    std::vector<std::size_t> begins;  // by slot, and the end
  };
  [[nodiscard]] std::span<const float> values(std::size_t column, std::int64_t slot) const;
  std::vector<Record> records_;
};

}  // namespace driftd::guarantee
