// Integrals over the axis of a pooled sample: distances, and their laws where nothing drifts. Behind
// detectors/statistics/two_samples.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "detectors/statistics/two_samples.h"

namespace driftd::detectors {

// visit(width, F) for each stretch between neighbouring values, with the pooled distribution function F on it
// (0 < F < 1).
template <class Visit>
void each_stretch(const TwoSamples& samples, Visit visit) {
  const auto all = static_cast<double>(samples.all());
  std::int64_t before = 0;
  for (std::size_t i = 0; i + 1 < samples.steps().size(); ++i) {
    before += samples.steps()[i].both();
    visit(samples.steps()[i + 1].at - samples.steps()[i].at, static_cast<double>(before) / all);
  }
}

// visit(width, F - G) for each stretch on which the two sides' distribution functions differ.
template <class Visit>
void each_gap(const TwoSamples& samples, Visit visit) {
  const double whole = static_cast<double>(samples.n()) * static_cast<double>(samples.m());
  std::int64_t gap = 0;  // m n (F - G)
  for (std::size_t i = 0; i + 1 < samples.steps().size(); ++i) {
    const Step& step = samples.steps()[i];
    gap += step.reference * samples.m() - step.current * samples.n();
    if (gap != 0) visit(samples.steps()[i + 1].at - step.at, static_cast<double>(gap) / whole);
  }
}

// The 95 % point of the gamma law with this mean and variance.
double gamma_q95(double mean, double variance);

}  // namespace driftd::detectors
