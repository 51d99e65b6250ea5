// An incident: something about a model that somebody should know, from its opening to its end.
//
// A plain value. The book (incident_book.h) makes and changes incidents; the outbox keeps snapshots of
// them; JSON is written here, in the one form that webhooks, `replay` and /api/v1/incidents share
// (DESIGN 4, *Webhooks*). Every time is event time: `opened_at` is the end of the slot that opened it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alerts/vocabulary.h"
#include "core/codec.h"
#include "core/result.h"
#include "core/time.h"

namespace driftd::alerts {

// At most one incident is open per key. The subject is the rule's name for `rule`, FAULT:COLUMN for
// `schema`, `silence` for silence, empty where evidence is behind it.
struct IncidentKey {
  std::string model;
  std::string version;
  IncidentKind kind = IncidentKind::data;
  std::string subject;

  friend auto operator<=>(const IncidentKey&, const IncidentKey&) = default;  // NOLINT(modernize-use-nullptr)
};

struct ColumnFinding {
  std::string column;
  std::string segment;          // empty: the whole model
  std::optional<double> share;  // of the evidence; empty where none is behind the incident
  std::vector<std::pair<std::string, double>> statistics;
  std::string change = {};  // in words: "location up, +0.4 sd"; empty where none is behind the incident
  std::vector<std::pair<std::string, double>> shapes = {};  // parts of `share`: location, scale, missing ...

  friend bool operator==(const ColumnFinding&, const ColumnFinding&) = default;
};

struct MetricChange {
  std::string metric;
  std::optional<double> reference;
  std::optional<double> current;

  friend bool operator==(const MetricChange&, const MetricChange&) = default;
};

// Of the predictions whose label may come, as the clock of the labels sees it: what performance rests on.
struct Coverage {
  std::int64_t joined = 0;
  std::int64_t waiting = 0;  // those that were evicted too, until their time is over
  std::int64_t expired = 0;
  std::int64_t evicted = 0;  // left the join before their time, of all the model's versions

  friend bool operator==(const Coverage&, const Coverage&) = default;
};

// Where errors gather.
struct SliceFinding {
  std::string where;  // "country = FR and age > 45"
  std::int64_t n = 0;
  double share = 0;  // of the labelled predictions
  double loss = 0;   // mean within: the error rate of classification
  double rest = 0;   // mean of the others

  friend bool operator==(const SliceFinding&, const SliceFinding&) = default;
};

// What a comparison of two versions or variants has come to (detectors/comparison).
struct ComparisonFacts {
  std::string name;      // of the configuration
  std::string metric;    // the loss whose mean is compared
  std::string champion;  // "version 7", "variant canary"
  std::string challenger;
  std::string verdict;    // better, worse: of the challenger
  double difference = 0;  // challenger less champion: below 0 the challenger is better
  double lower = 0;       // the confidence sequence about it
  double upper = 0;
  double confidence = 0;   // .95
  std::int64_t pairs = 0;  // what it rests on
  bool paired = false;     // by id; else matched by strata

  friend bool operator==(const ComparisonFacts&, const ComparisonFacts&) = default;
};

struct Budget {
  double alerts = 0;
  Duration per = 0;

  friend bool operator==(const Budget&, const Budget&) = default;
};

// What stands behind an incident of evidence; rules, schema facts and silence have none.
struct EvidenceFacts {
  double evidence = 0;   // S that alarmed
  std::string strength;  // certified, calibrated, uncertified
  std::optional<Time> estimated_start;
  Budget budget;

  friend bool operator==(const EvidenceFacts&, const EvidenceFacts&) = default;
};

// What is said when an incident opens, and may be said anew while it is open.
struct Findings {
  Severity severity = Severity::warning;
  Action action = Action::notify;
  std::string summary;  // one sentence for people
  std::optional<std::string> rule;
  std::optional<std::string> fault;
  std::optional<EvidenceFacts> evidence;
  std::vector<ColumnFinding> columns;
  std::vector<MetricChange> performance;
  std::optional<Coverage> coverage = {};  // beside performance
  std::vector<SliceFinding> slices;       // the worst first
  std::string metadata = "{}";            // lineage of the version: the text of a JSON object
  std::optional<ComparisonFacts> comparison = {};

  friend bool operator==(const Findings&, const Findings&) = default;
};

// All but `comparison`, which evidence has none of.
void save_findings(Encoder& out, const Findings& findings);
Findings load_findings(Decoder& in);

struct Incident {
  std::string id;  // at most 40 of [a-z0-9-]
  IncidentKey key;
  Findings findings;
  Time opened_at = 0;
  std::optional<Time> resolved_at;
  IncidentState state = IncidentState::open;
  bool muted = false;           // opened in a mute window: nothing is sent
  std::string reference = {};   // digest of the reference that it was judged against; empty: none was
  std::string retraining = {};  // where the retraining that it asked for stands (retraining.h); empty: none

  [[nodiscard]] bool is_open() const { return state != IncidentState::resolved; }
  void save(Encoder& out) const;
  static Result<Incident> load(Decoder& in);

  friend bool operator==(const Incident&, const Incident&) = default;
};

// Kind, '-', the first 20 hex digits of SHA-256 over: model, version, kind's name, subject and
// reference digest, each as a LEB128 length and its bytes, then `opened_at` in microseconds as a
// zig-zag LEB128 (core/codec.h).
std::string incident_id(const IncidentKey& key, std::string_view reference_digest, Time opened_at);

struct IncidentEvent {
  EventType type = EventType::opened;
  Time time = 0;  // end of the slot in which it happened
  bool reopened = false;
  bool muted = false;  // nothing is sent about it
  Incident incident;   // as it was after the event
};

// DATA of DESIGN 4 as one line of JSON: at most 20 columns, `columns_total`, and the `url` under
// `base_url` ("http://127.0.0.1:9108"). Numbers are written shortest, what is not finite as null.
std::string data_json(const Incident& incident, std::string_view base_url);
// An item of /api/v1/incidents: DATA with state, muted and resolved_at.
std::string incident_json(const Incident& incident, std::string_view base_url);
// The default body of a webhook and the line that `replay` prints.
std::string event_json(EventType type, Time time, const Incident& incident, std::string_view base_url);

std::string url_of(const Incident& incident, std::string_view base_url);
inline constexpr std::size_t kColumnsShown = 20;

}  // namespace driftd::alerts
