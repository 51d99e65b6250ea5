// A profile from outside: whatever the bytes, it is refused in words or it counts.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "detectors/binning.h"
#include "detectors/derived/row_deriver.h"
#include "detectors/profile_json.h"
#include "detectors/profile_json_reader.h"
#include "detectors/statistics/binned.h"
#include "tests/fuzz/round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driftd::detectors;  // NOLINT(google-build-using-namespace): one function
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)profile_from_json(text);
  // past the digest, which no fuzzer finds
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded()) return 0;
  const auto profile = read_profile(json);
  if (!profile.ok()) return 0;
  for (const Side side : {Side::predictions, Side::pairs}) {
    const Binner binner(*profile, side);
    for (std::uint32_t column = 0; column < binner.columns(); ++column) {
      (void)binner.cell_of(column, 0.5);
      (void)binner.cell_of(column, 1e308);
      (void)binner.cell_of(column, "a");
    }
    for (const ColumnProfile* column : profile->side(side)) {
      (void)binned_statistics(*column, column->reference);
    }
  }
  const derived::RowDeriver deriver(*profile);
  derived::DerivedRow row;
  for (const std::uint8_t cell : {kNullCell, kFirstBin}) {
    std::vector<std::uint8_t> cells;
    for (const ColumnProfile* column : profile->side(Side::predictions))
      if (column->role != Role::derived)
        cells.push_back(static_cast<std::uint8_t>(std::min<std::size_t>(cell, column->cells() - 1)));
    deriver.derive(cells, row);
  }
  driftd::detectors::Profile digested = *profile;
  digested.digest = digest_of(digested);
  const std::string written = to_json(digested);
  const auto again = profile_from_json(written);
  driftd::fuzz::require(again.ok() && to_json(*again) == written, "a profile reads back as it was");
  return 0;
}
