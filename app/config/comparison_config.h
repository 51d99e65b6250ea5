// What the configuration says of one comparison of a challenger with a champion (`models.NAME.comparisons`).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "alerts/vocabulary.h"
#include "core/time.h"
#include "detectors/champion/comparison_run.h"

namespace driftd::app {

// Whose predictions they are; an empty one is any. Never both empty once loaded.
struct ComparisonArm {
  std::string version;
  std::string variant;

  [[nodiscard]] bool takes(const std::string& of_version, const std::string& of_variant) const {
    return (version.empty() || version == of_version) && (variant.empty() || variant == of_variant);
  }
  [[nodiscard]] std::string text() const;  // "version 8", "variant canary", "version 8, variant canary"

  friend bool operator==(const ComparisonArm&, const ComparisonArm&) = default;
};

struct ComparisonConfig {
  std::string name;  // the subject of its incidents; unique within a model
  ComparisonArm champion;
  ComparisonArm challenger;                               // what both take is the challenger's
  std::optional<detectors::champion::LossMetric> metric;  // absent: by the task
  std::optional<double> bound;                            // of the loss; absent: by metric and reference
  double confidence = 0.95;
  double margin = 0;
  detectors::champion::Pairing pairing = detectors::champion::Pairing::automatic;
  Duration block = kHour;
  std::int64_t at_least = 100;
  alerts::Action action = alerts::Action::promote;  // of a better challenger: promote or notify

  [[nodiscard]] detectors::champion::JudgeSettings settings() const {
    return {1 - confidence, margin, at_least};
  }
  [[nodiscard]] std::int64_t block_slots(Duration slot) const { return (block + slot - 1) / slot; }
  // All that what was counted depends on: where it is another, the comparison begins anew.
  [[nodiscard]] std::string declared() const;
};

}  // namespace driftd::app
