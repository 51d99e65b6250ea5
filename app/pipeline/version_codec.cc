#include "app/pipeline/version_codec.h"

#include "app/pipeline/evidence_judge.h"
#include "app/pipeline/row_codec.h"
#include "app/pipeline/series_codec.h"

namespace driftd::app {

namespace {

// `value` or nothing, with a byte before it that says which.
template <class T>
void save_optional(Encoder& out, const std::optional<T>& value) {
  out.put_bool(value.has_value());
  if (value) value->save(out);
}

void save_learner(Encoder& out, const std::optional<detectors::Learner>& learner) {
  out.put_bool(learner.has_value());
  if (learner) learner->save_head(out);
}

Status load_learner(Decoder& in, std::optional<detectors::Learner>& learner) {
  learner.reset();
  if (!in.get_bool()) return success();
  auto loaded = detectors::Learner::load_head(in);
  if (!loaded.ok()) return loaded.error();
  learner = std::move(*loaded);
  return success();
}

void save_windows(Encoder& out, const Version& version) {
  out.put_u64(version.state.size());
  for (const SegmentState& state : version.state) {
    save_optional(out, state.rows);
    save_optional(out, state.pairs);
    save_optional(out, state.performance);
    save_optional(out, state.scores);
    save_optional(out, state.scored);
    save_optional(out, state.losses);
  }
}

template <class W>
Status take(Result<W> loaded, std::optional<W>& into) {
  if (!loaded.ok()) return loaded.error();
  into = std::move(*loaded);
  return success();
}

Status load_windows(Decoder& in, Version& version, std::int64_t slots) {
  version.state.clear();
  for (std::size_t n = in.get_count(6); n > 0 && in.ok(); --n) {
    SegmentState& state = version.state.emplace_back();
    if (in.get_bool()) {
      if (!version.plan) return Error{ErrorCode::corrupt, "a window without its reference"};
      if (const Status done = take(detectors::Window::load(version.plan->layout, slots, in), state.rows);
          !done.ok())
        return done;
    }
    if (in.get_bool()) {
      if (!version.pairs) return Error{ErrorCode::corrupt, "a window of pairs without its reference"};
      if (const Status done = take(detectors::Window::load(version.pairs->layout, slots, in), state.pairs);
          !done.ok())
        return done;
    }
    if (in.get_bool())
      if (const Status done = take(detectors::PairWindow::load(slots, in), state.performance); !done.ok())
        return done;
    for (auto* window : {&state.scores, &state.scored})
      if (in.get_bool())
        if (const Status done = take(detectors::EstimateWindow::load(slots, in), *window); !done.ok())
          return done;
    if (in.get_bool())
      if (const Status done = take(detectors::LossWindow::load(slots, in), state.losses); !done.ok())
        return done;
  }
  return success();
}

void save_rules(Encoder& out, const Version& version) {
  out.put_u64(version.rules.size());
  for (const auto& [name, state] : version.rules) {
    out.put_text(name);
    state.save(out);
  }
  out.put_u64(version.detectors.size());
  for (const RunningDetector& running : version.detectors) {
    out.put_u8(static_cast<std::uint8_t>(running.side));
    out.put_text(running.column);
    out.put_text(running.kind);
    Encoder state;
    running.detector->save(state);
    out.put_text(state.bytes());
  }
}

Status load_rules(Decoder& in, Version& version) {
  for (std::size_t n = in.get_count(2); n > 0 && in.ok(); --n) {
    std::string name(in.get_text());
    auto state = alerts::RuleState::load(in);
    if (!state.ok()) return state.error();
    version.rules[std::move(name)] = *state;
  }
  for (std::size_t n = in.get_count(4); n > 0 && in.ok(); --n) {
    const auto side = static_cast<detectors::Side>(in.get_u8());
    const std::string_view column = in.get_text();
    const std::string_view kind = in.get_text();
    Decoder state(in.get_text());
    // What the configuration no longer names, or names with other parameters, begins afresh.
    for (RunningDetector& running : version.detectors)
      if (running.side == side && running.column == column && running.kind == kind)
        if (!running.detector->load(state).ok()) running.detector->reset();
  }
  return success();
}

void save_held(Encoder& out, const Version& version) {
  out.put_u64(version.held_pairs.size());
  for (const auto& [slot, changes] : version.held_pairs) {
    out.put_i64(slot);
    save_changes(out, changes);
  }
  save_changes(out, version.held_history);
  save_changes(out, version.uncounted);
}

void load_held(Decoder& in, Version& version, Duration slot_length) {
  version.held_pairs.clear();
  for (std::size_t n = in.get_count(2); n > 0 && in.ok(); --n) {
    const std::int64_t slot = in.get_slot(slot_length);
    version.held_pairs[slot] = load_changes(in);
  }
  version.held_history = load_changes(in);
  version.uncounted = load_changes(in);
}

void save_life(Encoder& out, const std::vector<LifeEvent>& life) {
  out.put_u64(life.size());
  for (const LifeEvent& one : life) {
    out.put_u8(static_cast<std::uint8_t>(one.event));
    out.put_i64(one.time);
  }
}

void load_life(Decoder& in, std::vector<LifeEvent>& life) {
  for (std::size_t n = in.get_count(2); n > 0 && in.ok(); --n) {
    LifeEvent& one = life.emplace_back();
    one.event = static_cast<Lifecycle>(in.get_u8());
    one.time = in.get_time();
    if (one.event > Lifecycle::retired) in.fail();
  }
}

}  // namespace

void save_changes(Encoder& out, const PairChanges& changes) {
  out.put_u64(changes.size());
  for (const collector::PairChange& change : changes) {
    out.put_i64(change.sign);
    out.put_bool(change.evidence);
    out.put_bool(change.history);
    save_pair(out, change.pair);
  }
}

PairChanges load_changes(Decoder& in) {
  PairChanges changes;
  for (std::size_t n = in.get_count(8); n > 0 && in.ok(); --n) {
    collector::PairChange& change = changes.emplace_back();
    change.sign = static_cast<int>(in.get_within(-1, 1));
    change.evidence = in.get_bool();
    change.history = in.get_bool();
    change.pair = load_pair(in);
  }
  return changes;
}

void save_version(Encoder& out, const Version& version) {
  out.put_u64(version.segments.labels().size());
  for (const std::string& label : version.segments.labels()) out.put_text(label);
  save_optional(out, version.task);
  save_learner(out, version.learner);
  save_learner(out, version.pair_learner);
  out.put_i64(version.pairs_after);
  save_optional(out, version.renewal);
  save_optional(out, version.pair_renewal);
  save_windows(out, version);
  save_optional(out, version.slices);
  save_held(out, version);
  version.facts.save(out);
  save_rules(out, version);
  version.counters.save(out);
  out.put_u64(version.lineage.size());
  for (const auto& [slot, metadata] : version.lineage) {
    out.put_i64(slot);
    out.put_text(metadata);
  }
  out.put_bool(version.retired);
  save_slot(out, version.last_slot);
  save_slot(out, version.last_pair_slot);
  version.shares.save(out);
  out.put_double(version.granted_before);
  out.put_i64(version.spent_before);
  version.coverage.save(out);
  out.put_text(saved_labels(version));
  out.put_text(version.evidence ? saved_evidence(version) : std::string());
  version.traffic.save(out);
  save_life(out, version.life);
}

Status load_version(Decoder& in, Version& version, Duration slot_length) {
  std::vector<std::string> labels;
  for (std::size_t n = in.get_count(); n > 0 && in.ok(); --n) labels.emplace_back(in.get_text());
  if (labels.empty()) in.fail();
  if (in.ok()) version.segments.restore(std::move(labels));
  version.task.reset();
  if (in.get_bool())
    if (const Status done = take(detectors::TaskSpec::load(in), version.task); !done.ok()) return done;
  if (const Status done = load_learner(in, version.learner); !done.ok()) return done;
  if (const Status done = load_learner(in, version.pair_learner); !done.ok()) return done;
  version.pairs_after = in.get_slot_or_none(slot_length);
  version.renewal.reset();
  if (in.get_bool()) {
    if (!version.plan) return Error{ErrorCode::corrupt, "a renewal without its reference"};
    if (const Status done = take(detectors::Renewal::load(version.plan->profile, in), version.renewal);
        !done.ok())
      return done;
  }
  version.pair_renewal.reset();
  if (in.get_bool()) {
    if (!version.pairs) return Error{ErrorCode::corrupt, "a renewal of labels without their reference"};
    if (const Status done =
            take(PairRenewal::load(version.pairs->profile, slot_length, in), version.pair_renewal);
        !done.ok())
      return done;
  }
  const std::int64_t slots = version.model->config->window_slots(slot_length);
  if (const Status done = load_windows(in, version, slots); !done.ok()) return done;
  version.slices.reset();
  if (in.get_bool())
    if (const Status done = take(detectors::SliceLogs::load(slots, slot_length, in), version.slices);
        !done.ok())
      return done;
  load_held(in, version, slot_length);
  auto facts = alerts::SchemaFacts::load(in);
  if (!facts.ok()) return facts.error();
  version.facts = std::move(*facts);
  if (const Status done = load_rules(in, version); !done.ok()) return done;
  version.counters = {};
  version.counters.load(in);
  version.lineage.clear();
  for (std::size_t n = in.get_count(2); n > 0 && in.ok(); --n) {
    const std::int64_t slot = in.get_slot(slot_length);
    version.lineage[slot] = std::string(in.get_text());
  }
  version.retired = in.get_bool();
  version.last_slot = load_slot(in, slot_length);
  version.last_pair_slot = load_slot(in, slot_length);
  version.shares.load(in);
  version.granted_before = in.get_double();
  version.spent_before = in.get_amount();
  version.coverage.load(in);
  version.stored_labels = std::string(in.get_text());
  version.stored_evidence = std::string(in.get_text());
  version.stored_format = in.format();
  version.traffic = detectors::TrafficWindow(slots);
  if (in.format() >= 7) {
    auto traffic = detectors::TrafficWindow::load(slots, in);
    if (!traffic.ok()) return traffic.error();
    version.traffic = std::move(*traffic);
  }
  version.life.clear();
  if (in.format() >= 7) load_life(in, version.life);
  if (!in.ok() || !in.at_end())
    return Error{ErrorCode::corrupt, "the state of a version does not end where it should"};
  return success();
}

void save_model(Encoder& out, const Model& model) {
  model.counters.save(out);
  model.silence.save(out);
  out.put_i64(model.last_slot);
  out.put_bool(model.forgotten);
  out.put_u64(model.first_learnt == nullptr ? 0 : model.first_learnt->series + 1ULL);
  model.sharing.save(out);
  model.comparisons.save(out);
}

Status load_model(Decoder& in, Model& model, Duration slot_length) {
  model.counters.load(in);
  auto silence = alerts::Silence::load(in);
  if (!silence.ok()) return silence.error();
  model.silence = *silence;
  model.last_slot = in.get_slot(slot_length);
  model.forgotten = in.get_bool();
  const std::uint64_t first = in.get_u64();
  model.sharing.load(in);
  if (in.format() >= 7)
    if (const Status done = model.comparisons.load(in, slot_length); !done.ok()) return done;
  for (const auto& [name, version] : model.versions)
    if (version->series + 1ULL == first && version->plan) {
      model.first_learnt = version;
      model.inherited = version->plan;
    }
  if (!in.ok() || !in.at_end())
    return Error{ErrorCode::corrupt, "the state of a model does not end where it should"};
  return success();
}

}  // namespace driftd::app
