#include "app/http/json.h"

#include <nlohmann/json.hpp>

namespace driftd::app {
namespace {

using Json = nlohmann::ordered_json;

// Names come from events and may hold any bytes; those that are not UTF-8 are replaced.
std::string written(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json json_of(const VersionSummary& version) {
  Json json = {{"version", version.version}, {"state", version.state}, {"task", version.task}};
  json["reference"] = version.reference.empty() ? Json() : Json(version.reference);
  json["predictions"] = version.predictions;
  json["last_prediction"] = version.last_prediction ? Json(format_rfc3339(*version.last_prediction)) : Json();
  return json;
}

Json json_of(const ModelSummary& model) {
  Json versions = Json::array();
  for (const VersionSummary& version : model.versions) versions.push_back(json_of(version));
  return {{"model", model.model},
          {"feedback", model.feedback},
          {"waiting", model.waiting},
          {"open_incidents", model.open_incidents},
          {"versions", std::move(versions)}};
}

}  // namespace

std::string series_document(std::span<const SeriesPoint> points) {
  Json list = Json::array();
  for (const SeriesPoint& point : points) {
    list.push_back({{"time", format_rfc3339(point.time)},
                    {"value", point.value ? Json(*point.value) : Json()},
                    {"n", point.n}});
  }
  return written({{"points", std::move(list)}});
}

std::string slices_document(const SlicesSummary& summary) {
  Json list = Json::array();
  for (const SliceShown& slice : summary.slices) {
    list.push_back({{"where", slice.where},
                    {"columns", slice.columns},
                    {"n", slice.n},
                    {"share", slice.share},
                    {"loss", slice.loss},
                    {"rest", slice.rest},
                    {"excess", slice.excess}});
  }
  return written({{"model", summary.model},
                  {"version", summary.version},
                  {"from", summary.from == kNoTime ? Json() : Json(format_rfc3339(summary.from))},
                  {"to", summary.to == kNoTime ? Json() : Json(format_rfc3339(summary.to))},
                  {"loss", summary.loss.empty() ? Json() : Json(summary.loss)},
                  {"pairs", summary.pairs},
                  {"sampled", summary.sampled},
                  {"overall", summary.overall ? Json(*summary.overall) : Json()},
                  {"slices", std::move(list)}});
}

std::string models_document(std::span<const ModelSummary> models) {
  Json list = Json::array();
  for (const ModelSummary& model : models) list.push_back(json_of(model));
  return written({{"models", std::move(list)}});
}

std::string model_document(const ModelSummary& model, std::string_view details) {
  Json json = json_of(model);
  json.update(Json::parse(details));
  return written(json);
}

std::string error_document(std::string_view message) { return written({{"error", message}}); }

}  // namespace driftd::app
