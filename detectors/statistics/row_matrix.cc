#include "detectors/statistics/row_tests.h"

namespace driftd::detectors {

std::span<double> RowMatrix::add() {
  cells_.resize(cells_.size() + width_, 0.0);
  return std::span(cells_).last(width_);
}

double squared_distance(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

}  // namespace driftd::detectors
