// The book of incidents: what is open, what was, and what is to be told (DESIGN 7.7).
//
// Rules, schema facts, silence and evidence say "open" and "close"; the book holds to at most one open
// incident per (model, version, kind, subject), continues one that comes back within a day of event
// time, notices when severity or action rises, and mutes. Every change comes back as an IncidentEvent for
// the outbox and for `replay`. One book per process, owned by the thread that closes slots; event time
// is an argument; the order of iteration is that of keys.
//
// State is kept entry by entry: take_changes says what to write since the last call.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "alerts/incident.h"
#include "alerts/mute.h"
#include "core/event.h"
#include "core/result.h"

namespace driftd::alerts {

// A change of one stored entry: its bytes, or none where it is gone.
using EntryWriter = std::function<void(std::string_view key, std::optional<std::string_view> bytes)>;

// Whether an incident that opens in a mute window is muted.
enum class Heed : std::uint8_t { mutes, no_mutes };

struct BookOptions {
  Duration continue_within = kDay;  // a return within this continues the incident
  std::size_t max_closed = 10'000;  // closed incidents kept; the oldest leave first
};

class IncidentBook {
 public:
  explicit IncidentBook(BookOptions options = {}) : options_(options) {}

  void set_mute_windows(std::vector<MuteWindow> windows) { mute_ = std::move(windows); }

  // Opens, continues (`reopened`), or, where it is open already, takes over the findings: severity and
  // action never fall, and an event comes only when one of them rises.
  std::optional<IncidentEvent> open(const IncidentKey& key, std::string_view reference_digest,
                                    const Findings& findings, Time slot_end, Heed heed = Heed::mutes);
  // Nothing where none is open under the key.
  std::optional<IncidentEvent> close(const IncidentKey& key, Time slot_end);

  // A person's word, over HTTP. `not_found` for an unknown id, `refused` for one that is closed.
  Result<IncidentEvent> resolve(std::string_view id, Time now);
  Status acknowledge(std::string_view id);
  // A `model` event whose metadata names an incident: retraining_started acknowledges it, deployed and
  // rolled_back resolve it. Others, and incidents that are not open, are left alone.
  std::optional<IncidentEvent> answer(Lifecycle event, std::string_view id, Time slot_end);
  // The `incident` that the metadata of a `model` event names; empty where it names none.
  static std::string incident_named_in(std::string_view metadata);

  // What the protocol of retraining has to say: where it stands; and, of an open incident, that somebody has
  // to look (critical, told as `escalated`, acknowledged no more). Nothing where there is no such incident.
  void note_retraining(std::string_view id, std::string_view standing);
  std::optional<IncidentEvent> escalate(std::string_view id, std::string_view why, Time time);

  [[nodiscard]] const Incident* find(std::string_view id) const;
  [[nodiscard]] const Incident* open_under(const IncidentKey& key) const;
  // In order of (opened_at, id).
  [[nodiscard]] std::vector<const Incident*> all() const;

  struct Series {  // labels of driftd_incidents_total and driftd_incident_active
    std::string model;
    std::string version;
    IncidentKind kind = IncidentKind::data;
    Severity severity = Severity::info;
    friend auto operator<=>(const Series&, const Series&) = default;  // NOLINT(modernize-use-nullptr)
  };
  [[nodiscard]] const std::map<Series, std::uint64_t>& totals() const { return totals_; }
  // 1 where an incident is open, 0 where the last one closed less than a day before `now`
  // (kNoTime: no clock yet, nothing has gone).
  [[nodiscard]] std::map<Series, int> active(Time now) const;

  // Forgets closed incidents that were resolved before `oldest`, and beyond `max_closed` the oldest; how many
  // of these were not that old.
  std::size_t prune(Time oldest);
  void set_max_closed(std::size_t most) { options_.max_closed = most; }
  void forget_model(std::string_view model);

  void take_changes(const EntryWriter& write);
  Status restore(std::string_view key, std::string_view bytes);

 private:
  static bool take_over(Incident& incident, const Findings& findings);
  IncidentEvent tell(EventType type, const Incident& incident, Time time);
  IncidentEvent finish(Incident& incident, Time time);
  Incident* last_under(const IncidentKey& key);
  void erase(const std::string& id);
  [[nodiscard]] std::string encode_totals() const;
  Status restore_totals(std::string_view bytes);

  BookOptions options_;
  std::vector<MuteWindow> mute_;
  std::map<std::string, Incident, std::less<>> incidents_;  // by id
  std::map<IncidentKey, std::string> latest_;               // id of the last incident under the key
  std::map<Series, std::uint64_t> totals_;
  std::set<std::string, std::less<>> dirty_;
  bool totals_dirty_ = false;
};

}  // namespace driftd::alerts
