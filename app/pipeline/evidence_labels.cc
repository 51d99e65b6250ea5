// Evidence on labels: pairs and cohorts become capital of the kinds concept, performance and labels.
#include <limits>
#include <utility>

#include "app/pipeline/evidence_findings.h"
#include "app/pipeline/evidence_judge.h"
#include "app/pipeline/evidence_plan.h"

namespace driftd::app {

namespace ev = detectors::evidence;

void EvidenceJudge::add_predictions(Version& version, std::int64_t slot, std::int64_t count) {
  if (count <= 0 || !version.task || version.task->task == detectors::Task::none) return;
  if (!version.labels) version.labels.emplace(slot_length(), version.model->config->label_horizon);
  version.labels->add_predictions(slot, count);
}

std::map<std::int64_t, std::int64_t> EvidenceJudge::identified_before(const Version& version, Time end) {
  if (!version.labels) return {};
  auto found = version.labels->predictions();
  const Time begin = end - version.model->config->label_horizon;
  std::erase_if(found, [&](const auto& cohort) {
    return slot_end(cohort.first, detectors::kProfileBlock) > end ||
           slot_start(cohort.first, detectors::kProfileBlock) < begin;
  });
  return found;
}

std::optional<std::int64_t> EvidenceJudge::due(const Version& version) {
  if (!version.labels || !version.labels->begun()) return std::nullopt;
  return version.labels->due();
}

// Monitors of the pairs' reference; capital from the slot after `before` on.
void EvidenceJudge::build_pairs(Version& version, std::int64_t before) {
  VersionEvidence& evidence = *version.evidence;
  const detectors::Profile& profile = version.pairs->profile;
  evidence.pair_reference = profile.digest;
  evidence.pair_calendar = calendar_of(version.model->config->season, profile);
  evidence.pairs.clear();
  evidence.pairs.emplace("", detectors::RecentTallies());
  evidence.age_matched.clear();
  if (!profile.labels) return weigh_kinds(version);
  const auto plan =
      ev::LabelPlan::make(*profile.labels, {{evidence.pair_calendar, slot_length(), true}, kLossTolerance});
  if (!version.labels) version.labels.emplace(slot_length(), version.model->config->label_horizon);
  const bool learnt = version.pairs_after != std::numeric_limits<std::int64_t>::min();
  version.labels->begin(plan, learnt ? slot_end(version.pairs_after, slot_length()) : kEarliestTime);
  std::map<Kind, double> columns;
  for (const ev::LabelSeries& series : plan->series())
    columns[series.kind] += importance_of(*version.model->config, std::string(series.column));
  for (std::size_t i = 0; i < plan->series().size(); ++i) {
    const ev::LabelSeries& series = plan->series()[i];
    const double importance = importance_of(*version.model->config, std::string(series.column));
    if (!(importance > 0)) continue;
    const auto known = evidence.kinds.find(series.kind);
    KindWatch& watch = known != evidence.kinds.end() ? known->second : add_kind(version, series.kind, before);
    const ev::SeriesName name{"", static_cast<std::uint32_t>(i), std::string(series.column)};
    auto monitors = plan->monitors(i);
    if (!monitors->monitors.empty()) evidence.inflation[name.column] = monitors->monitors.front().inflation;
    watch.series.push_back(name);
    watch.evidence.add(name, std::move(monitors), importance / columns[series.kind]);
    if (!series.resolved) evidence.unresolved.insert(name.column);
    evidence.fitted_ages = evidence.fitted_ages || series.fitted_ages;
    for (std::size_t m = 0; m < series.age_matched.size(); ++m)
      if (series.age_matched[m]) evidence.age_matched.emplace(name.column, m);
  }
  weigh_kinds(version);
}

void EvidenceJudge::close_pairs(Version& version, std::int64_t slot, std::span<const ev::LabelledPair> pairs,
                                const detectors::Tally* tally) {
  if (!version.evidence || !version.pairs || slot <= version.pairs_after) return;
  VersionEvidence& evidence = *version.evidence;
  if (evidence.pair_reference != version.pairs->profile.digest) {
    drop_side(version, detectors::Side::pairs);
    build_pairs(version, slot - 1);
  }
  if (tally != nullptr && !tally->empty()) evidence.pairs.begin()->second.push(slot, *tally);
  if (!version.labels || !version.labels->begun()) return;
  const std::size_t cell = evidence.pair_calendar.cell_of(slot_start(slot, slot_length()));
  std::map<std::size_t, std::vector<std::int64_t>> seen;
  for (ev::LabelCounts& one : version.labels->close(slot, pairs)) seen[one.series] = std::move(one.counts);
  for (auto& [kind, watch] : evidence.kinds) {
    if (!ev::lives_on_labels(kind)) continue;
    apply_shares(version, watch, slot);
    Counts counts;
    for (const ev::SeriesName& name : watch.series)
      if (const auto found = seen.find(name.place); found != seen.end())
        counts.push_back({&name, found->second});
    follow(version, kind, watch, slot, counts);
    if (watch.open)
      add_to_day(*watch.open, [&](const std::string& segment) {
        return segment.empty() && tally != nullptr ? tally->encode() : std::string();
      });
    test(version, kind, watch, slot, cell, counts);
  }
}

std::string saved_labels(const Version& version) {
  Encoder out;
  if (!version.labels) return {};
  out.put_bool(version.labels->begun());
  version.labels->save(out);
  return out.take();
}

// The cohorts as they were stored, under the plan of the pairs' reference; those of another reference are
// left behind. Precondition: build_pairs().
Status EvidenceJudge::restore_labels(Version& version) {
  const std::string bytes = std::exchange(version.stored_labels, {});
  if (bytes.empty()) return success();
  Decoder in(bytes);
  const auto plan = version.labels ? version.labels->plan() : nullptr;
  if (in.get_bool() != (plan != nullptr)) return success();
  auto loaded = ev::LabelSegment::load(slot_length(), version.model->config->label_horizon, plan, in);
  if (!loaded.ok()) return loaded.error();
  version.labels = std::move(*loaded);
  return success();
}

}  // namespace driftd::app
