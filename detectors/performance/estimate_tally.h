// Predictions of one series by their scores, as a value that merges and subtracts exactly: what
// performance is estimated from before labels are there, and what an estimate is scored by afterwards.
//
// Holds integers only: of each class, by score bin, how many predictions were of that class and how many
// were not, and how many of either turned out to be of it (0 where labels are not there yet). At most
// 16,386 bins a class and kMostEstimatedClasses classes. Values; no threads.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/codec.h"
#include "core/result.h"
#include "detectors/performance/score_codes.h"
#include "detectors/performance/slot_window.h"

namespace driftd::detectors {

class EstimateTally {
 public:
  struct Bin {
    std::uint16_t code = 0;   // ScoreCode::code
    std::int64_t n = 0;       // predictions
    std::int64_t actual = 0;  // of them, whose label is the class
    friend bool operator==(const Bin&, const Bin&) = default;
  };
  using Class = std::vector<Bin>;  // by rising code; none with both counts 0

  // One prediction's codes; nothing where there are none. sign is +1 or -1.
  void add(std::span<const ScoreCode> codes, int sign = 1);
  // Likewise with what became known; `actual`: the ScoreCode::which of its class, none of them where the
  // label is no known one (binary: 0 for the positive class).
  void add_labelled(std::span<const ScoreCode> codes, std::uint16_t actual);
  void merge(const EstimateTally& other) { combine(other, 1); }
  void subtract(const EstimateTally& other) { combine(other, -1); }

  [[nodiscard]] std::int64_t predictions() const { return predictions_; }
  [[nodiscard]] bool empty() const { return predictions_ == 0 && classes_.empty(); }
  [[nodiscard]] const std::vector<Class>& classes() const { return classes_; }  // by ScoreCode::which

  void save(Encoder& out) const;
  static Result<EstimateTally> load(Decoder& in);
  friend bool operator==(const EstimateTally&, const EstimateTally&) = default;

  static constexpr std::uint16_t kNoClass = 0xffff;

 private:
  void combine(const EstimateTally& other, int sign);
  void count(ScoreCode code, int sign, bool actual);
  void forget_empty();

  std::int64_t predictions_ = 0;
  std::vector<Class> classes_;  // the last one is not empty
};

using EstimateWindow = SlotWindow<EstimateTally>;

}  // namespace driftd::detectors
