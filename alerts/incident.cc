#include "alerts/incident.h"

#include "core/hash.h"

namespace driftd::alerts {

namespace {

template <class T, class F>
void put_optional(Encoder& out, const std::optional<T>& value, F put) {
  out.put_bool(value.has_value());
  if (value) put(*value);
}

template <class E>
E get_enum(Decoder& in, E last) {
  const std::uint8_t raw = in.get_u8();
  if (raw > static_cast<std::uint8_t>(last)) in.fail();
  return in.ok() ? static_cast<E>(raw) : E{};
}

std::optional<double> get_optional_double(Decoder& in) {
  if (!in.get_bool()) return std::nullopt;
  return in.get_double();
}
std::optional<Time> get_optional_time(Decoder& in) {
  if (!in.get_bool()) return std::nullopt;
  return in.get_time();
}
std::optional<std::string> get_optional_text(Decoder& in) {
  if (!in.get_bool()) return std::nullopt;
  return std::string(in.get_text());
}

void save_evidence(Encoder& out, const EvidenceFacts& facts) {
  out.put_double(facts.evidence);
  out.put_text(facts.strength);
  put_optional(out, facts.estimated_start, [&](Time t) { out.put_i64(t); });
  out.put_double(facts.budget.alerts);
  out.put_i64(facts.budget.per);
}

EvidenceFacts load_evidence(Decoder& in) {
  EvidenceFacts facts;
  facts.evidence = in.get_double();
  facts.strength = in.get_text();
  facts.estimated_start = get_optional_time(in);
  facts.budget.alerts = in.get_double();
  facts.budget.per = in.get_time();
  return facts;
}

using NamedNumbers = std::vector<std::pair<std::string, double>>;

void save_numbers(Encoder& out, const NamedNumbers& numbers) {
  out.put_u64(numbers.size());
  for (const auto& [name, value] : numbers) {
    out.put_text(name);
    out.put_double(value);
  }
}

NamedNumbers load_numbers(Decoder& in) {
  NamedNumbers numbers(in.get_count(9));
  for (auto& [name, value] : numbers) {
    name = in.get_text();
    value = in.get_double();
  }
  return numbers;
}

void save_columns(Encoder& out, const std::vector<ColumnFinding>& columns) {
  out.put_u64(columns.size());
  for (const ColumnFinding& column : columns) {
    out.put_text(column.column);
    out.put_text(column.segment);
    put_optional(out, column.share, [&](double v) { out.put_double(v); });
    save_numbers(out, column.statistics);
    out.put_text(column.change);
    save_numbers(out, column.shapes);
  }
}

std::vector<ColumnFinding> load_columns(Decoder& in) {
  std::vector<ColumnFinding> columns(in.get_count(6));
  for (ColumnFinding& column : columns) {
    column.column = in.get_text();
    column.segment = in.get_text();
    column.share = get_optional_double(in);
    column.statistics = load_numbers(in);
    column.change = in.get_text();
    column.shapes = load_numbers(in);
    if (!in.ok()) return {};
  }
  return columns;
}

}  // namespace

namespace {

void save_comparison(Encoder& out, const ComparisonFacts& facts) {
  for (const std::string* text :
       {&facts.name, &facts.metric, &facts.champion, &facts.challenger, &facts.verdict})
    out.put_text(*text);
  for (const double value : {facts.difference, facts.lower, facts.upper, facts.confidence})
    out.put_double(value);
  out.put_i64(facts.pairs);
  out.put_bool(facts.paired);
}

ComparisonFacts load_comparison(Decoder& in) {
  ComparisonFacts facts;
  for (std::string* text : {&facts.name, &facts.metric, &facts.champion, &facts.challenger, &facts.verdict})
    *text = in.get_text();
  for (double* value : {&facts.difference, &facts.lower, &facts.upper, &facts.confidence})
    *value = in.get_double();
  facts.pairs = in.get_amount();
  facts.paired = in.get_bool();
  return facts;
}

}  // namespace

void save_findings(Encoder& out, const Findings& findings) {
  const auto put_text = [&](const std::string& text) { out.put_text(text); };
  out.put_u8(static_cast<std::uint8_t>(findings.severity));
  out.put_u8(static_cast<std::uint8_t>(findings.action));
  out.put_text(findings.summary);
  put_optional(out, findings.rule, put_text);
  put_optional(out, findings.fault, put_text);
  put_optional(out, findings.evidence, [&](const EvidenceFacts& facts) { save_evidence(out, facts); });
  save_columns(out, findings.columns);
  out.put_u64(findings.performance.size());
  for (const MetricChange& change : findings.performance) {
    out.put_text(change.metric);
    put_optional(out, change.reference, [&](double v) { out.put_double(v); });
    put_optional(out, change.current, [&](double v) { out.put_double(v); });
  }
  put_optional(out, findings.coverage, [&](const Coverage& coverage) {
    for (const std::int64_t count : {coverage.joined, coverage.waiting, coverage.expired, coverage.evicted})
      out.put_i64(count);
  });
  out.put_u64(findings.slices.size());
  for (const SliceFinding& slice : findings.slices) {
    out.put_text(slice.where);
    out.put_i64(slice.n);
    out.put_double(slice.share);
    out.put_double(slice.loss);
    out.put_double(slice.rest);
  }
  out.put_text(findings.metadata);
}

Findings load_findings(Decoder& in) {
  Findings findings;
  findings.severity = get_enum(in, Severity::critical);
  findings.action = get_enum(in, Action::promote);
  findings.summary = in.get_text();
  findings.rule = get_optional_text(in);
  findings.fault = get_optional_text(in);
  if (in.get_bool()) findings.evidence = load_evidence(in);
  findings.columns = load_columns(in);
  findings.performance.resize(in.get_count(3));
  for (MetricChange& change : findings.performance) {
    change.metric = in.get_text();
    change.reference = get_optional_double(in);
    change.current = get_optional_double(in);
  }
  if (in.get_bool()) {
    Coverage& coverage = findings.coverage.emplace();
    for (std::int64_t* count : {&coverage.joined, &coverage.waiting, &coverage.expired, &coverage.evicted})
      *count = in.get_amount();
  }
  for (std::size_t n = in.get_count(26); n > 0 && in.ok(); --n) {
    SliceFinding& slice = findings.slices.emplace_back();
    slice.where = in.get_text();
    slice.n = in.get_amount();
    slice.share = in.get_double();
    slice.loss = in.get_double();
    slice.rest = in.get_double();
  }
  findings.metadata = in.get_text();
  return findings;
}

void Incident::save(Encoder& out) const {
  out.put_text(id);
  out.put_text(key.model);
  out.put_text(key.version);
  out.put_u8(static_cast<std::uint8_t>(key.kind));
  out.put_text(key.subject);
  save_findings(out, findings);
  out.put_i64(opened_at);
  put_optional(out, resolved_at, [&](Time t) { out.put_i64(t); });
  out.put_u8(static_cast<std::uint8_t>(state));
  out.put_bool(muted);
  out.put_text(reference);
  out.put_text(retraining);
  put_optional(out, findings.comparison, [&](const ComparisonFacts& facts) { save_comparison(out, facts); });
}

Result<Incident> Incident::load(Decoder& in) {
  Incident incident;
  incident.id = in.get_text();
  incident.key.model = in.get_text();
  incident.key.version = in.get_text();
  incident.key.kind = get_enum(in, IncidentKind::comparison);
  incident.key.subject = in.get_text();
  incident.findings = load_findings(in);
  incident.opened_at = in.get_time();
  incident.resolved_at = get_optional_time(in);
  incident.state = get_enum(in, IncidentState::resolved);
  incident.muted = in.get_bool();
  if (in.format() >= 2) {
    incident.reference = in.get_text();
    incident.retraining = in.get_text();
    if (in.get_bool()) incident.findings.comparison = load_comparison(in);
  }
  const auto possible = [](Time time) { return time >= kEarliestTime && time <= kLatestTime; };
  if (!possible(incident.opened_at) || !possible(incident.resolved_at.value_or(0))) in.fail();
  if (!in.ok() || incident.resolved_at.has_value() == incident.is_open())
    return Error{ErrorCode::corrupt, "an incident's bytes do not fit together"};
  return incident;
}

std::string incident_id(const IncidentKey& key, std::string_view reference_digest, Time opened_at) {
  Encoder canonical;
  canonical.put_text(key.model);
  canonical.put_text(key.version);
  canonical.put_text(name_of(key.kind));
  canonical.put_text(key.subject);
  canonical.put_text(reference_digest);
  canonical.put_i64(opened_at);
  return std::string(name_of(key.kind)) + "-" + hex(sha256(canonical.bytes())).substr(0, 20);
}

}  // namespace driftd::alerts
