#include "app/config/profile_checks.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "detectors/evidence/column_references.h"
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

void check_reference(const ReferenceConfig& reference, const Node& given, const std::string& path,
                     Faults& faults) {
  const Result<Profile> first = profile_at(reference.file);
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

void check_model(const ReferenceConfig& reference, const std::string& model, const Node& root,
                 Faults& faults) {
  if (reference.source != ReferenceConfig::Source::file) return;
  const Node* models = root.find("models");
  const Node* entry = models == nullptr ? nullptr : models->find(model);
  const Node* given = entry == nullptr ? nullptr : entry->find("reference");
  if (given == nullptr) return;  // inherited: `default` says it
  check_reference(reference, *given, "models." + model + ".reference", faults);
}

}  // namespace

void check_profiles(const Config& config, const Node& root, Faults& faults) {
  check_model(config.models.standard.reference, "default", root, faults);
  for (const auto& [name, model] : config.models.named) check_model(model.reference, name, root, faults);
}

}  // namespace driftd::app
