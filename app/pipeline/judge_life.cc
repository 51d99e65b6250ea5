// The life of a model: its silence, and the events that its lineage is made of (DESIGN 7.2 and 7.13).
#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "app/pipeline/judge.h"

namespace driftd::app {

namespace {

constexpr std::size_t kLineageKept = 8;

void note_life(Version& version, std::int64_t slot, const Lane::HeardModelEvent& event) {
  version.life.push_back({event.event, event.time});
  if (version.life.size() > kLifeEvents) version.life.erase(version.life.begin());
  if (!speaks_of_version(event.event, version.last_slot.has_value())) return;
  const std::string known = version.lineage_at(std::numeric_limits<std::int64_t>::max());
  std::string said = merged_lineage(known, event.metadata);
  if (said == known) return;
  version.lineage[slot] = std::move(said);
  while (version.lineage.size() > kLineageKept) version.lineage.erase(version.lineage.begin());
}

}  // namespace

// Silence is judged at each slot end that the clock passes; only the first one at which a day is over
// can change anything.
void Judge::judge_silence(Model& model, Time until) {
  const auto last = model.silence.last_prediction();
  if (!last || model.silence.is_open() || until == kEndOfTime) return;
  const Time end = slot_end(slot_of(*last + alerts::kSilence - 1, slot_length()), slot_length());
  if (end > until) return;
  bool can_tell = false;
  for (const auto& [name, version] : model.versions)
    if (version->plan && !version->plan->profile.blocks.empty()) {
      Duration gap = 0;
      const auto& blocks = version->plan->profile.blocks;
      for (std::size_t i = 1; i < blocks.size(); ++i)
        gap = std::max(gap, (blocks[i].block - blocks[i - 1].block) * detectors::kProfileBlock);
      can_tell |= alerts::can_tell_silence(
          (blocks.back().block + 1 - blocks.front().block) * detectors::kProfileBlock, gap);
    }
  if (!can_tell) return;
  if (model.silence.close_slot(end, false) != alerts::SilenceChange::opened) return;
  model.changed = true;
  parts_.desk->open({model.name, "", alerts::IncidentKind::labels, std::string(alerts::kSilenceSubject)}, "",
                    alerts::findings_of_silence(last), end);
}

void Judge::judge_idleness(Time wall_now, Time prediction_clock) {
  for (Model* model : parts_.registry->models_by_name()) {
    if (model->heard == 0) model->heard = wall_now;  // since the restart
    if (prediction_clock == kNoTime || wall_now - model->heard < alerts::kSilence) continue;
    const auto last = model->silence.last_prediction();
    if (last)
      judge_silence(*model, slot_end(slot_of(*last + alerts::kSilence - 1, slot_length()), slot_length()));
  }
}

void Judge::answer(const Lane::HeardModelEvent& event, const std::string& incident, Time slot_end) {
  const auto told = parts_.desk->book.answer(event.event, incident, slot_end);
  if (!told) return;
  const alerts::IncidentKey& key = told->incident.key;
  if (key.model == event.model && key.version != event.version)
    for (const auto& [name, version] : parts_.registry->find(event.model)->versions)
      if (name == key.version) evidence_.supersede(*version, incident);
  parts_.desk->tell(told);
}

void Judge::take_model_events(std::int64_t slot) {
  const auto found = model_events.find(slot);
  if (found == model_events.end()) return;
  std::vector<Lane::HeardModelEvent> events = std::move(found->second);
  model_events.erase(found);
  std::sort(events.begin(), events.end(), [](const auto& a, const auto& b) {
    return std::tie(a.time, a.model, a.version, a.event, a.metadata) <
           std::tie(b.time, b.model, b.version, b.event, b.metadata);
  });
  const Time end = slot_end(slot, slot_length());
  for (const Lane::HeardModelEvent& event : events) {
    Model* model = parts_.registry->find(event.model);
    if (model == nullptr) continue;
    Version* const known = parts_.registry->version_of(*model, event.version);
    if (known == nullptr) {  // the last places went while the event waited
      parts_.limits->note(Limit::versions, 1, event.model);
      continue;
    }
    Version& version = *known;
    equip(version);  // it may be new
    note_life(version, slot, event);
    version.retired = event.event == Lifecycle::retired;
    version.changed = true;
    const std::string incident = alerts::IncidentBook::incident_named_in(event.metadata);
    if (!incident.empty()) answer(event, incident, end);
    parts_.desk->hear(event.event, event.model, event.version, incident, end);
    if (event.event == Lifecycle::deployed || event.event == Lifecycle::rolled_back)
      comparisons_.hear(*model, event.event, event.version, slot);
  }
}

bool Judge::watches_what_was_deployed(const Model& model) const {
  const alerts::RetrainingEntry* entry = parts_.desk->retrainings.find(model.name);
  if (entry == nullptr) return false;
  const auto version = model.versions.find(entry->now.version);
  return version != model.versions.end() && version->second->plan != nullptr;
}

}  // namespace driftd::app
