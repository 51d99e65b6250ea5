// Our own reading of the engine's files, log and list: damage is told only where there is some, at an offset
// within the file. What was noted of a list and is cut short is told.
// An input: a byte that says how much of the file is cut off, then the file.
#include <unistd.h>
#include <filesystem>
#include <fstream>

#include "storage/file_list.h"
#include "storage/log_check.h"
#include "tests/fuzz/round_trip.h"

namespace {

using driftd::fuzz::require;

void write(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driftd::storage;
  static const std::string path =
      (std::filesystem::temp_directory_path() / ("driftd-fuzz-store-" + std::to_string(getpid()))).string();
  std::filesystem::create_directories(path);
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::size_t cut = driftd::fuzz::choose(bytes, 256);
  cut = std::min(cut, bytes.size());
  const std::string_view shorter = bytes.substr(0, bytes.size() - cut);

  write(path + "/000007.log", bytes);
  const auto whole = find_log_damage(path);
  require(whole.ok(), "a log that can be read is judged");
  if (*whole) require((*whole)->offset < bytes.size() && (*whole)->newest, "damage lies in the log");
  write(path + "/000007.log", shorter);
  const auto torn = find_log_damage(path);
  require(torn.ok() && (*whole || !*torn), "a torn tail of a good log is no damage");
  write(path + "/000008.log", bytes);
  require(find_log_damage(path).ok(), "two logs are judged");

  write(path + "/FILES", bytes);
  require(check_file_list(path).ok() || size > 0, "a note that is none passes");
  write(path + "/CURRENT", "MANIFEST-1\n");
  write(path + "/MANIFEST-1", bytes);
  note_file_list(path);
  require(check_file_list(path).ok(), "a list is as it was noted");
  write(path + "/MANIFEST-1", shorter);
  require(check_file_list(path).ok() == (cut == 0), "a list that has lost its end is told");
  std::filesystem::remove_all(path);
  return 0;
}
