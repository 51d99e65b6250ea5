// `certify`: a model's own reference, put together anew to months without a change, through the very engine
// that would watch it (STATISTICS 1 and 3 to 7).
//
// Whole days are drawn from the reference, of the same weekday where it covers 14 days, and judged by laws
// from which their week was left out (detectors/evidence/certify/reference_days.h). What this shows: whether
// seasons, dependence within a day and the bins of this reference keep the budget. What it cannot show:
// anything that the reference has not seen, such as a holiday, a slow trend, or days that depend on the days
// before. The same reference, configuration and seed give the same figures, whatever the number of threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "app/certify/certification.h"
#include "app/config/model_config.h"
#include "core/result.h"
#include "core/time.h"
#include "detectors/profile.h"

namespace driftd::app {

struct CertifyInput {
  std::shared_ptr<const detectors::Profile> rows;  // of the predictions
  std::shared_ptr<const detectors::Profile>
      pairs;  // of the labels: the same where it is a file; null: none yet
  std::vector<std::shared_ptr<const detectors::Profile>> regimes;
  const ModelConfig* config = nullptr;
  Duration slot = kMinute;
};

struct CertifyOptions {
  std::size_t months = 200;
  std::uint64_t seed = 1;
  std::size_t threads = 1;
  // Called from one thread at a time, not always the same one.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

// Errors (`invalid`) say what the reference lacks.
Result<Certification> certify(const CertifyInput& input, const CertifyOptions& options);

}  // namespace driftd::app
