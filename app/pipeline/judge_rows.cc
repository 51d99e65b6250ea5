// Slots of features and predictions: counted into windows and history, then judged.
#include <algorithm>
#include <tuple>

#include "app/pipeline/estimates.h"
#include "app/pipeline/judge.h"
#include "app/pipeline/row_binning.h"

namespace driftd::app {

namespace {

std::size_t feature_count(const Plan& plan) {
  return static_cast<std::size_t>(
      std::count_if(plan.columns.begin(), plan.columns.end(),
                    [](const auto* column) { return column->role == detectors::Role::feature; }));
}

alerts::FaultCounts faults_in(const Plan& plan, const detectors::Tally& tally, std::size_t column) {
  const auto cells = tally.column(column);
  const bool categorical = plan.columns[column]->type == detectors::ColumnType::categorical;
  return {cells[detectors::kAbsentCell].count, cells[detectors::kTypeChangeCell].count,
          categorical ? cells[detectors::kNewCell].count : 0};
}

bool fits(std::span<const std::uint8_t> row, const Plan& plan) {
  if (row.size() != plan.row_bytes()) return false;
  for (std::size_t i = 0; i < plan.binner.columns(); ++i)
    if (row[i] >= plan.layout->cells(i)) return false;
  return true;
}

std::map<std::string, std::int64_t> identified_by_label(const Version& version, const OpenSlot& data) {
  std::map<std::string, std::int64_t> found;
  for (std::size_t i = 0; i < data.identified.size() && i < version.segments.labels().size(); ++i)
    if (data.identified[i] > 0) found[version.segments.labels()[i]] = data.identified[i];
  return found;
}

// But for the whole model.
std::map<std::string, const detectors::Tally*> segment_tallies(const Version& version, const OpenSlot& data) {
  std::map<std::string, const detectors::Tally*> found;
  const auto& labels = version.segments.labels();
  for (std::size_t i = 1; i < data.tallies.size() && i < labels.size(); ++i)
    if (data.tallies[i] && !data.tallies[i]->empty()) found[labels[i]] = &*data.tallies[i];
  return found;
}

// At the close of its first slot (Model::inherited).
bool inherits_what_was_learnt(const Version& version) {
  const Model& model = *version.model;
  return !version.plan && model.first_learnt != nullptr && model.inherited &&
         model.config->effective_new_version() == NewVersion::inherit && version.learner &&
         version.learner->rows() == 0;
}

alerts::IncidentKey key_of(const Version& version, alerts::IncidentKind kind, std::string subject) {
  return {version.model->name, version.name, kind, std::move(subject)};
}

}  // namespace

std::vector<SlotKey> Judge::in_order_of_names(std::int64_t slot) const {
  std::vector<SlotKey> keys;
  for (auto it = rows.lower_bound({slot, 0}); it != rows.end() && it->first.slot == slot; ++it)
    keys.push_back(it->first);
  std::sort(keys.begin(), keys.end(), [&](const SlotKey& a, const SlotKey& b) {
    const Version& x = parts_.registry->version(a.series);
    const Version& y = parts_.registry->version(b.series);
    return std::tie(x.model->name, x.name) < std::tie(y.model->name, y.name);
  });
  return keys;
}

void Judge::change_row(const collector::Row& row, int sign) {
  Version& version = parts_.registry->version(row.series);
  version.changed = true;
  // A late row had gone to the history alone, and one that was late for a reference nowhere.
  OpenSlot late;
  OpenSlot& slot = row.late ? late : rows[{row.slot, row.series}];
  slot.withdrawn.push_back({{row.time, row.id, row.content_hash}, -sign});
  slot.add_identified(row.segments, sign);
  slot.traffic.add_answers(sign);
  if (row.cells.empty() || !version.plan) return;
  const std::span bytes(reinterpret_cast<const std::uint8_t*>(row.cells.data()), row.cells.size());
  if (!fits(bytes, *version.plan)) return;  // of a reference before this one
  detectors::derived::DerivedRow derived;
  for (const std::uint32_t segment : row.segments)
    count_row(*version.plan, segment, bytes.first(version.plan->row_cells()),
              bytes.last(version.plan->binner.columns()), slot.tally(segment, version.plan->layout), derived,
              sign);
  slot.add_scores(row.segments, score_codes(*version.plan, row.predicted), sign);
  if (row.late) correct(version, row.slot, late);
}

void Judge::correct(Version& version, std::int64_t slot, const OpenSlot& late) {
  if (!version.plan) return;
  version.changed = true;
  for (std::uint32_t segment = 0; segment < late.tallies.size(); ++segment)
    if (late.tallies[segment])
      parts_.history->add_rows(version.series, segment, slot, *version.plan, *late.tallies[segment]);
  for (std::uint32_t segment = 0; segment < late.scores.size(); ++segment)
    parts_.history->add_scores(version.series, segment, slot, *version.plan, late.scores[segment]);
  if (!late.tallies.empty() && late.tallies[0]) count_faults(version, *late.tallies[0]);
}

void Judge::close(Time prediction_clock, Time feedback_clock) {
  const auto passed = [&](std::int64_t slot, Time clock) { return slot_end(slot, slot_length()) <= clock; };
  while (true) {
    std::int64_t next = std::numeric_limits<std::int64_t>::max();
    if (!rows.empty()) next = rows.begin()->first.slot;
    if (!model_events.empty()) next = std::min(next, model_events.begin()->first);
    if (next == std::numeric_limits<std::int64_t>::max() || !passed(next, prediction_clock)) break;
    draft_digest(next);
    bring_references_to(next);
    for (Model* model : parts_.registry->models_by_name())
      judge_silence(*model, slot_end(next, slot_length()) - 1);
    const bool predictions = holds_predictions(next);
    close_row_slot(next);
    if (predictions) let_digests_stand(next);
  }
  if (prediction_clock != kNoTime) {
    if (prediction_clock != kEndOfTime) draft_digest(slot_of(prediction_clock, slot_length()));
    bring_references_to(slot_of(prediction_clock, slot_length()));
    for (Model* model : parts_.registry->models_by_name()) judge_silence(*model, prediction_clock);
  }
  while (!pairs.empty() && passed(pairs.begin()->first.slot, feedback_clock)) {
    const SlotKey key = pairs.begin()->first;
    complete_digests(key.slot, false);
    close_due_cohorts(key.slot - 1);
    evidence_.settle_verdicts(parts_.registry->version(key.series), key.slot - 1);
    const PairChanges changes = std::move(pairs.begin()->second);
    pairs.erase(pairs.begin());
    close_pairs(parts_.registry->version(key.series), key.slot, changes);
    if (pairs.empty() || pairs.begin()->first.slot != key.slot) comparisons_.close_through(key.slot);
  }
  const auto newest = [&](Time clock) { return slot_of(clock, slot_length()) - 1; };
  if (feedback_clock == kNoTime) return;
  comparisons_.close_through(newest(feedback_clock));
  complete_digests(newest(feedback_clock) + 1, feedback_clock == kEndOfTime);
  if (feedback_clock != kEndOfTime) close_due_cohorts(newest(feedback_clock));
  for (Version* version : parts_.registry->versions_by_name()) {
    if (feedback_clock != kEndOfTime) renew_pair_reference(*version, newest(feedback_clock) + 1);
    evidence_.settle_verdicts(*version, newest(feedback_clock));
    if (feedback_clock != kEndOfTime) evidence_.forget_cohorts(*version, feedback_clock);
  }
}

// Slots up to this one in which no pair came, but predictions grew old without one (STATISTICS 9).
void Judge::close_due_cohorts(std::int64_t slot) {
  for (Version* version : parts_.registry->versions_by_name())
    while (const auto due = evidence_.due(*version)) {
      if (*due > slot) break;
      evidence_.settle_verdicts(*version, *due - 1);
      renew_pair_reference(*version, *due);
      evidence_.close_pairs(*version, *due, {});
      version->changed = true;
    }
}

// All slots before `slot` have closed. By whole slots, so that it does not matter how far a clock moves at
// once. May turn rows that were kept whole into counts.
void Judge::bring_references_to(std::int64_t slot) {
  for (Version* version : parts_.registry->versions_by_name()) {
    advance_learning(*version, slot - 1);
    renew_reference(*version, slot);
  }
}

void Judge::close_row_slot(std::int64_t slot) {
  std::vector<SlotKey> keys = in_order_of_names(slot);
  // A version's first slot comes after those that may fix what it inherits.
  std::stable_partition(keys.begin(), keys.end(), [&](const SlotKey& key) {
    const Version& version = parts_.registry->version(key.series);
    return version.plan || (version.learner && version.learner->rows() > 0);
  });
  for (const SlotKey& key : keys) {
    auto node = rows.extract(key);
    close_rows(parts_.registry->version(key.series), slot, std::move(node.mapped()));
  }
  // Who shares the budget follows from all versions of the slot.
  for (Version* version : parts_.registry->versions_by_name())
    if (version->last_slot == slot) evidence_.predicted(*version, slot);
  take_model_events(slot);
}

void Judge::close_rows(Version& version, std::int64_t slot, OpenSlot data) {
  data.settle();
  judge_traffic(version, slot, std::move(data.traffic));
  if (data.empty()) return;
  if (inherits_what_was_learnt(version)) inherit_reference(version, data);
  // Kept whole by a run that was still learning, before the configuration named a reference.
  if (version.plan && !data.raw.rows.empty()) count_raw(version, data);
  data.settle();
  Model& model = *version.model;
  const Time end = slot_end(slot, slot_length());
  if (model.counters.slots_closed == 0 || model.last_slot != slot) {
    ++model.counters.slots_closed;
    model.last_slot = slot;
    if (model.silence.close_slot(end, true) == alerts::SilenceChange::closed)
      parts_.desk->close({model.name, "", alerts::IncidentKind::labels, std::string(alerts::kSilenceSubject)},
                         end);
  }
  model.changed = version.changed = true;
  version.last_slot = slot;
  version.retired = false;
  evidence_.add_predictions(version, slot, identified_by_label(version, data));
  if (version.plan)
    count_rows(version, slot, data);
  else
    learn(version, slot, data);
}

void Judge::count_rows(Version& version, std::int64_t slot, OpenSlot& data) {
  const Plan& plan = *version.plan;
  for (std::uint32_t segment = 0; segment < data.tallies.size(); ++segment) {
    const auto& tally = data.tallies[segment];
    if (!tally || tally->empty()) continue;
    segment_state(version, segment).rows->push(slot, *tally);
    parts_.history->add_rows(version.series, segment, slot, plan, *tally);
  }
  for (std::uint32_t segment = 0; segment < data.scores.size(); ++segment) {
    if (data.scores[segment].empty()) continue;
    segment_state(version, segment).scores->push(slot, data.scores[segment]);
    parts_.history->add_scores(version.series, segment, slot, plan, data.scores[segment]);
  }
  for (SegmentState& state : version.state)
    if (state.rows) state.rows->advance(slot);  // rules look at segments without events too
  const detectors::Tally& whole = *data.tallies[0];
  if (version.renewal) {
    version.renewal->add(slot_start(slot, slot_length()), whole);
    version.renewal->add_segments(slot_start(slot, slot_length()), segment_tallies(version, data));
  }
  count_faults(version, whole);
  judge_schema(version, slot, whole);
  std::vector<std::string> names;
  for (const auto* column : plan.columns) names.push_back(column->name);
  const Drifts drifts = run_detectors(version, detectors::Side::predictions, data.values, names);
  judge_rules(version, slot, detectors::Side::predictions, drifts, 0);
  evidence_.close_rows(version, slot, data);
}

void Judge::count_faults(Version& version, const detectors::Tally& whole) {
  for (std::size_t column = 0; column < feature_count(*version.plan); ++column) {
    const alerts::FaultCounts found = faults_in(*version.plan, whole, column);
    if (version.model->config->ignores(version.plan->columns[column]->name)) continue;
    if (std::all_of(found.begin(), found.end(), [](std::int64_t n) { return n == 0; })) continue;
    auto& counted = version.counters.faults[version.plan->columns[column]->name];
    for (std::size_t fault = 0; fault < found.size(); ++fault)
      counted[fault] += static_cast<std::uint64_t>(found[fault]);
  }
}

void Judge::judge_schema(Version& version, std::int64_t slot, const detectors::Tally& whole) {
  const Plan& plan = *version.plan;
  std::vector<alerts::FaultCounts> faults;
  for (std::size_t column = 0; column < feature_count(plan); ++column)
    faults.push_back(version.model->config->ignores(plan.columns[column]->name)
                         ? alerts::FaultCounts{}
                         : faults_in(plan, whole, column));
  const Time end = slot_end(slot, slot_length());
  for (const alerts::FactChange& change : version.facts.close_slot(whole.events(), faults)) {
    const std::string& column = plan.columns[change.column]->name;
    const auto action = version.model->config->schema.action(change.fault);
    if (!action) continue;
    const alerts::IncidentKey key =
        key_of(version, alerts::IncidentKind::schema, alerts::subject_of(change.fault, column));
    if (!change.opened) {
      parts_.desk->close(key, end);
      continue;
    }
    alerts::Findings findings = alerts::findings_of(change.fault, column, change.share, *action);
    findings.metadata = version.lineage_at(slot);
    parts_.desk->open(key, version.reference_digest(), findings, end);
  }
}

void Judge::close_facts(Version& version, Time slot_end) {
  for (std::size_t column = 0; column < feature_count(*version.plan); ++column)
    for (const alerts::SchemaFault fault : alerts::kSchemaFaults)
      if (version.facts.is_open(column, fault))
        parts_.desk->close(key_of(version, alerts::IncidentKind::schema,
                                  alerts::subject_of(fault, version.plan->columns[column]->name)),
                           slot_end);
}

Judge::Drifts Judge::run_detectors(Version& version, detectors::Side side,
                                   const std::vector<WatchedValue>& values,
                                   const std::vector<std::string>& names) {
  Drifts drifts;
  for (RunningDetector& running : version.detectors) {
    if (running.side != side) continue;
    for (const WatchedValue& value : values) {
      if (names[value.column] != running.column) continue;
      if (running.detector->update(value.value) != detectors::Signal::drift) continue;
      ++version.counters.detector_drifts[{running.column, running.kind}];
      drifts.emplace(running.column, running.kind);
    }
  }
  return drifts;
}

SegmentState& Judge::segment_state(Version& version, std::uint32_t segment) {
  if (segment >= version.state.size()) version.state.resize(segment + 1);
  SegmentState& state = version.state[segment];
  const std::int64_t slots = version.model->config->window_slots(slot_length());
  if (version.plan && !state.rows) state.rows.emplace(version.plan->layout, slots);
  if (version.plan && !state.scores) state.scores.emplace(slots);
  if (version.plan && segment == 0 && !state.scored) state.scored.emplace(slots);
  if (version.plan && segment == 0 && !state.losses) state.losses.emplace(slots);
  if (version.pairs && !state.pairs) state.pairs.emplace(version.pairs->layout, slots);
  if (!state.performance) state.performance.emplace(slots);
  return state;
}

void Judge::advance_windows(Time prediction_clock, Time feedback_clock) {
  const auto newest = [&](Time clock) { return slot_of(clock, slot_length()) - 1; };
  if (prediction_clock != kNoTime)
    for (Model* model : parts_.registry->models_by_name())
      evidence_.advance(*model, newest(prediction_clock));
  for (Version* version : parts_.registry->versions_by_name()) {
    if (prediction_clock != kNoTime) version->traffic.advance(newest(prediction_clock));
    for (SegmentState& state : version->state) {
      if (state.rows && prediction_clock != kNoTime) state.rows->advance(newest(prediction_clock));
      if (state.scores && prediction_clock != kNoTime) state.scores->advance(newest(prediction_clock));
      if (!version->task) continue;  // slots of pairs that have closed are still to come
      if (state.scored && feedback_clock != kNoTime) state.scored->advance(newest(feedback_clock));
      if (state.losses && feedback_clock != kNoTime) state.losses->advance(newest(feedback_clock));
      if (state.pairs && feedback_clock != kNoTime) state.pairs->advance(newest(feedback_clock));
      if (state.performance && feedback_clock != kNoTime) state.performance->advance(newest(feedback_clock));
    }
  }
}

}  // namespace driftd::app
