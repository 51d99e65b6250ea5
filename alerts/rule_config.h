// A classic threshold as the configuration states it (DESIGN 4, `rules`; 7.15).
//
// A rule watches exactly one thing: a `statistic` of a column, a performance `metric`, drifts of a
// `detector` on a column, or the coming of `new_labels`. Names of statistics, metrics, detectors and
// columns are checked by whoever knows them (app/config); everything else is refused here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "alerts/vocabulary.h"
#include "core/fields.h"
#include "core/time.h"

namespace driftd::alerts {

struct RuleConfig {
  enum class Source : std::uint8_t { statistic, metric, detector, new_labels };

  std::string name;  // the subject of its incidents; unique within a model
  std::string column;
  std::string segment;  // "country=DE"; empty: the whole model
  std::string statistic;
  std::string metric;
  std::string detector;
  std::optional<std::int64_t> new_labels;
  std::optional<double> above;
  std::optional<double> below;
  Duration hold = 0;  // key `for`
  std::optional<double> clear;
  std::int64_t at_least = 100;
  Action action = Action::notify;
  std::optional<Severity> severity;

  // Precondition of both: the rule was read without faults.
  [[nodiscard]] Source source() const;
  [[nodiscard]] Severity effective_severity() const { return severity.value_or(severity_for(action)); }
};

const Fields<RuleConfig>& fields_of_rule();

}  // namespace driftd::alerts
