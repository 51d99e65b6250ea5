#include "app/pipeline/registry.h"

#include <algorithm>

namespace driftd::app {

Registry::Admission Registry::admit(std::string_view name) {
  const std::lock_guard lock(mutex_);
  if (const auto known = by_name_.find(name); known != by_name_.end()) {
    known->second->forgotten = false;
    return {known->second, {}};
  }
  const bool configured = config_->models.named.contains(std::string(name));
  if (!configured) {
    if (config_->unknown_models == UnknownModels::ignore) return {};
    if (config_->unknown_models == UnknownModels::reject) return {nullptr, Rejection::unknown_model};
    if (models_.size() >= static_cast<std::size_t>(config_->limits.max_models))
      return {nullptr, Rejection::too_many_models};
  }
  return {&add_model(name), {}};
}

Version* Registry::version_of(Model& model, std::string_view version) {
  const std::lock_guard lock(mutex_);
  if (const auto known = model.versions.find(version); known != model.versions.end()) return known->second;
  return model.versions.size() < max_versions() ? &add_version(model, version) : nullptr;
}

bool Registry::has_room(const Model& model, std::string_view version) {
  const std::lock_guard lock(mutex_);
  return model.versions.size() < max_versions() || model.versions.contains(version);
}

Model* Registry::find(std::string_view model) {
  const auto known = by_name_.find(model);
  return known == by_name_.end() || known->second->forgotten ? nullptr : known->second;
}

Version* Registry::find_version(const Model& model, std::string_view version) {
  const auto known = model.versions.find(version);
  return known == model.versions.end() ? nullptr : known->second;
}

std::vector<Model*> Registry::models_by_name() {
  std::vector<Model*> models;
  models.reserve(by_name_.size());
  for (const auto& [name, model] : by_name_)
    if (!model->forgotten) models.push_back(model);
  return models;
}

std::vector<Version*> Registry::versions_by_name() {
  std::vector<Version*> versions;
  versions.reserve(versions_.size());
  for (const auto& [name, model] : by_name_)
    if (!model->forgotten)
      for (const auto& [label, version] : model->versions) versions.push_back(version);
  return versions;
}

std::vector<Duration> Registry::label_horizons() const {
  std::vector<Duration> horizons;
  horizons.reserve(models_.size());
  for (const Model& model : models_) horizons.push_back(model.config->label_horizon);
  return horizons;
}

void Registry::reconfigure(const Config& config, ReferenceShelf shelf) {
  config_ = &config;
  shelf_ = std::move(shelf);
  for (Model& model : models_) {
    const bool was_file = model.inherited != nullptr && model.first_learnt == nullptr;
    model.config = &config.models.of(model.name);
    const bool is_file = model.config->reference.source == ReferenceConfig::Source::file;
    if (is_file || was_file) {
      model.inherited = model.inherited_pairs = nullptr;
      model.first_learnt = nullptr;
      model.changed = true;
    }
    shelf_.furnish(model);
  }
}

Model& Registry::restore_model(std::string_view name) {
  const auto known = by_name_.find(name);
  return known != by_name_.end() ? *known->second : add_model(name);
}

void Registry::restore(std::uint32_t series, std::string_view name, std::string_view version) {
  Model& model = restore_model(name);
  if (series == versions_.size()) add_version(model, version);
}

void Registry::forget(Model& model) {
  model.counters = {};
  model.sharing = {};
  model.silence = {};
  model.comparisons = {};
  model.last_slot = 0;
  model.heard = 0;
  model.first_learnt = nullptr;
  model.inherited = nullptr;
  model.inherited_pairs = nullptr;
  shelf_.furnish(model);
  model.forgotten = model.changed = true;
}

void Registry::reset(Version& version) {
  inherit_file(version);
  version.task.reset();
  version.learner.reset();
  version.pair_learner.reset();
  version.pairs_after = std::numeric_limits<std::int64_t>::min();
  version.renewal.reset();
  version.pair_renewal.reset();
  version.learning.clear();
  version.segments.restore({""});
  version.state.clear();
  version.slices.reset();
  version.held_pairs.clear();
  version.held_history.clear();
  version.uncounted.clear();
  version.row_blocks_outdated = version.pair_blocks_outdated = false;  // with all that is stored of it
  version.evidence.reset();
  version.stored_evidence.clear();
  version.cohorts.clear();
  version.coverage = {};
  version.labels.clear();
  version.stored_labels.clear();
  version.shares = {};
  version.granted_before = 0;
  version.spent_before = 0;
  version.facts = {};
  version.rules.clear();
  version.detectors.clear();
  version.counters = {};
  version.traffic = detectors::TrafficWindow(1);
  version.lineage.clear();
  version.life.clear();
  version.retired = false;
  version.last_slot.reset();
  version.last_pair_slot.reset();
  version.changed = version.reference_changed = true;
}

Model& Registry::add_model(std::string_view name) {
  Model& model = models_.emplace_back();
  model.number = static_cast<std::uint32_t>(models_.size() - 1);
  model.name = std::string(name);
  model.config = &config_->models.of(model.name);
  shelf_.furnish(model);
  by_name_.emplace(model.name, &model);
  return model;
}

Version& Registry::add_version(Model& model, std::string_view name) {
  Version& version = versions_.emplace_back();
  version.series = static_cast<std::uint32_t>(versions_.size() - 1);
  version.name = std::string(name);
  version.model = &model;
  inherit_file(version);
  model.versions.emplace(version.name, &version);
  return version;
}

void Registry::inherit_file(Version& version) {
  const Model& model = *version.model;
  const bool inherits =
      model.config->effective_new_version() == NewVersion::inherit && model.first_learnt == nullptr;
  version.plan = inherits ? model.inherited : nullptr;
  version.pairs = inherits ? model.inherited_pairs : nullptr;
}

}  // namespace driftd::app
