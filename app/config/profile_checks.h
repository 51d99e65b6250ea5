// The profiles that a configuration names: whether they are there, and fit each other. Files are read.
#pragma once

#include <string>
#include <vector>

#include "app/config/config.h"
#include "core/node.h"
#include "detectors/profile.h"

namespace driftd::app {

// Adds a fault for each that is no profile, and for each regime whose columns have other bins than the
// reference. `root` is what `config` was read from, its profiles found already.
void check_profiles(const Config& config, const Node& root, Faults& faults);

// What the configuration says of the model and the profile was not made with: the key, and what the profile
// has instead.
struct Disagreement {
  std::string key;  // task, positive, threshold, columns.NAME.type
  std::string has;
};
std::vector<Disagreement> disagreements(const ModelConfig& model, const detectors::Profile& profile);

}  // namespace driftd::app
