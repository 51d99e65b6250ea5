#include "app/pipeline/history_points.h"

#include <map>

#include "app/pipeline/estimate_points.h"
#include "app/pipeline/history_writer.h"
#include "detectors/statistics/binned.h"

namespace driftd::app {

namespace {

struct Stretch {
  std::optional<detectors::Tally> tally;
  detectors::PairTally performance;
};

std::optional<std::size_t> column_of(const Plan* plan, const std::string& name) {
  if (plan != nullptr)
    for (std::size_t i = 0; i < plan->columns.size(); ++i)
      if (plan->columns[i]->name == name) return i;
  return std::nullopt;
}

SeriesPoint point_of(Time time, const Plan& plan, std::size_t column, const detectors::Tally& tally,
                     const std::string& statistic) {
  const detectors::ColumnProfile& profile = *plan.columns[column];
  const detectors::Missing missing = detectors::missing_of(profile, tally.column(column));
  if (statistic == "missing_ratio") return {time, missing.ratio(), missing.events};
  SeriesPoint point{time, {}, missing.events - missing.missing};
  const auto values = detectors::binned_statistics(profile, tally.column(column));
  if (const auto* value = detectors::find(values, *detectors::statistic_of(statistic)))
    point.value = value->value;
  return point;
}

SeriesPoint point_of(Time time, const detectors::PairTally& pairs, detectors::Metric metric) {
  SeriesPoint point{time, {}, pairs.pairs()};
  const auto values = pairs.metrics();
  if (const auto* value = detectors::find(values, metric)) point.value = value->value;
  return point;
}

}  // namespace

Result<std::vector<SeriesPoint>> history_points(Engine& engine, const Version& version,
                                                const SeriesQuery& query) {
  const Duration slot = engine.state().config->slot;
  const std::int64_t first = slot_of(query.from + slot - 1, slot);
  const std::int64_t end = slot_of(query.to + slot - 1, slot);
  const Duration window = version.model->config->window;
  const auto& labels = version.segments.labels();
  const auto segment = std::find(labels.begin(), labels.end(), query.segment);
  if (segment == labels.end()) return Error{ErrorCode::not_found, "no segment '" + query.segment + "'"};
  const auto number = static_cast<std::uint32_t>(segment - labels.begin());
  std::map<std::int64_t, Stretch> stretches;
  const auto stretch_of = [&](std::int64_t index) -> Stretch& {
    return stretches[slot_of(slot_start(index, slot), window)];
  };

  std::vector<SeriesPoint> points;
  const HistoryWriter& history = engine.state().history;
  if (!query.metric.empty()) {
    const auto metric = detectors::metric_of(query.metric);
    if (!metric) return Error{ErrorCode::invalid, "metric: there is none named '" + query.metric + "'"};
    if (!query.estimate.empty())
      return estimate_points(engine, version, {number, first, end}, *metric, query.estimate == "error");
    const Status read = history.for_each_pairs(engine.store(), version.series, number, first, end,
                                               [&](std::int64_t index, const PairHistory& pairs) {
                                                 stretch_of(index).performance.merge(pairs.performance);
                                               });
    if (!read.ok()) return read.error();
    for (const auto& [index, stretch] : stretches)
      points.push_back(point_of(index * window, stretch.performance, *metric));
    return points;
  }
  if (query.statistic != "missing_ratio" && !detectors::statistic_of(query.statistic))
    return Error{ErrorCode::invalid, "statistic: there is none named '" + query.statistic + "'"};
  const auto add = [&](const Plan& plan, std::int64_t index, std::string_view bytes) {
    auto& tally = stretch_of(index).tally;
    if (!tally) tally.emplace(plan.layout);
    (void)tally->merge_encoded(bytes);
  };
  const auto finish = [&](const Plan& plan, std::size_t column) {
    for (const auto& [index, stretch] : stretches)
      if (stretch.tally)
        points.push_back(point_of(index * window, plan, column, *stretch.tally, query.statistic));
  };
  if (const auto column = column_of(version.plan.get(), query.column)) {
    const Plan& plan = *version.plan;
    const Status read =
        history.for_each_rows(engine.store(), version.series, number, first, end, plan,
                              [&](std::int64_t index, std::string_view tally) { add(plan, index, tally); });
    if (!read.ok()) return read.error();
    finish(plan, *column);
    return points;
  }
  if (const auto column = column_of(version.pairs.get(), query.column)) {
    const Plan& plan = *version.pairs;
    const Status read = history.for_each_pairs(engine.store(), version.series, number, first, end,
                                               [&](std::int64_t index, const PairHistory& pairs) {
                                                 if (pairs.layout == plan.layout_id)
                                                   add(plan, index, pairs.tally);
                                               });
    if (!read.ok()) return read.error();
    finish(plan, *column);
    return points;
  }
  return Error{ErrorCode::not_found, "column: the reference has none named '" + query.column + "'"};
}

}  // namespace driftd::app
