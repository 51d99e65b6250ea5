// Cron expressions and names of time zones of a digest: refused in words, or times that come in order.
// An input is ZONE, a line break, EXPRESSION.
#include <array>

#include "app/cron.h"
#include "app/time_zone.h"
#include "tests/fuzz/round_trip.h"

namespace {

using namespace driftd;
using detectors::evidence::TimeZone;
using driftd::fuzz::require;

const TimeZone& berlin() {
  static const TimeZone zone = *app::load_time_zone("Europe/Berlin");
  return zone;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string name(fuzz::part(bytes));
  const auto cron = app::Cron::parse(bytes);
  if (!cron.ok()) {
    require(!cron.error().message.empty(), "a refusal says why");
    return 0;
  }
  const auto named = name.size() < 40 ? app::load_time_zone(name) : Result<TimeZone>(Error{});
  const TimeZone& zone = named.ok() ? *named : berlin();
  // An hour of the clocks that comes twice, one that is skipped, and the end of what is known.
  constexpr std::array<Time, 3> kTimes = {1761440400, 1774746000, 4102444800};
  for (const Time at : kTimes) {
    const Time time = at * kSecond - kHour;
    const auto last = cron->last(time, zone);
    require(!last || *last <= time, "the last is not after");
    const auto next = cron->next(time, zone);
    if (!next) continue;
    require(*next > time, "the next is after");
    require(cron->last(*next, zone) == next, "the last up to the next is the next");
    require(cron->last(*next - 1, zone) == last, "nothing is between the last and the next");
    require(!last || cron->next(*last, zone) == next, "the next after the last is the next");
  }
  return 0;
}
