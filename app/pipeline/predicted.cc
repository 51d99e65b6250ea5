#include "app/pipeline/predicted.h"

#include <array>

namespace driftd::app {

namespace {

std::optional<std::string> text_in(const Value& value) {
  std::array<char, 32> buffer{};
  switch (value.kind) {
    case Value::Kind::number:
    case Value::Kind::boolean:
    case Value::Kind::text:
      return std::string(shortest_text(value, buffer));
    default:
      return std::nullopt;
  }
}

std::optional<double> number_in(const Value& value) {
  if (value.kind != Value::Kind::number) return std::nullopt;
  return value.number;
}

}  // namespace

Predicted predicted_of(const PredictionEvent& event) {
  Predicted predicted;
  predicted.label = text_in(event.label);
  predicted.value = number_in(event.value);
  predicted.score = number_in(event.score);
  predicted.scores.reserve(event.scores.size());
  for (const ClassScore& score : event.scores) predicted.scores.emplace_back(score.label, score.score);
  return predicted;
}

Verdict verdict_of(const FeedbackEvent& event) {
  Verdict verdict;
  verdict.label = text_in(event.label);
  verdict.value = number_in(event.value);
  if (!verdict.value) verdict.value = number_in(event.label);
  return verdict;
}

void add_row(detectors::RowTable& table, std::vector<std::string> names, detectors::RawRow row) {
  if (table.names.empty()) table.names = names;
  if (table.names == names) {
    table.rows.push_back(std::move(row));
    return;
  }
  detectors::RowTable single;
  single.names = std::move(names);
  single.rows.push_back(std::move(row));
  table.append(std::move(single));
}

}  // namespace driftd::app
