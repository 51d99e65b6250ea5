// A plan over two columns, made of rows, for tests of what is counted under one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/pipeline/plan.h"
#include "app/pipeline/row_binning.h"
#include "detectors/learner.h"

namespace driftd::app {

inline detectors::RawRow raw_row(int number) {
  detectors::RawRow row;
  row.time = number * kSecond;
  row.id = "r" + std::to_string(number);
  row.hash = 1000 + static_cast<std::uint64_t>(number);
  row.values = {{Value::Kind::number, number * 0.5, ""},
                {Value::Kind::text, 0, number % 3 != 0 ? "DE" : "FR"}};
  row.predicted.label = number % 2 != 0 ? "yes" : "no";
  return row;
}

inline std::shared_ptr<const Plan> plan_of_rows(int rows) {
  detectors::RowTable table;
  table.names = {"age", "country"};
  for (int i = 0; i < rows; ++i) table.rows.push_back(raw_row(i));
  detectors::Learner learner({detectors::ReferenceRule::Kind::first_rows, rows, 0}, kHour);
  learner.add_slot(0, table);
  auto profile = learner.finish({}, detectors::ProfileParts::predictions);
  return std::make_shared<const Plan>(std::move(*profile), detectors::Side::predictions, ModelConfig{});
}

// One row of age and country counted by the plan.
inline detectors::Tally counted(const Plan& plan, double age, std::string_view country) {
  const std::vector<Feature> features = {{"age", {Value::Kind::number, age, {}}},
                                         {"country", {Value::Kind::text, 0, country}}};
  BinnedRow row;
  detectors::BinnerHints hints;
  bin_row(plan, features, {}, hints, row);
  detectors::Tally tally(plan.layout);
  tally.add(row.cells_of(plan), row.places_of(plan));
  return tally;
}

}  // namespace driftd::app
