#include "bench/guarantee/series_run.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "core/time.h"
#include "detectors/evidence/numeric_monitor.h"
#include "detectors/evidence/rate_monitor.h"
#include "tests/detectors/evidence_streams.h"

namespace driftd::guarantee {
namespace {

namespace ev = detectors::evidence;

Series series_of(std::unique_ptr<const ev::Monitor> monitor, double weight, double inflation) {
  auto made = std::make_shared<ev::SeriesMonitors>();
  made->monitors.push_back({std::move(monitor), weight, inflation, 0});
  return made;
}

}  // namespace

Series numeric_series(std::vector<double> p, double n, std::optional<double> z) {
  return series_of(ev::numeric_monitor(ev::testing::reference_of(std::move(p), n), {0, z}), 1, 1);
}

Series numeric_series(std::vector<double> p, double n, double weight, double inflation) {
  return series_of(ev::numeric_monitor(ev::testing::reference_of(std::move(p), n), {0, std::nullopt}), weight,
                   inflation);
}

Series rate_series(double p, double n) {
  return series_of(ev::rate_monitor(ev::testing::reference_of({1 - p, p}, n), ev::Shape::rate, 0), 1, 1);
}

Run::Run(Series series, double grant)
    : grant_(grant),
      counts_(series->monitors.front().monitor->width()),
      series_(std::move(series), {kSecond, 1}) {}

bool Run::close(std::span<const std::int64_t> counts) {
  series_.close(slot_, 0, counts, grant_);
  const bool alarm = series_.sum(slot_, grant_) >= 1;
  if (alarm) series_.reset(slot_);
  ++slot_;
  return alarm;
}

bool Run::close(std::size_t symbol) {
  counts_[symbol] = 1;
  const bool alarm = close(counts_);
  counts_[symbol] = 0;
  return alarm;
}

double wait(Run& run, std::int64_t most, const std::function<std::size_t()>& next) {
  for (std::int64_t i = 1; i <= most; ++i) {
    if (run.close(next())) return static_cast<double>(i);
  }
  return std::numeric_limits<double>::infinity();
}

std::vector<double> edges_of(std::vector<double> values, std::size_t bins) {
  std::sort(values.begin(), values.end());
  std::vector<double> edges;
  for (std::size_t k = 1; k < bins; ++k) edges.push_back(values[(values.size() * k + bins - 1) / bins - 1]);
  edges.push_back(std::numeric_limits<double>::infinity());
  return edges;
}

std::size_t bin_of(const std::vector<double>& edges, double value) {
  return static_cast<std::size_t>(std::lower_bound(edges.begin(), edges.end(), value) - edges.begin());
}

std::vector<double> normal_edges(std::size_t bins) {
  std::vector<double> edges;
  for (std::size_t k = 1; k < bins; ++k) {
    double low = -10;
    double high = 10;
    for (int i = 0; i < 60; ++i) {
      const double middle = (low + high) / 2;
      const double share = .5 * std::erfc(-middle / std::numbers::sqrt2);
      (share < static_cast<double>(k) / static_cast<double>(bins) ? low : high) = middle;
    }
    edges.push_back(low);
  }
  edges.push_back(std::numeric_limits<double>::infinity());
  return edges;
}

}  // namespace driftd::guarantee
