// Integrals over the axis of a pooled sample, for the laws of distances where nothing drifts. Behind
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

// The 95 % point of the gamma law with this mean and variance.
double gamma_q95(double mean, double variance);

}  // namespace driftd::detectors
