// What a store holds and whether it can be believed: every key is read, every checksum verified, every value
// taken apart as a loader would, and in the end the whole is loaded by an engine that is thrown away.
//
// Reads alone, also beside the process that owns the store. docs/reliability.md tells people of it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/config/config.h"
#include "app/doctor/mending.h"
#include "app/pipeline/state_keys.h"
#include "core/time.h"
#include "storage/store.h"

namespace driftd::app {

struct TableFacts {
  char letter = 0;
  const char* holds = "";
  std::uint64_t keys = 0, bytes = 0;
};

struct VersionFacts {
  StoredVersion name;
  bool named = false;  // its entry in the registry can be read
  bool learnt = false;
  std::uint64_t slots = 0;  // of history, of the whole model
  std::optional<std::int64_t> newest;
  std::uint64_t waiting = 0;
};

struct OffsetFacts {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t next = 0;
};

// Something that is wrong, what mending it costs, and how it is mended.
struct StoreFault {
  std::string where, what, cost;
  Mending mending;
  bool mendable = true;
};

struct Survey {
  std::string path, written_by;
  std::uint64_t layout = 0;           // the format of the store
  std::set<std::uint64_t> formats;    // of the state in it
  std::optional<Duration> slot;       // the length of a slot
  std::uint64_t files = 0, size = 0;  // on the disk
  std::vector<TableFacts> tables;
  std::vector<std::string> models;     // by number
  std::vector<VersionFacts> versions;  // by series
  std::vector<OffsetFacts> offsets;
  std::vector<StoreFault> faults;
  std::vector<std::string> notes;  // no damage: what the next start will tell

  [[nodiscard]] bool healthy() const { return faults.empty(); }
};

struct SurveyOptions {
  const Config* config = nullptr;  // whose models the trial is loaded with; none: the defaults
  bool past_damage = false;        // of the log
};

// The store is opened to be read. A store that cannot be opened at all is a Survey with one fault, unless
// there is none (`not_found`) or it is a newer or foreign one (`refused`).
Result<Survey> survey_store(const std::string& path, const SurveyOptions& options);

}  // namespace driftd::app
