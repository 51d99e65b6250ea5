#include <vector>

#include "app/pipeline/version.h"

namespace driftd::app {

bool ColumnNames::take(std::span<const Feature> features, std::size_t most) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string_view> unseen;
  for (const Feature& feature : features)
    if (!names_.contains(feature.name)) unseen.push_back(feature.name);
  if (names_.size() + unseen.size() > most) return false;
  for (const std::string_view name : unseen) names_.emplace(name);
  return true;
}

}  // namespace driftd::app
