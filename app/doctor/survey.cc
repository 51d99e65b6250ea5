#include "app/doctor/survey.h"

#include <filesystem>
#include <optional>
#include <utility>

#include "app/config/load.h"
#include "app/doctor/survey_faults.h"
#include "app/doctor/survey_walk.h"
#include "app/doctor/trial_load.h"
#include "app/pipeline/history_writer.h"
#include "app/pipeline/key_words.h"
#include "storage/keys.h"

namespace driftd::app {

namespace {

void measure(const std::string& path, Survey& survey) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    if (!entry.is_regular_file(error)) continue;
    ++survey.files;
    survey.size += entry.file_size(error);
  }
}

// Damage in bytes that no key needs, such as an index: the engine would fall over it one day.
StoreFault unneeded(const Error& error) {
  return {.where = "a file of the store",
          .what = error.message,
          .cost = "nothing: every key can be read, and is written anew",
          .mending = {}};
}

void check_files(const storage::Store& store, Survey& survey) {
  if (!survey.healthy()) return;
  for (const storage::Store::TableFile& file : store.table_files())
    if (const Status whole = store.check_file(file); !whole.ok())
      survey.faults.push_back(unneeded(whole.error()));
}

// The key that a loader names in words.
std::optional<std::string> key_in(const storage::Store& store, const std::string& message) {
  std::optional<std::string> found;
  (void)store.for_each("", [&](std::string_view key, std::string_view) {
    if (message.find(": " + key_in_words(key) + " is damaged") != std::string::npos) found = key;
    return !found.has_value();
  });
  return found;
}

bool is_of_the_log(const Error& error) { return error.message.starts_with("the log "); }

Survey unreadable(const std::string& path, const Error& error) {
  Survey survey;
  survey.path = path;
  measure(path, survey);
  const bool log = is_of_the_log(error);
  survey.faults.push_back(
      {.where = log ? "the log of the store" : "the store",
       .what = error.message,
       .cost = log ? "the checkpoints behind that place: what they held is read from Kafka again, from the "
                     "offsets of the last one before, as far as the topics still hold it"
                   : "its list of files is made anew from the files; --mend then says what can be read",
       .mending = {}});
  return survey;
}

}  // namespace

Result<Survey> survey_store(const std::string& path, const SurveyOptions& options) {
  const auto open = [&](bool past_damage) {
    return storage::Store::open_to_read(path,
                                        {.add = &add_history, .written_by = {}, .past_damage = past_damage});
  };
  auto store = open(options.past_damage);
  std::optional<Error> hurdle;  // over which a reader that looks past damage gets
  if (!store.ok()) {
    // A database without identity, or of a newer driftd, is none that we could mend.
    const bool ours = store.error().code == ErrorCode::corrupt || store.error().code == ErrorCode::io;
    if (!ours) return store.error();
    hurdle = store.error();
    if (is_of_the_log(*hurdle)) return unreadable(path, *hurdle);
    store = open(true);
    if (!store.ok()) return unreadable(path, *hurdle);
  }
  Survey survey;
  survey.path = path;
  measure(path, survey);
  Findings found = walk(*store, survey);
  add_faults(found, survey);
  check_files(*store, survey);
  if (survey.healthy() && hurdle) survey.faults.push_back(unneeded(*hurdle));
  if (!survey.healthy()) return survey;
  const Status loaded = load_for_trial(*store, survey, options.config);
  if (loaded.ok()) return survey;
  if (auto key = key_in(*store, loaded.error().message)) {
    found.damaged.push_back({std::move(*key), loaded.error().message});
    add_faults(found, survey);
  } else {
    survey.faults.push_back({.where = "the state as a whole",
                             .what = loaded.error().message,
                             .cost = "this is beyond mending: restore a backup, or begin anew",
                             .mending = {},
                             .mendable = false});
  }
  return survey;
}

}  // namespace driftd::app
