#include "app/doctor/survey_faults.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "alerts/retraining_book.h"
#include "app/pipeline/key_words.h"
#include "app/pipeline/version_codec.h"
#include "storage/history.h"
#include "storage/keys.h"

namespace driftd::app {

namespace {

using storage::Table;

// A name that no event can have: what is known of a series whose entry is lost is that there was one.
constexpr const char* kLostModel = "(lost)";

std::string sealed_name(const std::string& version) {
  Encoder name;
  name.put_text(kLostModel);
  name.put_text(version);
  return seal("registry", kStateFormat, name.bytes());
}

// Model and version under a lost name are not shown, as if someone had deleted them.
std::string forgotten_model() {
  Model model;
  model.forgotten = true;
  Encoder state;
  save_model(state, model);
  return seal("model", kStateFormat, state.bytes());
}

class Faults {
 public:
  Faults(const Findings& found, Survey& survey) : found_(found), survey_(survey) {}

  void add_all() {
    for (const DamagedKey& one : found_.damaged) {
      if (one.newer)
        survey_.faults.push_back({.where = words(one.key),
                                  .what = one.what,
                                  .cost = "nothing: start the driftd that wrote it",
                                  .mending = {},
                                  .mendable = false});
      else
        add_key(one.key, one.what);
    }
    for (const storage::LostKeys& range : found_.lost) add_range(range);
    add_missing_names();
    add_orphans();
  }

 private:
  std::string name_of(std::uint32_t series) const {
    if (series >= survey_.versions.size() || !survey_.versions[series].named)
      return "series " + std::to_string(series) + ", whose name is lost";
    const StoredVersion& name = survey_.versions[series].name;
    return name.model + " version '" + name.version + '\'';
  }

  // The key in words, with the name of the series in place of its number.
  std::string words(std::string_view key) const {
    std::string text = key_in_words(key);
    const std::string mark = "series ";
    const std::size_t at = text.find(mark);
    if (at == std::string::npos) return text;
    std::size_t end = at + mark.size();
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    const auto series = static_cast<std::uint32_t>(
        std::stoul("0" + text.substr(at + mark.size(), std::min<std::size_t>(9, end - at - mark.size()))));
    return text.replace(at, end - at, name_of(series));
  }

  std::string waiting_words(std::uint64_t count) const {
    if (count == 0) return "no prediction that waits";
    return std::to_string(count) + (count == 1 ? " waiting prediction" : " waiting predictions") +
           ": their labels will count as unmatched";
  }

  void add(std::string where, const std::string& what, std::string cost, Mending mending) {
    survey_.faults.push_back({std::move(where), what, std::move(cost), std::move(mending)});
  }

  void add_key(const std::string& key, const std::string& what) {
    switch (key.empty() ? Table{} : static_cast<Table>(key.front())) {
      case Table::meta:
        return add_meta(std::string_view(key).substr(1), what);
      case Table::registry:
        if (const auto series = storage::parse_registry_key(key))
          return add_series(*series, words(key), what);
        break;
      case Table::state: {
        storage::KeyReader in(Table::state, key);
        const std::uint32_t series = in.u32();
        if (in.ok()) return add_series(series, words(key), what);
        break;
      }
      default:
        break;
    }
    Mending mending;
    mending.keys.insert(key);
    add(words(key), what, cost_of(key), std::move(mending));
  }

  // Of what can be left out by itself.
  static std::string cost_of(const std::string& key) {
    if (key.empty()) return "nothing";
    switch (static_cast<Table>(key.front())) {
      case Table::offsets:
        return "its partition is read from where kafka.start says: what lies between is not counted "
               "(latest), "
               "or counted again (earliest)";
      case Table::joins:
        return "what waits under this id: its labels will count as unmatched";
      case Table::history:
        return "what the slot counted, in /series and in no incident";
      case Table::incidents:
        if (key.substr(1).starts_with(alerts::kRetrainingPrefix))
          return "where the model's retraining stands is forgotten: the next one may begin";
        return key.ends_with("totals") ? "driftd_incidents_total begins at 0"
                                       : "the incident is forgotten; it opens anew if its reason lasts";
      case Table::outbox:
        return "that message is not sent, or not known to have been sent";
      default:
        return "nothing";
    }
  }

  void add_meta(std::string_view name, const std::string& what) {
    const std::string key = storage::meta_key(name);
    Mending mending;
    mending.keys.insert(key);
    std::string cost = "nothing";
    if (name == kSlotLength) cost = "nothing, if slot: in the configuration is what it was";
    if (name == "clocks") cost = "the clocks begin with the next records; what is late until then passes";
    if (name == "topics") cost = "the counters of the topics begin at 0";
    if (name == "open") cost = "what the slots that were open have counted";
    if (name == "models") {
      mending.waiting = true;
      cost = waiting_words(found_.waiting);
    }
    if (name.starts_with("model/"))
      cost = "the counters of the model begin at 0, and who shares its budget is found out anew";
    add(key_in_words(key), what, std::move(cost), std::move(mending));
  }

  // A version without its state, its reference or its name begins anew: the rest of it says nothing by
  // itself.
  void add_series(std::uint32_t series, std::string where, const std::string& what) {
    if (!told_.insert(series).second) return;
    Mending mending;
    mending.series.insert(series);
    const bool named = series < survey_.versions.size() && survey_.versions[series].named;
    if (!named) {
      mending.put[storage::registry_key(series)] = sealed_name(std::to_string(series));
      mending.put[storage::meta_key(std::string("model/") + kLostModel)] = forgotten_model();
    }
    const VersionFacts none;
    const VersionFacts& facts = series < survey_.versions.size() ? survey_.versions[series] : none;
    add(std::move(where), what,
        name_of(series) + " begins anew: its reference where it was learnt, its evidence and counters, " +
            std::to_string(facts.slots) + " slots of history, " + waiting_words(facts.waiting) +
            "; and what its open slots have counted, those of all versions if they cannot be told apart",
        std::move(mending));
  }

  void add_range(const storage::LostKeys& range) {
    constexpr std::array kTables = {Table::history,  Table::incidents, Table::joins,
                                    Table::lanes,    Table::meta,      Table::offsets,
                                    Table::registry, Table::outbox,    Table::state};
    const auto within = [&](const std::string& key) {
      return key >= range.first && (range.end.empty() || key < range.end);
    };
    for (const Table table : kTables) {
      const std::string prefix = storage::Key(table).bytes();
      const std::string end = storage::end_of_prefix(prefix);
      if (range.first >= end || (!range.end.empty() && range.end <= prefix)) continue;
      storage::LostKeys part = range;
      part.first = std::max(range.first, prefix);
      if (part.end.empty() || part.end > end) part.end = end;
      if (table == Table::meta) {
        for (const std::string& name : meta_names())
          if (within(storage::meta_key(name))) add_meta(name, range.reason);
      } else if (table == Table::state) {
        for (std::uint32_t series = 0; series < series_count(); ++series)
          if (overlaps(part, storage::state_key(series, ""), storage::state_key(series + 1, "")))
            add_series(series, "the state of " + name_of(series), range.reason);
      }
      // The names of series are missed by add_missing_names().
      Mending mending;
      mending.ranges.push_back(part);
      if (table == Table::history || table == Table::joins || table == Table::offsets ||
          table == Table::incidents || table == Table::outbox)
        add(range_words(table, part), range.reason, range_cost(table), std::move(mending));
      else if (!survey_.faults.empty())
        survey_.faults.back().mending.add(mending);
    }
  }

  static bool overlaps(const storage::LostKeys& range, const std::string& first, const std::string& end) {
    return range.first < end && (range.end.empty() || first < range.end);
  }

  std::string range_words(Table table, const storage::LostKeys& range) const {
    if (table == Table::joins) {
      storage::KeyReader in(table, range.first);
      const std::uint32_t first = in.u32();
      return "predictions that wait, from shard " + std::to_string(in.ok() ? first : 0) + " on";
    }
    if (table == Table::history) {
      storage::KeyReader in(table, range.first);
      const std::uint32_t first = in.u32();
      return "a stretch of the history of " + name_of(in.ok() ? first : 0);
    }
    if (table == Table::offsets) return "offsets";
    return table == Table::incidents ? "incidents" : "deliveries";
  }

  static std::string range_cost(Table table) {
    const std::string some = "those in it, of which not even the number is known: ";
    if (table == Table::joins) return some + "their labels will count as unmatched";
    if (table == Table::history) return some + "/series has a gap";
    if (table == Table::offsets) return some + cost_of("o");
    return some + cost_of(std::string(1, static_cast<char>(table)));
  }

  std::vector<std::string> meta_names() const {
    std::vector<std::string> names = {"store", "models", kSlotLength, "clocks", "topics", "open"};
    std::set<std::string> models(survey_.models.begin(), survey_.models.end());
    for (const VersionFacts& version : survey_.versions)
      if (version.named) models.insert(version.name.model);
    for (const std::string& model : models) names.push_back("model/" + model);
    std::erase_if(names, [&](const std::string& name) { return found_.meta.contains(name); });
    return names;
  }

  // Numbers below one that is named, or that have state.
  std::uint32_t series_count() const {
    std::uint32_t count = 0;
    for (std::uint32_t series = 0; series < survey_.versions.size(); ++series)
      if (survey_.versions[series].named) count = series + 1;
    if (names_are_lost() && !found_.series.empty()) count = std::max(count, *found_.series.rbegin() + 1);
    return count;
  }

  bool names_are_lost() const {
    const std::string first = storage::Key(Table::registry).bytes();
    const std::string end = storage::end_of_prefix(first);
    return std::ranges::any_of(found_.lost, [&](const auto& range) { return overlaps(range, first, end); }) ||
           std::ranges::any_of(found_.damaged, [&](const auto& one) { return one.key.starts_with(first); });
  }

  void add_missing_names() {
    for (std::uint32_t series = 0; series < series_count(); ++series)
      if (series >= survey_.versions.size() || !survey_.versions[series].named)
        add_series(series, "the name of series " + std::to_string(series), "it is missing");
  }

  // What belongs to nobody is never read; it goes without loss.
  void add_orphans() {
    const std::uint32_t known = series_count();
    Mending mending;
    std::string what;
    for (const std::uint32_t series : found_.series)
      if (series >= known) mending.series.insert(series);
    if (!mending.series.empty())
      add("state or history of " + std::to_string(mending.series.size()) + " series",
          "no version has that number", "nothing: nobody reads it", mending);
    if (!found_.waiting_models.empty() && *found_.waiting_models.rbegin() >= survey_.models.size() &&
        !survey_.models.empty()) {
      Mending all;
      all.waiting = true;
      add("predictions that wait for labels", "their model's number is nobody's",
          waiting_words(found_.waiting), all);
    }
    Mending lost;
    for (const std::uint32_t series : found_.waiting_series)
      if (series >= known) lost.series.insert(series);
    if (!lost.series.empty())
      add("predictions that wait for labels", "their version's number is nobody's",
          "those predictions: their labels will count as unmatched", lost);
  }

  const Findings& found_;
  Survey& survey_;
  std::set<std::uint32_t> told_;
};

}  // namespace

void add_faults(const Findings& found, Survey& survey) { Faults(found, survey).add_all(); }

}  // namespace driftd::app
