// What an incident of evidence asks for: stop, retrain or notify told apart by harm (DESIGN 4, *Webhooks*,
// and 7.7). Pure functions of what is known at a slot.
//
// Schema facts alone stop. Concept and performance are harm themselves: they retrain. Data and covariate
// drift retrain where they are critical, unless labels acquit them: the model has been watched on at least
// 500 pairs since the drift began and the 95 % upper limit of its loss change is under the tolerance. All
// else notifies. Under an uncertified reference an incident warns and notifies, whatever it found.
#pragma once

#include <cstdint>
#include <optional>

#include "alerts/vocabulary.h"

namespace driftd::alerts {

inline constexpr double kCriticalVariation = 0.05;  // of total variation, less its null mean
inline constexpr std::int64_t kPairsToAcquit = 500;

// The loss since the drift began, beside the reference's.
struct LossSince {
  std::int64_t pairs = 0;
  double change = 0;          // mean loss less the reference's
  double standard_error = 0;  // of the change
  double tolerance = 0;

  [[nodiscard]] double upper_limit() const;  // 95 %, one-sided
  [[nodiscard]] bool acquits() const { return pairs >= kPairsToAcquit && upper_limit() < tolerance; }
};

struct DriftFacts {
  IncidentKind kind = IncidentKind::data;
  bool uncertified = false;       // and the user has not said `trust: true`
  double excess_variation = 0;    // of the top column since the estimated start
  std::optional<LossSince> loss;  // since then; none: no label came
};

struct DriftVerdict {
  Severity severity = Severity::warning;
  Action action = Action::notify;
  friend bool operator==(const DriftVerdict&, const DriftVerdict&) = default;
};

DriftVerdict verdict_on(const DriftFacts& facts);

// Whether the verdict looks at labels, so that it has to wait for the clock of the feedback.
bool waits_for_labels(const DriftFacts& facts);

}  // namespace driftd::alerts
