// Rules as state machines (DESIGN 7.15): one RuleState per (model, version, rule).
//
// Pure: event time comes as an argument, and only closed non-empty slots are told. A rule's state is its
// own: an incident that a person resolved does not come back until the value has been on the good side.
// Not thread-safe; the model's owner holds it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "alerts/incident.h"
#include "alerts/rule_config.h"
#include "core/codec.h"
#include "core/result.h"
#include "core/time.h"

namespace driftd::alerts {

// What a window that ends at a slot shows: the value, where it is defined, and how many values it is of.
struct Observation {
  std::optional<double> value;
  std::int64_t n = 0;
};

enum class RuleChange : std::uint8_t {
  none,
  opened,
  closed,
  reopened,  // a happening in the slot after another: the first closes, the second opens
};

class RuleState {
 public:
  // Rules on statistics and metrics, at each closed non-empty slot. A value that is undefined or of
  // fewer than `at_least` values changes nothing.
  [[nodiscard]] RuleChange judge(const RuleConfig& rule, Time slot_end, const Observation& seen);
  // Rules on detectors, at each closed non-empty slot: opens where a drift occurred, closes at the next.
  [[nodiscard]] RuleChange occurred(bool drift);
  // Rules on new labels, likewise: opens where the count since the last opening reaches `new_labels`
  // and goes on counting from the remainder.
  [[nodiscard]] RuleChange labels_came(const RuleConfig& rule, std::int64_t count);

  [[nodiscard]] bool is_open() const { return open_; }
  void save(Encoder& out) const;
  static Result<RuleState> load(Decoder& in);

  friend bool operator==(const RuleState&, const RuleState&) = default;

 private:
  bool open_ = false;
  std::optional<Time> held_since_;  // end of the first slot of the present run of held conditions
  std::int64_t labels_ = 0;
};

// What an incident of the rule says: severity, action, the rule's name and a sentence. Columns,
// performance and metadata are the caller's to fill in.
Findings findings_of(const RuleConfig& rule, const Observation& seen);

}  // namespace driftd::alerts
