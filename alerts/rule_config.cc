#include "alerts/rule_config.h"

#include "alerts/vocabulary_fields.h"

namespace driftd::alerts {

namespace {

// By the keys that were written, so that one fault in a value is told once.
bool has(const Node& node, const char* key) { return node.find(key) != nullptr; }

// A number that a rule watches, as opposed to a happening.
bool has_limit(const Node& node) { return has(node, "statistic") || has(node, "metric"); }

void check_source(const RuleConfig& /*rule*/, const Node& node, const std::string& path, Faults& faults) {
  int sources = 0;
  for (const char* key : {"statistic", "metric", "detector", "new_labels"}) sources += has(node, key) ? 1 : 0;
  if (sources != 1) {
    add_fault(faults, node, path, "needs exactly one of `statistic`, `metric`, `detector` and `new_labels`");
    return;
  }
  const bool on_column = has(node, "statistic") || has(node, "detector");
  if (on_column && !has(node, "column")) add_fault(faults, node, path, "needs the `column` that it watches");
  if (!on_column && has(node, "column"))
    add_fault(faults, node, join_path(path, "column"), "belongs to rules on a `statistic` or a `detector`");
  if (has(node, "segment") && !has_limit(node))
    add_fault(faults, node, join_path(path, "segment"), "belongs to rules on a `statistic` or a `metric`");
}

void check_limit(const RuleConfig& rule, const Node& node, const std::string& path, Faults& faults) {
  if (!has_limit(node)) {
    for (const char* key : {"above", "below", "for", "clear", "at_least"})
      if (has(node, key))
        add_fault(faults, node, join_path(path, key), "belongs to rules on a `statistic` or a `metric`");
    return;
  }
  if (has(node, "above") == has(node, "below")) {
    add_fault(faults, node, path, "needs exactly one of `above` and `below`");
    return;
  }
  if (rule.clear && rule.above && *rule.clear > *rule.above)
    add_fault(faults, node, join_path(path, "clear"), "must not be greater than `above`");
  if (rule.clear && rule.below && *rule.clear < *rule.below)
    add_fault(faults, node, join_path(path, "clear"), "must not be less than `below`");
}

}  // namespace

RuleConfig::Source RuleConfig::source() const {
  if (!statistic.empty()) return Source::statistic;
  if (!metric.empty()) return Source::metric;
  return detector.empty() ? Source::new_labels : Source::detector;
}

const Fields<RuleConfig>& fields_of_rule() {
  static const Fields<RuleConfig> table =
      Fields<RuleConfig>()
          .text("name", &RuleConfig::name, "names the rule in its incidents; unique within the model")
          .required()
          .text("column", &RuleConfig::column,
                "a feature, `prediction`, `score` or `loss`; for rules on a statistic or a detector")
          .text("segment", &RuleConfig::segment, "`country=DE`; without it the whole model")
          .text("statistic", &RuleConfig::statistic, "a statistic of the column over `window`")
          .text("metric", &RuleConfig::metric,
                "a performance metric over `window`; or `volume` (predictions), `error_rate` (of requests), "
                "`latency_p50`, "
                "`latency_p90`, `latency_p95`, `latency_p99` (milliseconds)")
          .text("detector", &RuleConfig::detector, "a detector on the column, by its drifts")
          .integer("new_labels", &RuleConfig::new_labels, at_least<std::int64_t>(1), "labels",
                   "opens whenever so many labels were joined")
          .number("above", &RuleConfig::above, {}, "", "the limit: the condition is a value above it")
          .number("below", &RuleConfig::below, {}, "", "the limit: the condition is a value below it")
          .duration("for", &RuleConfig::hold, {0}, "how long the condition has to hold before it opens")
          .number("clear", &RuleConfig::clear, {}, "", "the value on whose good side it closes")
          .shown_default("the limit")
          .integer("at_least", &RuleConfig::at_least, at_least<std::int64_t>(1), "values",
                   "a window of fewer values changes nothing")
          .choice("action", &RuleConfig::action, action_choices(), "what it asks for")
          .choice("severity", &RuleConfig::severity, severity_choices(), "how grave it is")
          .shown_default("critical for stop, else warning")
          .check(check_source)
          .check(check_limit);
  return table;
}

}  // namespace driftd::alerts
