#include "core/time.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace driftd {

namespace {

using std::chrono::sys_days;

// Reads exactly `digits` decimal digits at `at`; -1 where they are not there. Inline, so that the loop
// unrolls.
[[gnu::always_inline]] inline int digits_at(std::string_view text, std::size_t at, std::size_t digits) {
  if (at + digits > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = 10 * value + (text[i] - '0');
  }
  return value;
}

// The fraction ".25" at `at` in microseconds; moves `at` behind it. Empty where it has no digit.
std::optional<Duration> fraction_at(std::string_view text, std::size_t& at) {
  if (at >= text.size() || text[at] != '.') return 0;
  ++at;
  Duration value = 0;
  std::size_t seen = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++seen)
    if (seen < 6) value = 10 * value + (text[at] - '0');
  if (seen == 0) return std::nullopt;
  for (; seen < 6; ++seen) value *= 10;
  return value;
}

// The zone at `at`, which must end the text, as an offset from UTC.
std::optional<Duration> zone_at(std::string_view text, std::size_t at) {
  if (at + 1 == text.size() && (text[at] == 'Z' || text[at] == 'z')) return 0;
  if (at + 6 != text.size() || (text[at] != '+' && text[at] != '-') || text[at + 3] != ':')
    return std::nullopt;
  const int hours = digits_at(text, at + 1, 2);
  const int minutes = digits_at(text, at + 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  const Duration offset = hours * kHour + minutes * kMinute;
  return text[at] == '-' ? -offset : offset;
}

struct Unit {
  std::string_view name;
  Duration length;
};
constexpr std::array<Unit, 7> kUnits = {{{"w", 7 * kDay},
                                         {"d", kDay},
                                         {"h", kHour},
                                         {"m", kMinute},
                                         {"s", kSecond},
                                         {"ms", kMillisecond},
                                         {"us", kMicrosecond}}};

const Unit* unit_named(std::string_view name) {
  for (const Unit& unit : kUnits)
    if (unit.name == name) return &unit;
  return nullptr;
}

}  // namespace

std::optional<Time> parse_rfc3339(std::string_view text) {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':')
    return std::nullopt;
  if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return std::nullopt;
  const int year = digits_at(text, 0, 4);
  const int month = digits_at(text, 5, 2);
  const int day = digits_at(text, 8, 2);
  const int hour = digits_at(text, 11, 2);
  const int minute = digits_at(text, 14, 2);
  const int second = digits_at(text, 17, 2);
  if (year < 1 || month < 1 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 60)
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  std::size_t at = 19;
  const auto fraction = fraction_at(text, at);
  const auto zone = fraction ? zone_at(text, at) : std::nullopt;
  if (!zone) return std::nullopt;
  const Time days = sys_days{date}.time_since_epoch().count();
  const Time time = days * kDay + hour * kHour + minute * kMinute + second * kSecond +
                    (second == 60 ? 0 : *fraction) - *zone;
  if (time < kEarliestTime || time > kLatestTime) return std::nullopt;
  return time;
}

std::string format_rfc3339(Time time) {
  const Time days = slot_of(time, kDay);
  const std::chrono::year_month_day date{sys_days{std::chrono::days{days}}};
  const Duration rest = time - days * kDay;
  std::array<char, 40> buffer{};
  int size = std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d",
                           static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                           static_cast<unsigned>(date.day()), static_cast<int>(rest / kHour),
                           static_cast<int>(rest / kMinute % 60), static_cast<int>(rest / kSecond % 60));
  std::string text(buffer.data(), static_cast<std::size_t>(size));
  const auto micros = static_cast<int>(rest % kSecond);
  if (micros != 0) {
    const bool whole = micros % 1000 == 0;
    size = std::snprintf(buffer.data(), buffer.size(), whole ? ".%03d" : ".%06d",
                         whole ? micros / 1000 : micros);
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return text + "Z";
}

std::optional<Duration> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  Duration total = 0;
  Duration last_unit = kEndOfTime;
  while (!text.empty()) {
    std::int64_t count = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (fault != std::errc{} || count < 0 || text.front() == '-') return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    std::size_t length = 0;
    while (length < text.size() && (text[length] < '0' || text[length] > '9')) ++length;
    const Unit* unit = unit_named(text.substr(0, length));
    if (unit == nullptr || unit->length >= last_unit) return std::nullopt;
    Duration part = 0;
    if (__builtin_mul_overflow(count, unit->length, &part) || __builtin_add_overflow(total, part, &total))
      return std::nullopt;
    last_unit = unit->length;
    text.remove_prefix(length);
  }
  return total;
}

std::string format_duration(Duration duration) {
  if (duration == 0) return "0s";
  for (const Unit& unit : kUnits)
    if (unit.name != "w" && duration % unit.length == 0)
      return std::to_string(duration / unit.length) + std::string(unit.name);
  return std::to_string(duration) + "us";
}

}  // namespace driftd
