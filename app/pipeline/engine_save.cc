// Checkpoints (DESIGN 5): state, offsets, waiting predictions, history and outbox in one atomic write.
#include <utility>

#include "app/pipeline/engine.h"
#include "app/pipeline/state_keys.h"
#include "app/pipeline/version_codec.h"
#include "detectors/profile_json.h"
#include "storage/keys.h"

namespace driftd::app {

Status Engine::checkpoint() {
  put_versions();
  state_.references.put(unwritten_);
  put_joins();
  put_alerts();
  put_digests();
  unwritten_.mark();  // what follows is there to be put again
  put_open_slots();
  put_positions();
  state_.history.put(unwritten_);
  forget_history();
  if (Status done = parts_.store->write(unwritten_); !done.ok()) {
    unwritten_.return_to_mark();
    unwritten_.compact();  // however often it fails
    next_forgetting_ = kNoTime;
    return done;
  }
  unwritten_.clear();
  state_.history.committed();
  state_.references.committed();
  state_.desk.unsaved = false;
  return success();
}

void Engine::put_versions() {
  for (std::uint32_t series = 0; series < state_.registry.version_count(); ++series) {
    Version& version = state_.registry.version(series);
    if (!version.changed) continue;
    Encoder name;
    name.put_text(version.model->name);
    name.put_text(version.name);
    unwritten_.put(storage::registry_key(series), seal("registry", kStateFormat, name.bytes()));
    put_blocks(series, kRowBlocks, version.learner, version.row_blocks_outdated);
    put_blocks(series, kPairBlocks, version.pair_learner, version.pair_blocks_outdated);
    if (version.reference_changed) {
      if (version.plan)
        unwritten_.put(storage::state_key(series, "profile"),
                       seal("profile", kStateFormat, detectors::to_json(version.plan->profile)));
      if (version.pairs)
        unwritten_.put(storage::state_key(series, "pair-profile"),
                       seal("profile", kStateFormat, detectors::to_json(version.pairs->profile)));
    }
    Encoder state;
    save_version(state, version);
    unwritten_.put(storage::state_key(series, "state"), seal("version", kStateFormat, state.bytes()));
    version.changed = version.reference_changed = false;
  }
  put_model_numbers();
  for (std::uint32_t number = 0; number < state_.registry.model_count(); ++number) {
    Model& model = state_.registry.model(number);
    if (!model.changed) continue;
    Encoder state;
    save_model(state, model);
    unwritten_.put(storage::meta_key("model/" + model.name), seal("model", kStateFormat, state.bytes()));
    model.changed = false;
  }
}

// The join's records and their shards go by these numbers, so a restart must find the same ones.
void Engine::put_model_numbers() {
  if (numbered_ == state_.registry.model_count()) return;
  numbered_ = state_.registry.model_count();
  Encoder names;
  names.put_u64(numbered_);
  for (std::uint32_t number = 0; number < numbered_; ++number)
    names.put_text(state_.registry.model(number).name);
  unwritten_.put(storage::meta_key("models"), seal("models", kStateFormat, names.bytes()));
}

// A learner that has done its work, or has begun anew, leaves no block behind.
void Engine::put_blocks(std::uint32_t series, const char* part, std::optional<detectors::Learner>& learner,
                        bool& outdated) {
  if (std::exchange(outdated, false)) {
    const std::string prefix = block_prefix(series, part);
    unwritten_.erase_range(prefix, storage::end_of_prefix(prefix));
  }
  if (!learner) return;
  for (const auto& [slot, block] : learner->take_new_blocks())
    unwritten_.put(block_key(series, part, slot), seal("rows", kStateFormat, block));
}

void Engine::put_joins() {
  for (std::uint32_t s = 0; s < state_.shards.size(); ++s)
    state_.shards[s].for_each_dirty([&](std::string_view key, std::optional<std::string_view> value) {
      if (value)
        unwritten_.put(storage::join_key(s, key), *value);
      else
        unwritten_.erase(storage::join_key(s, key));
    });
}

void Engine::put_alerts() {
  const auto writer = [&](auto key_of) {
    return [this, key_of](std::string_view key, std::optional<std::string_view> bytes) {
      if (bytes)
        unwritten_.put(key_of(key), *bytes);
      else
        unwritten_.erase(key_of(key));
    };
  };
  state_.desk.book.take_changes(writer(storage::incident_key));
  state_.desk.retrainings.take_changes(writer(storage::incident_key));
  state_.desk.outbox.take_changes(writer(storage::delivery_key));
}

void Engine::put_digests() {
  if (!std::exchange(state_.digests.changed, false)) return;
  Encoder out;
  state_.digests.save(out);
  unwritten_.put(storage::meta_key("digests"), seal("digests", kStateFormat, out.bytes()));
}

void Engine::put_open_slots() {
  std::map<SlotKey, const OpenSlot*> single;
  std::map<SlotKey, OpenSlot> several;
  const auto add = [&](const SlotKey& key, const OpenSlot& slot) {
    const auto [known, fresh] = single.try_emplace(key, &slot);
    if (fresh) return;
    const auto [merged, first] = several.try_emplace(key, *known->second);
    OpenSlot copy = slot;
    merged->second.merge(std::move(copy));
    known->second = &merged->second;
  };
  for (const auto& [key, slot] : judge_.rows) add(key, slot);
  for (const auto& lane : lanes_)
    for (const auto& [key, slot] : lane->open) add(key, slot);
  Encoder out;
  out.put_u64(single.size());
  for (const auto& [key, slot] : single) {
    out.put_i64(key.slot);
    out.put_u64(key.series);
    slot->save(out);
  }
  out.put_u64(judge_.pairs.size());
  for (const auto& [key, changes] : judge_.pairs) {
    out.put_i64(key.slot);
    out.put_u64(key.series);
    save_changes(out, changes);
  }
  out.put_u64(judge_.model_events.size());
  for (const auto& [slot, events] : judge_.model_events) {
    out.put_i64(slot);
    out.put_u64(events.size());
    for (const Lane::HeardModelEvent& event : events) {
      for (const std::string* text : {&event.model, &event.version, &event.metadata}) out.put_text(*text);
      out.put_i64(event.time);
      out.put_u8(static_cast<std::uint8_t>(event.event));
    }
  }
  unwritten_.put(storage::meta_key("open"), seal("open", kStateFormat, out.bytes()));
}

void Engine::put_positions() {
  Encoder slot_length;
  slot_length.put_i64(parts_.config->slot);
  unwritten_.put(storage::meta_key(kSlotLength), seal("slot", kStateFormat, slot_length.bytes()));
  Encoder clocks;
  state_.clocks.save(clocks);
  unwritten_.put(storage::meta_key("clocks"), seal("clocks", kStateFormat, clocks.bytes()));
  Encoder topics;
  topics.put_u64(state_.topics.size());
  for (const auto& [name, counters] : state_.topics) {
    topics.put_text(name);
    counters.save(topics);
  }
  unwritten_.put(storage::meta_key("topics"), seal("topics", kStateFormat, topics.bytes()));
  for (const auto& [partition, next] : offsets_) {
    const collector::PartitionInfo& info = parts_.source->partitions()[partition];
    Encoder offset;
    offset.put_i64(next);
    unwritten_.put(storage::offset_key(info.topic, info.partition),
                   seal("offset", kStateFormat, offset.bytes()));
  }
}

Status Engine::forget_model(std::string_view name) {
  Model* model = state_.registry.find(name);
  if (model == nullptr) return Error{ErrorCode::not_found, "no model '" + std::string(name) + "'"};
  std::vector<std::uint32_t> gone;
  for (const auto& [label, version] : model->versions) {
    gather_open_slots(*version);
    const std::uint32_t series = gone.emplace_back(version->series);
    std::erase_if(judge_.rows, [&](const auto& entry) { return entry.first.series == series; });
    std::erase_if(judge_.pairs, [&](const auto& entry) { return entry.first.series == series; });
    storage::forget_series(series, unwritten_);
    state_.history.forget(series);
    const std::string prefix = storage::state_key(series, "");
    unwritten_.erase_range(prefix.substr(0, 5), storage::end_of_prefix(prefix.substr(0, 5)));
    state_.registry.reset(*version);
    judge_.equip(*version);
  }
  for (collector::IdShard& shard : state_.shards) shard.forget_model(model->number);
  state_.desk.book.forget_model(name);
  state_.desk.retrainings.forget_model(name);
  state_.desk.outbox.forget_model(name, state_.desk.wall_now);
  state_.digests.forget_model(name, gone);
  state_.registry.forget(*model);
  state_.references.forget(name);
  if (parts_.dead_letters->pending() == 0) return checkpoint();
  state_.desk.unsaved = true;  // as soon as they are acknowledged
  return success();
}

// What the history holds beyond `storage.retention` of event time, looked for once an hour of it.
void Engine::forget_history() {
  const Time clock = state_.clocks.prediction_clock();
  if (clock == kNoTime || clock < next_forgetting_) return;
  next_forgetting_ = clock + kHour;
  const std::int64_t before = slot_of(clock - parts_.config->storage.retention, parts_.config->slot);
  for (std::uint32_t series = 0; series < state_.registry.version_count(); ++series)
    if (const Status done = storage::forget_slots_before(*parts_.store, series, before, unwritten_);
        !done.ok())
      parts_.log.warn("old history could not be forgotten", {{"error", done.error().message}});
}

}  // namespace driftd::app
