// Event time. A Time is microseconds since the Unix epoch (UTC), a Duration microseconds.
//
// Both are plain integers so that they serialise, compare and divide into slots without rounding.
// Every function here is pure and thread-safe; nothing in core reads a clock.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace driftd {

using Time = std::int64_t;
using Duration = std::int64_t;

inline constexpr Duration kMicrosecond = 1;
inline constexpr Duration kMillisecond = 1000;
inline constexpr Duration kSecond = 1000 * kMillisecond;
inline constexpr Duration kMinute = 60 * kSecond;
inline constexpr Duration kHour = 60 * kMinute;
inline constexpr Duration kDay = 24 * kHour;
inline constexpr Time kNoTime = std::numeric_limits<Time>::min();  // "not known"
inline constexpr std::int64_t kNoSlot = kNoTime;                   // of any length
inline constexpr Time kEndOfTime = std::numeric_limits<Time>::max();

// Times outside [year 1, year 9999] are refused everywhere, so that slot arithmetic cannot overflow.
inline constexpr Time kEarliestTime = -62135596800LL * kSecond;  // 0001-01-01T00:00:00Z
inline constexpr Time kLatestTime = 253402300799LL * kSecond;    // 9999-12-31T23:59:59Z

// What was reckoned from such times (a slot's end, a deadline) is stored within these: the sum and the
// difference of two of them do not overflow.
inline constexpr Time kMostTime = Time{1} << 58;
inline constexpr Time kLeastTime = -kMostTime;

// RFC 3339 with a zone ("2026-11-20T08:00:00.25Z", "...+01:00"); digits beyond a microsecond are
// cut off, a leap second (:60) is the next second's start. Empty where the text is anything else.
std::optional<Time> parse_rfc3339(std::string_view text);

// "2026-11-20T08:00:00Z", with as many of .mmm or .mmmmmm as are needed.
std::string format_rfc3339(Time time);

// "500ms", "60s", "5m", "1h", "30d", "1h30m", "0s". No sign, no spaces. Empty where it is anything else.
std::optional<Duration> parse_duration(std::string_view text);

// The shortest text that parse_duration reads back: "90s" is "90s", 3600 s is "1h", a day "1d".
std::string format_duration(Duration duration);

// The number of the slot of length `slot` that holds `time` (floor division, also before 1970).
constexpr std::int64_t slot_of(Time time, Duration slot) {
  const std::int64_t quotient = time / slot;
  return (time % slot < 0) ? quotient - 1 : quotient;
}
constexpr Time slot_start(std::int64_t index, Duration slot) { return index * slot; }
constexpr Time slot_end(std::int64_t index, Duration slot) { return (index + 1) * slot; }

}  // namespace driftd
