// A rate of alarms with its interval. Pure.
#pragma once

#include <cstdint>

namespace driftd::detectors::evidence {

struct AlarmRate {
  double mean = 0;
  double low = 0;
  double high = 0;
  friend bool operator==(const AlarmRate&, const AlarmRate&) = default;
};

// The exact 95 % interval of a Poisson mean, by chi-square quantiles (Garwood, Fiducial limits for the
// Poisson distribution, Biometrika 1936), over `exposure` units. Preconditions: count >= 0, exposure > 0.
AlarmRate alarm_rate(std::int64_t count, double exposure);

}  // namespace driftd::detectors::evidence
