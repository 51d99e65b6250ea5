// The JSON forms of the API that are made from plain values (docs/api.md). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace driftd::app {

struct SeriesPoint {
  Time time = 0;                // start of the slot
  std::optional<double> value;  // null where it is undefined
  std::int64_t n = 0;           // values behind it
};
// {"points":[{"time","value","n"}]}
std::string series_document(std::span<const SeriesPoint> points);

struct VersionSummary {
  std::string version;
  std::string state;  // learning | watching | retired
  std::string task;
  std::string reference;  // digest, empty while learning
  std::uint64_t predictions = 0;
  std::optional<Time> last_prediction;
};
struct ModelSummary {
  std::string model;
  std::uint64_t feedback = 0;
  std::uint64_t waiting = 0;  // predictions without a label yet
  std::uint64_t open_incidents = 0;
  std::vector<VersionSummary> versions;
};
// {"models":[{"model","feedback","waiting","open_incidents","versions":[{"version","state","task",
//  "reference","predictions","last_prediction"}]}]}
std::string models_document(std::span<const ModelSummary> models);
// One of those, and what the caller adds: `details` is the text of a JSON object whose members follow.
std::string model_document(const ModelSummary& model, std::string_view details = "{}");

struct SliceShown {
  std::string where;  // "country = FR and age > 45"
  std::vector<std::string> columns;
  std::int64_t n = 0;
  double share = 0;   // of the pairs looked at
  double loss = 0;    // mean within
  double rest = 0;    // mean of the others
  double excess = 0;  // what loss is surely above rest
};
struct SlicesSummary {
  std::string model;
  std::string version;
  Time from = kNoTime;  // evidence slots looked at; null while none has closed
  Time to = kNoTime;
  std::string loss;  // error_rate | mean_loss; empty: not known
  std::int64_t pairs = 0;
  std::int64_t sampled = 0;  // of them, that were kept and looked at
  std::optional<double> overall;
  std::vector<SliceShown> slices;
};
// {"model","version","from","to","loss","pairs","sampled","overall","slices":[{"where","columns","n","share",
//  "loss","rest","excess"}]}
std::string slices_document(const SlicesSummary& summary);

std::string error_document(std::string_view message);  // {"error": "..."}

}  // namespace driftd::app
