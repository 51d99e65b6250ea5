#include "detectors/statistics/two_samples.h"

#include <cstddef>

namespace driftd::detectors {

TwoSamples::TwoSamples(std::vector<Step> steps) : steps_(std::move(steps)) {
  std::erase_if(steps_, [](const Step& step) { return step.both() == 0; });
  for (const Step& step : steps_) {
    n_ += step.reference;
    m_ += step.current;
  }
}

bool TwoSamples::comparable() const {
  constexpr std::int64_t kMostValues = std::int64_t{1} << 40, kMostPairs = std::int64_t{1} << 60;
  return n_ > 0 && m_ > 0 && n_ < kMostValues && m_ < kMostValues - n_ && n_ < kMostPairs / m_;
}

TwoSamples two_samples(Sorted reference, Sorted current) {
  std::vector<Step> steps;
  steps.reserve(reference.size() + current.size());
  std::size_t i = 0, j = 0;
  while (i < reference.size() || j < current.size()) {
    const bool from_reference = j == current.size() || (i < reference.size() && reference[i] <= current[j]);
    Step step{from_reference ? reference[i] : current[j], 0, 0};
    for (; i < reference.size() && reference[i] == step.at; ++i) ++step.reference;
    for (; j < current.size() && current[j] == step.at; ++j) ++step.current;
    steps.push_back(step);
  }
  return TwoSamples(std::move(steps));
}

}  // namespace driftd::detectors
