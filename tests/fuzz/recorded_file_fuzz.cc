// Files of events and of numbers, plain or gzip: each line comes once, whole, however many are asked for at
// a time. What the file holds may be anything.
#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "app/number_stream.h"
#include "collector/line_reader.h"
#include "collector/role_sniffer.h"
#include "tests/fuzz/round_trip.h"

namespace {

using namespace driftd;
using driftd::fuzz::require;

constexpr std::size_t kLongest = 64;

struct Read {
  bool ok = false;
  std::string lines;
};

Read read(const std::string& path, std::size_t most) {
  Read all;
  const auto reader = collector::LineReader::open(path, kLongest);
  if (!reader.ok()) return all;
  std::int64_t last = -1;
  while (true) {
    const auto block = (*reader)->next_lines(most);
    if (!block.ok()) return all;
    require(block->lines.size() <= most, "no more lines than asked for");
    for (const collector::Line& line : block->lines) {
      require(line.number > last && line.number < block->next_number, "lines are numbered");
      require(line.text.size() <= kLongest && (!line.cut || line.text.size() == kLongest),
              "lines are bounded");
      require(line.text.find('\n') == std::string_view::npos, "a line is one line");
      last = line.number;
      all.lines += std::to_string(line.number) + (line.cut ? "~" : ":") + std::string(line.text) + "\n";
    }
    if (block->end) break;
  }
  all.ok = true;
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string path =
      (std::filesystem::temp_directory_path() / ("driftd-fuzz-lines-" + std::to_string(getpid()))).string();
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  std::ofstream(path, std::ios::binary) << bytes;
  const Read one = read(path, 1), many = read(path, 1000);
  (void)collector::sniff_roles(path);
  std::vector<double> from_file, from_stream;
  const bool file_ok = app::read_numbers(path, [&](double value) { from_file.push_back(value); }).ok();
  std::filesystem::remove(path);
  require(one.ok == many.ok && (!one.ok || one.lines == many.lines), "lines do not depend on blocks");
  std::istringstream in(bytes);
  const bool stream_ok = app::read_numbers(in, [&](double value) { from_stream.push_back(value); }).ok();
  if (!file_ok || !stream_ok) return 0;
  require(from_file.size() == from_stream.size(), "a stream of numbers holds what the file holds");
  return 0;
}
