#include "app/config/profile_checks.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "detectors/evidence/column_references.h"
#include "detectors/other_positive.h"
#include "detectors/profile_json.h"

namespace driftd::app {
namespace {

using detectors::Profile;

Result<Profile> profile_at(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!std::filesystem::is_regular_file(path) || !file.good()) {
    return Error{ErrorCode::not_found, "the file " + path + " cannot be read"};
  }
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  Result<Profile> profile = detectors::profile_from_json(text);
  if (profile.ok()) return profile;
  return Error{ErrorCode::invalid, path + " is no profile: " + profile.error().message};
}

// Empty where counts of one are counts of the other.
std::string misfit(const Profile& reference, const Profile& regime, const std::string& path) {
  for (const detectors::ColumnProfile& column : reference.columns) {
    if (column.role == detectors::Role::derived) continue;  // not watched where a regime has others
    const detectors::ColumnProfile* other = regime.find(column.name);
    if (other == nullptr) return path + " has no column " + column.name;
    if (!detectors::evidence::same_bins(column, *other)) {
      return path + " has other bins of " + column.name +
             " than the reference; make it with `driftd profile --like`";
    }
  }
  return "";
}

constexpr const char* kRemedy = "; make it anew with `driftd profile -c` and this configuration";

// The key's own line, or that of `default`, which says it for every model.
const Node& node_of(const Node& models, const std::string& model, const char* key, const Node& otherwise) {
  for (const std::string& entry : {model, std::string("default")})
    if (const Node* node = models.find(entry); node != nullptr && node->find(key) != nullptr)
      return *node->find(key);
  return otherwise;
}

// What the configuration says of the model and the profile was not made with is no silent matter.
void check_agreement(const ModelConfig& model, const std::string& name, const Profile& profile,
                     const Node& models, const Node& given, Faults& faults) {
  for (const Disagreement& one : disagreements(model, profile)) {
    const std::string path = "models." + name + "." + one.key;
    const bool of_column = one.key.starts_with("columns.");
    const Node& node = node_of(models, name, of_column ? "columns" : one.key.c_str(), given);
    add_fault(faults, node, path,
              of_column ? "is " + one.has + " in the profile " + model.reference.file + kRemedy
                        : "the profile " + model.reference.file + " was made for " + one.has + kRemedy);
  }
}

void check_reference(const ModelConfig& model, const std::string& name, const Node& models, const Node& given,
                     Faults& faults) {
  const ReferenceConfig& reference = model.reference;
  const std::string path = "models." + name + ".reference";
  const Result<Profile> first = profile_at(reference.file);
  if (first.ok()) check_agreement(model, name, *first, models, given, faults);
  if (!first.ok()) add_fault(faults, given, join_path(path, "file"), first.error().message);
  const Node* regimes = given.find("regimes");
  for (std::size_t i = 0; i < reference.regimes.size() && regimes != nullptr; ++i) {
    const std::string key = item_path(join_path(path, "regimes"), i);
    const Node& node = i < regimes->items.size() ? regimes->items[i] : *regimes;
    Result<Profile> regime = profile_at(reference.regimes[i]);
    if (!regime.ok()) {
      add_fault(faults, node, key, regime.error().message);
    } else if (first.ok()) {
      detectors::evidence::adopt_evidence_bins(*regime, *first);
      std::string message = misfit(*first, *regime, reference.regimes[i]);
      if (!message.empty()) add_fault(faults, node, key, std::move(message));
    }
  }
}

void check_model(const ModelConfig& config, const std::string& model, const Node& root, Faults& faults) {
  if (config.reference.source != ReferenceConfig::Source::file) return;
  const Node* models = root.find("models");
  const Node* entry = models == nullptr ? nullptr : models->find(model);
  const Node* given = entry == nullptr ? nullptr : entry->find("reference");
  if (given == nullptr) return;  // inherited: `default` says it
  check_reference(config, model, *models, *given, faults);
}

}  // namespace

std::vector<Disagreement> disagreements(const ModelConfig& model, const Profile& profile) {
  std::vector<Disagreement> found;
  const detectors::TaskSpec& task = profile.task;
  if (model.task && *model.task != task.task) return {{"task", std::string(detectors::name_of(task.task))}};
  if (task.task == detectors::Task::binary) {
    if (model.positive && !detectors::with_positive(profile, *model.positive))
      found.push_back({"positive", profile.predicted_by_score
                                       ? task.positive + ", by which its scores were read"
                                       : task.labels.front() + " and " + task.labels.back()});
    if (model.threshold && *model.threshold != task.threshold)
      found.push_back({"threshold", shortest_text(task.threshold)});
  }
  for (const auto& [column, wish] : model.columns) {
    const detectors::ColumnProfile* known = profile.find(column);
    if (known == nullptr || known->role != detectors::Role::feature || wish.type == DeclaredType::automatic)
      continue;
    const bool numeric = known->type == detectors::ColumnType::numeric;
    if (numeric != (wish.type == DeclaredType::numeric))
      found.push_back({"columns." + column + ".type", std::string(detectors::name_of(known->type))});
  }
  return found;
}

void check_profiles(const Config& config, const Node& root, Faults& faults) {
  check_model(config.models.standard, "default", root, faults);
  for (const auto& [name, model] : config.models.named) check_model(model, name, root, faults);
}

}  // namespace driftd::app
