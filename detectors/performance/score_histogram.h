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

  void save(Encoder& out) const;
  static Result<ScoreHistogram> load(Decoder& in);
  friend bool operator==(const ScoreHistogram&, const ScoreHistogram&) = default;

  static std::uint32_t bin_of(double score);

 private:
  struct Bin {
    std::uint32_t index = 0;
    std::int64_t positives = 0;
    std::int64_t negatives = 0;
    friend bool operator==(const Bin&, const Bin&) = default;
  };
  std::vector<Bin> bins_;  // ascending; none with both counts 0
};

}  // namespace driftd::detectors
