#include "detectors/evidence/certify/likelihood_table.h"

#include <algorithm>

#include "detectors/evidence/certify/capital_step.h"
#include "detectors/maths/portable.h"

namespace driftd::detectors::evidence {
namespace {

constexpr double kMostLikelihood = 1e300;  // times capital stays a number; the alarm is certain long before

}  // namespace

void LikelihoodTable::fill(const SeriesMonitors& monitors, std::span<const std::int64_t> counts,
                           std::span<const std::size_t> cells) {
  std::size_t components = 0;
  for (const WeightedMonitor& each : monitors.monitors) components += each.monitor->components().size();
  width_ = padded(components);
  rows_.assign(cells.size() * width_, 1);
  const std::size_t counts_per_slot = cells.empty() ? 0 : counts.size() / cells.size();
  std::size_t from = 0;
  std::size_t first = 0;
  for (const WeightedMonitor& each : monitors.monitors) {
    const std::size_t size = each.monitor->components().size();
    for (std::size_t slot = 0; slot < cells.size() && size > 0; ++slot) {
      const auto own = counts.subspan(slot * counts_per_slot + from, each.monitor->width());
      if (each.monitor->events(own) == 0) continue;
      const std::span<double> row(rows_.data() + slot * width_ + first, size);
      each.monitor->log_likelihoods(own, cells[slot], row);
      for (double& value : row) value /= each.inflation;
      maths::portable_exp(row);
      for (double& value : row) value = std::min(value, kMostLikelihood);
    }
    first += size;
    from += each.monitor->width();
  }
}

}  // namespace driftd::detectors::evidence
