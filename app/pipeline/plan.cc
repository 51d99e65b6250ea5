#include "app/pipeline/plan.h"

#include <algorithm>

#include "core/codec.h"
#include "core/hash.h"

namespace driftd::app {

namespace {

std::uint64_t layout_id_of(const detectors::Profile& profile, detectors::Side side) {
  Encoder out;
  const auto columns = profile.side(side);
  for (const detectors::ColumnProfile* column : columns) {
    out.put_text(column->name);
    out.put_u8(static_cast<std::uint8_t>(column->type));
    out.put_double(column->minimum);
    out.put_double(column->maximum);
    for (const double knot : column->knots) out.put_double(knot);
    for (const std::string& category : column->categories) out.put_text(category);
  }
  if (side == detectors::Side::predictions && profile.derived) profile.derived->save(out);
  return hash64(out.bytes());
}

detectors::derived::EmbeddingBinner embeddings_of(const detectors::Profile& profile, detectors::Side side) {
  if (side == detectors::Side::predictions) return detectors::derived::EmbeddingBinner(profile);
  return detectors::derived::EmbeddingBinner({}, {}, 0);
}

std::uint64_t score_layout_id_of(const detectors::TaskSpec& task) {
  Encoder out;
  task.save(out);
  return hash64(out.bytes());
}

}  // namespace

Plan::Plan(detectors::Profile reference, detectors::Side which, const ModelConfig& config)
    : profile(std::move(reference)),
      side(which),
      binner(profile, which),
      embeddings(embeddings_of(profile, which)),
      deriver(profile),
      layout(std::make_shared<detectors::TallyLayout>(profile, which)),
      columns(profile.side(which)) {
  layout_id = layout_id_of(profile, side);
  score_layout_id = score_layout_id_of(profile.task);
  if (which == detectors::Side::predictions) slices = detectors::SliceColumns(profile);
  for (std::uint32_t i = 0; i < columns.size(); ++i)
    if (auto kinds = detectors_on(config, columns[i]->name); !kinds.empty())
      watched.push_back({i, columns[i]->name, std::move(kinds)});
}

detectors::TaskSpec task_of(const Plan& plan, const ModelConfig& config) {
  detectors::TaskSpec task = plan.profile.task;
  if (task.task == detectors::Task::binary && config.positive) task.positive = *config.positive;
  return task;
}

std::vector<DetectorConfig> detectors_on(const ModelConfig& config, const std::string& column) {
  std::vector<DetectorConfig> kinds;
  if (const ColumnConfig* declared = config.column(column)) kinds = declared->detectors;
  for (const alerts::RuleConfig& rule : config.rules) {
    if (rule.detector.empty() || rule.column != column) continue;
    const auto same = [&](const DetectorConfig& known) { return known.kind == rule.detector; };
    if (std::none_of(kinds.begin(), kinds.end(), same)) kinds.push_back({rule.detector, {}});
  }
  return kinds;
}

detectors::ProfileOptions profile_options(const ModelConfig& config, std::string model, std::string version) {
  detectors::ProfileOptions options;
  options.model = std::move(model);
  options.version = std::move(version);
  options.task = config.task_wish();
  const DerivedConfig& derived = config.derived;
  options.derived = {derived.pairs,           derived.projections, derived.components,
                     derived.missing_pattern, derived.fourier,     static_cast<std::uint64_t>(derived.seed)};
  options.segments = config.segments;
  for (const auto& [name, column] : config.columns) {
    detectors::ColumnOptions& wish = options.columns[name];
    wish.bins = column.bins;
    wish.ignore = column.ignore;
    if (column.type != DeclaredType::automatic)
      wish.type = column.type == DeclaredType::numeric ? detectors::ColumnType::numeric
                                                       : detectors::ColumnType::categorical;
  }
  return options;
}

}  // namespace driftd::app
