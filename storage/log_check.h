// The engine's write-ahead log, read for one question: is what does not fit in it the torn tail that a crash
// leaves, or damage with whole records behind it?
//
// The engine itself goes on after either with all before it, which after damage would believe an older state
// though a newer one had been promised. The form of the log (RocksDB wiki, "Write Ahead Log File Format"):
// blocks of 32 KiB; in them records of CRC-32C of type and bytes (masked), length, type (1 whole, 2 first,
// 3 middle, 4 last), bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"

namespace driftd::storage {

struct LogDamage {
  std::string file;          // its name within the store
  std::uint64_t offset = 0;  // of the first record that does not fit
  bool newest = false;       // no log is younger than this one
  // The number of the first change in a younger log; empty: there is none. Who gets as far needs this log no
  // more.
  std::optional<std::uint64_t> next_change;
};

// nothing: every record is whole, up to a torn tail of the last log. Errors: a log cannot be read. Logs up to
// and including the file `past` are not looked at.
Result<std::optional<LogDamage>> find_log_damage(const std::string& path, const std::string& past = "");

}  // namespace driftd::storage
