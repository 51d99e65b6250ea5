// The keys of `models.NAME`, and how `default` is laid beneath each.
#include <algorithm>
#include <set>

#include "app/config/fields.h"
#include "core/event.h"
#include "detectors/kind.h"
#include "detectors/performance/metric.h"
#include "detectors/traffic.h"

namespace driftd::app {
namespace {

void check_rule_names(const ModelConfig& model, const Node& rules, const std::string& path, Faults& faults) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < model.rules.size() && i < rules.items.size(); ++i) {
    const std::string& name = model.rules[i].name;
    if (name.empty() || seen.insert(name).second) continue;
    add_fault(faults, rules.items[i], join_path(item_path(path, i), "name"),
              "the rule " + name + " stands twice");
  }
}

// Whether the words of a rule mean something that driftd computes.
void check_rule_words(const ModelConfig& model, const alerts::RuleConfig& rule, const Node& node,
                      const std::string& path, Faults& faults) {
  const auto at = [&](const char* key) -> const Node& {
    const Node* given = node.find(key);
    return given != nullptr ? *given : node;
  };
  if (!rule.statistic.empty()) {
    std::string ignored;
    statistic_type().read(at("statistic"), ignored, join_path(path, "statistic"), faults);
  }
  const auto traffic = detectors::traffic_metric_of(rule.metric);
  if (traffic && !rule.segment.empty())
    add_fault(faults, at("segment"), join_path(path, "segment"),
              rule.metric + " is of the whole model alone");
  if (traffic == detectors::TrafficMetric::volume && node.find("at_least") != nullptr)
    add_fault(faults, at("at_least"), join_path(path, "at_least"), "a volume is known however small it is");
  if (!rule.metric.empty() && !traffic && !detectors::metric_of(rule.metric)) {
    std::vector<std::string> known;
    for (std::size_t i = 0; i < detectors::kMetricCount; ++i) {
      known.emplace_back(name_of(static_cast<detectors::Metric>(i)));
    }
    for (std::size_t i = 0; i < detectors::kTrafficMetricCount; ++i)
      known.emplace_back(name_of(static_cast<detectors::TrafficMetric>(i)));
    read_choice(at("metric"), known, join_path(path, "metric"), faults);
  }
  if (!rule.detector.empty() && detectors::find_kind(rule.detector) == nullptr) {
    std::vector<std::string> known;
    for (const detectors::Kind* kind : detectors::catalogue()) known.emplace_back(kind->name);
    read_choice(at("detector"), known, join_path(path, "detector"), faults);
  }
  const ColumnConfig* column = model.column(rule.column);
  if (column != nullptr && column->ignore) {
    add_fault(faults, at("column"), join_path(path, "column"), rule.column + " is ignored");
  }
  const bool declared =
      std::any_of(model.segments.begin(), model.segments.end(), [&](const SegmentConfig& segment) {
        return !segment.empty() && rule.segment.starts_with(segment.front().column + "=");
      });
  if (!rule.segment.empty() && !declared) {
    add_fault(faults, at("segment"), join_path(path, "segment"),
              rule.segment + " is of no segment that the model declares");
  }
}

// What a rule's own table refuses to read must not be shown either: rules on happenings hold no time.
FieldType<alerts::RuleConfig> rule_type() {
  using alerts::RuleConfig;
  FieldType<RuleConfig> type = object_of(alerts::fields_of_rule());
  type.show = [whole = type.show](const RuleConfig& rule) {
    Node node = whole(rule);
    const RuleConfig::Source source = rule.source();
    if (rule.metric == name_of(detectors::TrafficMetric::volume))
      std::erase_if(node.entries, [](const Node::Entry& entry) { return entry.key == "at_least"; });
    if (source == RuleConfig::Source::statistic || source == RuleConfig::Source::metric) return node;
    std::erase_if(node.entries,
                  [](const Node::Entry& entry) { return entry.key == "for" || entry.key == "at_least"; });
    return node;
  };
  return type;
}

void check_rules(const ModelConfig& model, const Node& node, const std::string& path, Faults& faults) {
  const Node* rules = node.find("rules");
  if (rules == nullptr || rules->items.size() != model.rules.size()) return;
  const std::string rules_path = join_path(path, "rules");
  check_rule_names(model, *rules, rules_path, faults);
  for (std::size_t i = 0; i < model.rules.size(); ++i) {
    check_rule_words(model, model.rules[i], rules->items[i], item_path(rules_path, i), faults);
  }
}

void check_task(const ModelConfig& model, const Node& node, const std::string& path, Faults& faults) {
  if (!model.task || *model.task == detectors::Task::binary) return;
  for (const char* key : {"positive", "threshold"}) {
    const Node* given = node.find(key);
    if (given == nullptr) continue;
    add_fault(faults, *given, join_path(path, key),
              "is of binary tasks only, and the task is " + std::string(name_of(*model.task)));
  }
}

}  // namespace

FieldType<std::string> label_type() {
  FieldType<std::string> type = text_type();
  type.name = "label";
  type.read = [read = type.read](const Node& node, std::string& out, const std::string& path,
                                 Faults& faults) {
    std::string text;
    const std::size_t before = faults.size();
    read(node, text, path, faults);
    if (faults.size() > before) return;
    const auto number = node.quoted ? std::nullopt : parse_number(text);
    out = number ? shortest_text(*number) : text;
  };
  return type;
}

const Fields<ModelConfig>& fields_of_model() {
  using detectors::Task;
  static const Fields<ModelConfig> table =
      Fields<ModelConfig>()
          .choice("task", &ModelConfig::task,
                  {{"binary", Task::binary},
                   {"multiclass", Task::multiclass},
                   {"regression", Task::regression},
                   {"none", Task::none}},
                  "what the model predicts")
          .shown_default("as the reference's events show")
          .add("positive", &ModelConfig::positive, label_type(),
               "binary: the class whose probability `score` is")
          .shown_default("the larger of the reference's two labels in byte order")
          .number("threshold", &ModelConfig::threshold, {0, 1}, "",
                  "binary: `positive` is predicted from this score on")
          .shown_default("0.5")
          .add("reference", &ModelConfig::reference, reference_type(), "what normal is")
          .shown_default("auto")
          .choice("new_version", &ModelConfig::new_version,
                  {{"inherit", NewVersion::inherit}, {"learn", NewVersion::learn}},
                  "whether a new version starts with the model's reference or learns its own")
          .shown_default("inherit where the reference is a file, else learn")
          .map("columns", &ModelConfig::columns, column_type(), "only what is not as the reference has it")
          .list("segments", &ModelConfig::segments, segment_type(), "parts of the rows that are shown apart")
          .object(
              "derived", &ModelConfig::derived, fields_of_derived(),
              "columns made of the features, for what shows in no feature by itself: how they go together; "
              "holds for references made from then on")
          .duration("window", &ModelConfig::window, {kMillisecond, 3660 * kDay},
                    "over which effect sizes and performance are shown; a multiple of slot")
          .shown_default("the smallest multiple of slot of at least 1h")
          .object("season", &ModelConfig::season, fields_of_season(),
                  "the reference is that of the same time of the week")
          .duration("label_horizon", &ModelConfig::label_horizon, {kMillisecond, 3660 * kDay},
                    "how long a prediction waits for its feedback")
          .object("budget", &ModelConfig::budget, fields_of_budget(), "how many false alarms are allowed")
          .object("schema", &ModelConfig::schema, alerts::fields_of_schema(), "what schema faults ask for")
          .list("rules", &ModelConfig::rules, rule_type(), "classic thresholds")
          .object("retraining", &ModelConfig::retraining, alerts::fields_of_retraining(),
                  "how long a retraining may take (docs/retraining.md); event time")
          .list("comparisons", &ModelConfig::comparisons, object_of(fields_of_comparison()),
                "two versions or variants on the same traffic (docs/comparison.md)")
          .check(check_rules)
          .check(check_comparisons)
          .check(check_task);
  return table;
}

namespace {

// `reference` is one choice: a model's own replaces the inherited one whole.
Node with_inherited(const Node& standard, const Node& own) {
  Node node = merged(standard, own);
  const Node* reference = own.find("reference");
  for (Node::Entry& entry : node.entries) {
    if (entry.key == "reference" && reference != nullptr) entry.value = *reference;
  }
  node.line = own.line;
  return node;
}

// Whether the fault is one that `default` has already been told of, seen through a model that inherits it.
bool is_inherited(const Fault& fault, std::size_t path_size, const Faults& told, std::size_t told_path_size) {
  return std::any_of(told.begin(), told.end(), [&](const Fault& other) {
    return other.line == fault.line && other.message == fault.message &&
           other.key.substr(told_path_size) == fault.key.substr(path_size);
  });
}

void read_models(const Node& node, ModelsConfig& out, const std::string& path, Faults& faults) {
  if (!expect_map(node, path, faults)) return;
  const std::string standard_path = join_path(path, "default");
  const Node* given = node.find("default");
  const Node standard = given != nullptr ? *given : Node{};
  Faults of_standard;
  fields_of_model().read(standard, out.standard, standard_path, of_standard);
  for (const Node::Entry& entry : node.entries) {
    if (entry.key == "default") continue;
    const std::string model_path = join_path(path, entry.key);
    Faults found;
    const bool readable = expect_map(entry.value, model_path, found);
    const Node whole = with_inherited(standard.kind == Node::Kind::map ? standard : Node::map(), entry.value);
    if (readable) fields_of_model().read(whole, out.named[entry.key], model_path, found);
    for (Fault& fault : found) {
      if (!is_inherited(fault, model_path.size(), of_standard, standard_path.size())) {
        faults.push_back(std::move(fault));
      }
    }
  }
  faults.insert(faults.end(), of_standard.begin(), of_standard.end());
}

}  // namespace

FieldType<ModelsConfig> models_type() {
  FieldType<ModelsConfig> type;
  type.name = "map of model";
  type.read = read_models;
  type.show = [](const ModelsConfig& models) {
    Node node = Node::map();
    node.set("default", fields_of_model().show(models.standard));
    for (const auto& [name, model] : models.named) node.set(name, fields_of_model().show(model));
    return node;
  };
  type.inner = [](const std::string& path) { return fields_of_model().docs(path + ".NAME"); };
  return type;
}

}  // namespace driftd::app
