// What the limits of the configuration cost (DESIGN 7.12), told in the log: which limit, whom it hit first,
// how often since the last line, and the remedy. At most one line per limit in five minutes.
//
// The engine notes between its parallel phases, the pages while they are made; the service tells between two
// rounds, a replay at its end. Nothing here is state; log lines and a counter come of it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "app/log.h"
#include "app/rate_limit.h"
#include "core/event.h"

namespace driftd::app {

enum class Limit : std::uint8_t {
  models,
  versions,
  columns,
  record,
  waiting,
  segments,
  series,
  connections,
  http_memory,
  slow_clients,
  names,
  text,
  dead_letters,
  deliveries,
  incidents,
  join_memory,
  unbinned,
};
inline constexpr std::size_t kLimitCount = static_cast<std::size_t>(Limit::unbinned) + 1;

class LimitLog {
 public:
  // `where` is the model; for a record, which may be of any, the topic; of HTTP the address. The first since
  // the last line is told.
  void note(Limit limit, std::uint64_t times, std::string_view where);
  // For what is there or not and does not add up: replaces what was noted.
  void set(Limit limit, std::uint64_t times, std::string_view where);
  // Notes a rejected record of `topic`, if a limit is the reason.
  void note_rejection(Rejection reason, std::string_view model, std::string_view topic);

  // Writes the lines that are due at wall time `now`.
  void tell(const Logger& log, Time now);

  // How often each has bitten since the start: driftd_limit_bites_total. Of series, on how many pages.
  [[nodiscard]] std::map<std::string_view, std::uint64_t> totals() const;

 private:
  struct Bites {
    RateLimit told{5 * kMinute};
    std::uint64_t times = 0;  // since it was told
    std::uint64_t total = 0;
    std::string where;
  };
  Bites& of(Limit limit) { return bites_[static_cast<std::size_t>(limit)]; }

  std::array<Bites, kLimitCount> bites_;
};

}  // namespace driftd::app
