// Slots of joined pairs: performance, the columns `label` and `loss`, and what is learnt from labels.
#include <algorithm>
#include <map>

#include "app/pipeline/estimates.h"
#include "app/pipeline/judge.h"
#include "app/pipeline/row_codec.h"
#include "app/pipeline/slices.h"
#include "core/hash.h"

namespace driftd::app {

namespace {

// The pairs that remain when what was taken back is taken from what was added, in a fixed order.
std::vector<Pair> net_pairs(const PairChanges& changes) {
  std::map<std::string, std::pair<int, const Pair*>> net;
  for (const collector::PairChange& change : changes) {
    Encoder bytes;
    save_pair(bytes, change.pair);
    auto& [count, pair] = net[bytes.take()];
    count += change.sign;
    pair = &change.pair;
  }
  std::vector<Pair> pairs;
  for (const auto& [bytes, entry] : net)
    for (int i = 0; i < entry.first; ++i) pairs.push_back(*entry.second);
  return pairs;
}

std::vector<std::uint32_t> segments_of(const Pair& pair) {
  return pair.segments.empty() ? std::vector<std::uint32_t>{0} : pair.segments;
}

// The labels of its segments, but for the whole model.
std::vector<std::string> labels_of(const Version& version, const Pair& pair) {
  std::vector<std::string> labels;
  for (const std::uint32_t segment : segments_of(pair))
    if (segment > 0 && segment < version.segments.labels().size())
      labels.push_back(version.segments.labels()[segment]);
  return labels;
}

// Label and loss of one pair as cells of the pair side.
void count_pair(const Plan& plan, const detectors::ResolvedPair& pair, const Pair& said,
                detectors::Tally& tally) {
  std::vector<std::uint8_t> cells(plan.columns.size(), detectors::kAbsentCell);
  std::vector<std::uint8_t> places(plan.columns.size(), 0);
  const auto put = [&](detectors::Role role, const auto& value) {
    const auto column = plan.binner.column_of(role);
    if (!column) return;
    const detectors::Cell cell = plan.binner.cell_of(*column, value);
    cells[*column] = cell.cell;
    places[*column] = cell.place;
  };
  put(detectors::Role::loss, detectors::loss_of(pair));
  if (pair.task == detectors::Task::regression) {
    put(detectors::Role::label, pair.actual_value);
  } else {
    const std::string label =
        said.verdict.label.value_or(said.verdict.value ? shortest_text(*said.verdict.value) : "");
    put(detectors::Role::label, std::string_view(label));
    const auto column = plan.binner.column_of(detectors::Role::label);
    if (column && plan.binner.is_new(*column, cells[*column])) tally.note_new(*column, label);
  }
  tally.add(cells, places);
}

constexpr const char* kLossColumn = "loss";

}  // namespace

void Judge::change_pair(const collector::PairChange& change) {
  Version& version = parts_.registry->version(change.pair.series);
  version.changed = true;
  if (change.history) {
    if (version.task)
      write_pair_history(version, change);
    else
      version.held_history.push_back(change);
  }
  if (change.evidence)
    pairs[{slot_of(change.pair.evidence_time, slot_length()), version.series}].push_back(change);
}

void Judge::write_pair_history(Version& version, const collector::PairChange& change) {
  const auto resolved = detectors::resolve(change.pair.predicted, change.pair.verdict, *version.task);
  if (!resolved) return;
  detectors::PairTally performance;
  performance.add(*resolved);
  std::optional<detectors::Tally> tally;
  if (!version.pairs && !change.evidence) version.uncounted.push_back(change);
  if (version.pairs && slot_of(change.pair.evidence_time, slot_length()) > version.pairs_after)
    count_pair(*version.pairs, *resolved, change.pair, tally.emplace(version.pairs->layout));
  const std::int64_t slot = slot_of(change.pair.prediction_time, slot_length());
  for (const std::uint32_t segment : segments_of(change.pair))
    parts_.history->add_pairs(version.series, segment, slot, version.pairs.get(), tally ? &*tally : nullptr,
                              performance, change.sign);
}

// Label and loss of pairs whose history was written before their reference was known.
void Judge::complete_pair_history(Version& version, const PairChanges& changes) {
  for (const collector::PairChange& change : changes) {
    const auto resolved = detectors::resolve(change.pair.predicted, change.pair.verdict, *version.task);
    if (!resolved || !change.history) continue;
    if (slot_of(change.pair.evidence_time, slot_length()) <= version.pairs_after) continue;
    detectors::Tally tally(version.pairs->layout);
    count_pair(*version.pairs, *resolved, change.pair, tally);
    const std::int64_t slot = slot_of(change.pair.prediction_time, slot_length());
    for (const std::uint32_t segment : segments_of(change.pair))
      parts_.history->add_pairs(version.series, segment, slot, version.pairs.get(), &tally, {}, change.sign);
  }
}

void Judge::close_pairs(Version& version, std::int64_t slot, const PairChanges& changes) {
  version.changed = true;
  if (!version.task) {
    auto& held = version.held_pairs[slot];
    held.insert(held.end(), changes.begin(), changes.end());
    return settle_held(version);
  }
  judge_pairs(version, slot, changes);
}

void Judge::judge_pairs(Version& version, std::int64_t slot, const PairChanges& changes) {
  renew_pair_reference(version, slot);
  std::erase_if(version.uncounted, [&](const collector::PairChange& change) {
    return slot_of(change.pair.evidence_time, slot_length()) <= slot;
  });
  std::map<std::uint32_t, detectors::PairTally> performance;
  std::map<std::uint32_t, detectors::Tally> tallies;
  OpenSlot losses;
  detectors::RowTable learnt;
  std::map<std::uint32_t, std::vector<detectors::evidence::LabelledPair>> labelled;
  detectors::EstimateTally scored;
  std::vector<detectors::SliceRow> sliced;
  for (const Pair& pair : net_pairs(changes)) {
    const auto resolved = detectors::resolve(pair.predicted, pair.verdict, *version.task);
    if (!resolved) continue;
    for (const std::uint32_t segment : segments_of(pair)) {
      performance[segment].add(*resolved);
      if (version.pairs)
        count_pair(*version.pairs, *resolved, pair,
                   tallies.try_emplace(segment, version.pairs->layout).first->second);
    }
    version.coverage.add_pair(pair.prediction_time, slot_length());
    comparisons_.take(version, slot, pair, *resolved);
    if (version.plan) add_scored(*version.plan, pair.predicted, *resolved, scored);
    const std::uint64_t hash = hash64(pair.id, static_cast<std::uint64_t>(pair.prediction_time));
    add_slice_row(version, pair, *resolved, hash, sliced);
    losses.values.push_back({0, pair.feedback_time, pair.id, detectors::loss_of(*resolved), hash});
    for (const std::uint32_t segment : segments_of(pair))
      labelled[segment].push_back(detectors::evidence::labelled_pair(*resolved, pair.prediction_time,
                                                                     pair.feedback_time, pair.evidence_time));
    if (version.pair_learner)
      learnt.rows.push_back({pair.evidence_time,
                             pair.id,
                             hash,
                             {},
                             pair.predicted,
                             pair.verdict,
                             {},
                             {pair.prediction_time, pair.feedback_time},
                             labels_of(version, pair)});
  }
  if (performance.empty()) return;
  version.last_pair_slot = slot;
  for (const auto& [segment, tally] : performance)
    segment_state(version, segment).performance->push(slot, tally);
  for (const auto& [segment, tally] : tallies) segment_state(version, segment).pairs->push(slot, tally);
  if (!scored.empty()) segment_state(version, 0).scored->push(slot, scored);
  push_slice_rows(version, slot, version.model->config->window_slots(slot_length()), sliced);
  for (SegmentState& state : version.state) {  // rules look at segments without pairs too
    if (state.performance) state.performance->advance(slot);
    if (state.pairs) state.pairs->advance(slot);
  }
  losses.settle();
  const auto labels = static_cast<std::int64_t>(losses.values.size());
  const Drifts drifts = run_detectors(version, detectors::Side::pairs, losses.values, {kLossColumn});
  judge_rules(version, slot, detectors::Side::pairs, drifts, labels);
  PairSlot by_segment;
  for (auto& [segment, those] : labelled) {
    if (segment >= version.segments.labels().size()) continue;
    const auto tally = tallies.find(segment);
    by_segment[version.segments.labels()[segment]] = {std::move(those),
                                                      tally == tallies.end() ? nullptr : &tally->second};
  }
  evidence_.close_pairs(version, slot, by_segment);
  if (version.pair_renewal) renew_with(version, slot, by_segment, performance.at(0));
  if (version.pair_learner) {
    version.pair_learner->add_slot(slot, learnt);
    fix_pair_reference(version, slot);
  }
}

alerts::Coverage coverage_of(const Version& version, Time clock) {
  const auto known = version.cohorts.find("");
  return version.coverage.at(clock, version.model->config->label_horizon,
                             known == version.cohorts.end() ? detectors::evidence::Cohorts{} : known->second,
                             version.model->counters.evicted);
}

std::vector<alerts::MetricChange> performance_changes(const Version& version) {
  std::vector<alerts::MetricChange> changes;
  if (version.state.empty() || !version.state[0].performance) return changes;
  const auto reference =
      version.pairs ? version.pairs->profile.performance.metrics() : std::vector<detectors::MetricValue>{};
  for (const detectors::MetricValue& now : version.state[0].performance->total().metrics()) {
    const auto* before = detectors::find(reference, now.metric);
    changes.push_back({std::string(detectors::name_of(now.metric)),
                       before != nullptr ? std::optional(before->value) : std::nullopt, now.value});
  }
  return changes;
}

}  // namespace driftd::app
