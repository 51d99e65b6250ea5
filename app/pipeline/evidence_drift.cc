// The course of a drift that is open: looked at every day, closed, or taken as the new normal (DESIGN 7.7).
#include <algorithm>

#include "app/pipeline/evidence_findings.h"
#include "app/pipeline/evidence_judge.h"
#include "detectors/evidence/column_monitors.h"
#include "detectors/tally.h"

namespace driftd::app {

namespace ev = detectors::evidence;

// At the begin of a slot that closes: everything that fell due before it.
void EvidenceJudge::follow(Version& version, Kind kind, KindWatch& watch, std::int64_t slot,
                           const Counts& counts) {
  if (watch.open && watch.open->told && parts_.desk->book.open_under(key_of(version, kind)) == nullptr)
    be_resolved(watch);
  while (watch.open && watch.open->episode.next_look() <= slot_start(slot, slot_length()))
    look(version, kind, watch);
  if (!watch.renorming) return;
  if (!ev::lives_on_labels(kind))
    collect(version, watch, slot, counts);
  else if (is_learnt(*watch.renorming, slot))
    renormalise_labels(version, watch, slot - 1);
}

// What came since the incident opened spans what a new normal is made of.
bool EvidenceJudge::is_learnt(const Renorming& renorming, std::int64_t slot) const {
  const Time since = slot_start(renorming.since, slot_length());
  return renorming.learning && slot_start(slot, slot_length()) - since >= kNewNormal;
}

// A person or a model event closed it: what came since is the new normal, once it spans a week.
void EvidenceJudge::be_resolved(KindWatch& watch) {
  watch.open.reset();
  if (watch.renorming) watch.renorming->learning = true;
}

void EvidenceJudge::look(Version& version, Kind kind, KindWatch& watch) {
  OpenDrift& drift = *watch.open;
  const Time now = drift.episode.next_look();
  const ev::Effect effect = effect_of_day(version, kind, drift, now);
  drift.day.clear();
  drift.day_rates.clear();
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
  if (is_learnt(renorming, slot)) renormalise(version, watch, slot - 1);
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

// Pairs of paused columns since the opening.
void EvidenceJudge::gather_new_normal(Version& version, KindWatch& watch, std::int64_t slot,
                                      const PairSlot& pairs) {
  const Time now = slot_start(slot, slot_length());
  for (const auto& [segment, labels] : version.labels) {
    if (labels.lines.empty()) continue;
    const auto gathering =
        watch.renorming->labels.try_emplace(segment, version.pairs->profile.labels->scale, slot_length())
            .first;
    if (const auto seen = pairs.find(segment); seen != pairs.end()) gathering->second.add(seen->second.pairs);
    gathering->second.forget_before(now - kKeptForNewNormal);
  }
}

// The same for columns on labels: their new normal counts beside the reference of the others.
void EvidenceJudge::renormalise_labels(Version& version, KindWatch& watch, std::int64_t slot) {
  const Time now = slot_end(slot, slot_length());
  const Time since = std::max(slot_start(watch.renorming->since, slot_length()), now - kKeptForNewNormal);
  const std::set<std::string> columns = watch.evidence.paused();
  for (const auto& [segment, gathering] : watch.renorming->labels) {
    const auto labels = version.labels.find(segment);
    if (labels == version.labels.end() || labels->second.lines.empty()) continue;
    const auto known = version.cohorts.find(segment);
    const ev::LabelReference reference =
        gathering.finish(known == version.cohorts.end() ? ev::Cohorts{} : known->second, now, since);
    std::vector<LabelLine>& lines = labels->second.lines;
    for (std::size_t i = 1; i < lines.size(); ++i)
      for (const std::string& column : columns) lines[i].columns.erase(column);
    lines.erase(std::remove_if(lines.begin() + 1, lines.end(),
                               [](const LabelLine& line) { return line.columns.empty(); }),
                lines.end());
    lines.push_back(line_of(version, segment, plan_of(version, reference), now));
    lines.back().reference = reference;
    lines.back().columns = columns;
    judge_by_lines(version, watch, segment, columns);
  }
  std::set<std::string> resumed;
  for (const std::string& column : columns)
    if (version.labels.at("").judge_of(column)) resumed.insert(column);
  watch.evidence.resume(slot, resumed);
  watch.renorming.reset();
  parts_.log.info("paused columns go on against their new normal",
                  {{"model", version.model->name}, {"version", version.name}});
}

// Monitors of a segment's columns whose new normal has a line of its own; without bets where that has too few
// labels to ask.
void EvidenceJudge::judge_by_lines(Version& version, KindWatch& watch, const std::string& segment,
                                   const std::set<std::string>& columns) {
  const SegmentLabels& labels = version.labels.at(segment);
  for (const ev::SeriesName& name : watch.series) {
    const bool anew = std::any_of(labels.lines.begin() + 1, labels.lines.end(),
                                  [&](const LabelLine& line) { return line.columns.contains(name.column); });
    if (name.segment != segment || !columns.contains(name.column) || !anew) continue;
    version.evidence->rates.erase(name);
    if (const auto judge = labels.judge_of(name.column))
      watch.evidence.replace(name, judge->line->counts.plan()->monitors(judge->series));
    else
      watch.evidence.set_weight(name, 0);
  }
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
