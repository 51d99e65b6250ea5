// What HTTP may ask of the engine. The pipeline implements it; tests fake it.
//
// All members run on the engine's thread between two rounds (app/http/mailbox.h), so what they show
// is a consistent cut, and they may change the engine without locks. Each must be quick.
//
// Texts named *_json are whole JSON documents. Their forms are in docs/api.md; app/http/json.h makes
// those of models and series from plain values. Errors become {"error": message} with the status:
//   not_found 404   invalid 400   refused 409   unavailable 503   io, corrupt 500
// No answer ever holds a secret.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/time.h"

namespace driftd::app {

// GET /api/v1/models/{model}/series. Exactly one of `statistic` (of a column) and `metric` is set.
struct SeriesQuery {
  std::string model;
  std::optional<std::string> version;  // absent: the one that predicted last
  std::string segment;                 // empty: the whole model
  std::string column;                  // with `statistic`
  std::string statistic;               // "psi", ..., or "missing_ratio"
  std::string metric;                  // "accuracy", ...
  std::string estimate;       // of a metric, without labels: "value", "error"; empty: the metric itself
  Time from = kEarliestTime;  // slots that begin in [from, to)
  Time to = kLatestTime;
};

// GET /api/v1/models/{model}/slices
struct SlicesQuery {
  std::string model;
  std::optional<std::string> version;  // absent: the one that predicted last
  std::optional<Duration> window;      // absent: the model's
};

// POST /api/v1/models/{model}/actions/retrain
struct RetrainQuery {
  std::string model;
  std::optional<std::string> version;  // absent: the one that predicted last
  std::string reason;                  // for people; may be empty
};
struct ReferenceWish;  // reference_wish.h

class EngineView {
 public:
  virtual ~EngineView() = default;

  virtual std::string metrics() = 0;  // exposition format 0.0.4
  virtual Status reload() = 0;        // a faulty file changes nothing; the message lists the faults

  virtual Result<std::string> models_json() = 0;
  virtual Result<std::string> model_json(std::string_view model) = 0;
  virtual Status forget_model(std::string_view model) = 0;
  virtual Result<std::string> series_json(const SeriesQuery& query) = 0;

  virtual Result<std::string> slices_json(const SlicesQuery& query) = 0;

  // The newest digest, or one as of now.
  virtual Result<std::string> digest_json(bool now) = 0;
  // The references that are kept of a model; one put in force, or what that would change.
  virtual Result<std::string> references_json(std::string_view model) = 0;
  virtual Result<std::string> adopt_reference(const ReferenceWish& wish) = 0;

  virtual Result<std::string> incidents_json() = 0;
  virtual Status resolve_incident(std::string_view id) = 0;
  virtual Status acknowledge_incident(std::string_view id) = 0;
  virtual Result<std::string> retrain_json(const RetrainQuery& query) = 0;  // {"incident": ID}

  virtual Result<std::string> deliveries_json() = 0;
  virtual Status retry_delivery(std::string_view id) = 0;

  virtual Result<std::string> config_yaml() = 0;  // the effective configuration, secrets redacted
};

}  // namespace driftd::app
