#include <cmath>
#include <nlohmann/json.hpp>

#include "alerts/incident.h"

namespace driftd::alerts {

namespace {

using Json = nlohmann::ordered_json;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
Json number(const std::optional<double>& value) { return value ? number(*value) : Json(nullptr); }
Json text(const std::optional<std::string>& value) { return value ? Json(*value) : Json(nullptr); }
Json time(const std::optional<Time>& value) { return value ? Json(format_rfc3339(*value)) : Json(nullptr); }

// A whole number is written without a fraction, as the design's example does.
Json plain_number(double value) {
  if (std::floor(value) == value && std::abs(value) < 1e15) return Json(static_cast<std::int64_t>(value));
  return number(value);
}

Json columns_of(const Findings& findings) {
  Json list = Json::array();
  for (const ColumnFinding& column : findings.columns) {
    if (list.size() == kColumnsShown) break;
    Json statistics = Json::object();
    for (const auto& [name, value] : column.statistics) statistics[name] = number(value);
    Json one = {{"column", column.column},
                {"segment", column.segment},
                {"share", number(column.share)},
                {"statistics", std::move(statistics)}};
    if (column.share) {
      one["change"] = column.change;
      one["shapes"] = Json::object();
      for (const auto& [name, share] : column.shapes) one["shapes"][name] = number(share);
    }
    list.push_back(std::move(one));
  }
  return list;
}

Json performance_of(const Findings& findings) {
  Json metrics = Json::object();
  for (const MetricChange& change : findings.performance)
    metrics[change.metric] = {{"reference", number(change.reference)}, {"current", number(change.current)}};
  return metrics;
}

Json coverage_of(const Findings& findings) {
  if (!findings.coverage) return nullptr;
  const Coverage& coverage = *findings.coverage;
  return {{"joined", coverage.joined},
          {"waiting", coverage.waiting},
          {"expired", coverage.expired},
          {"evicted", coverage.evicted}};
}

Json slices_of(const Findings& findings) {
  Json list = Json::array();
  for (const SliceFinding& slice : findings.slices)
    list.push_back({{"where", slice.where},
                    {"n", slice.n},
                    {"share", number(slice.share)},
                    {"loss", number(slice.loss)},
                    {"rest", number(slice.rest)}});
  return list;
}

Json metadata_of(const Findings& findings) {
  Json parsed = Json::parse(findings.metadata, nullptr, false);
  return parsed.is_object() ? parsed : Json::object();
}

Json budget_of(const Findings& findings) {
  if (!findings.evidence) return nullptr;
  const Budget& budget = findings.evidence->budget;
  return {{"alerts", plain_number(budget.alerts)}, {"per", format_duration(budget.per)}};
}

Json comparison_of(const Findings& findings) {
  if (!findings.comparison) return nullptr;
  const ComparisonFacts& facts = *findings.comparison;
  return {{"name", facts.name},
          {"metric", facts.metric},
          {"champion", facts.champion},
          {"challenger", facts.challenger},
          {"verdict", facts.verdict},
          {"difference", number(facts.difference)},
          {"lower", number(facts.lower)},
          {"upper", number(facts.upper)},
          {"confidence", number(facts.confidence)},
          {"pairs", facts.pairs},
          {"paired", facts.paired}};
}

Json data_of(const Incident& incident, std::string_view base_url) {
  const Findings& findings = incident.findings;
  const auto& evidence = findings.evidence;
  Json data = Json::object();
  data["incident"] = incident.id;
  data["model"] = incident.key.model;
  data["version"] = incident.key.version;
  data["kind"] = name_of(incident.key.kind);
  data["severity"] = name_of(findings.severity);
  data["action"] = name_of(findings.action);
  data["strength"] = evidence ? Json(evidence->strength) : Json(nullptr);
  data["rule"] = text(findings.rule);
  data["fault"] = text(findings.fault);
  data["summary"] = findings.summary;
  data["opened_at"] = format_rfc3339(incident.opened_at);
  data["estimated_start"] = evidence ? time(evidence->estimated_start) : Json(nullptr);
  data["evidence"] = evidence ? number(evidence->evidence) : Json(nullptr);
  data["budget"] = budget_of(findings);
  data["columns"] = columns_of(findings);
  data["columns_total"] = findings.columns.size();
  data["performance"] = performance_of(findings);
  data["coverage"] = coverage_of(findings);
  if (!findings.slices.empty()) data["slices"] = slices_of(findings);
  if (findings.comparison) data["comparison"] = comparison_of(findings);
  data["reference"] = incident.reference.empty() ? Json(nullptr) : Json(incident.reference);
  data["retraining"] = incident.retraining.empty() ? Json(nullptr) : Json(incident.retraining);
  data["url"] = url_of(incident, base_url);
  data["metadata"] = metadata_of(findings);
  return data;
}

// Text from outside may hold bytes that are no UTF-8; they become U+FFFD.
std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string data_json(const Incident& incident, std::string_view base_url) {
  return dump(data_of(incident, base_url));
}

std::string incident_json(const Incident& incident, std::string_view base_url) {
  Json item = data_of(incident, base_url);
  item["state"] = name_of(incident.state);
  item["muted"] = incident.muted;
  item["resolved_at"] = time(incident.resolved_at);
  return dump(item);
}

std::string event_json(EventType type, Time at, const Incident& incident, std::string_view base_url) {
  return dump({{"type", "drift.incident." + std::string(name_of(type))},
               {"timestamp", format_rfc3339(at)},
               {"data", data_of(incident, base_url)}});
}

std::string url_of(const Incident& incident, std::string_view base_url) {
  return std::string(base_url) + "/api/v1/incidents#" + incident.id;
}

}  // namespace driftd::alerts
