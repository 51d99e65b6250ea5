#include "app/doctor/copies.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "app/doctor/open_slots.h"
#include "app/pipeline/history_writer.h"
#include "app/version.h"
#include "app/wall_clock.h"
#include "storage/keys.h"
#include "storage/salvage.h"

namespace driftd::app {

namespace {

namespace fs = std::filesystem;

storage::StoreOptions store_options(bool past_damage) {
  return {.add = &add_history, .written_by = "driftd " + std::string(version()), .past_damage = past_damage};
}

Status move(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (!error) return success();
  return Error{ErrorCode::io, "cannot rename " + from + " to " + to + ": " + error.message()};
}

// The new store has an identity of its own.
bool is_identity(std::string_view key) { return key == storage::meta_key("store"); }

Status copy_all(const storage::Store& from, const std::string& to) {
  return storage::write_new_store(to, store_options(false), [&](const storage::Put& put) -> Status {
    Status put_all = success();
    const Status read = from.for_each("", [&](std::string_view key, std::string_view value) {
      if (!is_identity(key)) put_all = put(key, value);
      return put_all.ok();
    });
    return read.ok() ? put_all : read;
  });
}

Status copy_mended(const storage::Store& from, const Mending& mending, const std::string& to) {
  return storage::write_new_store(to, store_options(false), [&](const storage::Put& put) -> Status {
    Status put_all = success();
    storage::for_each_readable(from, {}, [&](std::string_view key, std::string_view value) {
      if (!is_identity(key) && !mending.drops(key, value)) put_all = put(key, value);
      return put_all.ok();
    });
    for (const auto& [key, value] : mending.put)
      if (put_all.ok()) put_all = put(key, value);
    return put_all;
  });
}

// Directories that are gone when this is.
class Scratch {
 public:
  explicit Scratch(std::string path) : path_(std::move(path)) { remove(); }
  ~Scratch() { remove(); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  void remove() const {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  std::string path_;
};

// One round: what is wrong with the store at `from`, and a new one at `to` without it.
Status mend_once(const std::string& from, const std::string& to, const Config* config) {
  auto survey = survey_store(from, {.config = config, .past_damage = true});
  if (!survey.ok()) return survey.error();
  Mending mending;
  for (const StoreFault& fault : survey->faults) {
    if (!fault.mendable)
      return Error{ErrorCode::refused, fault.where + " (" + fault.what + ") cannot be mended: " + fault.cost};
    mending.add(fault.mending);
  }
  auto store = storage::Store::open_to_read(from, store_options(true));
  if (!store.ok()) return store.error();
  trim_open_slots(*store, mending);
  return copy_mended(*store, mending, to);
}

// What the engine can open: the store itself, or a copy of it whose list of files has been made anew.
Result<std::string> openable(const std::string& path, const Scratch& scratch) {
  if (auto store = storage::Store::open_to_read(path, store_options(true)); store.ok()) return path;
  std::error_code error;
  fs::copy(path, scratch.path(), error);
  if (error)
    return Error{ErrorCode::io, "cannot copy " + path + " to " + scratch.path() + ": " + error.message()};
  if (const Status rebuilt = storage::rebuild_list_of_files(scratch.path(), store_options(true));
      !rebuilt.ok())
    return rebuilt.error();
  return scratch.path();
}

// A name beside the store that nobody has.
std::string place_for_damaged(const std::string& store) {
  std::string time = format_rfc3339(wall_clock() / kSecond * kSecond);
  std::erase_if(time, [](char c) { return c == ':' || c == '-'; });
  const std::string first = store + ".damaged-" + time;
  std::string name = first;
  for (int n = 2; fs::exists(name); ++n) name = first + '-' + std::to_string(n);
  return name;
}

Result<Survey> mend_into(const std::string& from, const std::string& to, const Config* config) {
  constexpr int kRounds = 4;  // what was hidden behind one fault shows when it is gone
  const Scratch before(to + ".before");
  if (const Status done = mend_once(from, to, config); !done.ok()) return done.error();
  for (int round = 1;; ++round) {
    auto survey = survey_store(to, {.config = config});
    if (!survey.ok() || survey->healthy()) return survey;
    if (round == kRounds)
      return Error{ErrorCode::corrupt, "after " + std::to_string(kRounds) + " rounds " +
                                           survey->faults.front().where +
                                           " is still wrong: " + survey->faults.front().what};
    if (const Status done = move(to, before.path()); !done.ok()) return done.error();
    if (const Status done = mend_once(before.path(), to, config); !done.ok()) return done.error();
    std::error_code ignored;
    fs::remove_all(before.path(), ignored);
  }
}

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

Result<Survey> back_up(const std::string& path, const std::string& to, const Config* config) {
  std::error_code error;
  if (fs::exists(to, error))
    return Error{ErrorCode::refused, to + " is there already; name a directory that is not"};
  const Scratch partial(without_slash(to) + ".partial");
  {
    auto store = storage::Store::open_to_read(path, store_options(false));
    if (!store.ok()) return store.error();
    if (const Status copied = copy_all(*store, partial.path()); !copied.ok()) return copied.error();
  }
  auto survey = survey_store(partial.path(), {.config = config});
  if (!survey.ok()) return survey.error();
  if (!survey->healthy())
    return Error{ErrorCode::corrupt, path + ": " + survey->faults.front().where + ": " +
                                         survey->faults.front().what + "; `driftd doctor --store " + path +
                                         "` says all that is wrong"};
  if (const Status moved = move(partial.path(), to); !moved.ok()) return moved.error();
  survey->path = to;
  return survey;
}

Result<Mended> mend_store(const std::string& path, const std::string& to, const Config* config) {
  const std::string store = without_slash(path);
  const auto lock = storage::StoreLock::take(store);
  if (!lock.ok()) return lock.error();
  std::error_code error;
  if (!to.empty() && fs::exists(to, error))
    return Error{ErrorCode::refused, to + " is there already; name a directory that is not"};
  const std::string base = to.empty() ? store : without_slash(to);
  const Scratch rebuilt(base + ".rebuilt");
  const Scratch made(base + ".mended");
  const auto from = openable(store, rebuilt);
  if (!from.ok()) return from.error();
  auto survey = mend_into(*from, made.path(), config);
  if (!survey.ok()) return survey.error();
  Mended mended{.store = to.empty() ? store : to,
                .damaged = to.empty() ? place_for_damaged(store) : store,
                .survey = std::move(*survey)};
  if (to.empty())
    if (const Status moved = move(store, mended.damaged); !moved.ok()) return moved.error();
  if (const Status moved = move(made.path(), mended.store); !moved.ok()) {
    if (to.empty()) (void)move(mended.damaged, store);
    return moved.error();
  }
  mended.survey.path = mended.store;
  return mended;
}

}  // namespace driftd::app
