#include "app/cron.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace driftd::app {

using detectors::evidence::TimeZone;

namespace {

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekdays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kNicknames = {
    {{"@yearly", "0 0 1 1 *"},
     {"@annually", "0 0 1 1 *"},
     {"@monthly", "0 0 1 * *"},
     {"@weekly", "0 0 * * 0"},
     {"@daily", "0 0 * * *"},
     {"@midnight", "0 0 * * *"},
     {"@hourly", "0 * * * *"}}};

struct FieldRule {
  std::string_view name;
  int least, most;
  std::span<const std::string_view> words;  // the first stands for `least`
};
const std::array<FieldRule, 5>& field_rules() {
  static const std::array<FieldRule, 5> kRules = {{{"minute", 0, 59, {}},
                                                   {"hour", 0, 23, {}},
                                                   {"day of the month", 1, 31, {}},
                                                   {"month", 1, 12, kMonths},
                                                   {"day of the week", 0, 7, kWeekdays}}};
  return kRules;
}

std::vector<std::string_view> split(std::string_view text, std::string_view at) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = text.find_first_of(at, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

std::string lower(std::string_view text) {
  std::string small(text);
  for (char& c : small) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return small;
}

std::optional<int> number_in(std::string_view text) {
  int value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = fault == std::errc() && end == text.data() + text.size() && !text.empty() &&
                     text.front() != '-' && text.front() != '+';
  return whole ? std::optional(value) : std::nullopt;
}

Error fault_in(const FieldRule& rule, std::string_view item, const std::string& what) {
  return {ErrorCode::invalid, std::string(rule.name) + ": \"" + std::string(item) + "\" " + what};
}

Result<int> value_of(const FieldRule& rule, std::string_view text, std::string_view item) {
  const auto word = std::find(rule.words.begin(), rule.words.end(), text);
  if (word != rule.words.end()) return static_cast<int>(word - rule.words.begin()) + rule.least;
  const auto number = number_in(text);
  if (number && *number >= rule.least && *number <= rule.most) return *number;
  std::string what = "is not " + std::to_string(rule.least) + " to " + std::to_string(rule.most);
  if (!rule.words.empty())
    what += " or " + std::string(rule.words.front()) + " to " + std::string(rule.words.back());
  return fault_in(rule, item, what);
}

// One item of a list, `A-B/STEP` and its shorter forms.
Status read_item(const FieldRule& rule, std::string_view item, std::set<int>& values) {
  const auto parts = split(item, "/");
  if (parts.size() > 2) return fault_in(rule, item, "has more than one step");
  int first = rule.least, last = rule.most;
  if (parts[0] != "*") {
    const auto ends = split(parts[0], "-");
    if (ends.size() > 2) return fault_in(rule, item, "is no range");
    const auto from = value_of(rule, ends[0], item);
    if (!from.ok()) return from.error();
    first = *from;
    if (ends.size() == 2) {
      const auto to = value_of(rule, ends[1], item);
      if (!to.ok()) return to.error();
      last = *to;
      if (ends[1] == "sun") last = 7;
    } else if (parts.size() == 1) {
      last = first;
    }
  } else if (rule.most == 7) {
    last = 6;
  }
  if (first > last) return fault_in(rule, item, "ends before it begins");
  int step = 1;
  if (parts.size() == 2) {
    const auto given = number_in(parts[1]);
    if (!given || *given < 1 || *given > rule.most)
      return fault_in(rule, item, "has a step that is not 1 to " + std::to_string(rule.most));
    step = *given;
  }
  for (int value = first; value <= last; value += step) values.insert(value);
  return success();
}

Result<std::set<int>> read_field(const FieldRule& rule, std::string_view text) {
  std::set<int> values;
  for (const std::string_view item : split(text, ","))
    if (Status done = read_item(rule, item, values); !done.ok()) return done.error();
  return values;
}

std::chrono::year_month_day date_of(std::int64_t day) {
  return {std::chrono::sys_days(std::chrono::days(day))};
}

// The moments at which clocks show `local`; where they skip it, that of the change if it is wanted.
std::vector<Time> moments_of(Time local, bool skipped_too, const TimeZone& zone) {
  const auto near =
      std::lower_bound(zone.changes.begin(), zone.changes.end(), local - 2 * kDay,
                       [](const TimeZone::Change& change, Time time) { return change.at < time; });
  std::set<Time> found;
  Duration offset = near == zone.changes.begin() ? zone.first_offset : std::prev(near)->offset;
  Time from = kNoTime;
  for (auto change = near;; ++change) {
    const bool end = change == zone.changes.end() || change->at > local + 2 * kDay;
    const Time moment = local - offset;
    if (moment >= from && (end || moment < change->at)) found.insert(moment);
    if (end) break;
    if (skipped_too && local >= change->at + offset && local < change->at + change->offset)
      found.insert(change->at);
    from = change->at;
    offset = change->offset;
  }
  return {found.begin(), found.end()};
}

constexpr std::int64_t kLastDay = 47'481;  // 2099-12-31

}  // namespace

Result<Cron> Cron::parse(std::string_view text) {
  std::string small = lower(text);
  if (small.starts_with('@')) {
    const auto found = std::find_if(kNicknames.begin(), kNicknames.end(),
                                    [&](const auto& nickname) { return nickname.first == small; });
    if (found == kNicknames.end())
      return Error{ErrorCode::invalid, "unknown \"" + std::string(text) +
                                           "\"; known are @hourly, @daily, @weekly, @monthly and @yearly"};
    small = found->second;
  }
  std::vector<std::string_view> words = split(small, " \t");
  std::erase_if(words, [](std::string_view word) { return word.empty(); });
  if (words.size() != field_rules().size())
    return Error{ErrorCode::invalid,
                 "is not the five fields of a cron expression (minute, hour, day of the month, "
                 "month, day of the week) but " +
                     std::to_string(words.size())};
  std::array<std::set<int>, 5> fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    auto values = read_field(field_rules()[i], words[i]);
    if (!values.ok()) return values.error();
    fields[i] = *std::move(values);
  }
  Cron cron;
  const auto place = [](int value) { return static_cast<std::size_t>(value); };
  for (const int value : fields[0]) cron.minutes_.set(place(value));
  for (const int value : fields[1]) cron.hours_.set(place(value));
  for (const int value : fields[2]) cron.days_.set(place(value));
  for (const int value : fields[3]) cron.months_.set(place(value));
  for (const int value : fields[4]) cron.weekdays_.set(place(value % 7));
  cron.any_hour_ = words[1] == "*";
  cron.any_day_ = words[2] == "*";
  cron.any_weekday_ = words[4] == "*";
  if (!cron.ever_comes()) return Error{ErrorCode::invalid, "names a day that never comes"};
  return cron;
}

bool Cron::ever_comes() const {
  if (any_day_ || !any_weekday_) return true;
  constexpr std::array<std::size_t, 13> kLengths = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (std::size_t month = 1; month <= 12; ++month)
    for (std::size_t day = 1; months_.test(month) && day <= kLengths[month]; ++day)
      if (days_.test(day)) return true;
  return false;
}

bool Cron::names_day(std::int64_t day) const {
  const std::chrono::year_month_day date = date_of(day);
  if (!months_.test(static_cast<unsigned>(date.month()))) return false;
  const bool by_day = days_.test(static_cast<unsigned>(date.day()));
  const bool by_weekday =
      weekdays_.test(std::chrono::weekday(std::chrono::sys_days(std::chrono::days(day))).c_encoding());
  if (any_day_) return by_weekday;
  return any_weekday_ ? by_day : by_day || by_weekday;
}

std::vector<Time> Cron::moments_on(std::int64_t day, const TimeZone& zone) const {
  std::vector<Time> all;
  if (!names_day(day)) return all;
  for (std::size_t minute = 0; minute < 24 * 60; ++minute) {
    if (!hours_.test(minute / 60) || !minutes_.test(minute % 60)) continue;
    const Time local = slot_start(day, kDay) + static_cast<Duration>(minute) * kMinute;
    const std::vector<Time> found = moments_of(local, !any_hour_, zone);
    all.insert(all.end(), found.begin(), found.end());
  }
  return all;
}

// Clocks may come back from the day after: one day more than the first that has any.
std::optional<Time> Cron::next(Time time, const TimeZone& zone) const {
  std::optional<Time> found;
  for (std::int64_t day = std::max<std::int64_t>(slot_of(time, kDay) - 2, 0); day <= kLastDay; ++day) {
    const bool done = found.has_value();
    for (const Time moment : moments_on(day, zone))
      if (moment > time && (!found || moment < *found)) found = moment;
    if (done) break;
  }
  return found;
}

std::optional<Time> Cron::last(Time time, const TimeZone& zone) const {
  std::optional<Time> found;
  for (std::int64_t day = std::min(slot_of(time, kDay) + 2, kLastDay); day >= 0; --day) {
    const bool done = found.has_value();
    for (const Time moment : moments_on(day, zone))
      if (moment <= time && (!found || moment > *found)) found = moment;
    if (done) break;
  }
  return found;
}

}  // namespace driftd::app
