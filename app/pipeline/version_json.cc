#include "app/pipeline/version_json.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "app/certify/certificate_watch.h"
#include "app/certify/certification_names.h"
#include "app/pipeline/estimates.h"
#include "app/pipeline/evidence_figures.h"
#include "app/pipeline/judge.h"
#include "detectors/statistics/binned.h"

namespace driftd::app {

using nlohmann::json;

std::string state_of(const Version& version) {
  if (version.retired) return "retired";
  return version.plan ? "watching" : "learning";
}

namespace {

json statistics_json(const Plan& plan, const detectors::Tally& total) {
  json columns = json::array();
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    const detectors::ColumnProfile& column = *plan.columns[i];
    const detectors::Missing missing = detectors::missing_of(column, total.column(i));
    json one = {{"name", column.name},
                {"type", detectors::name_of(column.type)},
                {"n", missing.events - missing.missing},
                {"missing_ratio", missing.ratio() ? json(*missing.ratio()) : json(nullptr)},
                {"statistics", json::object()}};
    for (const detectors::StatisticValue& value : detectors::binned_statistics(column, total.column(i))) {
      json& shown = one["statistics"][std::string(detectors::name_of(value.statistic))];
      shown["value"] = value.value;
      if (value.null_mean) shown["null_mean"] = *value.null_mean;
      if (value.null_q95) shown["null_q95"] = *value.null_q95;
      if (value.p_value) shown["p_value"] = *value.p_value;
      if (value.bound) shown["bound"] = *value.bound;
    }
    columns.push_back(std::move(one));
  }
  return columns;
}

json performance_json(const Version& version) {
  json performance = json::object();
  for (const alerts::MetricChange& change : performance_changes(version))
    performance[change.metric] = {{"reference", change.reference ? json(*change.reference) : json(nullptr)},
                                  {"current", change.current ? json(*change.current) : json(nullptr)}};
  return performance;
}

// Performance without labels, each value with what 95 of 100 draws of labels would give.
json estimated_json(const Version& version, const alerts::IncidentBook& book) {
  const Estimator estimator(version, book);
  if (!estimator.able() || version.state.empty()) return nullptr;
  json one = {{"method", estimator.method()},
              {"state", estimator.revoked_by().empty() ? "estimated" : "revoked"},
              {"revoked_by", estimator.revoked_by().empty() ? json(nullptr) : json(estimator.revoked_by())},
              {"predictions", estimator.predictions(version.state[0])},
              {"metrics", json::object()},
              {"scored", json::object()}};
  for (const detectors::EstimatedValue& value : estimator.estimate(version.state[0])) {
    const auto [lower, upper] = detectors::band_of(value);
    one["metrics"][std::string(detectors::name_of(value.metric))] = {
        {"value", value.value}, {"standard_error", value.standard_error}, {"lower", lower}, {"upper", upper}};
  }
  for (const EstimateError& error : estimator.errors())
    one["scored"][std::string(detectors::name_of(error.metric))] = {
        {"estimated", error.estimated},
        {"realised", error.realised},
        {"error", error.estimated - error.realised}};
  return one;
}

json evidence_json(const Version& version, const ClosedSlots& closed) {
  json kinds = json::object();
  for (const KindFigures& kind : evidence_figures(version, closed)) {
    json columns = json::array();
    for (const auto& [series, amount] : kind.series)
      columns.push_back({{"column", series.column}, {"segment", series.segment}, {"evidence", amount}});
    kinds[std::string(detectors::evidence::name_of(kind.kind))] = {
        {"state", kind.state}, {"evidence", kind.evidence}, {"granted", kind.granted},
        {"spent", kind.spent}, {"paused", kind.paused},     {"columns", std::move(columns)}};
  }
  return kinds;
}

// How sure the reference lets one be, and what its events count for (STATISTICS 1 and 5).
json certainty_json(const VersionEvidence& evidence) {
  json unresolved = json::array();  // of the whole model; segments say it themselves
  for (const auto& [segment, column] : evidence.unresolved)
    if (segment.empty()) unresolved.push_back(column);
  json inflation = json::object();
  for (const auto& [column, factor] : evidence.inflation) inflation[column] = factor;
  return {{"short_reference", evidence.short_reference},
          {"unresolved", std::move(unresolved)},
          {"variance_inflation", std::move(inflation)}};
}

// Whether the budget was tried out with what runs now.
json certificate_json(const Version& version, const Config& config) {
  constexpr std::array kStates = {"none", "outdated", "fits"};
  const CertificateState state = certificate_of(version, config);
  json shown = {{"state", kStates[static_cast<std::size_t>(state.kind)]},
                {"why", state.why.empty() ? json(nullptr) : json(state.why)}};
  if (!state.certificate) return shown;
  const Certificate& known = *state.certificate;
  shown["verdict"] = name_of(known.promise);
  shown["false_alarms"] = {{"rate", known.rate.mean},
                           {"low", known.rate.low},
                           {"high", known.rate.high},
                           {"per", format_duration(known.settings.budget.per)}};
  shown["certified_at"] = format_rfc3339(known.certified_at);
  return shown;
}

// Whose evidence is watched by segment: those of the reference, then those first seen later in their order.
json segments_json(const Version& version) {
  json list = json::array();
  for (const SegmentFigures& one : segment_figures(version))
    list.push_back({{"segment", one.label},
                    {"side", one.side},
                    {"state", one.state},
                    {"share", one.share},
                    {"reference_rows", one.rows}});
  return list;
}

// What the model's callers meet, over `window`.
json requests_json(const detectors::Traffic& traffic) {
  using detectors::TrafficMetric;
  const auto value = [&](TrafficMetric metric) {
    const auto found = detectors::value_of(traffic, metric).value;
    return found ? json(*found) : json(nullptr);
  };
  json latency = json::object();
  for (const auto& [name, metric] :
       {std::pair("p50", TrafficMetric::latency_p50), std::pair("p90", TrafficMetric::latency_p90),
        std::pair("p95", TrafficMetric::latency_p95), std::pair("p99", TrafficMetric::latency_p99)})
    latency[name] = value(metric);
  return {{"answered", traffic.answered()},
          {"failed", traffic.failed()},
          {"error_rate", value(TrafficMetric::error_rate)},
          {"latency_ms", std::move(latency)}};
}

// What happened to it, the latest last.
json life_json(const Version& version) {
  json list = json::array();
  for (const LifeEvent& one : version.life)
    list.push_back({{"event", name_of(one.event)}, {"time", format_rfc3339(one.time)}});
  return list;
}

}  // namespace

json version_json(const Version& version, const ClosedSlots& closed, const Config& config,
                  const alerts::IncidentBook& book) {
  json one = {{"version", version.name},
              {"state", state_of(version)},
              {"lineage", json::parse(version.lineage.empty() ? "{}" : version.lineage.rbegin()->second,
                                      nullptr, false)},
              {"events", life_json(version)}};
  const VersionCounters& counters = version.counters;
  one["coverage"] = {
      {"predictions", counters.predictions}, {"joined", counters.matched}, {"expired", counters.expired}};
  one["requests"] = requests_json(version.traffic.total());
  if (version.learner)
    one["learning"] = {{"rows", version.learner->rows()}, {"progress", version.learner->progress()}};
  if (version.plan) {
    one["reference"] = {{"digest", version.plan->profile.digest}, {"rows", version.plan->profile.rows}};
    one["certificate"] = certificate_json(version, config);
    if (!version.state.empty() && version.state[0].rows)
      one["columns"] = statistics_json(*version.plan, version.state[0].rows->total());
  }
  if (version.pairs && !version.state.empty() && version.state[0].pairs)
    for (auto& column : statistics_json(*version.pairs, version.state[0].pairs->total()))
      one["columns"].push_back(column);
  if (version.evidence) {
    one["evidence"] = evidence_json(version, closed);
    one["certainty"] = certainty_json(*version.evidence);
    one["segments_watched"] = segments_json(version);
  }
  one["performance"] = performance_json(version);
  one["estimated"] = estimated_json(version, book);
  one["segments"] = version.segments.labels().size() - 1;
  return one;
}

}  // namespace driftd::app
