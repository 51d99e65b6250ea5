// PairCounts: what joined pairs come to, as integers that merge and can be taken back (STATISTICS 2 and 9).
//
// Counts of 0/1 questions by age bucket (two integers, no and yes), of positives by decile of the score
// and age bucket, and for regression the bounded loss x = min(loss / bound, 1): sums of x and x^2 in fixed
// point by age bucket, the sums that the bets of bounded_loss_monitor.h need, and the residual by bin.
// Two counts of the same PairLayout add up as vectors: neither order nor grouping matters.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "detectors/evidence/labels/label_ages.h"
#include "detectors/evidence/labels/labelled_pair.h"
#include "detectors/performance/task.h"

namespace driftd::detectors::evidence {

inline constexpr std::size_t kDeciles = 10;
inline constexpr std::size_t kBets = 6;  // the grid of lambda, STATISTICS 3

// What turns pairs into integers; fixed by the reference.
struct PairScale {
  Task task = Task::none;
  LabelAges ages;
  std::vector<double> score_edges;     // upper ends of the deciles but the last, rising, right-closed
  bool scored = false;                 // binary, and the reference's pairs have scores
  double loss_bound = 0;               // regression: the 99.9 % quantile of the loss
  std::vector<double> residual_edges;  // regression: upper ends of the bins but the last, right-closed

  friend bool operator==(const PairScale&, const PairScale&) = default;
};

// Where the integers of each question are. Two for each 0/1 question: no, yes.
class PairLayout {
 public:
  PairLayout(const PairScale& scale, bool by_age);

  [[nodiscard]] std::size_t buckets() const { return buckets_; }
  [[nodiscard]] std::size_t deciles() const { return deciles_; }  // 0: not scored
  [[nodiscard]] std::size_t residual_bins() const { return residual_bins_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool is_bet(std::size_t index) const {
    return regression_ && index >= bets() && index < residual();
  }
  // Classification.
  [[nodiscard]] std::size_t error(std::size_t bucket) const { return 2 * bucket; }
  // Binary: among predicted positives, not one; among actual positives, not predicted.
  [[nodiscard]] std::size_t false_alarm(std::size_t bucket) const { return 2 * (buckets_ + bucket); }
  [[nodiscard]] std::size_t miss(std::size_t bucket) const { return 2 * (2 * buckets_ + bucket); }
  [[nodiscard]] std::size_t positive(std::size_t decile, std::size_t bucket) const {
    return 2 * ((3 + decile) * buckets_ + bucket);
  }
  // Regression. A loss beyond the bound is clipped.
  [[nodiscard]] std::size_t clipped(std::size_t bucket) const { return 2 * bucket; }
  [[nodiscard]] std::size_t loss(std::size_t bucket) const { return 2 * (buckets_ + bucket); }  // x, x^2
  [[nodiscard]] std::size_t bets() const { return 4 * buckets_; }
  [[nodiscard]] std::size_t residual() const { return 4 * buckets_ + kBets; }

 private:
  std::size_t buckets_ = 1;
  std::size_t deciles_ = 0;
  std::size_t residual_bins_ = 0;
  bool regression_ = false;
  std::size_t size_ = 0;
};

inline constexpr double kLossUnit = 1.0 / (1 << 30);  // of the sums of x and x^2

struct PairCounts {
  std::vector<std::int64_t> values;  // as the layout says; empty: none

  void add(const PairCounts& other, std::int64_t sign = 1);
  [[nodiscard]] bool empty() const;  // nothing but zeros
  // Canonical: the values that are not 0, with their distances. Empty for none.
  [[nodiscard]] std::string encode() const;
  // Of that layout. Nothing but bets may be negative, nothing beyond 2^60. Fails with `corrupt`.
  static Result<PairCounts> decode(const PairLayout& layout, std::string_view bytes);

  friend bool operator==(const PairCounts&, const PairCounts&) = default;
};

// Binary: the same pairs with the other class as the positive one, scores as they are. Precondition: counts
// of that layout, or none.
PairCounts with_classes_swapped(const PairLayout& layout, const PairCounts& counts);

// What bets on the bounded loss are placed against, by bucket: the mean, floor included (STATISTICS 3).
struct LossBets {
  std::vector<double> means;  // none: no bets are counted; 0: none on that bucket
  // 2^32 log(1 + lambda_j (x - m)), rounded down, so that what was promised of L stays true.
  [[nodiscard]] std::array<std::int64_t, kBets> stakes(std::size_t bucket, double x) const;
};
inline constexpr double kBetUnit = 1.0 / (1LL << 32);
inline constexpr std::array<double, kBets> kBetFractions = {.02, .05, .1, .2, .4, .8};  // lambda m

// Counts pairs. Immutable.
class PairCounter {
 public:
  // by_age: by age bucket, else all ages in one.
  PairCounter(PairScale scale, bool by_age, LossBets bets = {});

  [[nodiscard]] const PairLayout& layout() const { return layout_; }
  [[nodiscard]] PairCounts none() const { return {std::vector<std::int64_t>(layout_.size(), 0)}; }
  // By age, labels older than any of the reference are not counted. sign is +1 or -1. Precondition: counts
  // made by none() of a counter of the same layout.
  void add(PairCounts& counts, const LabelledPair& pair, std::int64_t sign = 1) const;

 private:
  void add_class(PairCounts& counts, const LabelledPair& pair, std::size_t bucket, std::int64_t sign) const;
  void add_loss(PairCounts& counts, const LabelledPair& pair, std::size_t bucket, std::int64_t sign) const;

  PairScale scale_;
  bool by_age_;
  LossBets bets_;
  PairLayout layout_;
};

}  // namespace driftd::detectors::evidence
