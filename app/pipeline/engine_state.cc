// Checkpoints (DESIGN 5): state, offsets, waiting predictions, history and outbox in one atomic write,
// and the way back after a restart. storage/FORMAT.md describes the bytes.
#include <charconv>

#include "app/pipeline/engine.h"
#include "app/pipeline/version_codec.h"
#include "detectors/profile_json.h"
#include "storage/keys.h"

namespace driftd::app {

namespace {

constexpr std::uint64_t kFormat = 1;

// Reads one sealed value; a key that is not there is no fault.
template <class Take>
Status read(const storage::Store& store, const std::string& key, std::string_view kind, Take take) {
  auto stored = store.get(key);
  if (!stored.ok()) return stored.error();
  if (!stored->has_value()) return success();
  auto unsealed = unseal(kind, kFormat, **stored);
  if (!unsealed.ok()) return Error{unsealed.error().code, store.path() + ": " + unsealed.error().message};
  Decoder in(unsealed->payload);
  return take(in);
}

// Blocks of rows that a reference is learnt from: one key a slot, which sorts as the slots do.
constexpr const char* kRowBlocks = "rows/";
constexpr const char* kPairBlocks = "pairs/";
constexpr std::size_t kSlotDigits = 20;

std::string block_part(const char* part, std::int64_t slot) {
  const std::string digits = std::to_string(static_cast<std::uint64_t>(slot) ^ (1ULL << 63));
  return part + std::string(kSlotDigits - digits.size(), '0') + digits;
}

std::string block_prefix(std::uint32_t series, const char* part) {
  const std::string first = storage::state_key(series, block_part(part, 0));
  return first.substr(0, first.find(part) + std::string_view(part).size());
}

std::int64_t block_slot(std::string_view digits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + std::min(digits.size(), kSlotDigits), value);
  return static_cast<std::int64_t>(value ^ (1ULL << 63));
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::open(EngineParts parts) {
  auto shelf = ReferenceShelf::load(*parts.config);
  if (!shelf.ok()) return shelf.error();
  std::unique_ptr<Engine> engine(new Engine(std::move(parts), std::move(*shelf)));
  if (const Status done = engine->load(); !done.ok()) return done.error();
  if (engine->parts_.deliver)
    engine->state_.desk.outbox.configure(engine->parts_.config->alerts.webhooks,
                                         engine->state_.desk.wall_now);
  return engine;
}

Status Engine::load() {
  for (const auto step : {&Engine::load_versions, &Engine::load_joins, &Engine::load_alerts,
                          &Engine::load_open_slots, &Engine::load_positions})
    if (Status done = (this->*step)(); !done.ok()) return done;
  horizons_ = state_.registry.label_horizons();
  return success();
}

Status Engine::checkpoint() {
  put_versions();
  put_joins();
  put_alerts();
  put_open_slots();
  put_positions();
  state_.history.put(unwritten_);
  state_.history.committed();
  forget_history();
  if (Status done = parts_.store->write(unwritten_); !done.ok()) return done;
  unwritten_.clear();
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
    unwritten_.put(storage::registry_key(series), seal("registry", kFormat, name.bytes()));
    put_blocks(series, kRowBlocks, version.learner);
    put_blocks(series, kPairBlocks, version.pair_learner);
    if (version.reference_changed) {
      if (version.plan)
        unwritten_.put(storage::state_key(series, "profile"),
                       seal("profile", kFormat, detectors::to_json(version.plan->profile)));
      if (version.pairs)
        unwritten_.put(storage::state_key(series, "pair-profile"),
                       seal("profile", kFormat, detectors::to_json(version.pairs->profile)));
    }
    Encoder state;
    save_version(state, version);
    unwritten_.put(storage::state_key(series, "state"), seal("version", kFormat, state.bytes()));
    version.changed = version.reference_changed = false;
  }
  put_model_numbers();
  for (std::uint32_t number = 0; number < state_.registry.model_count(); ++number) {
    Model& model = state_.registry.model(number);
    if (!model.changed) continue;
    Encoder state;
    save_model(state, model);
    unwritten_.put(storage::meta_key("model/" + model.name), seal("model", kFormat, state.bytes()));
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
  unwritten_.put(storage::meta_key("models"), seal("models", kFormat, names.bytes()));
}

Status Engine::load_model_numbers() {
  return read(*parts_.store, storage::meta_key("models"), "models", [&](Decoder& in) {
    for (std::size_t n = in.get_count(); n > 0 && in.ok(); --n) state_.registry.restore_model(in.get_text());
    numbered_ = state_.registry.model_count();
    return in.ok() ? success() : Status(Error{ErrorCode::corrupt, "the numbers of the models end too early"});
  });
}

// A learner that has done its work leaves no block behind.
void Engine::put_blocks(std::uint32_t series, const char* part, std::optional<detectors::Learner>& learner) {
  if (!learner) {
    const std::string prefix = block_prefix(series, part);
    unwritten_.erase_range(prefix, storage::end_of_prefix(prefix));
    return;
  }
  for (const auto& [slot, block] : learner->take_new_blocks())
    unwritten_.put(storage::state_key(series, block_part(part, slot)), seal("rows", kFormat, block));
}

Status Engine::load_versions() {
  storage::Store& store = *parts_.store;
  Status fault = success();
  std::vector<std::pair<std::string, std::string>> names;
  const Status listed =
      store.for_each(storage::Key(storage::Table::registry), [&](std::string_view, std::string_view value) {
        auto unsealed = unseal("registry", kFormat, value);
        if (!unsealed.ok()) {
          fault = unsealed.error();
          return false;
        }
        Decoder in(unsealed->payload);
        std::string model(in.get_text());
        names.emplace_back(std::move(model), in.get_text());
        return true;
      });
  if (!listed.ok()) return listed;
  if (!fault.ok()) return fault;
  if (Status done = load_model_numbers(); !done.ok()) return done;
  for (std::uint32_t series = 0; series < names.size(); ++series) {
    state_.registry.restore(series, names[series].first, names[series].second);
    if (Status done = load_version_state(state_.registry.version(series)); !done.ok()) return done;
  }
  for (std::uint32_t number = 0; number < state_.registry.model_count(); ++number) {
    Model& model = state_.registry.model(number);
    const Status done = read(store, storage::meta_key("model/" + model.name), "model",
                             [&](Decoder& in) { return load_model(in, model); });
    if (!done.ok()) return done;
    model.changed = false;
  }
  return success();
}

Status Engine::load_version_state(Version& version) {
  storage::Store& store = *parts_.store;
  const auto load_plan = [&](const char* part, detectors::Side side, std::shared_ptr<const Plan>& plan) {
    return read(store, storage::state_key(version.series, part), "profile", [&](Decoder& in) -> Status {
      auto profile = detectors::profile_from_json(in.rest());
      if (!profile.ok()) return profile.error();
      plan = std::make_shared<Plan>(std::move(*profile), side, *version.model->config);
      return success();
    });
  };
  const auto file = std::exchange(version.plan, nullptr);
  const auto pair_file = std::exchange(version.pairs, nullptr);
  if (Status done = load_plan("profile", detectors::Side::predictions, version.plan); !done.ok()) return done;
  if (Status done = load_plan("pair-profile", detectors::Side::pairs, version.pairs); !done.ok()) return done;
  judge_.equip(version);
  Status done = read(store, storage::state_key(version.series, "state"), "version",
                     [&](Decoder& in) { return load_version(in, version, parts_.config->slot); });
  if (!done.ok()) return done;
  if (done = load_blocks(version.series, kRowBlocks, version.learner); !done.ok()) return done;
  if (done = load_blocks(version.series, kPairBlocks, version.pair_learner); !done.ok()) return done;
  version.changed = version.reference_changed = false;
  supersede(version, file, pair_file);
  judge_.equip(version);
  return success();
}

// References that the configuration names as files count, even if others were stored: what had been counted
// over those begins anew.
void Engine::supersede(Version& version, const std::shared_ptr<const Plan>& file,
                       const std::shared_ptr<const Plan>& pair_file) {
  const auto is_other = [](const auto& given, const auto& stored) {
    return given && (!stored || stored->profile.digest != given->profile.digest);
  };
  if (is_other(file, version.plan)) {
    if (version.plan) outdated_[version.series] = version.plan->layout;
    version.plan = file;
    if (version.task && version.task->task != file->profile.task.task)
      for (SegmentState& state : version.state) state.performance.reset();
    version.task = file->profile.task;
    version.learner.reset();
    version.renewal.reset();
    version.facts = {};
    version.detectors.clear();
    for (SegmentState& state : version.state) state.rows.reset();
    version.changed = version.reference_changed = true;
  }
  if (is_other(pair_file, version.pairs)) {
    version.pairs = pair_file;
    version.pair_learner.reset();
    for (SegmentState& state : version.state) state.pairs.reset();
    version.changed = version.reference_changed = true;
  }
}

Status Engine::load_blocks(std::uint32_t series, const char* part,
                           std::optional<detectors::Learner>& learner) {
  if (!learner) return success();
  Status fault = success();
  const std::string prefix = block_prefix(series, part);
  const Status done = parts_.store->for_each(prefix, [&](std::string_view key, std::string_view value) {
    auto unsealed = unseal("rows", kFormat, value);
    fault = unsealed.ok() ? learner->restore_block(block_slot(key.substr(prefix.size())), unsealed->payload)
                          : Status(unsealed.error());
    return fault.ok();
  });
  return done.ok() ? fault : done;
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

Status Engine::load_joins() {
  Status fault = success();
  const Status done = parts_.store->for_each(
      storage::Key(storage::Table::joins), [&](std::string_view key, std::string_view value) {
        const auto parsed = storage::parse_join_key(key);
        if (!parsed || parsed->shard >= state_.shards.size()) {
          fault = Error{ErrorCode::corrupt,
                        parts_.store->path() + ": a waiting prediction has a key of no shard"};
          return false;
        }
        fault = state_.shards[parsed->shard].restore(parsed->record, value);
        return fault.ok();
      });
  return done.ok() ? fault : done;
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
  state_.desk.outbox.take_changes(writer(storage::delivery_key));
}

Status Engine::load_alerts() {
  Status fault = success();
  const auto load = [&](storage::Table table, auto restore) {
    return parts_.store->for_each(storage::Key(table),
                                  [&, table](std::string_view key, std::string_view value) {
                                    storage::KeyReader reader(table, key);
                                    fault = restore(std::string(reader.tail()), value);
                                    return fault.ok();
                                  });
  };
  Status done = load(storage::Table::incidents, [&](const std::string& key, std::string_view value) {
    return state_.desk.book.restore(key, value);
  });
  if (!done.ok() || !fault.ok()) return done.ok() ? fault : done;
  done = load(storage::Table::outbox, [&](const std::string& key, std::string_view value) {
    return state_.desk.outbox.restore(key, value);
  });
  return done.ok() ? fault : done;
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
  unwritten_.put(storage::meta_key("open"), seal("open", kFormat, out.bytes()));
}

Status Engine::load_open_slots() {
  return read(*parts_.store, storage::meta_key("open"), "open", [&](Decoder& in) -> Status {
    const auto series_in = [&] {
      const auto series = static_cast<std::uint32_t>(in.get_u64());
      if (series >= state_.registry.version_count()) in.fail();
      return series;
    };
    for (std::size_t n = in.get_count(4); n > 0 && in.ok(); --n) {
      const std::int64_t slot = in.get_i64();
      const std::uint32_t series = series_in();
      if (!in.ok()) break;
      const auto& plan = state_.registry.version(series).plan;
      const auto outdated = outdated_.find(series);
      auto loaded = OpenSlot::load(in, outdated != outdated_.end() ? outdated->second
                                       : plan                      ? plan->layout
                                                                   : nullptr);
      if (!loaded.ok()) return loaded.error();
      if (outdated != outdated_.end()) loaded->tallies.clear(), loaded->values.clear();
      judge_.rows[{slot, series}] = std::move(*loaded);
    }
    for (std::size_t n = in.get_count(3); n > 0 && in.ok(); --n) {
      const std::int64_t slot = in.get_i64();
      const std::uint32_t series = series_in();
      judge_.pairs[{slot, series}] = load_changes(in);
    }
    for (std::size_t n = in.get_count(2); n > 0 && in.ok(); --n) {
      auto& events = judge_.model_events[in.get_i64()];
      for (std::size_t e = in.get_count(5); e > 0 && in.ok(); --e) {
        Lane::HeardModelEvent& event = events.emplace_back();
        for (std::string* text : {&event.model, &event.version, &event.metadata})
          *text = std::string(in.get_text());
        event.time = in.get_i64();
        event.event = static_cast<Lifecycle>(in.get_u8());
      }
    }
    return in.ok() ? success() : Status(Error{ErrorCode::corrupt, "the open slots end too early"});
  });
}

void Engine::put_positions() {
  Encoder clocks;
  state_.clocks.save(clocks);
  unwritten_.put(storage::meta_key("clocks"), seal("clocks", kFormat, clocks.bytes()));
  Encoder topics;
  topics.put_u64(state_.topics.size());
  for (const auto& [name, counters] : state_.topics) {
    topics.put_text(name);
    counters.save(topics);
  }
  unwritten_.put(storage::meta_key("topics"), seal("topics", kFormat, topics.bytes()));
  for (const auto& [partition, next] : offsets_) {
    const collector::PartitionInfo& info = parts_.source->partitions()[partition];
    Encoder offset;
    offset.put_i64(next);
    unwritten_.put(storage::offset_key(info.topic, info.partition), seal("offset", kFormat, offset.bytes()));
  }
}

Status Engine::load_positions() {
  Status done = read(*parts_.store, storage::meta_key("clocks"), "clocks", [&](Decoder& in) -> Status {
    auto clocks = collector::Clocks::load(in, {parts_.config->slot, parts_.config->lateness,
                                               parts_.config->idle_after, parts_.config->max_skew});
    if (!clocks.ok()) return clocks.error();
    state_.clocks = std::move(*clocks);
    return success();
  });
  if (!done.ok()) return done;
  done = read(*parts_.store, storage::meta_key("topics"), "topics", [&](Decoder& in) {
    for (std::size_t n = in.get_count(2); n > 0 && in.ok(); --n) {
      const std::string name(in.get_text());
      state_.topics[name].load(in);
    }
    return in.ok() ? success()
                   : Status(Error{ErrorCode::corrupt, "the counters of the topics end too early"});
  });
  if (!done.ok()) return done;
  const auto& partitions = parts_.source->partitions();
  for (std::uint32_t i = 0; i < partitions.size(); ++i) {
    done = read(*parts_.store, storage::offset_key(partitions[i].topic, partitions[i].partition), "offset",
                [&](Decoder& in) {
                  offsets_[i] = in.get_i64();
                  parts_.source->seek(i, offsets_[i]);
                  return success();
                });
    if (!done.ok()) return done;
  }
  return success();
}

Status Engine::forget_model(std::string_view name) {
  Model* model = state_.registry.find(name);
  if (model == nullptr) return Error{ErrorCode::not_found, "no model '" + std::string(name) + "'"};
  for (const auto& [label, version] : model->versions) {
    gather_open_slots(*version);
    const std::uint32_t series = version->series;
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
  state_.desk.outbox.forget_model(name, state_.desk.wall_now);
  state_.registry.forget(*model);
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
