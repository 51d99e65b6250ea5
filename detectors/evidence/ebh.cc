#include "detectors/evidence/ebh.h"

#include <algorithm>
#include <numeric>

namespace driftd::detectors::evidence {

std::vector<std::size_t> rejected_by_ebh(std::span<const double> e, double alpha) {
  std::vector<std::size_t> order(e.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return e[a] > e[b]; });
  std::size_t rejected = 0;
  for (std::size_t i = 1; i <= order.size(); ++i)
    if (e[order[i - 1]] * (alpha * static_cast<double>(i)) >= static_cast<double>(e.size())) rejected = i;
  order.resize(rejected);
  return order;
}

}  // namespace driftd::detectors::evidence
