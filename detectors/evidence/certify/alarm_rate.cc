#include "detectors/evidence/certify/alarm_rate.h"

#include "detectors/maths/distributions.h"

namespace driftd::detectors::evidence {

AlarmRate alarm_rate(std::int64_t count, double exposure) {
  constexpr double kTail = .025;
  const double degrees = 2 * static_cast<double>(count);
  const double low = count == 0 ? 0 : maths::chi_square_quantile(kTail, degrees) / 2;
  const double high = maths::chi_square_quantile(1 - kTail, degrees + 2) / 2;
  return {static_cast<double>(count) / exposure, low / exposure, high / exposure};
}

}  // namespace driftd::detectors::evidence
