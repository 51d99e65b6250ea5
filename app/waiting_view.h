// What HTTP sees of a service that still waits for Kafka: itself, and why there is nothing else yet.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "app/config/config.h"
#include "app/http/view.h"
#include "app/pipeline/service_facts.h"

namespace driftd::app {

class WaitingView final : public EngineView {
 public:
  // `config` points at whatever is in force; it and `facts` outlive this.
  WaitingView(const std::unique_ptr<Config>& config, const ServiceFacts& facts,
              std::function<Status()> reload)
      : config_(config), facts_(facts), reload_(std::move(reload)) {}

  std::string metrics() override;
  Status reload() override { return reload_(); }
  Result<std::string> models_json() override { return not_yet(); }
  Result<std::string> model_json(std::string_view) override { return not_yet(); }
  Status forget_model(std::string_view) override { return not_yet(); }
  Result<std::string> series_json(const SeriesQuery&) override { return not_yet(); }
  Result<std::string> slices_json(const SlicesQuery&) override { return not_yet(); }
  Result<std::string> incidents_json() override { return not_yet(); }
  Status resolve_incident(std::string_view) override { return not_yet(); }
  Status acknowledge_incident(std::string_view) override { return not_yet(); }
  Result<std::string> retrain_json(const RetrainQuery&) override { return not_yet(); }
  Result<std::string> digest_json(bool) override { return not_yet(); }
  Result<std::string> references_json(std::string_view) override { return not_yet(); }
  Result<std::string> adopt_reference(const ReferenceWish&) override { return not_yet(); }
  Result<std::string> deliveries_json() override { return not_yet(); }
  Status retry_delivery(std::string_view) override { return not_yet(); }
  Result<std::string> config_yaml() override;

 private:
  static Error not_yet() {
    return {ErrorCode::unavailable, "driftd waits for Kafka and has not begun yet; its log says for what"};
  }

  const std::unique_ptr<Config>& config_;
  const ServiceFacts& facts_;
  std::function<Status()> reload_;
};

}  // namespace driftd::app
