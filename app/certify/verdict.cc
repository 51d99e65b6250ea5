#include "app/certify/verdict.h"

#include <algorithm>
#include <vector>

namespace driftd::app {

namespace ev = detectors::evidence;

namespace {

constexpr std::size_t kNamed = 5;  // columns in a sentence

std::string list(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kNamed); ++i) text += (i > 0 ? ", " : "") + names[i];
  if (names.size() > kNamed) text += " and " + std::to_string(names.size() - kNamed) + " more";
  return text;
}

std::vector<std::string> unresolved(const Certification& found) {
  std::vector<std::string> names;
  for (const CertifiedColumn& column : found.columns)
    if (!column.resolved) names.push_back(column.name);
  return names;
}

// Those that were foremost in the alarms, most first.
std::vector<std::string> loudest(const Certification& found) {
  std::vector<const CertifiedColumn*> loud;
  for (const CertifiedColumn& column : found.columns)
    if (column.alarms > 0) loud.push_back(&column);
  std::stable_sort(loud.begin(), loud.end(),
                   [](const auto* a, const auto* b) { return a->alarms > b->alarms; });
  std::vector<std::string> names;
  for (const CertifiedColumn* column : loud)
    names.push_back(column->name + " (" + std::to_string(column->alarms) + ")");
  return names;
}

void set_strength(const CertifyInput& input, const ReplayPlan& plan, Certification& found) {
  const std::vector<std::string> open = unresolved(found);
  const bool bank = std::any_of(found.columns.begin(), found.columns.end(),
                                [](const CertifiedColumn& column) { return column.numeric; });
  if (plan.short_reference) {
    found.strength = "uncertified";
    found.because = "the reference covers under 14 days, so that weeks are not known";
  } else if (!open.empty() && open.size() == found.columns.size()) {
    found.strength = "uncertified";
    found.because =
        "how much the columns vary still grows over the longest stretches that the reference shows";
  } else {
    found.strength = "certified";
    found.because =
        bank ? "calibrated where an alarm needs what single blocks of time say, or the ages of labels"
             : "calibrated where an alarm needs the ages of labels";
    if (!open.empty())
      found.because += "; uncertified for " + list(open) + ", which still vary more the longer one looks";
  }
  if (input.config->reference.trust && found.strength == "uncertified")
    found.because += "; reference.trust lets alarms be critical all the same";
}

}  // namespace

void judge(const CertifyInput& input, const ReplayPlan& plan, Certification& found) {
  const double budget = found.budget.alerts;
  found.promise = found.rate.high <= budget  ? Promise::kept
                  : found.rate.low <= budget ? Promise::undecided
                                             : Promise::broken;
  set_strength(input, plan, found);
  std::vector<std::string>& advice = found.advice;
  if (found.promise == Promise::broken) {
    advice.push_back("most alarms came from " + list(loudest(found)));
    if (input.config->season.cells == SeasonConfig::Cells::none)
      advice.emplace_back(
          "season.cells is none, so that every hour is compared with all hours: set it to hour_of_week");
    else if (input.config->season.timezone == "UTC")
      advice.emplace_back("season.timezone is UTC: set it to the zone that the stream's days follow");
    if (plan.short_reference)
      advice.emplace_back("take a reference of at least 14 days, better 28: {first: 28d}, or a longer file");
    else
      advice.emplace_back(
          "take a longer reference, or name the profiles of other normal states in "
          "reference.regimes");
    advice.emplace_back(
        "or lower the importance of the columns that alarm, or allow for more in budget.alerts");
  } else if (found.promise == Promise::undecided) {
    advice.emplace_back("more months tell: --months " + std::to_string(found.months * 4));
  } else if (plan.short_reference) {
    advice.emplace_back("14 days of reference make alarms more than warnings, 28 find smaller shifts");
  }
  const bool blind =
      std::any_of(found.columns.begin(), found.columns.end(), [](const CertifiedColumn& column) {
        return column.numeric && column.kind <= ev::EvidenceKind::prediction &&
               column.kind != ev::EvidenceKind::covariate && !column.shift;
      });
  if (blind)
    advice.emplace_back(
        "columns without a smallest shift vary too much, or are too sparse, for this reference to "
        "show one within a week: a longer one tells more");
}

}  // namespace driftd::app
