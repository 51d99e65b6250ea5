// Evidence on labels: pairs and cohorts become capital of the kinds concept, performance and labels.
#include <algorithm>
#include <limits>
#include <utility>

#include "app/pipeline/encoded_counts.h"
#include "app/pipeline/evidence_findings.h"
#include "app/pipeline/evidence_judge.h"
#include "app/pipeline/evidence_plan.h"

namespace driftd::app {

namespace ev = detectors::evidence;

void EvidenceJudge::add_predictions(Version& version, std::int64_t slot,
                                    const std::map<std::string, std::int64_t>& counts) {
  // Until the task is known there may be labels; what the reference is learnt from counts too.
  if (version.task && version.task->task == detectors::Task::none) return;
  const std::int64_t cohort = ev::cohort_of_slot(slot, slot_length());
  for (const auto& [segment, count] : counts) {
    auto found = version.cohorts.find(segment);
    if (found == version.cohorts.end()) {
      if (version.cohorts.size() > kMostCohortSegments) continue;
      found = version.cohorts.emplace(segment, ev::Cohorts{}).first;
    }
    found->second[cohort] += count;
    if (const auto labels = version.labels.find(segment); labels != version.labels.end())
      for (LabelLine& line : labels->second.lines) line.counts.add_cohort(cohort, count);
  }
}

std::map<std::string, ev::Cohorts> EvidenceJudge::identified_before(const Version& version, Time end) {
  auto found = version.cohorts;
  const Time begin = end - version.model->config->label_horizon;
  for (auto& [segment, cohorts] : found)
    std::erase_if(cohorts, [&](const auto& cohort) {
      return slot_end(cohort.first, detectors::kProfileBlock) > end ||
             slot_start(cohort.first, detectors::kProfileBlock) < begin;
    });
  std::erase_if(found, [](const auto& segment) { return segment.second.empty(); });
  return found;
}

namespace {

Duration kept_cohorts(const Version& version) {
  return std::max(version.model->config->label_horizon, kKeptForNewNormal);
}

}  // namespace

void EvidenceJudge::forget_cohorts(Version& version, Time feedback_clock) {
  if (!version.held_pairs.empty()) return;  // labels of these cohorts, which count once the task is known
  const std::int64_t first = slot_of(feedback_clock - kept_cohorts(version), detectors::kProfileBlock);
  if (const auto whole = version.cohorts.find(""); whole != version.cohorts.end())
    version.coverage.forget_before(first, whole->second);
  for (auto& [segment, cohorts] : version.cohorts) cohorts.erase(cohorts.begin(), cohorts.lower_bound(first));
}

std::optional<std::int64_t> EvidenceJudge::due(const Version& version) {
  std::optional<std::int64_t> first;
  if (!version.evidence) return first;
  for (const auto& [segment, labels] : version.labels)
    for (const LabelLine& line : labels.lines)
      if (const auto due = line.counts.due(); due && (!first || *due < *first)) first = due;
  return first;
}

std::shared_ptr<const ev::LabelPlan> EvidenceJudge::plan_of(const Version& version,
                                                            const ev::LabelReference& reference) const {
  return ev::LabelPlan::make(reference,
                             {{version.evidence->pair_calendar, slot_length(), true}, kLossTolerance});
}

// Cohorts made from `from` on are judged.
LabelLine EvidenceJudge::line_of(const Version& version, const std::string& segment,
                                 std::shared_ptr<const ev::LabelPlan> plan, Time from) const {
  LabelLine line{ev::LabelSegment(slot_length(), version.model->config->label_horizon)};
  line.counts.begin(std::move(plan), from);
  if (const auto known = version.cohorts.find(segment); known != version.cohorts.end())
    for (const auto& [cohort, count] : known->second) line.counts.add_cohort(cohort, count);
  return line;
}

// The series of a segment's first line. Kinds are those of the whole model, since their shares are.
void EvidenceJudge::add_labels(Version& version, const std::string& segment, double share,
                               std::int64_t before) {
  VersionEvidence& evidence = *version.evidence;
  const ev::LabelPlan& plan = *version.labels.at(segment).lines.front().counts.plan();
  std::map<Kind, double> columns;
  for (const ev::LabelSeries& series : plan.series())
    columns[series.kind] += importance_of(*version.model->config, std::string(series.column));
  for (std::size_t i = 0; i < plan.series().size(); ++i) {
    const ev::LabelSeries& series = plan.series()[i];
    const std::string column(series.column);
    const double importance = importance_of(*version.model->config, column);
    auto known = evidence.kinds.find(series.kind);
    if (!(importance > 0) || (known == evidence.kinds.end() && !segment.empty())) continue;
    KindWatch& watch = known != evidence.kinds.end() ? known->second : add_kind(version, series.kind, before);
    const ev::SeriesName name{segment, label_place(column), column};
    auto monitors = plan.monitors(i);
    if (segment.empty() && !monitors->monitors.empty())
      evidence.inflation[column] = monitors->monitors.front().inflation;
    watch.series.push_back(name);
    watch.evidence.add(name, std::move(monitors), share * importance / columns[series.kind]);
    if (!series.resolved) evidence.unresolved.emplace(segment, column);
    evidence.fitted_ages = evidence.fitted_ages || series.fitted_ages;
    for (std::size_t m = 0; m < series.age_matched.size(); ++m)
      if (series.age_matched[m]) evidence.age_matched.emplace(segment, column, m);
  }
}

// Monitors of the pairs' reference; capital from the slot after `before` on.
void EvidenceJudge::build_pairs(Version& version, std::int64_t before) {
  VersionEvidence& evidence = *version.evidence;
  const detectors::Profile& profile = version.pairs->profile;
  const ModelConfig& config = *version.model->config;
  evidence.pair_reference = profile.digest;
  evidence.seasonal.clear();
  evidence.pair_calendar = calendar_of(version.model->config->season, profile);
  evidence.pairs.clear();
  evidence.pairs.emplace("", detectors::RecentTallies());
  evidence.age_matched.clear();
  evidence.pair_references.clear();
  evidence.later_pairs.clear();
  evidence.rates.clear();
  version.labels.clear();
  if (!profile.labels) return weigh_kinds(version);
  const bool learnt = version.pairs_after != std::numeric_limits<std::int64_t>::min();
  const Time from =
      learnt ? std::max(profile.labels->until, slot_end(version.pairs_after, slot_length())) : kEarliestTime;
  const SegmentBudget budget = segment_budget(config, profile, detectors::Side::pairs);
  version.labels[""].lines.push_back(line_of(version, "", plan_of(version, *profile.labels), from));
  add_labels(version, "", budget.of_known(""), before);
  for (const auto* segment : known_segments(config, profile, detectors::Side::pairs)) {
    auto counts = detectors::Tally::decode(version.pairs->layout, segment->pair_counts);
    if (counts.ok()) evidence.pair_references.insert_or_assign(segment->label, *std::move(counts));
    evidence.pairs.emplace(segment->label, detectors::RecentTallies());
    version.labels[segment->label].lines.push_back(
        line_of(version, segment->label, plan_of(version, *segment->labels), from));
    add_labels(version, segment->label, budget.of_known(segment->label), before);
  }
  weigh_kinds(version);
}

// Values first seen later: noted, gathered while they learn, and watched once they have.
void EvidenceJudge::follow_label_segments(Version& version, std::int64_t slot, const PairSlot& pairs) {
  VersionEvidence& evidence = *version.evidence;
  if (!version.pairs->profile.labels) return;
  for (const auto& [segment, seen] : pairs) {
    if (evidence.later_pairs.size() >= kMostLaterSegments) break;
    if (seen.pairs.empty() || version.labels.contains(segment)) continue;
    evidence.later_pairs.push_back(segment);
    evidence.pairs.emplace(segment, detectors::RecentTallies());
    SegmentLabels& labels = version.labels[segment];
    labels.since = slot;
    labels.gathering.emplace(version.pairs->profile.labels->scale, slot_length());
  }
  const Time now = slot_start(slot, slot_length());
  for (std::size_t order = 0; order < evidence.later_pairs.size(); ++order) {
    SegmentLabels& labels = version.labels.at(evidence.later_pairs[order]);
    if (!labels.gathering) continue;
    if (now - slot_start(labels.since, slot_length()) >= kNewNormal &&
        labels.gathering->pairs() >= kLeastSegmentRows)
      begin_label_segment(version, order, now);
    else if (const auto seen = pairs.find(evidence.later_pairs[order]); seen != pairs.end())
      labels.gathering->add(seen->second.pairs);
  }
}

void EvidenceJudge::begin_label_segment(Version& version, std::size_t order, Time now) {
  VersionEvidence& evidence = *version.evidence;
  const std::string& segment = evidence.later_pairs[order];
  SegmentLabels& labels = version.labels.at(segment);
  const auto known = version.cohorts.find(segment);
  // How many older cohorts are still there depends on the rounds.
  const Time from = std::max(slot_start(labels.since, slot_length()), now - kept_cohorts(version));
  const ev::LabelReference reference =
      labels.gathering->finish(known == version.cohorts.end() ? ev::Cohorts{} : known->second, now, from);
  labels.gathering.reset();
  labels.lines.push_back(line_of(version, segment, plan_of(version, reference), now));
  labels.lines.back().reference = reference;
  for (auto& [kind, watch] : evidence.kinds)
    if (ev::lives_on_labels(kind)) watch.evidence.carry(slot_of(now, slot_length()) - 1);
  add_labels(version, segment, ev::SegmentShares::later(order), 0);
  for (const auto& series : labels.lines.back().counts.plan()->series())
    evidence.unresolved.emplace(segment, series.column);
}

// What every series of every segment counts in the slot, by the line that judges it.
std::map<ev::SeriesName, std::vector<std::int64_t>> EvidenceJudge::count_labels(Version& version,
                                                                                std::int64_t slot,
                                                                                const PairSlot& pairs) {
  std::map<ev::SeriesName, std::vector<std::int64_t>> seen;
  for (auto& [segment, labels] : version.labels) {
    const auto found = pairs.find(segment);
    const std::span<const ev::LabelledPair> here =
        found == pairs.end() ? std::span<const ev::LabelledPair>() : found->second.pairs;
    for (LabelLine& line : labels.lines)
      for (ev::LabelCounts& one : line.counts.close(slot, here)) {
        const std::string column(line.counts.plan()->series()[one.series].column);
        const auto judge = labels.judge_of(column);
        if (judge && judge->line == &line)
          seen[{segment, label_place(column), column}] = std::move(one.counts);
      }
  }
  return seen;
}

void EvidenceJudge::close_pairs(Version& version, std::int64_t slot, const PairSlot& pairs) {
  if (!version.evidence || !version.pairs || slot <= version.pairs_after) return;
  VersionEvidence& evidence = *version.evidence;
  if (evidence.pair_reference != version.pairs->profile.digest) {
    drop_side(version, detectors::Side::pairs, slot - 1);
    build_pairs(version, slot - 1);
  }
  for (auto& [kind, watch] : evidence.kinds)
    if (ev::lives_on_labels(kind)) apply_shares(version, watch, slot);
  follow_label_segments(version, slot, pairs);
  const auto encoded = [&](const std::string& segment) {
    const auto found = pairs.find(segment);
    const bool any = found != pairs.end() && found->second.tally != nullptr && !found->second.tally->empty();
    return any ? found->second.tally->encode() : std::string();
  };
  for (auto& [segment, recent] : evidence.pairs)
    if (std::string tally = encoded(segment); !tally.empty()) recent.push(slot, std::move(tally));
  const std::size_t cell = evidence.pair_calendar.cell_of(slot_start(slot, slot_length()));
  for (auto& [kind, watch] : evidence.kinds) {
    if (!ev::lives_on_labels(kind)) continue;
    follow(version, kind, watch, slot, {});
  }
  const auto seen = count_labels(version, slot, pairs);
  for (const auto& [name, counts] : seen) evidence.rates[name].push(slot, encode_counts(counts));
  for (auto& [kind, watch] : evidence.kinds) {
    if (!ev::lives_on_labels(kind)) continue;
    Counts counts;
    for (const ev::SeriesName& name : watch.series)
      if (const auto found = seen.find(name); found != seen.end()) counts.push_back({&name, found->second});
    if (watch.renorming) gather_new_normal(version, watch, slot, pairs);
    if (watch.open) {
      add_to_day(*watch.open, encoded);
      for (const auto& one : counts)
        if (watch.open->columns.contains(one.series->column))
          add_encoded(watch.open->day_rates[*one.series], encode_counts(one.counts));
    }
    test(version, kind, watch, slot, cell, counts);
  }
}

}  // namespace driftd::app
