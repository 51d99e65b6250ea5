#include "app/pipeline/engine.h"

#include <algorithm>
#include <utility>

#include "app/pipeline/reference_shelf.h"

namespace driftd::app {

namespace {

constexpr std::size_t kModelsWithLetter = 10'000;  // of which a dead letter about a limit is kept

}  // namespace

collector::ClockOptions clock_options(const Config& config) {
  return {config.slot, config.lateness, config.idle_after, config.max_skew};
}

LaneSettings lane_settings(const Config& config, bool replay) {
  LaneSettings settings;
  settings.slot = config.slot;
  settings.max_columns = static_cast<std::size_t>(config.limits.max_columns);
  settings.decoder.max_record = static_cast<std::size_t>(config.limits.max_record);
  settings.decoder.max_text = static_cast<std::size_t>(config.limits.max_text);
  if (!replay) settings.decoder.max_ahead = config.max_ahead;
  return settings;
}

Engine::State::State(const EngineParts& parts, ReferenceShelf shelf)
    : config(parts.config),
      clocks(clock_options(*parts.config)),
      registry(*parts.config, std::move(shelf)),
      desk({.base_url = parts.base_url}),
      digests(*parts.config) {
  desk.configure(config->alerts);
}

Engine::Engine(EngineParts parts, ReferenceShelf shelf)
    : parts_(std::move(parts)),
      state_(parts_, std::move(shelf)),
      workers_(parts_.config->threads),
      judge_({.config = parts_.config,
              .registry = &state_.registry,
              .desk = &state_.desk,
              .history = &state_.history,
              .digests = &state_.digests,
              .references = &state_.references,
              .limits = &state_.limits,
              .log = parts_.log,
              .gather = [this](Version& version) { gather_open_slots(version); },
              .cells_known = [this](const Version& version, const detectors::RawRow& row,
                                    std::string_view cells) { tell_cells(version, row, cells); },
              .settle = [this] { apply_joins(); }}) {}

Status Engine::round(const collector::Batch& batch, Time wall_now) {
  state_.desk.wall_now = parts_.replay ? 0 : wall_now;
  meet_partitions(wall_now);
  take_records(batch);
  join_records();
  workers_.each(batch.parts.size(), [&](std::size_t i) { lanes_[batch.parts[i].partition]->count(); });
  send_dead_letters(batch);
  gather(batch, wall_now);
  apply_joins();
  advance_clocks(batch, wall_now);
  return success();
}

void Engine::clock_was_set(Duration by) {
  state_.clocks.clock_was_set(by);
  for (Model* model : state_.registry.models_by_name())
    if (model->heard != 0) model->heard += by;
  state_.desk.outbox.clock_was_set(by);
}

void Engine::meet_partitions(Time wall_now) {
  const auto& partitions = parts_.source->partitions();
  for (std::size_t i = lanes_.size(); i < partitions.size(); ++i) {
    lanes_.push_back(std::make_unique<Lane>(static_cast<std::uint32_t>(i), partitions[i],
                                            lane_settings(*parts_.config, parts_.replay)));
    state_.clocks.add(partitions[i], wall_now);
    state_.topics.try_emplace(partitions[i].topic);
  }
}

void Engine::take_records(const collector::Batch& batch) {
  const std::size_t known = state_.registry.version_count();
  workers_.each(batch.parts.size(), [&](std::size_t i) {
    const collector::PartitionBatch& part = batch.parts[i];
    lanes_[part.partition]->take(part, state_.registry, state_.clocks);
  });
  for (std::size_t i = known; i < state_.registry.version_count(); ++i)
    judge_.equip(state_.registry.version(static_cast<std::uint32_t>(i)));
  horizons_ = state_.registry.label_horizons();
}

collector::JoinContext Engine::join_context() const {
  collector::JoinContext context;
  context.prediction_clock = state_.clocks.prediction_clock();
  context.feedback_clock = state_.clocks.feedback_clock();
  context.slot = parts_.config->slot;
  context.dedupe = parts_.config->dedupe;
  context.label_horizon = parts_.config->models.standard.label_horizon;
  context.label_horizons = horizons_;
  return context;
}

void Engine::join_records() {
  const collector::JoinContext context = join_context();
  workers_.each(collector::kShards, [&](std::size_t s) {
    for (const auto& lane : lanes_)
      for (const Lane::Dealt& dealt : lane->dealt(s)) {
        if (dealt.feedback)
          lane->join_feedback(dealt.index, state_.shards[s], context, outputs_[s]);
        else
          lane->join_row(dealt.index, state_.shards[s], context, outputs_[s]);
      }
  });
}

// The record itself, and not a text within it.
bool Engine::is_too_long(const collector::Record& record) const {
  const auto most = static_cast<std::size_t>(parts_.config->limits.max_record);
  return record.oversized || record.value->size() > most;
}

void Engine::send_dead_letters(const collector::Batch& batch) {
  for (const collector::PartitionBatch& part : batch.parts) {
    Lane& lane = *lanes_[part.partition];
    for (const Lane::Rejected& rejected : lane.rejected) {
      if (rejected.reason == Rejection::too_many_models && state_.registry.find(rejected.model) != nullptr)
        state_.limits.note(Limit::versions, 1, rejected.model);
      else if (rejected.reason == Rejection::too_large && !is_too_long(*rejected.record))
        state_.limits.note(Limit::names, 1, lane.info().topic);
      else
        state_.limits.note_rejection(rejected.reason, rejected.model, lane.info().topic);
      const bool limit =
          rejected.reason == Rejection::too_many_models || rejected.reason == Rejection::too_many_columns;
      if (limit &&
          (letters_about_.size() >= kModelsWithLetter || !letters_about_.insert(rejected.model).second))
        continue;
      parts_.dead_letters->send({rejected.record, &lane.info(), rejected.reason, rejected.message});
    }
    lane.rejected.clear();
  }
}

// What the lanes have left of this round.
void Engine::gather(const collector::Batch& batch, Time wall_now) {
  for (const collector::PartitionBatch& part : batch.parts) {
    Lane& lane = *lanes_[part.partition];
    state_.topics[lane.info().topic].merge(std::exchange(lane.counters, {}));
    for (const auto& [model, counters] : lane.model_counters) {
      model->counters.merge(counters);
      model->changed = true;
    }
    for (const auto& [version, counters] : lane.version_counters) {
      state_.limits.note(Limit::segments, counters.without_segment, version->model->name);
      version->counters.merge(counters);
      version->model->heard = wall_now;
      version->changed = true;
    }
    state_.limits.note(Limit::text, std::exchange(lane.shortened, 0), lane.info().topic);
    lane.model_counters.clear();
    lane.version_counters.clear();
    for (auto& [key, late] : lane.corrections)
      judge_.correct(state_.registry.version(key.series), key.slot, late);
    lane.corrections.clear();
    const std::int64_t open = state_.clocks.prediction_clock() == kNoTime
                                  ? std::numeric_limits<std::int64_t>::min()
                                  : slot_of(state_.clocks.prediction_clock(), parts_.config->slot);
    for (Lane::HeardModelEvent& event : lane.model_events) {
      const std::int64_t slot = std::max(slot_of(event.time, parts_.config->slot), open);
      judge_.model_events[slot].push_back(std::move(event));
    }
    lane.model_events.clear();
    const auto known = offsets_.find(part.partition);
    if (known != offsets_.end() && part.next_offset < known->second)
      state_.desk.unsaved = true;  // reading went back: only this process knows where to
    offsets_[part.partition] = part.next_offset;
  }
}

void Engine::apply_joins(Limit evicted_by) {
  for (std::size_t s = 0; s < outputs_.size(); ++s) {
    const collector::ShardOutput out = std::exchange(outputs_[s], {});
    for (const collector::Row& row : out.replaced) judge_.change_row(row, -1);
    for (const collector::Row& row : out.restored) judge_.change_row(row, 1);
    for (const collector::PairChange& change : out.pairs) judge_.change_pair(change);
    for (const auto& [series, counts] : out.series) {
      Version& version = state_.registry.version(series);
      version.counters.predictions += static_cast<std::uint64_t>(counts.predictions);
      version.counters.matched += static_cast<std::uint64_t>(counts.matched);
      version.counters.expired += static_cast<std::uint64_t>(counts.expired);
      version.changed = true;
    }
    for (const auto& [number, counts] : out.models) {
      Model& model = state_.registry.model(number);
      model.counters.duplicates += static_cast<std::uint64_t>(counts.duplicates);
      model.counters.unmatched += static_cast<std::uint64_t>(counts.unmatched);
      model.counters.evicted += static_cast<std::uint64_t>(counts.evicted);
      state_.limits.note(evicted_by, static_cast<std::uint64_t>(counts.evicted), model.name);
      model.changed = true;
    }
    for (const collector::DelayChange& delay : out.delays)
      state_.registry.version(delay.series)
          .counters.delay.add(static_cast<double>(delay.delay) / kSecond, std::span(kDelayBounds),
                              delay.sign);
  }
}

// Of rows that wait for a reference in slots that are open, each as it came.
std::size_t Engine::unbinned_values() const {
  const auto of = [](const std::map<SlotKey, OpenSlot>& slots) {
    std::size_t values = 0;
    for (const auto& [key, slot] : slots) values += slot.raw.rows.size() * slot.raw.names.size();
    return values;
  };
  std::size_t values = of(judge_.rows);  // what a restart, or a reload, found open
  for (const auto& lane : lanes_) values += of(lane->open);
  return values;
}

// Only rows that are kept whole make them many, and only slots that close make them few.
void Engine::watch_unbinned() {
  bool may_change = state_.clocks.holds_close();
  for (const auto& lane : lanes_) may_change |= std::exchange(lane->kept_whole, false);
  if (!may_change) return;
  state_.clocks.hold_close(unbinned_values() > static_cast<std::size_t>(parts_.config->limits.max_unbinned));
}

void Engine::advance_clocks(const collector::Batch& batch, Time wall_now) {
  std::vector<bool> heard(lanes_.size(), false);
  for (const collector::PartitionBatch& part : batch.parts) heard[part.partition] = !part.records.empty();
  for (std::uint32_t i = 0; i < lanes_.size(); ++i) {
    const collector::PartitionEnd end = parts_.source->end_of(i);
    state_.clocks.report(i, heard[i], end.drained(), wall_now);
    if (end.finished) state_.clocks.finish(i);
  }
  state_.clocks.advance(wall_now);
  for (std::uint32_t i = 0; i < lanes_.size(); ++i) parts_.source->pause(i, state_.clocks.paused(i));
  if (state_.clocks.held_close()) state_.limits.note(Limit::unbinned, 1, "every topic");
  close_slots();
  watch_unbinned();
  if (!parts_.replay && state_.clocks.predictions_idle())
    judge_.judge_idleness(wall_now, state_.clocks.prediction_clock());
}

// The lanes' open slots that the clock has passed, to the judge.
void Engine::hand_over(Time clock) {
  for (const auto& lane : lanes_)
    while (!lane->open.empty() && slot_end(lane->open.begin()->first.slot, parts_.config->slot) <= clock) {
      auto node = lane->open.extract(lane->open.begin());
      judge_.rows[node.key()].merge(std::move(node.mapped()));
    }
}

void Engine::close_slots() {
  const Time prediction = state_.clocks.prediction_clock();
  const Time feedback = state_.clocks.feedback_clock();
  hand_over(prediction);
  judge_.close(prediction, feedback);
  const collector::JoinContext context = join_context();
  workers_.each(collector::kShards, [&](std::size_t s) { state_.shards[s].expire(context, outputs_[s]); });
  const JoinConfig& most = parts_.config->join;
  const collector::JoinBound bound = collector::hold_within(
      state_.shards, {static_cast<std::size_t>(most.max_waiting), static_cast<std::size_t>(most.max_memory)},
      context, outputs_);
  apply_joins(bound == collector::JoinBound::bytes ? Limit::join_memory : Limit::waiting);
  for (const auto& [webhook, count] : state_.desk.outbox.take_crowded_out())
    state_.limits.note(Limit::deliveries, count, webhook);
  if (prediction == kNoTime) return;
  prune_incidents(std::min(prediction, feedback));
  for (const Model* model : state_.registry.models_by_name())
    state_.desk.advance(model->name, model->config->retraining, judge_.watches_what_was_deployed(*model),
                        prediction);
}

// Closed incidents go at whole hours of the clock that is behind, so that what is left is a function of the
// clocks alone.
void Engine::prune_incidents(Time clock) {
  if (clock == kNoTime) return;
  const Time hour = slot_start(slot_of(clock, kHour), kHour);
  if (std::exchange(pruned_, hour) == hour) return;
  const std::size_t crowded_out = state_.desk.book.prune(hour - parts_.config->storage.retention);
  state_.limits.note(Limit::incidents, crowded_out, "every model");
}

void Engine::gather_open_slots(const Version& version) {
  for (const auto& lane : lanes_)
    for (auto it = lane->open.begin(); it != lane->open.end();) {
      if (it->first.series != version.series) {
        ++it;
        continue;
      }
      judge_.rows[it->first].merge(std::move(it->second));
      it = lane->open.erase(it);
    }
}

void Engine::tell_cells(const Version& version, const detectors::RawRow& row, std::string_view cells) {
  if (row.id.empty()) return;
  const std::size_t shard = collector::shard_of(version.model->number, row.id);
  state_.shards[shard].set_cells({version.series, version.model->number, row.id, row.variant, row.time},
                                 cells, join_context(), outputs_[shard]);
}

Status Engine::finish() {
  for (std::uint32_t i = 0; i < lanes_.size(); ++i) state_.clocks.finish(i);
  state_.clocks.advance(0);
  close_slots();
  hand_over(kEndOfTime);
  judge_.close(kEndOfTime, kEndOfTime);
  collector::JoinContext context = join_context();
  context.prediction_clock = context.feedback_clock = kEndOfTime;
  for (std::size_t s = 0; s < state_.shards.size(); ++s) state_.shards[s].expire(context, outputs_[s]);
  apply_joins();
  return success();
}

std::vector<collector::PartitionOffset> Engine::offsets() const {
  std::vector<collector::PartitionOffset> all;
  for (const auto& [partition, offset] : offsets_) all.push_back({partition, offset});
  return all;
}

void Engine::advance_windows() {
  judge_.advance_windows(state_.clocks.prediction_clock(), state_.clocks.feedback_clock());
}

}  // namespace driftd::app
