#include "app/pipeline/estimate_points.h"

#include <algorithm>
#include <map>
#include <optional>

#include "app/pipeline/estimates.h"
#include "app/pipeline/history_writer.h"

namespace driftd::app {

namespace {

struct Stretch {
  std::optional<detectors::Tally> rows;  // dle
  detectors::EstimateTally scores;       // cbpe
  detectors::PairTally labelled;
};

std::optional<double> value_of(const std::vector<detectors::EstimatedValue>& values,
                               detectors::Metric metric) {
  const auto found =
      std::find_if(values.begin(), values.end(), [&](const auto& value) { return value.metric == metric; });
  if (found == values.end()) return std::nullopt;
  return found->value;
}

SeriesPoint point_of(Time time, const Estimator& estimator, const Stretch& stretch,
                     detectors::Metric metric) {
  const auto values = stretch.rows ? estimator.expected(*stretch.rows) : estimator.expected(stretch.scores);
  const std::int64_t n = stretch.rows ? stretch.rows->events() : stretch.scores.predictions();
  return {time, value_of(values, metric), n};
}

}  // namespace

Result<std::vector<SeriesPoint>> estimate_points(Engine& engine, const Version& version,
                                                 const HistoryRange& range, detectors::Metric metric,
                                                 bool error) {
  std::vector<SeriesPoint> points;
  const Estimator estimator(version, engine.state().desk.book);
  if (!estimator.able()) return points;
  const Plan& plan = *version.plan;
  const HistoryWriter& history = engine.state().history;
  const Duration slot = engine.state().config->slot;
  const Duration window = version.model->config->window;
  std::map<std::int64_t, Stretch> stretches;
  const auto stretch_of = [&](std::int64_t index) -> Stretch& {
    return stretches[slot_of(slot_start(index, slot), window)];
  };
  Status read = success();
  if (estimator.method() == "dle")
    read = history.for_each_rows(engine.store(), version.series, range.segment, range.first, range.end, plan,
                                 [&](std::int64_t index, std::string_view bytes) {
                                   auto& rows = stretch_of(index).rows;
                                   if (!rows) rows.emplace(plan.layout);
                                   (void)rows->merge_encoded(bytes);
                                 });
  else
    read = history.for_each_scores(engine.store(), version.series, range.segment, range.first, range.end,
                                   plan, [&](std::int64_t index, const detectors::EstimateTally& scores) {
                                     stretch_of(index).scores.merge(scores);
                                   });
  if (!read.ok()) return read.error();
  if (error)
    read = history.for_each_pairs(engine.store(), version.series, range.segment, range.first, range.end,
                                  [&](std::int64_t index, const PairHistory& pairs) {
                                    stretch_of(index).labelled.merge(pairs.performance);
                                  });
  if (!read.ok()) return read.error();
  for (const auto& [index, stretch] : stretches) {
    SeriesPoint point = point_of(index * window, estimator, stretch, metric);
    if (error) {
      const auto metrics = stretch.labelled.metrics();
      const auto* real = detectors::find(metrics, metric);
      if (real == nullptr) point.value.reset();
      if (point.value) *point.value -= real->value;
      point.n = stretch.labelled.pairs();
    }
    points.push_back(point);
  }
  return points;
}

}  // namespace driftd::app
