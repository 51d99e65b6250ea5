#include "alerts/template.h"

#include <algorithm>
#include <array>
#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>

#include "core/event.h"
#include "core/nearest.h"

namespace driftd::alerts {

namespace {

namespace engine = kainjow::mustache;
using Component = engine::component<std::string>;

constexpr std::size_t kLongest = 64 * 1024;
constexpr std::ptrdiff_t kMostSections = 500;  // nested ones are walked by recursion

// Names that mean something; those of a scope only inside the section that opens it.
struct Scope {
  std::string_view section;  // empty: everywhere
  std::vector<std::string_view> names;
};
const std::vector<Scope>& scopes_of_digests() {
  static const std::vector<Scope> kScopes = {
      {"",
       {"digest", "type", "event", "timestamp", "timestamp_ms", "at", "alpha", "hypotheses",
        "discoveries_total", "summary", "discoveries", "others", "url"}},
      {"discoveries", {"model", "version", "kind", "evidence", "columns"}},
      {"others", {"model", "version", "kind", "evidence", "columns"}},
      {"columns", {"column", "segment", "share"}},
  };
  return kScopes;
}
const std::vector<Scope>& scopes_of(Subject subject) {
  if (subject == Subject::digest) return scopes_of_digests();
  static const std::vector<Scope> kScopes = {
      {"", {"incident",        "type",        "event",     "timestamp",    "timestamp_ms", "model",
            "version",         "kind",        "severity",  "action",       "strength",     "rule",
            "fault",           "summary",     "opened_at", "opened_at_ms", "resolved_at",  "evidence",
            "estimated_start", "url",         "metadata",  "column",       "segment",      "columns",
            "columns_total",   "performance", "coverage"}},
      {"columns", {"share", "statistics"}},
      {"statistics", {"statistic", "value"}},
      {"performance", {"metric", "reference", "current"}},
      {"coverage", {"joined", "waiting", "expired", "evicted"}},
  };
  return kScopes;
}

std::vector<std::string> names_within(Subject subject, const std::vector<std::string>& sections) {
  std::vector<std::string> names;
  for (const Scope& scope : scopes_of(subject)) {
    const bool open = scope.section.empty() || std::ranges::find(sections, scope.section) != sections.end();
    if (open) names.insert(names.end(), scope.names.begin(), scope.names.end());
  }
  return names;
}

std::optional<std::string> name_fault(const std::string& name, Subject subject,
                                      const std::vector<std::string>& sections) {
  const std::vector<std::string> known = names_within(subject, sections);
  if (std::ranges::find(known, name) != known.end()) return std::nullopt;
  std::string message = "unknown name `" + name + "` in a template";
  if (const std::string* near = nearest(name, known); near != nullptr)
    return message + "; did you mean `" + *near + "`?";
  message += "; known are";
  for (const std::string& each : known) message += " " + each;
  return message;
}

std::optional<std::string> fault_within(const Component& parent, Subject subject,
                                        std::vector<std::string>& sections) {
  for (const Component& child : parent.children) {
    const auto type = child.tag.type;
    if (type == engine::tag_type::partial) return "partials (`{{> ...}}`) are not supported";
    const bool section = child.tag.is_section_begin();
    const bool variable = type == engine::tag_type::variable || type == engine::tag_type::unescaped_variable;
    if (!section && !variable) continue;
    if (auto fault = name_fault(child.tag.name, subject, sections)) return fault;
    if (!section) continue;
    sections.push_back(type == engine::tag_type::section_begin ? child.tag.name : std::string());
    if (auto fault = fault_within(child, subject, sections)) return fault;
    sections.pop_back();
  }
  return std::nullopt;
}

// Values as the engine wants them, each escaped on the way in: whichever way a template names one, it
// comes out escaped.
class Values {
 public:
  explicit Values(Place place) : place_(place) {}

  [[nodiscard]] engine::data text(std::string_view value) const {
    if (value.empty()) return engine::data(false);
    return engine::data(escape(place_, value));
  }
  [[nodiscard]] engine::data optional_text(const std::optional<std::string>& value) const {
    return value ? text(*value) : engine::data(false);
  }
  [[nodiscard]] engine::data number(std::optional<double> value) const {
    return value ? text(shortest_text(*value)) : engine::data(false);
  }
  [[nodiscard]] engine::data time(std::optional<Time> value) const {
    return value ? text(format_rfc3339(*value)) : engine::data(false);
  }
  [[nodiscard]] engine::data milliseconds(Time value) const {
    return text(std::to_string(slot_of(value, kMillisecond)));
  }

 private:
  Place place_;
};

engine::data columns_of(const Findings& findings, const Values& values) {
  engine::data list(engine::data::type::list);
  for (std::size_t i = 0; i < std::min(findings.columns.size(), kColumnsShown); ++i) {
    const ColumnFinding& column = findings.columns[i];
    engine::data statistics(engine::data::type::list);
    for (const auto& [name, value] : column.statistics) {
      engine::data item;
      item.set("statistic", values.text(name));
      item.set("value", values.number(value));
      statistics.push_back(item);
    }
    engine::data item;
    item.set("column", values.text(column.column));
    item.set("segment", values.text(column.segment));
    item.set("share", values.number(column.share));
    item.set("statistics", statistics);
    list.push_back(item);
  }
  return list;
}

engine::data performance_of(const Findings& findings, const Values& values) {
  engine::data list(engine::data::type::list);
  for (const MetricChange& change : findings.performance) {
    engine::data item;
    item.set("metric", values.text(change.metric));
    item.set("reference", values.number(change.reference));
    item.set("current", values.number(change.current));
    list.push_back(item);
  }
  return list;
}

engine::data coverage_of(const Findings& findings, const Values& values) {
  if (!findings.coverage) return {false};
  const Coverage& coverage = *findings.coverage;
  engine::data item;
  item.set("joined", values.text(std::to_string(coverage.joined)));
  item.set("waiting", values.text(std::to_string(coverage.waiting)));
  item.set("expired", values.text(std::to_string(coverage.expired)));
  item.set("evicted", values.text(std::to_string(coverage.evicted)));
  return item;
}

void add_identity(engine::data& data, const TemplateContext& context, const Values& values) {
  const Incident& incident = *context.incident;
  data.set("incident", values.text(incident.id));
  data.set("type", values.text("drift.incident." + std::string(name_of(context.event))));
  data.set("event", values.text(name_of(context.event)));
  data.set("timestamp", values.time(context.event_time));
  data.set("timestamp_ms", values.milliseconds(context.event_time));
  data.set("model", values.text(incident.key.model));
  data.set("version", values.text(incident.key.version));
  data.set("kind", values.text(name_of(incident.key.kind)));
  data.set("opened_at", values.time(incident.opened_at));
  data.set("opened_at_ms", values.milliseconds(incident.opened_at));
  data.set("resolved_at", values.time(incident.resolved_at));
  data.set("url", values.text(url_of(incident, context.base_url)));
}

void add_findings(engine::data& data, const Findings& findings, const Values& values) {
  data.set("severity", values.text(name_of(findings.severity)));
  data.set("action", values.text(name_of(findings.action)));
  data.set("rule", values.optional_text(findings.rule));
  data.set("fault", values.optional_text(findings.fault));
  data.set("summary", values.text(findings.summary));
  data.set("metadata", values.text(findings.metadata));
  const auto& evidence = findings.evidence;
  data.set("strength", values.text(evidence ? evidence->strength : std::string()));
  data.set("evidence", evidence ? values.number(evidence->evidence) : engine::data(false));
  data.set("estimated_start", evidence ? values.time(evidence->estimated_start) : engine::data(false));
  const bool any = !findings.columns.empty();
  data.set("column", values.text(any ? findings.columns.front().column : std::string()));
  data.set("segment", values.text(any ? findings.columns.front().segment : std::string()));
  data.set("columns", columns_of(findings, values));
  data.set("columns_total", values.text(std::to_string(findings.columns.size())));
  data.set("performance", performance_of(findings, values));
  data.set("coverage", coverage_of(findings, values));
}

// What a digest says, name by name.
engine::data data_of(const nlohmann::json& said, const Values& values) {
  if (said.is_array()) {
    engine::data list(engine::data::type::list);
    for (const nlohmann::json& item : said) list.push_back(data_of(item, values));
    return list;
  }
  if (said.is_object()) {
    engine::data object(engine::data::type::object);
    for (const auto& [name, value] : said.items()) object.set(name, data_of(value, values));
    return object;
  }
  if (said.is_string()) return values.text(said.get<std::string>());
  if (said.is_number_integer()) return values.text(said.dump());
  if (said.is_number()) return values.number(said.get<double>());
  return {false};
}

engine::data data_of(const TemplateContext& context, const Values& values) {
  const DigestNotice& digest = *context.digest;
  engine::data data = data_of(nlohmann::json::parse(data_json(digest, context.base_url)), values);
  data.set("type", values.text(kDigestType));
  data.set("event", values.text(name_of(EventType::digest)));
  data.set("timestamp", values.time(digest.at));
  data.set("timestamp_ms", values.milliseconds(digest.at));
  return data;
}

}  // namespace

std::optional<std::string> template_fault(const std::string& text, Subject subject) {
  if (text.size() > kLongest) return "a template may have 64 KiB at most";
  if (std::ranges::count(text, '#') + std::ranges::count(text, '^') > kMostSections)
    return "too many sections in a template";
  engine::context<std::string> none;
  engine::context_internal<std::string> context{none};
  Component root;
  std::string error;
  const engine::parser<std::string> parsed{text, context, root, error};
  if (!error.empty()) return "no template: " + error;
  std::vector<std::string> sections;
  return fault_within(root, subject, sections);
}

std::string render_template(const std::string& text, Place place, const TemplateContext& context) {
  const Values values(place);
  engine::data data;
  if (context.digest != nullptr) {
    data = data_of(context, values);
  } else {
    add_identity(data, context, values);
    add_findings(data, context.incident->findings, values);
  }
  engine::mustache parsed(text);
  parsed.set_custom_escape([](const std::string& value) { return value; });
  return parsed.render(data);
}

std::vector<std::string> template_names(Subject subject) { return names_within(subject, {}); }

}  // namespace driftd::alerts
