// The keys of `models.NAME.comparisons`.
#include <set>

#include "app/config/fields.h"
#include "core/event.h"

namespace driftd::app {

namespace {

using detectors::champion::LossMetric;
using detectors::champion::Pairing;

const Fields<ComparisonArm>& fields_of_arm() {
  static const Fields<ComparisonArm> table =
      Fields<ComparisonArm>()
          .text("version", &ComparisonArm::version, "the version that predicts")
          .text("variant", &ComparisonArm::variant, "the variant that the events name");
  return table;
}

Choices<LossMetric> metric_choices() {
  Choices<LossMetric> choices;
  for (const LossMetric metric : detectors::champion::kLossMetrics)
    choices.emplace_back(name_of(metric), metric);
  return choices;
}

Choices<alerts::Action> action_choices() {
  return {{"promote", alerts::Action::promote}, {"notify", alerts::Action::notify}};
}

void check_arms(const ComparisonConfig& comparison, const Node& node, const std::string& path,
                Faults& faults) {
  for (const auto& [key, arm] :
       {std::pair("champion", &comparison.champion), std::pair("challenger", &comparison.challenger)}) {
    const Node* given = node.find(key);
    if (given == nullptr)
      add_fault(faults, node, join_path(path, key), "is required");
    else if (arm->version.empty() && arm->variant.empty())
      add_fault(faults, *given, join_path(path, key), "needs a `version` or a `variant`");
  }
  const Node* challenger = node.find("challenger");
  if (challenger != nullptr && comparison.challenger == comparison.champion &&
      !comparison.challenger.text().empty())
    add_fault(faults, *challenger, join_path(path, "challenger"), "is the champion itself");
}

void check_bound(const ComparisonConfig& comparison, const Node& node, const std::string& path,
                 Faults& faults) {
  const Node* bound = node.find("bound");
  if (bound != nullptr && (comparison.metric == LossMetric::error || comparison.metric == LossMetric::brier))
    add_fault(faults, *bound, join_path(path, "bound"),
              "belongs to log_loss, absolute_error and squared_error; " +
                  std::string(name_of(*comparison.metric)) + " has its own");
}

// Whether a metric says something about what the model predicts.
void check_task(const ModelConfig& model, const ComparisonConfig& comparison, const Node& node,
                const std::string& path, Faults& faults) {
  if (!model.task || !comparison.metric) return;
  const Node* given = node.find("metric");
  if (!fits(*comparison.metric, *model.task) && given != nullptr)
    add_fault(faults, *given, join_path(path, "metric"),
              std::string(name_of(*comparison.metric)) + " is no loss of the task " +
                  std::string(name_of(*model.task)));
}

}  // namespace

std::string ComparisonArm::text() const {
  std::string text = version.empty() ? "" : "version " + version;
  if (!variant.empty()) text += (text.empty() ? "variant " : ", variant ") + variant;
  return text;
}

std::string ComparisonConfig::declared() const {
  std::string text = champion.text() + "\n" + challenger.text() + "\n";
  text += metric ? std::string(name_of(*metric)) : "by task";
  text += "\n" + (bound ? shortest_text(*bound) : "by reference");
  text += "\n" + std::to_string(static_cast<int>(pairing)) + "\n" + format_duration(block);
  return text;
}

const Fields<ComparisonConfig>& fields_of_comparison() {
  static const Fields<ComparisonConfig> table =
      Fields<ComparisonConfig>()
          .text("name", &ComparisonConfig::name, "names it in incidents and metrics; unique within the model")
          .required()
          .object("champion", &ComparisonConfig::champion, fields_of_arm(), "what is in use")
          .required()
          .object("challenger", &ComparisonConfig::challenger, fields_of_arm(),
                  "what may take its place; predictions that both take are the challenger's")
          .required()
          .choice("metric", &ComparisonConfig::metric, metric_choices(), "the loss whose means are compared")
          .shown_default("absolute_error of a regression, else error")
          .number("bound", &ComparisonConfig::bound, {0.0, 1e300, true, false}, "of the loss",
                  "what is above counts as this much")
          .shown_default("7 for log_loss; of a regression the 99.9 % quantile of the champion's reference")
          .number("confidence", &ComparisonConfig::confidence, {0.5, 1.0, false, true}, "",
                  "of the interval, at all times together; half of the rest is the risk of a wrong `better`")
          .number("margin", &ComparisonConfig::margin, {0.0, 1e300}, "of the loss",
                  "better or worse only by more than this")
          .choice("pairing", &ComparisonConfig::pairing,
                  {{"auto", Pairing::automatic}, {"id", Pairing::id}, {"strata", Pairing::strata}},
                  "auto: by id where both scored the same request, else by strata")
          .duration("block", &ComparisonConfig::block, {kMillisecond, 31 * kDay},
                    "how long a label waits for its counterpart; at least a slot")
          .integer("at_least", &ComparisonConfig::at_least, at_least<std::int64_t>(1), "pairs",
                   "no verdict before")
          .choice("action", &ComparisonConfig::action, action_choices(), "what a better challenger asks for")
          .check(check_arms)
          .check(check_bound);
  return table;
}

void check_comparisons(const ModelConfig& model, const Node& node, const std::string& path, Faults& faults) {
  const Node* given = node.find("comparisons");
  if (given == nullptr || given->items.size() != model.comparisons.size()) return;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < model.comparisons.size(); ++i) {
    const std::string item = item_path(join_path(path, "comparisons"), i);
    const ComparisonConfig& comparison = model.comparisons[i];
    if (!comparison.name.empty() && !seen.insert(comparison.name).second)
      add_fault(faults, given->items[i], join_path(item, "name"),
                "the comparison " + comparison.name + " stands twice");
    check_task(model, comparison, given->items[i], item, faults);
  }
}

}  // namespace driftd::app
