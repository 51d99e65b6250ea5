// How often a score came true in the reference: the isotonic regression of outcomes on scores.
//
// As NannyML and scikit-learn do it (IsotonicRegression, out_of_bounds="clip"): pool adjacent violators
// (Ayer, Brunk, Ewing, Reid, Silverman 1955), constant on each pool, linear from the last score of one
// pool to the first of the next. Differs in one thing: outcomes are those of score bins
// (score_histogram.h), each at its middle, so a score is off by at most half a bin, 1/2048. It follows
// from the counts that a profile keeps as its performance, so the profile needs nothing more; it is
// fitted on all of them, for nothing is counted against it (docs/decisions/performance.md). Immutable value;
// any thread.
#pragma once

#include <optional>
#include <vector>

#include "detectors/performance/score_histogram.h"

namespace driftd::detectors {

class CalibrationMap {
 public:
  // Empty where the histogram lacks positives or negatives.
  static std::optional<CalibrationMap> fit(const ScoreHistogram& reference);

  // The probability of the class, rising with the score.
  [[nodiscard]] double at(double score) const;

 private:
  struct Knot {
    double score = 0;
    double probability = 0;
  };
  std::vector<Knot> knots_;  // rising scores
};

}  // namespace driftd::detectors
