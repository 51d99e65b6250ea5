// Metadata of commits, which any client of the group may have written: what is read is a process's, and
// whether it is yielded to is decided the same way on both sides. An input is two texts, parted by a line
// break.
#include "collector/kafka_takeover.h"
#include "tests/fuzz/round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driftd::collector;
  using driftd::fuzz::require;
  std::string_view later(reinterpret_cast<const char*>(data), size);
  const std::string first(driftd::fuzz::part(later));
  const ProcessIdentity self{"self", 1795248000000};
  TakeoverWatch watch(self);
  require(!watch.look({"t", 0}, first), "what stood there before is a predecessor's");
  const auto other = watch.look({"t", 0}, later);
  require(!other || later != first, "what stays as it was is a predecessor's");
  require(!watch.look({"t", 0}, later), "what was seen once is no news");
  const auto parsed = ProcessIdentity::parse(later);
  require(!other || other == parsed, "who is told of is who is named");
  if (!parsed) return 0;
  require(!parsed->id.empty() && parsed->id.find(';') == std::string::npos, "an id has no mark in it");
  require(ProcessIdentity::parse(parsed->metadata()) == parsed, "an identity reads back");
  if (*parsed == self) return 0;
  const TakeoverWatch theirs(*parsed);
  require(watch.must_yield_to(*parsed) != theirs.must_yield_to(self), "exactly one of two yields");
  return 0;
}
