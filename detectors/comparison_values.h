// Tables as columns of values for comparison.cc: what each row's feature, prediction, score or label is
// under a task.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "core/event.h"
#include "detectors/performance/task.h"
#include "detectors/profile.h"
#include "detectors/table.h"

namespace driftd::detectors {

// The values of one column, row by row; the Value is good until the next call.
using RowValues = std::function<Value(std::size_t row)>;

struct ValueColumn {
  std::string name;
  Role role = Role::feature;
  RowValues values;
};

bool is_missing(const Value& value);  // null, absent, or of no type that a column has

TaskSpec infer_task(const Table& table);

// Features in the table's order, then prediction, score and label where any row has one. Refers to the
// table and the spec, which must outlive it.
std::vector<ValueColumn> value_columns(const Table& table, const TaskSpec& spec);

}  // namespace driftd::detectors
