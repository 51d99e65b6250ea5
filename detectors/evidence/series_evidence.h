// SeriesEvidence: the capital of one series (model, version, segment, column): what its monitors have won
// and what their blocks say in this slot (STATISTICS 3 and 4).
//
// The recursion of the budgeted e-detector, for every component c of every monitor:
//   M_c = L_c^(1/VIF) (eta M_c + w_c g),   g = the series' grant of one slot
// carried over slots without events by its closed form. The series knows no alarm and no budget: its
// owner sums the series of a kind, tests, and says reset() or pause(). VIF is the reference's inflation,
// scaled by the traffic of the last 7 days, this slot's included (STATISTICS 5). Where the series has a
// bank, half of every grant is the bank's.
//
// Beside it goes a copy that is never reset or paused, for digests (unreset_capital.h).
//
// Computed as log M_c = log L_c / VIF + log(eta M_c + w_c g), M_c at most 10, sums in the order of the
// components, with detectors/maths/portable.h: the same calls give the same bits.
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
#include "detectors/evidence/bank.h"
#include "detectors/evidence/monitor.h"
#include "detectors/evidence/monitor_reference.h"
#include "detectors/evidence/recent_traffic.h"
#include "detectors/evidence/unreset_capital.h"

namespace driftd::detectors::evidence {

// What is the same for all series of a model.
struct Pace {
  Duration slot = kMinute;
  double eta = 1;  // exp(-slot / tau), tau = .25 D / A
};

// One monitor of a series and its share of the series' grants.
struct WeightedMonitor {
  std::unique_ptr<const Monitor> monitor;
  double weight = 0;     // of all monitors of the series, which sum to 1; those without a component (a
                         // column with one bin) leave theirs to the others in proportion
  double inflation = 1;  // VIF of the reference
  double per_slot = 0;   // Nbar_ref
};

// Immutable; all series that share it belong to one thread, since monitors hold a cache.
struct SeriesMonitors {
  std::vector<WeightedMonitor> monitors;
  std::optional<BankLaws> bank;  // over the counts of the first monitor, a numeric one
};

// By component, those of the monitors one after another: its share of the series' grants, the bank's half
// taken off.
std::vector<double> component_weights(const SeriesMonitors& series);
// M is never more.
inline constexpr double kMostCapital = 10;

// One component's part of S, for shares and words.
struct Contribution {
  std::size_t monitor = 0;
  Component component;  // of the bank: location or scale, the direction, the weight of one term
  double amount = 0;    // M_c, or the bank's term
  bool bank = false;
  Duration block = 0;  // of the bank's term
  // The slot from which on log L_c sums highest, of all since the series began or resumed: the last at
  // which the sum from the beginning was least. None for the bank.
  std::optional<std::int64_t> start;
};

class SeriesEvidence {
 public:
  SeriesEvidence(std::shared_ptr<const SeriesMonitors> monitors, Pace pace);

  // The slot has closed with these counts: those of each monitor, one after another. `grant` is the
  // series' capital of one slot, also for the slots since the last one that had events; carry() first
  // where it has changed. The first call begins at its slot. A slot without events may be passed over, but
  // then the blocks of the bank that end with it are lost; no counts at all say that it had none. Bank
  // terms of the slot are in sum() until the next call. While paused, the traffic is noted and the copy goes
  // on.
  void close(std::int64_t slot, std::size_t cell, std::span<const std::int64_t> counts, double grant);
  // Brings the capital forward to the end of `slot`, without events; where the grant changes. Nothing
  // where it is there already. As the first call: the series begins after `slot`.
  void carry(std::int64_t slot, double grant);

  // sum of M_c at the end of `slot` >= the last one closed, with the bank's terms if it is that slot.
  [[nodiscard]] double sum(std::int64_t slot, double grant) const;
  // Every part of sum() that is not 0, largest first.
  [[nodiscard]] std::vector<Contribution> contributions(std::int64_t slot, double grant) const;

  void reset(std::int64_t slot);  // every M := 0 at the end of the slot: after an alarm, or to begin after it
  // From here on M stays 0 and blocks under way are dropped; resume() begins anew after `slot`.
  void pause(std::int64_t slot);
  void resume(std::int64_t slot);
  [[nodiscard]] bool paused() const { return paused_; }

  // The bank's part in sum(): where there is one, the alarm is at most `calibrated`.
  [[nodiscard]] double bank_sum() const;
  [[nodiscard]] double inflation(std::size_t monitor) const;  // as used in the slot closed last
  // Of the copy that is never reset or paused, without the bank, at the end of `slot` >= the last one closed.
  [[nodiscard]] Standing standing(std::int64_t slot, double grant) const;

  void save(Encoder& out) const;
  // Fails with `corrupt` where the bytes are no state of a series of these monitors. Of format 6: the copy
  // begins here.
  static Result<SeriesEvidence> load(std::shared_ptr<const SeriesMonitors> monitors, Pace pace, Decoder& in);

 private:
  [[nodiscard]] Stretch stretch_to(std::int64_t slot) const;
  [[nodiscard]] double capital_at(std::size_t component, const Stretch& stretch, double grant) const;
  // Whether there were events.
  bool note_traffic(std::int64_t slot, std::span<const std::int64_t> counts);
  void forward(std::int64_t slot, double grant);
  void step(std::size_t monitor, std::size_t first, std::int64_t slot, std::size_t cell,
            std::span<const std::int64_t> counts, double grant);
  void move_capital(std::size_t first, std::span<const double> logs, bool any, std::int64_t slot,
                    double grant);
  void follow_starts(std::size_t first, std::span<const double> logs, std::int64_t slot);
  void clear_capital(std::int64_t slot);
  void add_up();
  bool load_components(Decoder& in);

  std::shared_ptr<const SeriesMonitors> monitors_;
  Pace pace_;
  // By component, those of the monitors one after another.
  std::vector<double> weights_;  // of the series' grants; without the bank's half
  std::vector<double> capital_;  // M at the end of slot last_
  std::vector<double> rise_;     // the sum of log L above its least value so far
  std::vector<std::int64_t> start_;
  std::vector<double> scratch_;
  double total_weight_ = 0;
  double sum_ = 0;                    // of capital_
  std::optional<std::int64_t> last_;  // none: nothing was said yet
  std::int64_t closed_ = 0;           // the slot of the bank's terms
  bool paused_ = false;
  RecentTraffic traffic_;
  std::optional<Bank> bank_;
  UnresetCapital copy_;
};

}  // namespace driftd::detectors::evidence
