// Arrays of numbers as events bring them and as they are kept: counted, read and packed they are the same.
#include <cmath>
#include <cstring>

#include "core/embedding.h"
#include "tests/fuzz/round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driftd;
  using driftd::fuzz::require;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<float> items, again;
  const bool good = read_items(text, items);
  require(count_items(text) == (good ? items.size() : 0), "counted as read");
  const std::string packed = pack_items(text);
  require(packed.empty() == !good, "packed as read");
  if (!good) return 0;
  require(!items.empty() && items.size() <= kMostItems, "items are bounded");
  for (const float item : items) require(std::isfinite(item), "items are finite");
  require(read_items(packed, again) && again.size() == items.size(), "what was packed reads back");
  require(std::memcmp(items.data(), again.data(), items.size() * sizeof(float)) == 0, "to the bit");
  require(pack_items(packed) == packed, "packed twice is packed once");
  return 0;
}
