// Definitions of derived columns from a profile of outside: refused, or rows can be coded by them.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "core/codec.h"
#include "detectors/derived/definitions.h"
#include "detectors/derived/row_codes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driftd::detectors::derived;  // NOLINT(google-build-using-namespace): one function
  driftd::Decoder in(std::string_view(reinterpret_cast<const char*>(data), size));
  const auto definitions = Definitions::load(in);
  if (!definitions.ok()) return 0;
  // The reader of profiles checks that these are cells of columns that are there.
  std::size_t columns = 1;
  for (const Feature& feature : definitions->features) {
    if (feature.column > 4096 || feature.scores.empty()) return 0;
    columns = feature.column + std::size_t{1};
  }
  const RowCodes codes(*definitions, columns);
  std::vector<std::uint8_t> cells(columns + definitions->fourier(), 0);
  std::vector<std::uint32_t> row(codes.columns(), 0);
  for (const bool last : {false, true}) {
    for (const Feature& feature : definitions->features)
      cells[feature.column] = static_cast<std::uint8_t>(last ? feature.scores.size() - 1 : 0);
    std::fill(cells.begin() + static_cast<std::ptrdiff_t>(columns), cells.end(),
              std::uint8_t{last ? std::uint8_t{255} : std::uint8_t{0}});
    codes.of(cells, row);
    for (std::size_t column = 0; column < row.size(); ++column) {
      const std::uint32_t width = codes.width(column);
      if (width == 0) continue;
      const std::uint32_t code = row[column] - codes.offset(column);
      if (code >= width) std::abort();
      (void)codes.value(column, code);
    }
  }
  driftd::Encoder out;
  definitions->save(out);
  if (out.bytes().empty()) std::abort();
  return 0;
}
