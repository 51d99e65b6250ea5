#include "app/doctor/survey_walk.h"

#include <algorithm>
#include <limits>

#include "app/pipeline/history_writer.h"
#include "collector/join.h"
#include "collector/join_record.h"
#include "detectors/profile_json.h"
#include "storage/history.h"
#include "storage/keys.h"

namespace driftd::app {

namespace {

using storage::Table;

// The kind that a sealed record says it is of; unseal() then says whether to believe it.
std::string kind_of(std::string_view sealed) {
  if (sealed.size() < 4) return {};
  Decoder in(sealed.substr(4));
  in.get_u64();
  return std::string(in.get_text());
}

class Walk {
 public:
  explicit Walk(Survey& survey) : survey_(survey) {}

  void meet(std::string_view key, std::string_view value) {
    count(key, value);
    if (key.empty()) return damaged(key, "a key without bytes");
    switch (static_cast<Table>(key.front())) {
      case Table::joins:
        return meet_join(key, value);
      case Table::history:
        return meet_history(key, value);
      case Table::meta:
      case Table::offsets:
      case Table::registry:
      case Table::state:
      case Table::incidents:
      case Table::outbox:
      case Table::lanes:
        return meet_sealed(key, value);
    }
    damaged(key, "no table of driftd's has such a key");
  }
  Findings take() { return std::move(found_); }

 private:
  void damaged(std::string_view key, std::string what) {
    found_.damaged.push_back({std::string(key), std::move(what)});
  }

  void count(std::string_view key, std::string_view value) {
    for (TableFacts& table : survey_.tables)
      if (!key.empty() && table.letter == key.front()) {
        ++table.keys;
        table.bytes += key.size() + value.size();
      }
  }

  VersionFacts& version(std::uint32_t series) {
    // A number that is beyond all reason is no reason to hold memory for it.
    constexpr std::uint32_t kMost = 1'000'000;
    if (series >= kMost) return nobody_;
    if (survey_.versions.size() <= series) survey_.versions.resize(series + 1);
    return survey_.versions[series];
  }

  void meet_join(std::string_view key, std::string_view value) {
    const auto parsed = storage::parse_join_key(key);
    if (!parsed || parsed->shard >= collector::kShards) return damaged(key, "its key is of no shard");
    const auto waiting = collector::join::decode(parsed->record, value);
    if (!waiting.ok()) return damaged(key, waiting.error().message);
    found_.waiting_models.insert(waiting->model);
    found_.waiting += waiting->pending();
    for (const auto& prediction : waiting->predictions) {
      const bool waits = prediction.counts && !prediction.joined && !prediction.expired;
      version(prediction.series).waiting += waits ? 1 : 0;
      found_.waiting_series.insert(prediction.series);
    }
    for (const auto& verdict : waiting->verdicts)
      if (verdict.name.series) found_.waiting_series.insert(*verdict.name.series);
  }

  void meet_history(std::string_view key, std::string_view value) {
    const auto parsed = storage::parse_history_key(key);
    if (!parsed) return damaged(key, "its key has no slot");
    found_.series.insert(parsed->series);
    if (const Status whole = check_history(value); !whole.ok()) damaged(key, whole.error().message);
    if (parsed->kind != storage::HistoryKind::prediction || parsed->segment != 0) return;
    VersionFacts& facts = version(parsed->series);
    ++facts.slots;
    facts.newest = std::max(facts.newest.value_or(parsed->slot), parsed->slot);
  }

  void meet_sealed(std::string_view key, std::string_view value) {
    if (key.front() == static_cast<char>(Table::meta)) found_.meta.emplace(key.substr(1));
    const std::string kind = kind_of(value);
    const auto record = unseal(kind, std::numeric_limits<std::uint64_t>::max(), value);
    if (!record.ok()) return damaged(key, record.error().message);
    Decoder in(record->payload);
    switch (static_cast<Table>(key.front())) {
      case Table::incidents:
      case Table::outbox:
        return;  // formats of their own, which the trial knows
      case Table::registry: {
        const auto series = storage::parse_registry_key(key);
        if (!series) return damaged(key, "its key has no number");
        VersionFacts& facts = version(*series);
        facts.name.model = in.get_text();
        facts.name.version = in.get_text();
        facts.named = in.ok();
        break;
      }
      case Table::state:
        meet_state(key, *record);
        break;
      case Table::offsets:
        if (const auto parsed = storage::parse_partition_key(Table::offsets, key))
          survey_.offsets.push_back({parsed->topic, parsed->partition, in.get_i64()});
        break;
      default:
        if (meet_meta(key.substr(1), *record)) return;
    }
    if (!in.ok()) return damaged(key, "it ends too early");
    survey_.formats.insert(record->version);
    if (record->version > kStateFormat)
      found_.damaged.push_back({std::string(key),
                                "is of format " + std::to_string(record->version) +
                                    ", this driftd reads up to " + std::to_string(kStateFormat),
                                true});
  }

  void meet_state(std::string_view key, const Unsealed& record) {
    storage::KeyReader in(Table::state, key);
    const std::uint32_t series = in.u32();
    const std::string_view part = in.tail();
    if (!in.ok()) return damaged(key, "its key has no series");
    found_.series.insert(series);
    if (part != "profile" && part != "pair-profile") return;
    if (const auto profile = detectors::profile_from_json(record.payload); !profile.ok())
      damaged(key, profile.error().message);
    else if (part == "profile")
      version(series).learnt = true;
  }

  // True for the record that is of the store's own format.
  bool meet_meta(std::string_view name, const Unsealed& record) {
    Decoder in(record.payload);
    if (name == "store") {
      survey_.layout = record.version;
      survey_.written_by = in.get_text();
      return true;
    }
    if (name == kSlotLength) survey_.slot = in.get_within(1, kMostTime);
    if (name == "models")
      for (std::size_t n = in.get_count(); n > 0 && in.ok(); --n) survey_.models.emplace_back(in.get_text());
    return false;
  }

  Survey& survey_;
  Findings found_;
  VersionFacts nobody_;
};

}  // namespace

Findings walk(const storage::Store& store, Survey& survey) {
  survey.tables = {
      {'m', "clocks, counters, open slots", 0, 0},
      {'o', "offsets", 0, 0},
      {'r', "names of models and versions", 0, 0},
      {'s', "state of the versions", 0, 0},
      {'j', "predictions, for their labels and corrections", 0, 0},
      {'h', "history of counts", 0, 0},
      {'i', "incidents", 0, 0},
      {'q', "deliveries", 0, 0},
      {'l', "lanes", 0, 0},
  };
  // Behind what cannot be read of one series the next one can be.
  std::vector<std::string> seams;
  std::string at(1, static_cast<char>(Table::registry));
  (void)store.for_each(at, [&](std::string_view key, std::string_view) {
    if (const auto series = storage::parse_registry_key(key)) {
      seams.push_back(storage::state_key(*series, ""));
      seams.push_back(storage::Key(Table::history).u32(*series).bytes());
    }
    return true;
  });
  for (std::uint32_t shard = 0; shard < collector::kShards; ++shard)
    seams.push_back(storage::join_key(shard, ""));
  Walk walk(survey);
  auto lost = storage::for_each_readable(store, seams, [&](std::string_view key, std::string_view value) {
    walk.meet(key, value);
    return true;
  });
  Findings found = walk.take();
  found.lost = std::move(lost);
  return found;
}

}  // namespace driftd::app
