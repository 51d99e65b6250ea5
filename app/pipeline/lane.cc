#include "app/pipeline/lane.h"

#include <span>
#include <utility>

#include "app/pipeline/predicted.h"
#include "app/pipeline/segments.h"
#include "collector/content_hash.h"
#include "core/same_text.h"

namespace driftd::app {

Lane::Lane(std::uint32_t partition, collector::PartitionInfo info, const LaneSettings& settings)
    : partition_(partition), info_(std::move(info)), settings_(settings), decoder_(settings.decoder) {}

void Lane::set(const LaneSettings& settings) {
  settings_ = settings;
  decoder_ = collector::EventDecoder(settings.decoder);
}

void Lane::take(const collector::PartitionBatch& batch, Registry& registry, collector::Clocks& clocks) {
  recent_ = {};
  for (const collector::Record& record : batch.records) {
    const collector::Decoded decoded = decoder_.decode(record, info_.roles);
    if (decoded.rejection) {
      reject(record, *decoded.rejection, std::string(decoded.message));
      continue;
    }
    shortened += decoded.shortened;
    for (const Event& event : decoded.events)
      std::visit([&](const auto& said) { take_event(said, record, registry, clocks); }, event);
  }
}

void Lane::reject(const collector::Record& record, Rejection reason, std::string message,
                  std::string_view model) {
  ++counters.rejected[static_cast<std::size_t>(reason)];
  if (reason != Rejection::empty)
    rejected.push_back({&record, reason, std::move(message), std::string(model)});
}

Model* Lane::admit(EventKind kind, std::string_view name, const collector::Record& record,
                   Registry& registry) {
  Registry::Admission admission{recent_.model, {}};
  if (recent_.model == nullptr || !same_text(recent_.model->name, name)) admission = registry.admit(name);
  if (admission.rejection) {
    const bool unknown = *admission.rejection == Rejection::unknown_model;
    reject(record, *admission.rejection,
           unknown
               ? "model '" + std::string(name) + "' has no entry under models; add one, or set unknown_models"
               : "model '" + std::string(name) + "' is beyond limits.max_models",
           name);
    return nullptr;
  }
  if (admission.model == nullptr) {
    count_event(kind);
  } else if (admission.model != recent_.model) {
    recent_.model = admission.model;
    recent_.version = nullptr;
  }
  return admission.model;
}

Version* Lane::version_of(Model& model, std::string_view name, const collector::Record& record,
                          Registry& registry) {
  if (recent_.version != nullptr && recent_.version->name == name) return recent_.version;
  Version* version = registry.version_of(model, name);
  if (version == nullptr) reject_version(model, name, record);
  return version;
}

void Lane::reject_version(const Model& model, std::string_view version, const collector::Record& record) {
  reject(record, Rejection::too_many_models,
         "version '" + std::string(version) + "' of model '" + model.name + "' is beyond limits.max_versions",
         model.name);
}

bool Lane::fits(const PredictionEvent& event, const collector::Record& record, Version& version) {
  if (version.plan != nullptr || version.learning.take(event.features, settings_.max_columns)) return true;
  reject(record, Rejection::too_many_columns,
         "with this event the version would have shown more columns than limits.max_columns while it learns; "
         "send fewer, raise the limit, or forget the model (DELETE /api/v1/models/NAME) if others were junk",
         event.model);
  return false;
}

void Lane::take_event(const PredictionEvent& event, const collector::Record& record, Registry& registry,
                      collector::Clocks& clocks) {
  if (event.features.size() > settings_.max_columns)
    return reject(record, Rejection::too_many_columns,
                  "the event has " + std::to_string(event.features.size()) +
                      " features, more than limits.max_columns; send fewer or raise the limit",
                  event.model);
  Model* model = admit(EventKind::prediction, event.model, record, registry);
  if (model == nullptr) return;
  if (recent_.version == nullptr || !same_text(recent_.version->name, event.version)) {
    recent_.version = version_of(*model, event.version, record, registry);
    recent_.counters = nullptr;
    recent_.plan = nullptr;
  }
  if (recent_.version == nullptr) return;
  Version& version = *recent_.version;
  if (!fits(event, record, version)) return;
  count_event(EventKind::prediction);
  const bool late = clocks.is_late(partition_, event.time);
  const Time watermark = clocks.watermark(partition_);
  clocks.observe(partition_, event.time);
  if (recent_.counters == nullptr) recent_.counters = &version_counters[&version];
  if (event.failed) {
    ++recent_.counters->errors;
    if (!late) traffic_of(version, event.time).add_failure();
    return;
  }
  if (event.latency_ms) {
    recent_.counters->latency.add(*event.latency_ms / 1000, std::span(kLatencyBounds));
    // Of every copy, so that it does not matter which came first.
    if (!late) traffic_of(version, event.time).add_latency(*event.latency_ms);
  }

  TakenRow row;
  row.version = &version;
  row.counters = recent_.counters;
  row.plan = version.plan.get();
  row.time = event.time;
  row.watermark = watermark;
  row.late = late;
  row.variant = texts_.keep(event.variant);
  row.id = texts_.keep(event.id);
  const bool has_id = !event.id.empty();
  if (has_id || row.plan == nullptr || !row.plan->watched.empty()) row.hash = collector::content_hash(event);
  Predicted predicted = predicted_of(event);
  if (row.plan != nullptr)
    bin(event, predicted, row);
  else
    keep_raw(event, predicted, row);
  row.segments = segments_.size();
  if (!append_segments(version, event.features, segments_)) ++recent_.counters->without_segment;
  row.segments_end = segments_.size();
  if (has_id) {
    row.predicted = predicted_.size();
    predicted_.push_back(std::move(predicted));
    dealt_[collector::shard_of(model->number, event.id)].push_back(
        {false, static_cast<std::uint32_t>(rows_.size())});
  }
  rows_.push_back(row);
}

void Lane::take_event(const FeedbackEvent& event, const collector::Record& record, Registry& registry,
                      collector::Clocks& clocks) {
  Model* model = admit(EventKind::feedback, event.model, record, registry);
  if (model == nullptr) return;
  Version* const version =
      event.version.empty() ? nullptr : version_of(*model, event.version, record, registry);
  if (version == nullptr && !event.version.empty()) return;
  count_event(EventKind::feedback);
  ++model_counters[model].feedback;
  TakenFeedback taken;
  taken.model = model->number;
  if (version != nullptr) taken.series = version->series;
  taken.id = texts_.keep(event.id);
  taken.time = event.time;
  taken.watermark = clocks.watermark(partition_);
  taken.hash = collector::content_hash(event);
  taken.verdict = verdict_of(event);
  clocks.observe(partition_, event.time);
  dealt_[collector::shard_of(model->number, event.id)].push_back(
      {true, static_cast<std::uint32_t>(feedback_.size())});
  feedback_.push_back(std::move(taken));
}

void Lane::take_event(const ModelEvent& event, const collector::Record& record, Registry& registry,
                      collector::Clocks& clocks) {
  Model* model = admit(EventKind::model, event.model, record, registry);
  if (model == nullptr) return;
  if (!registry.has_room(*model, event.version)) return reject_version(*model, event.version, record);
  count_event(EventKind::model);
  if (collector::Clocks::model_event_moves_watermark(info_.roles)) clocks.observe(partition_, event.time);
  model_events.push_back({std::string(event.model), std::string(event.version), std::string(event.metadata),
                          event.time, event.event});
}

detectors::Traffic& Lane::traffic_of(const Version& version, Time time) {
  const SlotKey key{slot_of(time, settings_.slot), version.series};
  if (recent_.slot == nullptr || recent_.key != key) {
    recent_.key = key;
    recent_.slot = &open[key];
  }
  return recent_.slot->traffic;
}

void Lane::bin(const PredictionEvent& event, const Predicted& predicted, TakenRow& row) {
  const Plan& plan = *row.plan;
  if (recent_.plan != &plan) {
    recent_.plan = &plan;
    recent_.hints = {};
  }
  bin_row(plan, event.features, predicted, recent_.hints, binned_);
  row.cells = cells_.size();
  cells_.insert(cells_.end(), binned_.cells.begin(), binned_.cells.end());
  row.notes = notes_.size();
  for (const auto& [column, text] : binned_.new_categories) notes_.emplace_back(column, texts_.keep(text));
  row.notes_end = notes_.size();
  row.values = values_.size();
  values_.insert(values_.end(), binned_.watched.begin(), binned_.watched.end());
  row.values_end = values_.size();
  row.scores = scores_.size();
  scores_.insert(scores_.end(), binned_.scores.begin(), binned_.scores.end());
  row.scores_end = scores_.size();
}

void Lane::keep_raw(const PredictionEvent& event, const Predicted& predicted, TakenRow& row) {
  row.raw = raw_.size();
  auto& [names, raw] = raw_.emplace_back();
  raw.time = event.time;
  raw.id = std::string(event.id);
  raw.hash = row.hash;
  raw.variant = std::string(event.variant);
  raw.predicted = predicted;
  names.reserve(event.features.size());
  raw.values.reserve(event.features.size());
  for (const Feature& feature : event.features) {  // the decoder gives each name once
    names.emplace_back(feature.name);
    raw.values.push_back(detectors::own(feature.value));
  }
}

collector::Standing Lane::join_row(std::uint32_t index, collector::IdShard& shard,
                                   const collector::JoinContext& context, collector::ShardOutput& out) {
  TakenRow& row = rows_[index];
  collector::JoinPrediction prediction;
  prediction.series = row.version->series;
  prediction.model = row.version->model->number;
  prediction.id = row.id;
  prediction.variant = row.variant;
  prediction.time = row.time;
  prediction.content_hash = row.hash;
  prediction.partition_watermark = row.watermark;
  prediction.late = row.late;
  prediction.predicted = &predicted_[row.predicted];
  prediction.segments = std::span(segments_).subspan(row.segments, row.segments_end - row.segments);
  if (row.plan != nullptr) {
    prediction.cells = {reinterpret_cast<const char*>(cells_.data() + row.cells), row.plan->row_bytes()};
  }
  const collector::Standing standing = shard.predict(prediction, context, out);
  row.counts = standing == collector::Standing::counts;
  return standing;
}

void Lane::join_feedback(std::uint32_t index, collector::IdShard& shard,
                         const collector::JoinContext& context, collector::ShardOutput& out) const {
  const TakenFeedback& taken = feedback_[index];
  shard.feedback(
      {taken.model, taken.series, taken.id, taken.time, taken.watermark, taken.hash, taken.verdict}, context,
      out);
}

}  // namespace driftd::app
