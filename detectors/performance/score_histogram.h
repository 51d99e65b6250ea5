// How the scores of positives and negatives are distributed: bins fine near 0 and 1, for ROC AUC.
//
// Bins are logarithmic in the distance to the nearer of 0 and 1: 256 to the octave, 32 octaves, so no
// bin is wider than 1/1024 and scores of .001 and .0011 differ; scores of exactly 0 and 1 have bins of
// their own, and those outside [0, 1] join them. Sparse, in the order of the scores; integers only.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/codec.h"
#include "core/result.h"

namespace driftd::detectors {

class ScoreHistogram {
 public:
  void add(double score, bool positive, int sign);
  void merge(const ScoreHistogram& other, int sign);

  // P(a positive's score > a negative's), ties one half; empty where either is missing.
  [[nodiscard]] std::optional<double> roc_auc() const;
  // How far roc_auc() can be from that of the raw scores.
  [[nodiscard]] double roc_auc_bound() const;

  // The expected calibration error (Naeini, Cooper, Hauskrecht 2015): over 16 equal bins of the score, closed
  // on the side of the nearer of 0 and 1 (.5 is in the upper half), the mean of |share of positives - mean
  // score|. Sixteen, not the usual ten or fifteen, since their limits are limits of bins here; scores stand
  // at the middle of theirs, so it is off by at most 1/2048. Empty where there is nothing.
  [[nodiscard]] std::optional<double> calibration_error() const;

  // Positives as negatives and the other way round.
  [[nodiscard]] ScoreHistogram swapped() const;

  void save(Encoder& out) const;
  static Result<ScoreHistogram> load(Decoder& in);
  friend bool operator==(const ScoreHistogram&, const ScoreHistogram&) = default;

  struct Bin {
    std::uint32_t index = 0;
    std::int64_t positives = 0;
    std::int64_t negatives = 0;
    friend bool operator==(const Bin&, const Bin&) = default;
  };
  [[nodiscard]] const std::vector<Bin>& bins() const { return bins_; }  // ascending; none with both counts 0

  static std::uint32_t bin_of(double score);
  // The middle of a bin; 0 and 1 for the outer ones.
  static double score_of(std::uint32_t bin);

 private:
  std::vector<Bin> bins_;
};

}  // namespace driftd::detectors
