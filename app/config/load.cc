#include "app/config/load.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <thread>
#include <utility>

#include "app/config/checks.h"
#include "app/config/fields.h"
#include "app/config/host_checks.h"
#include "app/config/profile_checks.h"
#include "app/config/yaml.h"

namespace driftd::app {
namespace {

void resolve_window(ModelConfig& model, Duration slot) {
  if (model.window == 0) model.window = (kHour + slot - 1) / slot * slot;
}

// Relative names are as seen from the configuration's directory.
void find_certificates(Config& config, const std::string& name) {
  if (!config.http.tls) return;
  const std::filesystem::path directory = std::filesystem::path(name).parent_path();
  HttpTlsConfig& tls = *config.http.tls;
  for (std::string* file : {&tls.cert_file, &tls.key_file, &tls.client_ca_file})
    if (!file->empty()) *file = (directory / *file).lexically_normal().string();
}

void find_profiles(Config& config, const std::string& name) {
  const std::filesystem::path directory = std::filesystem::path(name).parent_path();
  const auto find = [&](ReferenceConfig& reference) {
    if (reference.source != ReferenceConfig::Source::file) return;
    reference.file = (directory / reference.file).lexically_normal().string();
    for (std::string& regime : reference.regimes) regime = (directory / regime).lexically_normal().string();
  };
  find(config.models.standard.reference);
  for (auto& [model, of_model] : config.models.named) find(of_model.reference);
}

// A key whose value could not be had has one fault, not another for what it then lacks.
void drop_consequences(Faults& faults, std::size_t first_consequence) {
  std::set<std::string> told;
  for (std::size_t i = 0; i < first_consequence; ++i) told.insert(faults[i].key);
  const auto is_consequence = [&](const Fault& fault) {
    return told.count(fault.key) > 0 && fault.message != "stands twice";
  };
  faults.erase(std::remove_if(faults.begin() + static_cast<std::ptrdiff_t>(first_consequence), faults.end(),
                              is_consequence),
               faults.end());
}

bool is_about_required_kafka(const Fault& fault) {
  return fault.key.starts_with("kafka.") && fault.message == "is required";
}

}  // namespace

void resolve_defaults(Config& config) {
  if (config.max_skew == 0) config.max_skew = std::max(kHour, 2 * config.slot);
  resolve_window(config.models.standard, config.slot);
  for (auto& [name, model] : config.models.named) resolve_window(model, config.slot);
  for (alerts::WebhookConfig& webhook : config.alerts.webhooks)
    webhook.allowed_hosts = config.alerts.allowed_hosts;
  if (config.threads == 0) config.threads = std::clamp(std::thread::hardware_concurrency(), 1U, 64U);
}

LoadedConfig parse_config(std::string_view text, const std::string& name, const LoadOptions& options) {
  LoadedConfig loaded;
  Faults& faults = loaded.faults;
  YamlDocument document = parse_yaml(text, options.surroundings, faults);
  const bool is_yaml = faults.empty() || document.root.kind != Node::Kind::null;
  if (is_yaml) {
    const std::size_t of_yaml = faults.size();
    fields_of_config().read(document.root, loaded.config, "", faults);
    drop_consequences(faults, of_yaml);
    if (!options.kafka_required) std::erase_if(faults, is_about_required_kafka);
    for (std::string& secret : document.secrets) loaded.config.secrets.emplace_back(std::move(secret));
    resolve_defaults(loaded.config);
    find_profiles(loaded.config, name);
    find_certificates(loaded.config, name);
    check_config(loaded.config, document.root, faults);
    check_profiles(loaded.config, document.root, faults);
    check_hosts(loaded.config, document.root, faults);
    if (options.kafka_required) check_certificates(loaded.config, document.root, faults);
  }
  for (Fault& fault : faults) fault.file = name;
  std::stable_sort(faults.begin(), faults.end(),
                   [](const Fault& a, const Fault& b) { return a.line < b.line; });
  return loaded;
}

LoadedConfig load_config(const std::string& path, const LoadOptions& options) {
  const Result<std::string> text = options.surroundings.file(path);
  if (text.ok()) return parse_config(*text, path, options);
  LoadedConfig loaded;
  loaded.faults.push_back({path, 0, "", text.error().message});
  return loaded;
}

std::string to_text(const Faults& faults) {
  std::string text;
  for (const Fault& fault : faults) text += driftd::to_text(fault) + "\n";
  return text;
}

}  // namespace driftd::app
