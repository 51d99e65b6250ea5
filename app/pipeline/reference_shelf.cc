#include "app/pipeline/reference_shelf.h"

#include <fstream>
#include <sstream>
#include <vector>

#include "app/pipeline/version.h"
#include "detectors/evidence/column_references.h"
#include "detectors/other_positive.h"
#include "detectors/profile_json.h"

namespace driftd::app {

Result<detectors::Profile> read_profile(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Error{ErrorCode::not_found, file + ": cannot be read; make it with `driftd profile`"};
  std::ostringstream text;
  text << in.rdbuf();
  auto profile = detectors::profile_from_json(text.str());
  if (!profile.ok()) return Error{profile.error().code, file + ": " + profile.error().message};
  return profile;
}

Result<ReferenceShelf> ReferenceShelf::load(const Config& config) {
  ReferenceShelf shelf;
  const auto add = [&](const ModelConfig& model) -> Status {
    if (model.reference.source != ReferenceConfig::Source::file) return success();
    std::vector<std::string> files = model.reference.regimes;
    files.push_back(model.reference.file);
    for (const std::string& file : files) {
      if (shelf.profiles_.contains(file)) continue;
      auto profile = read_profile(file);
      if (!profile.ok()) return profile.error();
      shelf.profiles_[file] = std::make_shared<const detectors::Profile>(std::move(*profile));
    }
    return success();
  };
  if (const Status done = add(config.models.standard); !done.ok()) return done.error();
  for (const auto& [name, model] : config.models.named)
    if (const Status done = add(model); !done.ok()) return done.error();
  return shelf;
}

std::shared_ptr<const detectors::Profile> ReferenceShelf::find(const std::string& file) const {
  const auto found = profiles_.find(file);
  return found == profiles_.end() ? nullptr : found->second;
}

void ReferenceShelf::furnish(Model& model) const {
  const ModelConfig& config = *model.config;
  if (config.reference.source != ReferenceConfig::Source::file) return;
  const auto found = profiles_.find(config.reference.file);
  if (found == profiles_.end()) return;
  const auto meant =
      config.positive ? detectors::with_positive(*found->second, *config.positive) : std::nullopt;
  const detectors::Profile& profile = meant ? *meant : *found->second;
  model.inherited = std::make_shared<Plan>(profile, detectors::Side::predictions, config);
  if (!profile.side(detectors::Side::pairs).empty())
    model.inherited_pairs = std::make_shared<Plan>(profile, detectors::Side::pairs, config);
  model.regimes.clear();
  for (const std::string& file : config.reference.regimes)
    if (const auto regime = profiles_.find(file); regime != profiles_.end()) {
      auto own = std::make_shared<detectors::Profile>(*regime->second);
      detectors::evidence::adopt_evidence_bins(*own, *found->second);
      model.regimes.push_back(std::move(own));
    }
}

}  // namespace driftd::app
