// One comparison of a challenger with a champion, from its beginning on: counts of differences, what waits in
// the open block, and what can be said.
//
// Losses come slot by slot in rising order and are taken within their bound, as shares of it; figures are in
// the loss's own unit again. The state is a value: how often one looks, and where the program was killed and
// began again, makes no difference. Times are numbers of slots. Not thread-safe.
//
// What is promised (confidence_sequence.h): while the challenger's expected loss, given all before, is at no
// time below the champion's by more than `margin`, "better" is ever said with probability at most half of
// `risk`; likewise "worse". Of losses other than 0 and 1 the interval is wider by what rounding may do.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "core/codec.h"
#include "core/result.h"
#include "detectors/champion/confidence_sequence.h"
#include "detectors/champion/difference_counts.h"
#include "detectors/champion/loss_metric.h"
#include "detectors/champion/open_block.h"

namespace driftd::detectors::champion {

enum class Outcome : std::uint8_t { unknown, better, worse };
std::string_view name_of(Outcome outcome);

enum class Pairing : std::uint8_t { automatic, id, strata };

// How it is judged; may change on the way, though a promise about a verdict is of what was set beforehand.
struct JudgeSettings {
  double risk = 0.05;
  double margin = 0;  // in the loss's unit
  std::int64_t at_least = 100;
};

// A loss in its own unit, not bounded yet.
struct DealtLoss {
  Arm arm = Arm::champion;
  std::uint64_t id = 0;
  std::uint64_t stratum = 0;
  double loss = 0;
  friend bool operator==(const DealtLoss&, const DealtLoss&) = default;
};

class ComparisonRun {
 public:
  // A loss is in [0, bound]; bound > 0. A block is so many slots.
  ComparisonRun() = default;
  ComparisonRun(LossMetric metric, double bound, Pairing pairing, std::int64_t block_slots);

  // Precondition of the rest: made with a bound. Slots rise.
  // The end of the open block, if `slot` lies behind it: the last slot of that block.
  std::optional<std::int64_t> end_block_before(std::int64_t slot);
  void add_slot(std::int64_t slot, const std::vector<DealtLoss>& losses);

  [[nodiscard]] bool begun() const { return bound_ > 0; }
  [[nodiscard]] LossMetric metric() const { return metric_; }
  [[nodiscard]] double bound() const { return bound_; }
  [[nodiscard]] std::uint64_t by_id() const { return by_id_.total(); }
  [[nodiscard]] std::uint64_t by_strata() const { return by_strata_.total(); }
  [[nodiscard]] std::uint64_t pairs() const { return by_id() + by_strata(); }
  [[nodiscard]] std::uint64_t clipped() const { return clipped_; }  // losses above the bound
  [[nodiscard]] std::size_t waiting() const { return block_.waiting(); }

  [[nodiscard]] Outcome judge(const JudgeSettings& settings) const;
  struct Figures {
    double champion = 0;  // mean losses of what was matched
    double challenger = 0;
    double difference = 0;
    double lower = 0;  // the confidence sequence about it
    double upper = 0;
  };
  // Empty while nothing was matched.
  [[nodiscard]] std::optional<Figures> figures(double risk) const;

  void save(Encoder& out) const;
  static Result<ComparisonRun> load(Duration slot, Decoder& in);  // of slots of that length
  friend bool operator==(const ComparisonRun&, const ComparisonRun&) = default;

 private:
  [[nodiscard]] DifferenceCounts counts() const;
  [[nodiscard]] double rounding() const { return metric_ == LossMetric::error ? 0 : kRounding; }
  void end_block();

  LossMetric metric_ = LossMetric::error;
  Pairing pairing_ = Pairing::automatic;
  double bound_ = 0;
  std::int64_t block_slots_ = 1;
  DifferenceCounts by_id_;
  DifferenceCounts by_strata_;
  OpenBlock block_;
  std::optional<std::int64_t> open_;  // number of the block
  std::uint64_t clipped_ = 0;
};

}  // namespace driftd::detectors::champion
