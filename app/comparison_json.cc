#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "app/class_performance.h"
#include "app/comparison_report.h"

namespace driftd::app {
namespace {

using Json = nlohmann::ordered_json;
using namespace detectors;  // NOLINT(google-build-using-namespace)

void put(Json& object, const char* name, const std::optional<double>& value) {
  if (value) object[name] = *value;
}

// Whole where it counts categories, a fraction where Satterthwaite gives it.
Json dof_json(double dof) {
  return dof == std::floor(dof) && dof < 1e15 ? Json(static_cast<std::int64_t>(dof)) : Json(dof);
}

Json statistic_json(const ComparedColumn& column, const StatisticValue& value) {
  Json object = {{"value", value.value}};
  put(object, "null_mean", value.null_mean);
  put(object, "null_q95", value.null_q95);
  put(object, "p_value", value.p_value);
  if (value.method != Method::none) object["method"] = name_of(value.method);
  if (value.statistic == Statistic::ks) {
    put(object, "p_value_limit", column.ks_p_value_limit);
    put(object, "p_value_exact", column.ks_p_value_exact);
  }
  if (value.dof) object["dof"] = dof_json(*value.dof);
  put(object, "bound", value.bound);
  return object;
}

Json summary_json(const std::optional<Summary>& summary) {
  if (!summary) return nullptr;
  Json object = {{"min", summary->least}, {"max", summary->most}, {"mean", summary->mean}};
  put(object, "standard_deviation", summary->standard_deviation);
  return object;
}

template <class T>
Json both(T&& reference, T&& current) {
  return {{"reference", std::forward<T>(reference)}, {"current", std::forward<T>(current)}};
}

Json column_json(const ComparedColumn& column) {
  Json object = {{"name", column.name}, {"type", name_of(column.type)}};
  object["missing"] = both(column.reference.missing_share(), column.current.missing_share());
  object["statistics"] = Json::object();
  for (const StatisticValue& value : column.statistics) {
    object["statistics"][std::string(name_of(value.statistic))] = statistic_json(column, value);
  }
  object["drift"] = column.drift;
  if (column.type == ColumnType::numeric) {
    object["edges"] = column.edges;
    object["summary"] = both(summary_json(column.reference.summary), summary_json(column.current.summary));
  } else {
    object["categories"] = column.categories;
  }
  object["counts"] = both(Json(column.reference.counts), Json(column.current.counts));
  object["missing_counts"] = both(column.reference.missing, column.current.missing);
  return object;
}

Json permuted(double value, double p_value) {
  return {{"value", value}, {"p_value", p_value}, {"method", name_of(Method::permutation)}};
}

Json rows_json(const RowsTests& tests) {
  Json object = {{"sample", both(tests.reference_rows, tests.current_rows)},
                 {"columns", tests.columns},
                 {"places", tests.places},
                 {"permutations", kPermutations},
                 {"seed", kRowSeed}};
  if (const auto& test = tests.discrepancy) {
    Json& one = object["mmd"] = permuted(test->squared, test->p_value);
    one["bandwidth"] = test->bandwidth;
    one["sample"] = both(tests.discrepancy_reference_rows, tests.discrepancy_current_rows);
  }
  if (const auto& test = tests.classifier) {
    Json& one = object["classifier"] = permuted(test->auc, test->p_value);
    one["neighbours"] = test->neighbours;
  }
  if (const auto& test = tests.reconstruction) {
    Json& one = object["reconstruction_error"] = permuted(test->shift, test->p_value);
    one["components"] = test->components;
    one.update(both(test->reference, test->current));
  }
  return object;
}

Json performance_json(const ComparedPerformance& performance, const TaskSpec& task) {
  if (performance.pairs == 0) return Json::object();
  Json object = {{"pairs", performance.pairs}};
  if (task.task == Task::binary) {
    object["true_positive"] = performance.counts.true_positive;
    object["false_positive"] = performance.counts.false_positive;
    object["true_negative"] = performance.counts.true_negative;
    object["false_negative"] = performance.counts.false_negative;
  }
  for (const MetricValue& value : performance.metrics)
    object[std::string(name_of(value.metric))] = value.value;
  add_class_performance(performance.weighted, performance.classes, object);
  return object;
}

}  // namespace

std::string comparison_json(const Comparison& comparison) {
  Json object;
  object["rows"] = both(comparison.reference_rows, comparison.current_rows);
  object["task"] = name_of(comparison.task.task);
  if (comparison.task.task == Task::binary) object["positive"] = comparison.task.positive;
  object["columns"] = Json::array();
  for (const ComparedColumn& column : comparison.columns) object["columns"].push_back(column_json(column));
  if (comparison.whole_rows) object["rows_tests"] = rows_json(*comparison.whole_rows);
  object["performance"] = both(performance_json(comparison.reference, comparison.task),
                               performance_json(comparison.current, comparison.task));
  object["drift"] = comparison.drift;
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace driftd::app
