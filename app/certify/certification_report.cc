#include "app/certify/certification_report.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "app/certify/certification_names.h"
#include "app/text_table.h"
#include "detectors/evidence/drift_effect.h"

namespace driftd::app {

namespace ev = detectors::evidence;

namespace {

using Json = nlohmann::ordered_json;

constexpr std::pair<Promise, std::string_view> kPromises[] = {
    {Promise::kept, "kept"}, {Promise::undecided, "undecided"}, {Promise::broken, "broken"}};

std::string number(double value) { return ev::number_text(value); }

// With commas between thousands.
std::string count(double value) {
  const std::string digits = std::to_string(static_cast<std::int64_t>(std::llround(value)));
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string plus(double share) { return std::string("+").append(ev::percent_text(share)); }

std::string day_of(Time time) { return format_rfc3339(time).substr(0, 10); }

// To the hour from a day on, to the minute below: "3d4h", "2h35m".
std::string about(Duration duration) {
  const Duration unit = duration >= kDay ? kHour : kMinute;
  Duration left = (duration + unit / 2) / unit * unit;
  std::string text;
  for (const auto& [length, letter] :
       {std::pair(kDay, 'd'), std::pair(kHour, 'h'), std::pair(kMinute, 'm')}) {
    if (left >= length) (text += std::to_string(left / length)) += letter;
    left %= length;
  }
  return text.empty() ? "0m" : text;
}

std::string header(const Certification& found) {
  std::string text = found.model + ": reference " + found.reference + "\n" +
                     count(static_cast<double>(found.rows)) + " rows, " + day_of(found.first) + " to " +
                     day_of(found.last) + ", " + std::to_string(found.days) + " whole days";
  if (!found.regimes.empty())
    text += ", those of " + std::to_string(found.regimes.size()) + " regimes among them";
  text += "\n\n" + std::to_string(found.months) +
          " months of 30 days without a change, put together from these days (" +
          (found.days_left_out > 1 ? "of the same weekday" : "any for any") + "), in slots of " +
          format_duration(found.slot) + "; each is judged by the reference without its own " +
          (found.days_left_out > 1 ? "week" : "day") +
          ".\nWhat this cannot show: whatever these days have not seen, such as a holiday, a slow trend, or "
          "a run of "
          "odd days.\n\n";
  return text;
}

std::string kinds_text(const Certification& found) {
  TextTable table("lrrr", {"kind", "share of the budget", "false alarms", "needing the bank"});
  for (const CertifiedKind& kind : found.kinds)
    table.add({std::string(ev::name_of(kind.kind)), ev::percent_text(kind.share), std::to_string(kind.alarms),
               std::to_string(kind.by_bank)});
  std::string text = table.text();
  for (const std::string& left : found.left_out) text += "not replayed: " + left + "\n";
  return text;
}

std::string verdict_text(const Certification& found) {
  const std::string per = format_duration(found.budget.per);
  std::string text = "\nfalse alarms per " + per + ": " + number(found.rate.mean) +
                     " (95 %: " + number(found.rate.low) + " to " + number(found.rate.high) + "), budget " +
                     number(found.budget.alerts) + "\n";
  switch (found.promise) {
    case Promise::kept:
      text += "The budget is kept.\n";
      break;
    case Promise::undecided:
      text += "These months do not tell whether the budget is kept.\n";
      break;
    case Promise::broken:
      text += "THE BUDGET IS NOT KEPT.\n";
      break;
  }
  for (const std::string& advice : found.advice) text += "  - " + advice + "\n";
  return text + "Alarms would be " + found.strength + ": " + found.because + ".\n";
}

std::string shift_text(const CertifiedColumn& column) {
  if (!column.shift) return "-";
  if (!column.numeric) return plus(column.shift->size);
  return number(column.shift->size) + " sd";
}

std::string columns_text(const Certification& found) {
  TextTable table("llrrrrrrrr", {"column", "kind", "values a day", "count as", "shift found", "tv", "within",
                                 "missing found", "within", "false alarms"});
  bool any = false;
  std::size_t derived = 0;
  for (const CertifiedColumn& column : found.columns) {
    if (ev::lives_on_labels(column.kind)) continue;
    derived += column.kind == ev::EvidenceKind::covariate ? 1 : 0;
    if (column.kind == ev::EvidenceKind::covariate && column.alarms == 0) continue;
    any = true;
    const auto delay = [](const std::optional<SmallestShift>& shift) {
      return shift ? about(shift->delay) : std::string("-");
    };
    table.add({column.name, std::string(ev::name_of(column.kind)), count(column.per_day),
               count(column.per_day / column.inflation), shift_text(column),
               column.shift ? number(column.shift->variation) : "-", delay(column.shift),
               column.missing ? plus(column.missing->size) : "-", delay(column.missing),
               std::to_string(column.alarms)});
  }
  if (!any) return "";
  const std::string more =
      derived == 0
          ? ""
          : "\nWatched too, and shown where they alarm: " + std::to_string(derived) + " derived columns.";
  return "\n" + table.text() + more +
         "\nFound: the smallest of the sizes tried that shows in 9 of 10 months within a week, and the "
         "median time "
         "until it does.\n";
}

Json shift_json(const std::optional<SmallestShift>& shift) {
  if (!shift) return nullptr;
  return {{"size", shift->size},
          {"total_variation", shift->variation},
          {"median_delay", format_duration(shift->delay)},
          {"median_delay_seconds", shift->delay / kSecond}};
}

Json column_json(const CertifiedColumn& column) {
  Json json = {{"column", column.name},
               {"kind", ev::name_of(column.kind)},
               {"variance_inflation", column.inflation},
               {"resolved", column.resolved},
               {"false_alarms", column.alarms}};
  if (ev::lives_on_labels(column.kind)) return json;
  json["type"] = column.numeric ? "numeric" : "categorical";
  json["values_per_day"] = column.per_day;
  json["effective_per_day"] = column.per_day / column.inflation;
  json["shift"] = shift_json(column.shift);
  if (column.shift) json["shift"]["unit"] = column.numeric ? "sd" : "share";
  json["missing"] = shift_json(column.missing);
  return json;
}

}  // namespace

std::string_view name_of(Promise promise) {
  for (const auto& [known, name] : kPromises)
    if (known == promise) return name;
  return "";
}

std::optional<Promise> promise_of(std::string_view name) {
  for (const auto& [promise, known] : kPromises)
    if (known == name) return promise;
  return std::nullopt;
}

std::string to_text(const Certification& certification) {
  return header(certification) + kinds_text(certification) + verdict_text(certification) +
         columns_text(certification);
}

std::string to_json(const Certification& found) {
  Json json = {
      {"model", found.model},
      {"version", found.version},
      {"reference",
       {{"digest", found.reference},
        {"regimes", found.regimes},
        {"rows", found.rows},
        {"first", format_rfc3339(found.first)},
        {"last", format_rfc3339(found.last)},
        {"days", found.days}}},
      {"months", found.months},
      {"days_left_out", found.days_left_out},
      {"slot", format_duration(found.slot)},
      {"seed", found.seed},
      {"budget", {{"alerts", found.budget.alerts}, {"per", format_duration(found.budget.per)}}},
      {"false_alarms", {{"rate", found.rate.mean}, {"low", found.rate.low}, {"high", found.rate.high}}},
      {"share_replayed", found.watched},
      {"left_out", found.left_out},
      {"verdict", name_of(found.promise)},
      {"advice", found.advice},
      {"strength", found.strength},
      {"because", found.because},
      {"kinds", Json::array()},
      {"columns", Json::array()}};
  for (const CertifiedKind& kind : found.kinds)
    json["kinds"].push_back({{"kind", ev::name_of(kind.kind)},
                             {"share", kind.share},
                             {"false_alarms", kind.alarms},
                             {"needing_the_bank", kind.by_bank}});
  for (const CertifiedColumn& column : found.columns) json["columns"].push_back(column_json(column));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace driftd::app
