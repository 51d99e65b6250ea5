#include "detectors/evidence/cell_means.h"

#include <algorithm>

namespace driftd::detectors::evidence {
namespace {

constexpr double kEnough = 400;        // values that need no parent
constexpr double kParentValues = 200;  // how much the parent counts
constexpr std::size_t kHours = 24;

struct Prior {
  const Means& whole;
  double values;  // .5 K

  [[nodiscard]] Means shrunk(const Sums& cell, const Means& parent) const {
    Means found{cell.n, std::vector<double>(whole.means.size())};
    for (std::size_t i = 0; i < found.means.size(); ++i) {
      found.means[i] = (cell.sums[i] + values * whole.means[i]) / (cell.n + values);
    }
    if (cell.n >= kEnough) return found;
    for (std::size_t i = 0; i < found.means.size(); ++i) {
      found.means[i] = (cell.n * found.means[i] + kParentValues * parent.means[i]) / (cell.n + kParentValues);
    }
    found.n = std::min(cell.n + kParentValues, parent.n);
    return found;
  }
};

std::vector<Sums> by_hour_of_day(std::span<const Sums> cells, std::size_t width) {
  std::vector<Sums> hours(kHours, Sums{0, std::vector<double>(width, 0)});
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    Sums& hour = hours[cell % kHours];
    hour.n += cells[cell].n;
    for (std::size_t i = 0; i < width; ++i) hour.sums[i] += cells[cell].sums[i];
  }
  return hours;
}

}  // namespace

std::vector<Means> shrunk_means(const Sums& whole, std::span<const Sums> cells, Cells kind,
                                std::size_t symbols) {
  if (!(whole.n > 0)) return {};
  Means all{whole.n, whole.sums};
  for (double& mean : all.means) mean /= whole.n;
  if (kind == Cells::one) return {all};
  const Prior prior{all, .5 * static_cast<double>(symbols)};
  std::vector<Means> found;
  if (kind == Cells::hour_of_day) {
    for (const Sums& cell : cells) found.push_back(prior.shrunk(cell, all));
    return found;
  }
  std::vector<Means> parents;
  for (const Sums& hour : by_hour_of_day(cells, whole.sums.size())) {
    parents.push_back(prior.shrunk(hour, all));
  }
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    found.push_back(prior.shrunk(cells[cell], parents[cell % kHours]));
  }
  return found;
}

}  // namespace driftd::detectors::evidence
