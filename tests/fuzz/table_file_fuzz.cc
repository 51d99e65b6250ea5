// A data set's bytes, CSV or JSON Lines: the same table however the bytes are cut into chunks, every column
// as long as the table; else a fault that names the file.
#include <optional>

#include "app/table_reader_rows.h"
#include "tests/fuzz/round_trip.h"

namespace {

using namespace driftd;
using driftd::fuzz::require;

Result<detectors::Table> read(std::string_view text, bool json, std::size_t step, bool& refused) {
  app::TableReaderOptions options;
  app::TableRows rows(options);
  const auto format = json ? app::json_lines_format(rows, "f") : app::csv_format(rows, "f");
  for (std::size_t at = 0; at < text.size(); at += step)
    if (Status taken = format->take(text.substr(at, step)); !taken.ok()) {
      refused = true;
      return taken.error();
    }
  if (Status done = format->finish(); !done.ok()) {
    refused = true;
    return done.error();
  }
  return rows.finish();
}

std::string written(const Value& value) {
  return std::to_string(static_cast<int>(value.kind)) + "/" + std::to_string(value.number) + "/" +
         std::string(value.text);
}

void require_same(const detectors::Table& a, const detectors::Table& b) {
  require(a.times == b.times && a.ids == b.ids && a.predicted == b.predicted && a.verdicts == b.verdicts,
          "rows do not depend on chunks");
  require(a.features.size() == b.features.size(), "nor do columns");
  for (std::size_t i = 0; i < a.features.size(); ++i) {
    require(a.features[i].size() == a.size() && b.features[i].size() == a.size(),
            "columns are as long as it");
    for (std::size_t row = 0; row < a.size(); ++row)
      require(written(a.features[i].value(row)) == written(b.features[i].value(row)), "nor do cells");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool json = text.front() == '{';
  bool refused = false, refused_in_parts = false;
  const auto whole = read(text, json, text.size(), refused);
  const auto parts = read(text, json, 1 + data[0] % 64, refused_in_parts);
  require(whole.ok() == parts.ok(), "whether it is read does not depend on chunks");
  if (!whole.ok()) {
    require(!refused || whole.error().message.starts_with("f:"), "a fault names file and line");
    require(whole.error().message == parts.error().message, "nor does what is wrong");
    return 0;
  }
  require_same(*whole, *parts);
  return 0;
}
