#include "app/table_reader_rows.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <tuple>

#include "app/pipeline/predicted.h"

namespace driftd::app {
namespace {

struct Role {
  ColumnUse use;
  std::string_view usual;
  std::optional<std::string> ColumnRoles::*given;
};
constexpr std::array kRoles = {Role{ColumnUse::id, "id", &ColumnRoles::id},
                               Role{ColumnUse::time, "time", &ColumnRoles::time},
                               Role{ColumnUse::label, "label", &ColumnRoles::label},
                               Role{ColumnUse::prediction, "prediction", &ColumnRoles::prediction},
                               Role{ColumnUse::score, "score", &ColumnRoles::score}};

Error invalid(std::string message) { return {ErrorCode::invalid, std::move(message)}; }

std::string text_of(const Value& value) {
  std::array<char, 32> buffer{};
  return std::string(shortest_text(value, buffer));
}

bool is_missing(const Value& value) {
  return value.kind == Value::Kind::null || value.kind == Value::Kind::absent;
}

std::optional<Time> time_of(const Value& value) {
  if (value.kind == Value::Kind::text) return parse_rfc3339(value.text);
  if (value.kind != Value::Kind::number || value.number != std::floor(value.number)) return std::nullopt;
  constexpr double kMillisecondsPerSecond = 1000;
  constexpr Time kFirstSecond = kEarliestTime / kSecond;
  constexpr Time kLastSecond = kLatestTime / kSecond;
  const double seconds = value.number / kMillisecondsPerSecond;
  if (!(seconds >= static_cast<double>(kFirstSecond)) || !(seconds <= static_cast<double>(kLastSecond))) {
    return std::nullopt;
  }
  return static_cast<Time>(value.number) * kMillisecond;
}

bool is_outcome(const Value& value) {
  return value.kind == Value::Kind::number || value.kind == Value::Kind::text ||
         value.kind == Value::Kind::boolean;
}

// A whole number of so many digits that a double would be another one: a code.
bool is_long_code(std::string_view cell, double number) {
  constexpr std::size_t kExactDigits = 15;
  if (cell.size() <= kExactDigits || cell.find_first_not_of("-0123456789") != std::string_view::npos)
    return false;
  return shortest_text(number) != cell;
}

// Of two verdicts about one id, the one that counts does not depend on the order of files.
bool comes_before(Time a_time, const Verdict& a, Time b_time, const Verdict& b) {
  return std::tie(a_time, a.label, a.value) < std::tie(b_time, b.label, b.value);
}

}  // namespace

Value value_of_cell(std::string_view cell) {
  if (cell.empty()) return {Value::Kind::null, 0, {}};
  if (cell == "true" || cell == "false") return {Value::Kind::boolean, 0, cell};
  const std::size_t digits = cell.front() == '-' ? 1 : 0;
  const bool code =
      cell.size() > digits + 1 && cell[digits] == '0' && cell[digits + 1] >= '0' && cell[digits + 1] <= '9';
  if (code) return {Value::Kind::text, 0, cell};
  double number = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
  if (end != cell.data() + cell.size() || error == std::errc::invalid_argument) {
    return {Value::Kind::text, 0, cell};
  }
  if (std::isnan(number)) return {Value::Kind::null, 0, {}};
  if (error == std::errc::result_out_of_range) {
    const bool tiny = cell.find("e-") != std::string_view::npos || cell.find("E-") != std::string_view::npos;
    return tiny ? Value{Value::Kind::number, 0, {}} : Value{Value::Kind::not_finite, 0, {}};
  }
  if (is_long_code(cell, number)) return {Value::Kind::text, 0, cell};
  return {std::isfinite(number) ? Value::Kind::number : Value::Kind::not_finite, number, {}};
}

ColumnUse TableRows::use_of(std::string_view column) const {
  const std::vector<std::string>& ignored = options_.roles.ignore;
  if (std::find(ignored.begin(), ignored.end(), column) != ignored.end()) return ColumnUse::ignored;
  for (const Role& role : kRoles) {
    const auto& given = options_.roles.*role.given;
    if (given && !given->empty() && *given == column) return role.use;
  }
  for (const Role& role : kRoles) {
    // a column of a usual name whose role went to another one, or to none, is a feature
    if (role.usual == column && !(options_.roles.*role.given)) return role.use;
  }
  return column == "version" ? ColumnUse::ignored : ColumnUse::feature;
}

std::size_t TableRows::feature(std::string_view name) {
  const auto [found, added] = numbers_.emplace(name, table_.features.size());
  if (added) table_.features.emplace_back(std::string(name));
  return found->second;
}

void TableRows::push(std::size_t number, const Value& value) {
  detectors::TableColumn& column = table_.features[number];
  if (column.size() > rows_) return;  // a name that is there twice: the first counts
  column.fill(rows_);
  column.push(value);
}

void TableRows::begin_row() {
  table_.times.push_back(kNoTime);
  table_.ids.emplace_back();
  table_.predicted.emplace_back();
  table_.verdicts.emplace_back();
}

Status TableRows::set(ColumnUse use, const Value& value) {
  if (is_missing(value)) return success();
  Predicted& predicted = table_.predicted.back();
  switch (use) {
    case ColumnUse::id:
      table_.ids.back() = text_of(value);
      return success();
    case ColumnUse::time: {
      const auto time = time_of(value);
      if (!time) {
        return invalid("the time \"" + text_of(value) +
                       "\" is neither like 2026-11-20T08:00:00Z nor milliseconds since 1970");
      }
      table_.times.back() = *time;
      return success();
    }
    case ColumnUse::score:
      if (value.kind != Value::Kind::number) {
        return invalid("the score \"" + text_of(value) + "\" is not a number");
      }
      predicted.score = value.number;
      return success();
    case ColumnUse::prediction:
      if (value.kind == Value::Kind::number) {
        predicted.value = value.number;
      } else if (is_outcome(value)) {
        predicted.label = text_of(value);
      }
      return success();
    case ColumnUse::label:
      if (!is_outcome(value)) return success();
      table_.verdicts.back().emplace();
      table_.verdicts.back()->label = text_of(value);
      if (value.kind == Value::Kind::number) table_.verdicts.back()->value = value.number;
      return success();
    default:
      return success();
  }
}

Status TableRows::check_model(std::string_view model, bool& wanted) {
  wanted = options_.model.empty() || model == options_.model;
  if (model_.empty()) model_ = model;
  if (wanted && options_.model.empty() && model != model_) {
    return invalid("events of model " + model_ + " and of " + std::string(model) +
                   ": say which with --model");
  }
  return success();
}

Status TableRows::add(const PredictionEvent& event) {
  bool wanted = false;
  if (Status checked = check_model(event.model, wanted); !checked.ok() || !wanted || event.failed) {
    return checked;
  }
  begin_row();
  table_.times.back() = event.time;
  table_.ids.back() = event.id;
  table_.predicted.back() = predicted_of(event);
  for (const Feature& value : event.features) {
    if (use_of(value.name) != ColumnUse::ignored) push(feature(value.name), value.value);
  }
  end_row();
  return success();
}

Status TableRows::add(const FeedbackEvent& event) {
  bool wanted = false;
  if (Status checked = check_model(event.model, wanted); !checked.ok() || !wanted) return checked;
  const Verdict verdict = verdict_of(event);
  const auto [found, added] = feedback_.emplace(event.id, Feedback{event.time, verdict});
  if (!added && comes_before(event.time, verdict, found->second.time, found->second.verdict)) {
    found->second = {event.time, verdict};
  }
  return success();
}

void TableRows::join_labels() {
  if (feedback_.empty()) return;
  table_.pair_times.resize(rows_);
  for (std::size_t row = 0; row < rows_; ++row) {
    if (const auto found = feedback_.find(table_.ids[row]); found != feedback_.end()) {
      table_.verdicts[row] = found->second.verdict;
      table_.pair_times[row] = {table_.times[row], found->second.time};
    }
  }
}

Status TableRows::check_roles() const {
  for (const Role& role : kRoles) {
    const auto& given = options_.roles.*role.given;
    if (!given || given->empty()) continue;
    if ((seen_ & 1U << static_cast<unsigned>(role.use)) == 0) {
      return invalid("there is no column \"" + *given + "\", which is to be the " + std::string(role.usual));
    }
  }
  return success();
}

Result<detectors::Table> TableRows::finish() {
  if (Status checked = check_roles(); !checked.ok()) return checked.error();
  if (rows_ == 0 && !options_.model.empty() && !model_.empty() && model_ != options_.model) {
    return invalid("no prediction of model " + options_.model + ", but of " + model_);
  }
  if (rows_ == 0) return invalid("there is no row");
  for (detectors::TableColumn& column : table_.features) column.fill(rows_);
  join_labels();
  return std::move(table_);
}

}  // namespace driftd::app
