// The way back after a restart: what engine_save.cc wrote, in the order in which one part needs another.
#include <limits>

#include "app/pipeline/engine.h"
#include "app/pipeline/state_keys.h"
#include "app/pipeline/version_codec.h"
#include "detectors/profile_json.h"
#include "storage/keys.h"

namespace driftd::app {

Result<std::unique_ptr<Engine>> Engine::open(EngineParts parts) {
  auto shelf = ReferenceShelf::load(*parts.config);
  if (!shelf.ok()) return shelf.error();
  std::unique_ptr<Engine> engine(new Engine(std::move(parts), std::move(*shelf)));
  engine->state_.desk.wall_now = engine->parts_.wall_now;
  if (const Status done = engine->load(); !done.ok()) return done.error();
  return engine;
}

Status Engine::load() {
  for (const auto step :
       {&Engine::check_slot_length, &Engine::load_versions, &Engine::load_joins, &Engine::load_alerts,
        &Engine::load_digests, &Engine::load_open_slots, &Engine::load_positions})
    if (Status done = (this->*step)(); !done.ok()) return done;
  horizons_ = state_.registry.label_horizons();
  settle_superseded();
  // Before what closes here, so that whoever was told of it hears that as well.
  if (parts_.deliver) state_.desk.outbox.configure(parts_.config->alerts.webhooks, state_.desk.wall_now);
  judge_.close_orphans(state_.clocks.prediction_clock());
  return success();
}

// Every stored count lies under the number of its slot, which another length would make another time.
Status Engine::check_slot_length() {
  return read_state(*parts_.store, storage::meta_key(kSlotLength), "slot", [&](Decoder& in) -> Status {
    const Duration stored = in.get_i64();
    if (!in.ok()) return Error{ErrorCode::corrupt, "the length of a slot ends too early"};
    if (stored == parts_.config->slot) return success();
    return Error{ErrorCode::refused, "slot: is " + format_duration(parts_.config->slot) +
                                         " in the configuration, but " + parts_.store->path() +
                                         " was written with slots of " + format_duration(stored) +
                                         "; set slot: " + format_duration(stored) +
                                         " again, or begin anew with another storage.path"};
  });
}

Status Engine::load_model_numbers() {
  return read_state(*parts_.store, storage::meta_key("models"), "models", [&](Decoder& in) {
    for (std::size_t n = in.get_count(); n > 0 && in.ok(); --n) state_.registry.restore_model(in.get_text());
    numbered_ = state_.registry.model_count();
    return in.ok() ? success() : Status(Error{ErrorCode::corrupt, "the numbers of the models end too early"});
  });
}

Status Engine::load_versions() {
  const auto versions = stored_versions(*parts_.store);
  if (!versions.ok()) return versions.error();
  if (Status done = load_model_numbers(); !done.ok()) return done;
  if (Status done = state_.references.load(*parts_.store); !done.ok()) return done;
  for (std::uint32_t series = 0; series < versions->size(); ++series) {
    const StoredVersion& one = (*versions)[series];
    state_.registry.restore(series, one.model, one.version);
    if (Status done = load_version_state(state_.registry.version(series)); !done.ok()) return done;
  }
  for (std::uint32_t number = 0; number < state_.registry.model_count(); ++number) {
    Model& model = state_.registry.model(number);
    const Status done = read_state(*parts_.store, storage::meta_key("model/" + model.name), "model",
                                   [&](Decoder& in) { return load_model(in, model, parts_.config->slot); });
    if (!done.ok()) return done;
    model.changed = false;
  }
  return success();
}

Status Engine::load_version_state(Version& version) {
  storage::Store& store = *parts_.store;
  const auto load_plan = [&](const char* part, detectors::Side side, std::shared_ptr<const Plan>& plan) {
    return read_state(store, storage::state_key(version.series, part), "profile", [&](Decoder& in) -> Status {
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
  Status done = read_state(store, storage::state_key(version.series, "state"), "version",
                           [&](Decoder& in) { return load_version(in, version, parts_.config->slot); });
  if (!done.ok()) return done;
  if (done = load_blocks(version.series, kRowBlocks, version.learner); !done.ok()) return done;
  if (done = load_blocks(version.series, kPairBlocks, version.pair_learner); !done.ok()) return done;
  version.changed = version.reference_changed = false;
  supersede(version, file, pair_file);
  judge_.equip(version);
  return judge_.restore_evidence(version);
}

Status Engine::load_blocks(std::uint32_t series, const char* part,
                           std::optional<detectors::Learner>& learner) {
  if (!learner) return success();
  Status fault = success();
  const std::string prefix = block_prefix(series, part);
  const Status done = parts_.store->for_each(prefix, [&](std::string_view key, std::string_view value) {
    auto unsealed = unseal("rows", kStateFormat, value);
    fault = unsealed.ok() ? learner->restore_block(block_slot(key.substr(prefix.size())), unsealed->payload)
                          : Status(unsealed.error());
    if (!fault.ok()) fault = damaged(*parts_.store, key, fault.error());
    return fault.ok();
  });
  return done.ok() ? fault : done;
}

Status Engine::load_joins() {
  Status fault = success();
  const Status done = parts_.store->for_each(
      storage::Key(storage::Table::joins), [&](std::string_view key, std::string_view value) {
        const auto parsed = storage::parse_join_key(key);
        if (!parsed || parsed->shard >= state_.shards.size()) {
          fault = damaged(*parts_.store, key, {ErrorCode::corrupt, "there is no such shard"});
          return false;
        }
        fault = state_.shards[parsed->shard].restore(parsed->record, value);
        if (!fault.ok()) fault = damaged(*parts_.store, key, fault.error());
        return fault.ok();
      });
  return done.ok() ? fault : done;
}

Status Engine::load_alerts() {
  Status fault = success();
  const auto load = [&](storage::Table table, auto restore) {
    return parts_.store->for_each(storage::Key(table),
                                  [&, table](std::string_view key, std::string_view value) {
                                    storage::KeyReader reader(table, key);
                                    fault = restore(std::string(reader.tail()), value);
                                    if (!fault.ok()) fault = damaged(*parts_.store, key, fault.error());
                                    return fault.ok();
                                  });
  };
  Status done = load(storage::Table::incidents, [&](const std::string& key, std::string_view value) {
    return key.starts_with(alerts::kRetrainingPrefix) ? state_.desk.retrainings.restore(key, value)
                                                      : state_.desk.book.restore(key, value);
  });
  if (!done.ok() || !fault.ok()) return done.ok() ? fault : done;
  done = load(storage::Table::outbox, [&](const std::string& key, std::string_view value) {
    return state_.desk.outbox.restore(key, value);
  });
  state_.desk.resume();
  return done.ok() ? fault : done;
}

Status Engine::load_digests() {
  return read_state(*parts_.store, storage::meta_key("digests"), "digests",
                    [&](Decoder& in) { return state_.digests.load(in, state_.registry.version_count()); });
}

Status Engine::load_open_slots() {
  return read_state(*parts_.store, storage::meta_key("open"), "open", [&](Decoder& in) -> Status {
    const auto series_in = [&] {
      const auto series = static_cast<std::uint32_t>(in.get_u64());
      if (series >= state_.registry.version_count()) in.fail();
      return series;
    };
    const Duration length = parts_.config->slot;
    for (std::size_t n = in.get_count(4); n > 0 && in.ok(); --n) {
      const std::int64_t slot = in.get_slot(length);
      const std::uint32_t series = series_in();
      if (!in.ok()) break;
      const auto& plan = state_.registry.version(series).plan;
      const auto outdated = outdated_.find(series);
      auto loaded = OpenSlot::load(in, outdated != outdated_.end() ? outdated->second
                                       : plan                      ? plan->layout
                                                                   : nullptr);
      if (!loaded.ok()) return loaded.error();
      if (outdated != outdated_.end()) loaded->forget_counts();
      judge_.rows[{slot, series}] = std::move(*loaded);
    }
    for (std::size_t n = in.get_count(3); n > 0 && in.ok(); --n) {
      const std::int64_t slot = in.get_slot(length);
      const std::uint32_t series = series_in();
      judge_.pairs[{slot, series}] = load_changes(in);
    }
    for (std::size_t n = in.get_count(2); n > 0 && in.ok(); --n) {
      auto& events = judge_.model_events[in.get_slot(length)];
      for (std::size_t e = in.get_count(5); e > 0 && in.ok(); --e) {
        Lane::HeardModelEvent& event = events.emplace_back();
        for (std::string* text : {&event.model, &event.version, &event.metadata})
          *text = std::string(in.get_text());
        event.time = in.get_time();
        event.event = static_cast<Lifecycle>(in.get_u8());
      }
    }
    return in.ok() ? success() : Status(Error{ErrorCode::corrupt, "the open slots end too early"});
  });
}

Status Engine::load_positions() {
  Status done = read_state(*parts_.store, storage::meta_key("clocks"), "clocks", [&](Decoder& in) -> Status {
    auto clocks = collector::Clocks::load(in, clock_options(*parts_.config));
    if (!clocks.ok()) return clocks.error();
    state_.clocks = std::move(*clocks);
    return success();
  });
  if (!done.ok()) return done;
  done = read_state(*parts_.store, storage::meta_key("topics"), "topics", [&](Decoder& in) {
    for (std::size_t n = in.get_count(2); n > 0 && in.ok(); --n) {
      const std::string name(in.get_text());
      state_.topics[name].load(in);
    }
    return in.ok() ? success()
                   : Status(Error{ErrorCode::corrupt, "the counters of the topics end too early"});
  });
  if (!done.ok()) return done;
  const auto& partitions = parts_.source->partitions();
  std::set<std::string, std::less<>> known;  // topics that were read before
  for (std::uint32_t i = 0; i < partitions.size(); ++i) {
    done = read_state(*parts_.store, storage::offset_key(partitions[i].topic, partitions[i].partition),
                      "offset", [&](Decoder& in) {
                        offsets_[i] = in.get_within(0, std::numeric_limits<std::int64_t>::max());
                        parts_.source->seek(i, offsets_[i]);
                        known.insert(partitions[i].topic);
                        return success();
                      });
    if (!done.ok()) return done;
  }
  // A partition that came while nobody was looking is read as one that comes meanwhile: all of it.
  for (std::uint32_t i = 0; i < partitions.size(); ++i)
    if (!offsets_.contains(i) && known.contains(partitions[i].topic))
      parts_.source->seek(i, collector::kFromBeginning);
  return success();
}

}  // namespace driftd::app
