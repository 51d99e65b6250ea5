#include "app/pipeline/live_view.h"

#include <nlohmann/json.hpp>

#include "app/config/show.h"
#include "app/http/json.h"
#include "app/pipeline/comparison_findings.h"
#include "app/pipeline/digest_document.h"
#include "app/pipeline/history_points.h"
#include "app/pipeline/metrics_page.h"
#include "app/pipeline/reference_adoption.h"
#include "app/pipeline/slices.h"
#include "app/pipeline/version_json.h"
#include "app/pipeline/wanted_version.h"

namespace driftd::app {

using nlohmann::json;

namespace {

VersionSummary summary_of(const Version& version, Duration slot_length) {
  VersionSummary summary;
  summary.version = version.name;
  summary.state = state_of(version);
  summary.task = version.task ? detectors::name_of(version.task->task) : "";
  summary.reference = version.reference_digest();
  summary.predictions = version.counters.predictions;
  if (version.last_slot) summary.last_prediction = slot_end(*version.last_slot, slot_length);
  return summary;
}

}  // namespace

std::string LiveView::metrics() { return metrics_page(engine_, &facts_); }

namespace {

ModelSummary model_summary(Engine& engine, const Model& model) {
  auto& state = engine.state();
  ModelSummary summary;
  summary.model = model.name;
  summary.feedback = model.counters.feedback;
  for (const collector::IdShard& shard : state.shards) summary.waiting += shard.pending(model.number);
  for (const alerts::Incident* incident : state.desk.book.all())
    summary.open_incidents += incident->is_open() && incident->key.model == model.name ? 1 : 0;
  for (const auto& [name, version] : model.versions)
    summary.versions.push_back(summary_of(*version, state.config->slot));
  return summary;
}

}  // namespace

Result<std::string> LiveView::models_json() {
  std::vector<ModelSummary> models;
  for (const Model* model : engine_.state().registry.models_by_name())
    models.push_back(model_summary(engine_, *model));
  return models_document(models);
}

Result<std::string> LiveView::model_json(std::string_view name) {
  const Model* model = engine_.state().registry.find(name);
  if (model == nullptr) return unknown_model(name);
  engine_.advance_windows();
  const auto& state = engine_.state();
  json details = {{"details", json::array()},
                  {"window", format_duration(model->config->window)},
                  {"retraining", retraining_json(state.desk, *model)}};
  const ClosedSlots closed = closed_slots(state.clocks, state.config->slot);
  for (const auto& [label, version] : model->versions) {
    json one = version_json(*version, closed, *state.config, state.desk.book);
    engine_.state().references.note_present(*version);
    const std::string digest = version->reference_digest();
    if (const KeptReference* kept = state.references.find(name, std::string_view(digest)))
      one["reference"].update({{"number", kept->number}, {"origin", name_of(kept->origin)}});
    details["details"].push_back(std::move(one));
  }
  details["comparisons"] = comparisons_json(*model);
  return model_document(model_summary(engine_, *model),
                        details.dump(-1, ' ', false, json::error_handler_t::replace));
}

Status LiveView::forget_model(std::string_view model) {
  if (engine_.state().registry.find(model) == nullptr) return unknown_model(model);
  return engine_.forget_model(model);
}

Result<std::string> LiveView::series_json(const SeriesQuery& query) {
  const auto version = wanted_version(engine_, query.model, query.version);
  if (!version.ok()) return version.error();
  auto points = history_points(engine_, **version, query);
  if (!points.ok()) return points.error();
  return series_document(*points);
}

Result<std::string> LiveView::slices_json(const SlicesQuery& query) {
  const auto version = wanted_version(engine_, query.model, query.version);
  if (!version.ok()) return version.error();
  const Duration slot = engine_.state().config->slot;
  const Time clock = engine_.state().clocks.feedback_clock();
  if (clock == kNoTime)  // no slot has closed yet
    return slices_document({query.model, (*version)->name, kNoTime, kNoTime, {}, 0, 0, {}, {}});
  const std::int64_t newest = slot_of(clock, slot) - 1;
  const Duration window = query.window.value_or((*version)->model->config->window);
  const std::int64_t slots = std::max<std::int64_t>(1, (window + slot - 1) / slot);
  return slices_document(slices_of(**version, newest + 1 - slots, newest, slot));
}

Result<std::string> LiveView::digest_json(bool now) { return digest_document(engine_, now); }
Result<std::string> LiveView::references_json(std::string_view model) {
  return references_document(engine_, model);
}

Result<std::string> LiveView::adopt_reference(const ReferenceWish& wish) {
  return app::adopt_reference(engine_, wish);
}

Result<std::string> LiveView::incidents_json() {
  auto& desk = engine_.state().desk;
  std::string text = R"({"incidents":[)";
  bool first = true;
  for (const alerts::Incident* incident : desk.book.all()) {
    if (!std::exchange(first, false)) text += ',';
    text += alerts::incident_json(*incident, engine_.base_url());
  }
  return text + "]}";
}

namespace {

// The end of the newest slot that the clock of the predictions has passed; 0 where there is none.
Time closed_until(Engine& engine) {
  const Duration slot = engine.state().config->slot;
  const Time clock = engine.state().clocks.prediction_clock();
  return clock == kNoTime ? 0 : slot_start(slot_of(clock, slot), slot);
}

}  // namespace

Result<std::string> LiveView::retrain_json(const RetrainQuery& query) {
  const auto version = wanted_version(engine_, query.model, query.version);
  if (!version.ok()) return version.error();
  const Time now = closed_until(engine_);
  if (now == 0)
    return Error{ErrorCode::unavailable, "no slot has closed yet; ask again once predictions have come"};
  return ask_to_retrain(engine_.state().desk, **version, query.reason, now);
}

Status LiveView::resolve_incident(std::string_view id) {
  return engine_.state().desk.resolve(id, closed_until(engine_));
}

Status LiveView::acknowledge_incident(std::string_view id) {
  return engine_.state().desk.acknowledge(id, closed_until(engine_));
}

Result<std::string> LiveView::deliveries_json() { return engine_.state().desk.outbox.deliveries_json(); }

Status LiveView::retry_delivery(std::string_view id) {
  auto& desk = engine_.state().desk;
  return desk.outbox.retry(id, desk.wall_now);
}

Result<std::string> LiveView::config_yaml() { return config_as_yaml(*engine_.state().config); }

}  // namespace driftd::app
