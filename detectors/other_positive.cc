#include "detectors/other_positive.h"

#include <algorithm>

#include "detectors/profile_json.h"

namespace driftd::detectors {
namespace {

std::string swapped(const evidence::PairScale& scale, bool by_age, const std::string& bytes) {
  if (bytes.empty()) return bytes;
  const evidence::PairLayout layout(scale, by_age);
  const auto counts = evidence::PairCounts::decode(layout, bytes);
  return counts.ok() ? evidence::with_classes_swapped(layout, *counts).encode() : std::string();
}

void swap_classes(evidence::LabelReference& labels) {
  for (evidence::LabelBlock& block : labels.blocks) {
    block.arrived = swapped(labels.scale, true, block.arrived);
    block.matured = swapped(labels.scale, false, block.matured);
  }
  labels.timeless = swapped(labels.scale, true, labels.timeless);
}

}  // namespace

std::optional<Profile> with_positive(const Profile& profile, const std::string& positive) {
  const TaskSpec& task = profile.task;
  if (task.task != Task::binary) return std::nullopt;
  if (task.positive == positive || task.positive.empty()) return profile;
  const bool known = std::find(task.labels.begin(), task.labels.end(), positive) != task.labels.end();
  if ((task.labels.size() >= 2 && !known) || task.labels.size() > 2 || profile.predicted_by_score)
    return std::nullopt;
  Profile other = profile;
  other.task.positive = positive;
  other.performance = profile.performance.with_classes_swapped();
  if (other.labels) swap_classes(*other.labels);
  for (SegmentReference& segment : other.segments)
    if (segment.labels) swap_classes(*segment.labels);
  other.digest = digest_of(other);
  return other;
}

}  // namespace driftd::detectors
