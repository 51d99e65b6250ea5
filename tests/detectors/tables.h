// Small data sets for the tests of profiles, bins and counts.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/event.h"
#include "detectors/profile_builder.h"
#include "detectors/table.h"

namespace driftd::detectors {

inline Value number(double value) { return {Value::Kind::number, value, {}}; }
inline Value text(std::string_view value) { return {Value::Kind::text, 0, value}; }
inline Value null_value() { return {Value::Kind::null, 0, {}}; }

// Rows without time, id or outcome; columns of equal length.
inline Table table_with(std::vector<std::pair<std::string, std::vector<Value>>> columns) {
  Table table;
  for (const auto& [name, values] : columns) {
    TableColumn& column = table.features.emplace_back(name);
    for (const Value& value : values) column.push(value);
    table.times.assign(values.size(), kNoTime);
    table.ids.assign(values.size(), "");
    table.predicted.assign(values.size(), {});
    table.verdicts.assign(values.size(), std::nullopt);
  }
  return table;
}

inline std::vector<Value> numbers(const std::vector<double>& values) {
  std::vector<Value> made;
  for (const double value : values) made.push_back(number(value));
  return made;
}

inline Profile profile_with(std::vector<std::pair<std::string, std::vector<Value>>> columns,
                            const ProfileOptions& options = {}) {
  return build_profile(table_with(std::move(columns)), options).value();
}

}  // namespace driftd::detectors
