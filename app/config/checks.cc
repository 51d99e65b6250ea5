#include "app/config/checks.h"

#include <initializer_list>
#include <string_view>

namespace driftd::app {
namespace {

// The node at the end of the path as far as it exists.
const Node& at(const Node& root, std::initializer_list<std::string_view> path) {
  const Node* node = &root;
  for (const std::string_view key : path) {
    const Node* next = node->find(key);
    if (next == nullptr) break;
    node = next;
  }
  return *node;
}

bool fits_slot(const ModelConfig& model, const Config& config) { return model.window % config.slot == 0; }

void check_windows(const Config& config, const Node& root, Faults& faults) {
  const auto refuse = [&](const ModelConfig& model, const std::string& name) {
    add_fault(faults, at(root, {"models", name, "window"}), "models." + name + ".window",
              format_duration(model.window) + " is no multiple of slot, " + format_duration(config.slot));
  };
  const bool standard_fits = fits_slot(config.models.standard, config);
  if (!standard_fits) refuse(config.models.standard, "default");
  for (const auto& [name, model] : config.models.named) {
    const Node* own = at(root, {"models", name}).find("window");
    if (!fits_slot(model, config) && (own != nullptr || standard_fits)) refuse(model, name);
  }
}

}  // namespace

void check_config(const Config& config, const Node& root, Faults& faults) {
  check_windows(config, root, faults);
  if (config.max_skew < 2 * config.slot) {
    add_fault(
        faults, at(root, {"max_skew"}), "max_skew",
        format_duration(config.max_skew) + " is less than two slots, " + format_duration(2 * config.slot));
  }
}

}  // namespace driftd::app
