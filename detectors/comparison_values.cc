#include "detectors/comparison_values.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace driftd::detectors {
namespace {

Value number_value(std::optional<double> number) {
  Value value;
  if (!number) return value;
  value.kind = Value::Kind::number;
  value.number = *number;
  return value;
}

Value text_value(const std::string* text) {
  Value value;
  if (text == nullptr) return value;
  value.kind = Value::Kind::text;
  value.text = *text;
  return value;
}

bool classifies(const TaskSpec& spec) { return spec.task == Task::binary || spec.task == Task::multiclass; }

RowValues predictions(const Table& table, const TaskSpec& spec) {
  return [&table, &spec, resolved = std::make_shared<Resolved>()](std::size_t row) {
    *resolved = resolve(table.predicted[row], spec);
    return resolved->label ? text_value(&*resolved->label) : number_value(resolved->value);
  };
}

RowValues scores(const Table& table, const TaskSpec& spec) {
  return [&table, &spec](std::size_t row) {
    const std::optional<double> score =
        spec.task == Task::binary ? resolve(table.predicted[row], spec).score : table.predicted[row].score;
    return number_value(score);
  };
}

RowValues labels(const Table& table, const TaskSpec& spec) {
  return [&table, classify = classifies(spec), text = std::make_shared<std::string>()](std::size_t row) {
    const std::optional<Verdict>& verdict = table.verdicts[row];
    if (!verdict) return Value{};
    if (!classify) return number_value(verdict->value);
    if (!verdict->label && !verdict->value) return Value{};
    *text = verdict->label ? *verdict->label : shortest_text(*verdict->value);
    return text_value(text.get());
  };
}

}  // namespace

bool is_missing(const Value& value) {
  return value.kind == Value::Kind::absent || value.kind == Value::Kind::null ||
         value.kind == Value::Kind::array || value.kind == Value::Kind::object;
}

TaskSpec infer_task(const Table& table) {
  TaskInference inference;
  for (const Predicted& predicted : table.predicted) inference.add(predicted);
  for (const std::optional<Verdict>& verdict : table.verdicts) {
    if (verdict) inference.add(*verdict);
  }
  return inference.finish();
}

std::vector<ValueColumn> value_columns(const Table& table, const TaskSpec& spec) {
  std::vector<ValueColumn> columns;
  for (const TableColumn& feature : table.features) {
    columns.push_back(
        {feature.name(), Role::feature, [&feature](std::size_t row) { return feature.value(row); }});
  }
  const ValueColumn rest[] = {{"prediction", Role::prediction, predictions(table, spec)},
                              {"score", Role::score, scores(table, spec)},
                              {"label", Role::label, labels(table, spec)}};
  for (const ValueColumn& column : rest) {
    for (std::size_t row = 0; row < table.size(); ++row) {
      if (column.values(row).kind == Value::Kind::absent) continue;
      columns.push_back(column);
      break;
    }
  }
  return columns;
}

}  // namespace driftd::detectors
