// The course of a drift that is open: looked at every day, closed, or taken as the new normal (DESIGN 7.7).
#include <algorithm>

#include "app/pipeline/evidence_findings.h"
#include "app/pipeline/evidence_judge.h"
#include "detectors/evidence/column_monitors.h"
#include "detectors/tally.h"

namespace driftd::app {

namespace ev = detectors::evidence;

namespace {

constexpr Duration kNewNormal = 7 * kDay;          // what a new reference has to span
constexpr Duration kKeptForNewNormal = 28 * kDay;  // of an incident that stays open for long

}  // namespace

// At the begin of a slot that closes: everything that fell due before it.
void EvidenceJudge::follow(Version& version, Kind kind, KindWatch& watch, std::int64_t slot,
                           const Counts& counts) {
  if (watch.open && watch.open->told && parts_.desk->book.open_under(key_of(version, kind)) == nullptr)
    be_resolved(watch);
  while (watch.open && watch.open->episode.next_look() <= slot_start(slot, slot_length()))
    look(version, kind, watch);
  if (watch.renorming) collect(version, watch, slot, counts);
}

// A person or a model event closed it: what came since is the new normal, once it spans a week.
void EvidenceJudge::be_resolved(KindWatch& watch) {
  watch.open.reset();
  if (watch.renorming) watch.renorming->learning = true;
}

void EvidenceJudge::look(Version& version, Kind kind, KindWatch& watch) {
  OpenDrift& drift = *watch.open;
  const Time now = drift.episode.next_look();
  const ev::Effect effect = effect_of_day(version, kind, drift);
  drift.day.clear();
  if (!drift.episode.look(effect.excess, effect.values)) return;
  if (drift.told) parts_.desk->close(key_of(version, kind), now);
  watch.evidence.resume(slot_of(now, slot_length()) - 1, drift.columns);
  watch.open.reset();
  if (watch.renorming && !watch.renorming->learning) watch.renorming.reset();
}

void EvidenceJudge::add_to_day(OpenDrift& drift,
                               const std::function<std::string(const std::string&)>& tally) {
  std::set<std::string> segments;
  for (const ev::AlarmPart& part : drift.parts) segments.insert(part.series.segment);
  for (const std::string& segment : segments) {
    const std::string bytes = tally(segment);
    if (bytes.empty()) continue;
    std::string& day = drift.day[segment];
    day = day.empty() ? bytes : detectors::add_encoded_tallies(day, bytes);
  }
}

// Counts of paused columns since the opening, by five minutes.
void EvidenceJudge::collect(Version& version, KindWatch& watch, std::int64_t slot, const Counts& counts) {
  Renorming& renorming = *watch.renorming;
  const std::int64_t block = slot_of(slot_start(slot, slot_length()), detectors::kProfileBlock);
  const std::int64_t oldest = block - kKeptForNewNormal / detectors::kProfileBlock;
  for (const auto& one : counts) {
    if (!watch.evidence.paused().contains(one.series->column)) continue;
    auto& blocks = renorming.blocks[*one.series];
    std::vector<std::int64_t>& sum = blocks[block];
    sum.resize(one.counts.size(), 0);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += one.counts[i];
    while (blocks.begin()->first < oldest) blocks.erase(blocks.begin());
  }
  const Time since = slot_start(renorming.since, slot_length());
  if (renorming.learning && slot_start(slot, slot_length()) - since >= kNewNormal)
    renormalise(version, watch, slot - 1);
}

// The columns go on, from the slot after `slot`, against what they have become.
void EvidenceJudge::renormalise(Version& version, KindWatch& watch, std::int64_t slot) {
  for (const auto& [name, collected] : watch.renorming->blocks) {
    ev::ColumnBlocks blocks;
    for (const auto& [block, counts] : collected) {
      blocks.starts.push_back(slot_start(block, detectors::kProfileBlock));
      blocks.counts.insert(blocks.counts.end(), counts.begin(), counts.end());
    }
    watch.renormed[name] = std::move(blocks);
    if (auto monitors = renormed_monitors(version, watch, name))
      watch.evidence.replace(name, std::move(monitors));
  }
  watch.evidence.resume(slot, watch.evidence.paused());
  watch.renorming.reset();
  parts_.log.info("paused columns go on against their new normal",
                  {{"model", version.model->name}, {"version", version.name}});
}

void EvidenceJudge::supersede(Version& version, const std::string& incident) {
  if (!version.evidence) return;
  for (auto& [kind, watch] : version.evidence->kinds) {
    const alerts::Incident* known = parts_.desk->book.find(incident);
    if (!watch.open || known == nullptr || known->key != key_of(version, kind)) continue;
    watch.open.reset();
    watch.renorming.reset();
  }
}

}  // namespace driftd::app
