// Any bytes as a configuration: faults or a Config, and what is shown of a right one reads back.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "alerts/target.h"
#include "alerts/webhook_request.h"
#include "app/config/load.h"
#include "app/config/show.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driftd::app;
  LoadOptions options;
  options.kafka_required = false;
  options.surroundings.variable = [](const std::string&) -> std::optional<std::string> { return "value"; };
  options.surroundings.file = [](const std::string&) -> driftd::Result<std::string> {
    return std::string("content\n");
  };
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const LoadedConfig loaded = parse_config(text, "fuzz.yaml", options);
  const std::string shown = config_as_json(loaded.config);
  if (!loaded.ok() || !loaded.config.secrets.empty() || shown.find("<secret>") != std::string::npos) return 0;
  const LoadedConfig again = parse_config(config_as_yaml(loaded.config), "fuzz.yaml", options);
  if (again.ok() && config_as_json(again.config) != shown) std::abort();
  for (const auto& webhook : loaded.config.alerts.webhooks) {  // what `check` shows of each
    const auto filled = driftd::alerts::fill_in_target(webhook);
    const auto incident = driftd::alerts::example_incident(filled, 0);
    (void)driftd::alerts::render_request(filled, driftd::alerts::EventType::opened, 0, incident, "http://d",
                                         0);
  }
  return 0;
}
