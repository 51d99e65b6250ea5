// Stored tallies: whatever the bytes, they are refused or read back the same, and adding never breaks.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "detectors/row_codec.h"
#include "detectors/tally.h"

namespace {

std::shared_ptr<const driftd::detectors::TallyLayout> small_layout() {
  driftd::detectors::Profile profile;
  auto& numeric = profile.columns.emplace_back();
  numeric.maximum = 1;
  numeric.shown_edges = {0.25, 0.5};
  auto& categorical = profile.columns.emplace_back();
  categorical.type = driftd::detectors::ColumnType::categorical;
  categorical.categories = {"a", "b"};
  for (auto& column : profile.columns) column.derive();
  return std::make_shared<const driftd::detectors::TallyLayout>(profile,
                                                                driftd::detectors::Side::predictions);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driftd::detectors;  // NOLINT(google-build-using-namespace): one function
  static const auto layout = small_layout();
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)decode_rows(bytes, [](const std::vector<std::string>&, const RawRow&) {});
  const std::string_view half = bytes.substr(0, size / 2);
  if (add_encoded_tallies(half, bytes.substr(size / 2)) !=
      add_encoded_tallies(bytes.substr(size / 2), half)) {
    std::abort();
  }
  auto tally = Tally::decode(layout, bytes);
  if (!tally.ok()) return 0;
  const auto again = Tally::decode(layout, tally->encode());
  if (!again.ok() || !(*again == *tally)) std::abort();
  tally->subtract(*again);
  if (!tally->empty()) std::abort();
  return 0;
}
