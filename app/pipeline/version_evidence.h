// What evidence knows of one version: the capital of each kind, the counts since any slot, and the drifts
// that are open (DESIGN 7.7 and 7.8). Plain data of the judge; evidence_judge.h works on it.
//
// Monitors, calendar and weights follow from reference and configuration and are made anew after a
// restart; the rest is state.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "alerts/drift_episode.h"
#include "alerts/incident.h"
#include "app/pipeline/segment_watch.h"
#include "core/codec.h"
#include "core/result.h"
#include "detectors/evidence/budget_shares.h"
#include "detectors/evidence/calendar.h"
#include "detectors/evidence/column_references.h"
#include "detectors/evidence/kind_evidence.h"
#include "detectors/evidence/seasonal_counts.h"
#include "detectors/evidence/version_shares.h"
#include "detectors/profile.h"
#include "detectors/recent_tallies.h"

namespace driftd::app {

// The version's share of the model's budget: from the slot after `first` on it is `second`.
class ShareHistory {
 public:
  void add(std::int64_t slot, double share) { changes_.emplace_back(slot, share); }
  // Those of slots in [from, until), in the order of time.
  [[nodiscard]] std::vector<std::pair<std::int64_t, double>> between(std::int64_t from,
                                                                     std::int64_t until) const;
  // What came before `slot` is no longer asked for, but for the share that held then.
  void forget_before(std::int64_t slot);

  void save(Encoder& out) const;
  void load(Decoder& in);

 private:
  std::vector<std::pair<std::int64_t, double>> changes_;
};

// An incident of evidence that is open.
struct OpenDrift {
  std::int64_t opened = 0;  // slot of the alarm
  std::int64_t start = 0;   // estimated, slot
  alerts::EvidenceFacts facts;
  std::vector<detectors::evidence::AlarmPart> parts;  // of the opening alarm, then of those that joined
  std::int64_t alarms = 0;
  std::set<std::string> columns;         // paused by it
  bool uncertified = false;              // and not trusted: it warns and notifies
  std::optional<std::int64_t> critical;  // first slot at which the effect was critical
  std::optional<std::int64_t> due;       // told once the feedback clock has passed this slot
  // What had moved by then, as the clock of its kind saw it: how far that is when it is told is no property
  // of the stream. And by the newest alarm that came while it waited, told next.
  std::optional<alerts::Findings> due_findings;
  std::optional<std::pair<std::int64_t, alerts::Findings>> next_findings;
  bool told = false;       // the book knows it
  bool acquitted = false;  // labels showed no harm when it was told
  alerts::DriftEpisode episode;
  std::map<std::string, std::string> day;  // since the last look, by segment: Tally::encode
  // Likewise of columns on labels that have no bins.
  std::map<detectors::evidence::SeriesName, std::string> day_rates;

  void save(Encoder& out) const;
  void load(Decoder& in, Duration slot);
};

// Columns that take what came since an incident opened as the reference of their evidence (DESIGN 7.7).
struct Renorming {
  std::int64_t since = 0;  // slot
  bool learning = false;   // the incident was resolved; until then it may still close by itself
  // By series, then five-minute block: counts of its monitors.
  std::map<detectors::evidence::SeriesName, std::map<std::int64_t, std::vector<std::int64_t>>> blocks;
  // Of kinds that live on labels: the pairs, by segment.
  std::map<std::string, detectors::evidence::LabelGathering> labels;

  void save(Encoder& out) const;
  // `scale`: of the pairs' reference; null where there is none.
  void load(Decoder& in, const detectors::evidence::PairScale* scale, Duration slot);
};

struct KindWatch {
  explicit KindWatch(detectors::evidence::KindEvidence made) : evidence(std::move(made)) {}

  detectors::evidence::KindEvidence evidence;
  double weight = 0;        // of the version's share of the budget
  std::int64_t shared = 0;  // shares of slots before this one are applied
  std::vector<detectors::evidence::SeriesName> series;
  std::optional<OpenDrift> open;
  std::optional<Renorming> renorming;  // while a drift is open, and until its columns have a reference again
  // Series whose reference is a new normal: its five-minute counts.
  std::map<detectors::evidence::SeriesName, detectors::evidence::ColumnBlocks> renormed;
};

struct VersionEvidence {
  Duration slot = kMinute;
  std::string reference;  // digest of the profile of predictions that it was built for
  detectors::evidence::Calendar calendar;
  std::string pair_reference;  // likewise of pairs; empty: none yet
  detectors::evidence::Calendar pair_calendar;
  std::set<std::tuple<std::string, std::string, std::size_t>> age_matched;  // segment, column, monitor
  bool short_reference = false;                                             // under 14 days (STATISTICS 1)
  // Segments and columns whose wobble is not resolved, or whose reference is a new one of 7 days.
  std::set<std::pair<std::string, std::string>> unresolved;
  bool fitted_ages = false;                 // labels are compared by the ages that the reference had
  std::map<std::string, double> inflation;  // VIF by column, of the whole model
  std::map<detectors::evidence::EvidenceKind, KindWatch> kinds;
  std::map<std::string, detectors::RecentTallies> rows;  // by segment label
  std::map<std::string, detectors::RecentTallies> pairs;
  std::map<detectors::evidence::SeriesName, detectors::RecentTallies> rates;  // of columns without bins
  // What the references of segments hold in all; of the whole model the profile's columns say it.
  std::map<std::string, detectors::Tally> row_references;
  std::map<std::string, detectors::Tally> pair_references;
  // What the references of columns that moved hold by hour, made when first asked for (evidence_columns.h):
  // by digest, segment, side and place.
  mutable std::map<std::tuple<std::string, std::string, bool, std::size_t>, detectors::evidence::CountsByHour>
      seasonal;
  std::vector<LaterSegment> later;       // of predictions, in their order
  std::vector<std::string> later_pairs;  // of pairs; Version::labels has what they learn
};

alerts::IncidentKind incident_kind(detectors::evidence::EvidenceKind kind);
detectors::Side side_of(detectors::evidence::EvidenceKind kind);

}  // namespace driftd::app
