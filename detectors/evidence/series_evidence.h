// SeriesEvidence: the capital of one series (model, version, segment, column): what its monitors have won
// and what their blocks say in this slot (STATISTICS 3 and 4).
//
// The recursion of the budgeted e-detector, for every component c of every monitor:
//   M_c = L_c^(1/VIF) (eta M_c + w_c g),   g = the series' grant of one slot
// carried over slots without events by its closed form. The series knows no alarm and no budget: its
// owner sums the series of a kind, tests, and says reset() or pause(). VIF is the reference's inflation,
// scaled by the traffic of the last 7 days (STATISTICS 5).
//
// A value with save() and load(), bit exact. No clock, no threads. Slots come in rising order.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/codec.h"
#include "core/result.h"
#include "core/time.h"
#include "detectors/evidence/monitor.h"
#include "detectors/evidence/monitor_reference.h"

namespace driftd::detectors::evidence {

// What is the same for all series of a model.
struct Pace {
  Duration slot = kMinute;
  double eta = 1;  // exp(-slot / tau), tau = .25 D / A
};

// One monitor of a series and its share of the series' grants.
struct WeightedMonitor {
  std::unique_ptr<const Monitor> monitor;
  double weight = 0;     // of all monitors of the series, which sum to 1
  double inflation = 1;  // VIF of the reference
  double per_slot = 0;   // Nbar_ref
};

// Immutable; shared by nobody but its series' owner, since monitors hold a cache.
struct SeriesMonitors {
  std::vector<WeightedMonitor> monitors;
  std::optional<MonitorReference> bank;  // of the numeric monitor that has one
};

// One component's part of S, for shares and words.
struct Contribution {
  std::size_t monitor = 0;
  Component component;
  double amount = 0;  // M_c, or the bank's term
  bool bank = false;
  std::optional<std::int64_t> start;  // the slot from which on log L_c sums highest; none for the bank
};

class SeriesEvidence {
 public:
  SeriesEvidence(std::shared_ptr<const SeriesMonitors> monitors, Pace pace);

  // The slot has closed with these counts: those of each monitor, one after another. `grant` is the
  // series' capital of one slot, also for the slots since the last call. Bank terms of the slot are in
  // sum() until the next call.
  void close(std::int64_t slot, std::size_t cell, std::span<const std::int64_t> counts, double grant);
  // Brings the capital forward to the end of `slot`, without events; where the grant changes.
  void carry(std::int64_t slot, double grant);

  // sum of M_c at the end of `slot` >= the last one closed, with the bank's terms if it is that slot.
  [[nodiscard]] double sum(std::int64_t slot, double grant) const;
  // Every part of sum(), largest first.
  [[nodiscard]] std::vector<Contribution> contributions(std::int64_t slot, double grant) const;

  void reset(std::int64_t slot);  // every M := 0 at the end of the slot: after an alarm
  // From here on M stays 0 and blocks under way are dropped; resume() begins anew after `slot`.
  void pause(std::int64_t slot);
  void resume(std::int64_t slot);
  [[nodiscard]] bool paused() const;

  // Whether the bank has a part in sum(): the alarm is then at most `calibrated`.
  [[nodiscard]] double bank_sum() const;
  [[nodiscard]] double inflation(std::size_t monitor) const;  // as used now, traffic included

  void save(Encoder& out) const;
  static Result<SeriesEvidence> load(std::shared_ptr<const SeriesMonitors> monitors, Pace pace, Decoder& in);
};

}  // namespace driftd::detectors::evidence
