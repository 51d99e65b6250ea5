// LikelihoodTable: L^(1/VIF) of every component of a series, slot by slot of a stretch of the reference. It
// is the same in every month that the stretch is drawn for, so it is computed once by the series' own
// monitors, and months cost a multiplication each. A value; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "detectors/evidence/series_evidence.h"

namespace driftd::detectors::evidence {

class LikelihoodTable {
 public:
  // `counts`: of each slot, those of the monitors one after another; `cells` by slot. Inflation is that of
  // the reference, traffic its own.
  void fill(const SeriesMonitors& monitors, std::span<const std::int64_t> counts,
            std::span<const std::size_t> cells);
  // Filled up with ones to padded() elements.
  [[nodiscard]] const double* row(std::size_t slot) const { return rows_.data() + slot * width_; }

 private:
  std::size_t width_ = 0;
  std::vector<double> rows_;
};

}  // namespace driftd::detectors::evidence
