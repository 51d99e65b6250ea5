#include "app/pipeline/key_words.h"

#include <array>
#include <utility>

#include "app/pipeline/state_keys.h"
#include "collector/join_record.h"
#include "core/hash.h"
#include "storage/history.h"
#include "storage/keys.h"

namespace driftd::app {

namespace {

using storage::Table;

std::string unknown(std::string_view key) { return "the unknown key " + hex(key.substr(0, 40)); }

std::string meta(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kKnown = {{
      {"store", "the identity record"},
      {"models", "the numbers of the models"},
      {kSlotLength, "the length of a slot"},
      {"clocks", "the clocks"},
      {"topics", "the counters of the topics"},
      {"open", "the open slots"},
  }};
  for (const auto& [known, words] : kKnown)
    if (known == name) return std::string(words);
  constexpr std::string_view kModel = "model/";
  if (name.starts_with(kModel)) return "the counters of model " + std::string(name.substr(kModel.size()));
  return "the record " + std::string(name);
}

std::string state(std::string_view key) {
  storage::KeyReader in(Table::state, key);
  const std::string series = std::to_string(in.u32());
  const std::string_view part = in.tail();
  if (!in.ok()) return unknown(key);
  if (part == "state") return "the state of series " + series;
  if (part == "profile") return "the reference of series " + series;
  if (part == "pair-profile") return "the reference of the labels of series " + series;
  for (const auto& [prefix, words] :
       {std::pair<std::string_view, const char*>{kRowBlocks, "the rows of slot "},
        {kPairBlocks, "the pairs of slot "}})
    if (part.starts_with(prefix))
      return words + std::to_string(block_slot(part.substr(prefix.size()))) + " that series " + series +
             " learns from";
  return "the part " + std::string(part) + " of series " + series;
}

std::string join(std::string_view key) {
  const auto parsed = storage::parse_join_key(key);
  if (!parsed) return unknown(key);
  const auto name = collector::join::decode_key(parsed->record);
  if (!name.ok()) return "a waiting prediction of shard " + std::to_string(parsed->shard);
  return "the waiting prediction " + std::string(name->id) + " of model number " +
         std::to_string(name->model) + " (shard " + std::to_string(parsed->shard) + ")";
}

std::string history(std::string_view key) {
  const auto parsed = storage::parse_history_key(key);
  if (!parsed) return unknown(key);
  constexpr std::array<const char*, 3> kKinds = {"predictions", "pairs", "scores"};
  const auto kind = static_cast<std::size_t>(parsed->kind);
  return "the history of series " + std::to_string(parsed->series) + ": " +
         (kind < kKinds.size() ? kKinds[kind] : "other counts") + ", segment " +
         std::to_string(parsed->segment) + ", slot " + std::to_string(parsed->slot);
}

std::string partition(Table table, const char* words, std::string_view key) {
  const auto parsed = storage::parse_partition_key(table, key);
  return parsed ? words + parsed->topic + '/' + std::to_string(parsed->partition) : unknown(key);
}

}  // namespace

std::string key_in_words(std::string_view key) {
  if (key.empty()) return "an empty key";
  const std::string_view rest = key.substr(1);
  switch (static_cast<Table>(key.front())) {
    case Table::meta:
      return meta(rest);
    case Table::offsets:
      return partition(Table::offsets, "the offset of ", key);
    case Table::lanes:
      return partition(Table::lanes, "the lane of ", key);
    case Table::registry: {
      const auto series = storage::parse_registry_key(key);
      return series ? "the name of series " + std::to_string(*series) : unknown(key);
    }
    case Table::state:
      return state(key);
    case Table::joins:
      return join(key);
    case Table::history:
      return history(key);
    case Table::incidents:
      return rest == "totals" ? "the counters of incidents" : "the entry " + std::string(rest);
    case Table::outbox: {
      const std::size_t parting = rest.find('\0');  // of a cool-down, webhook and model
      return "the entry " + std::string(rest.substr(0, parting)) + " of the outbox";
    }
  }
  return unknown(key);
}

}  // namespace driftd::app
