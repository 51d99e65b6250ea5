#include "alerts/rules.h"

#include <array>
#include <charconv>

namespace driftd::alerts {

namespace {

std::string shown(double value) {
  std::array<char, 32> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::general, 4).ptr;
  return {buffer.data(), end};
}

bool condition_holds(const RuleConfig& rule, double value) {
  return rule.above ? value > *rule.above : value < *rule.below;
}

bool is_clear(const RuleConfig& rule, double value) {
  return rule.above ? value <= rule.clear.value_or(*rule.above) : value >= rule.clear.value_or(*rule.below);
}

std::string sentence(const RuleConfig& rule, const Observation& seen) {
  const std::string where = rule.segment.empty() ? "" : " where " + rule.segment;
  switch (rule.source()) {
    case RuleConfig::Source::detector:
      return rule.detector + " found a drift of " + rule.column;
    case RuleConfig::Source::new_labels:
      return std::to_string(*rule.new_labels) + " new labels have come";
    case RuleConfig::Source::statistic:
    case RuleConfig::Source::metric:
      break;
  }
  const std::string what = rule.metric.empty() ? rule.statistic + " of " + rule.column : rule.metric;
  const std::string limit = rule.above ? "above " + shown(*rule.above) : "below " + shown(*rule.below);
  const std::string hold = rule.hold > 0 ? " for " + format_duration(rule.hold) : "";
  const std::string value = seen.value ? shown(*seen.value) : "undefined";
  return what + where + " is " + value + ", " + limit + hold;
}

}  // namespace

RuleChange RuleState::judge(const RuleConfig& rule, Time slot_end, const Observation& seen) {
  if (!seen.value || seen.n < rule.at_least) return RuleChange::none;
  if (open_) {
    if (!is_clear(rule, *seen.value)) return RuleChange::none;
    open_ = false;
    held_since_.reset();
    return RuleChange::closed;
  }
  if (!condition_holds(rule, *seen.value)) {
    held_since_.reset();
    return RuleChange::none;
  }
  if (!held_since_) held_since_ = slot_end;
  if (slot_end - *held_since_ < rule.hold) return RuleChange::none;
  open_ = true;
  return RuleChange::opened;
}

RuleChange RuleState::occurred(bool drift) {
  const bool was_open = open_;
  open_ = drift;
  if (drift) return was_open ? RuleChange::reopened : RuleChange::opened;
  return was_open ? RuleChange::closed : RuleChange::none;
}

RuleChange RuleState::labels_came(const RuleConfig& rule, std::int64_t count) {
  labels_ += count;
  const bool enough = labels_ >= *rule.new_labels;
  if (enough) labels_ %= *rule.new_labels;
  return occurred(enough);
}

void RuleState::save(Encoder& out) const {
  out.put_bool(open_);
  out.put_bool(held_since_.has_value());
  if (held_since_) out.put_i64(*held_since_);
  out.put_i64(labels_);
}

Result<RuleState> RuleState::load(Decoder& in) {
  RuleState state;
  state.open_ = in.get_bool();
  if (in.get_bool()) state.held_since_ = in.get_time();
  state.labels_ = in.get_within(0, kMostAmount);
  if (!in.ok()) return Error{ErrorCode::corrupt, "a rule's state is damaged"};
  return state;
}

Findings findings_of(const RuleConfig& rule, const Observation& seen) {
  Findings findings;
  findings.severity = rule.effective_severity();
  findings.action = rule.action;
  findings.rule = rule.name;
  findings.summary = rule.name + ": " + sentence(rule, seen);
  return findings;
}

}  // namespace driftd::alerts
