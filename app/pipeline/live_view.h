// What HTTP sees of a running engine (app/http/view.h).
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "app/http/view.h"
#include "app/pipeline/engine.h"
#include "app/pipeline/service_facts.h"

namespace driftd::app {

class LiveView final : public EngineView {
 public:
  LiveView(Engine& engine, const ServiceFacts& facts, std::function<Status()> reload)
      : engine_(engine), facts_(facts), reload_(std::move(reload)) {}

  std::string metrics() override;
  Status reload() override { return reload_(); }
  Result<std::string> models_json() override;
  Result<std::string> model_json(std::string_view model) override;
  Status forget_model(std::string_view model) override;
  Result<std::string> series_json(const SeriesQuery& query) override;
  Result<std::string> slices_json(const SlicesQuery& query) override;
  Result<std::string> digest_json(bool now) override;
  Result<std::string> references_json(std::string_view model) override;
  Result<std::string> adopt_reference(const ReferenceWish& wish) override;
  Result<std::string> incidents_json() override;
  Status resolve_incident(std::string_view id) override;
  Status acknowledge_incident(std::string_view id) override;
  Result<std::string> retrain_json(const RetrainQuery& query) override;
  Result<std::string> deliveries_json() override;
  Status retry_delivery(std::string_view id) override;
  Result<std::string> config_yaml() override;

 private:
  Engine& engine_;
  const ServiceFacts& facts_;
  std::function<Status()> reload_;
};

// Opens an incident that asks for a retraining of the version: {"incident": ID}.
Result<std::string> ask_to_retrain(AlertDesk& desk, const Version& version, const std::string& reason,
                                   Time now);
// Where the model's retraining stands (docs/api.md).
nlohmann::json retraining_json(const AlertDesk& desk, const Model& model);

}  // namespace driftd::app
