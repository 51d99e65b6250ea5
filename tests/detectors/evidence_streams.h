// Streams for the protocols of STATISTICS 14: a random source whose numbers do not depend on the standard
// library, references that are exactly known, and a count of the alarms of one series.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "detectors/evidence/monitor.h"
#include "detectors/evidence/monitor_reference.h"
#include "detectors/evidence/rate_payoff.h"
#include "detectors/evidence/series_evidence.h"

namespace driftd::detectors::evidence::testing {

class Random {  // splitmix64 (Steele, Lea, Flood 2014)
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  double uniform() { return static_cast<double>(next() >> 11U) * 0x1p-53; }
  std::size_t below(std::size_t limit) {
    return static_cast<std::size_t>(uniform() * static_cast<double>(limit));
  }

 private:
  std::uint64_t state_;
};

// The full forms of protocols take minutes; DRIFTD_FULL=1 asks for them.
inline bool full() { return std::getenv("DRIFTD_FULL") != nullptr; }

inline constexpr double kKnown = 1e18;  // n of a reference that is no estimate

inline MonitorReference reference_of(std::vector<double> p, double n) {
  MonitorReference reference;
  reference.n = n;
  reference.regimes.push_back({{{p, n}}, {}});
  reference.p = std::move(p);
  return reference;
}

// One bet that a rate m is q: a monitor small enough to follow by hand.
class OneBet final : public Monitor {
 public:
  OneBet(double m, double q) : m_(m), factor_(q / (1 - q) / (m / (1 - m))) {
    component_.shape = Shape::rate;
    component_.weight = 1;
  }
  [[nodiscard]] std::span<const Component> components() const override { return {&component_, 1}; }
  [[nodiscard]] std::size_t width() const override { return 2; }
  [[nodiscard]] std::int64_t events(std::span<const std::int64_t> counts) const override {
    return counts[0] + counts[1];
  }
  void log_likelihoods(std::span<const std::int64_t> counts, std::size_t /*cell*/,
                       std::span<double> out) const override {
    out[0] =
        rate_log_likelihood(static_cast<double>(counts[1]), static_cast<double>(events(counts)), factor_, m_);
  }

 private:
  double m_;
  double factor_;
  Component component_;
};

inline std::shared_ptr<SeriesMonitors> series_of(std::unique_ptr<const Monitor> monitor) {
  auto monitors = std::make_shared<SeriesMonitors>();
  monitors->monitors.push_back({std::move(monitor), 1, 1, 0});
  return monitors;
}

struct Protocol {
  std::int64_t events = 0;  // a slot each
  double per_event = 0;     // alarms granted
  bool reset = true;        // false: the mutation that P1 to P3 must notice
};

// How often S reaches 1, with eta = 1, when event i shows the symbol next() gives.
inline std::int64_t alarms_of(const std::shared_ptr<const SeriesMonitors>& monitors, const Protocol& protocol,
                              const std::function<std::size_t()>& next) {
  SeriesEvidence series(monitors, {kSecond, 1});
  std::vector<std::int64_t> counts(monitors->monitors.front().monitor->width());
  std::int64_t alarms = 0;
  for (std::int64_t slot = 0; slot < protocol.events; ++slot) {
    const std::size_t symbol = next();
    counts[symbol] = 1;
    series.close(slot, 0, counts, protocol.per_event);
    counts[symbol] = 0;
    if (series.sum(slot, protocol.per_event) < 1) continue;
    ++alarms;
    if (protocol.reset) series.reset(slot);
  }
  return alarms;
}

}  // namespace driftd::detectors::evidence::testing
