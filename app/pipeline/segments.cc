#include "app/pipeline/segments.h"

namespace driftd::app {

bool append_segments(Version& version, std::span<const Feature> features, std::vector<std::uint32_t>& out) {
  bool complete = true;
  out.push_back(0);
  for (const SegmentConfig& segment : version.model->config->segments) {
    const auto label = detectors::segment_label(segment, features);
    if (!label) continue;
    if (const std::uint32_t number = version.segments.number_of(*label); number != SegmentTable::kNone)
      out.push_back(number);
    else
      complete = false;
  }
  return complete;
}

std::uint32_t segment_number(const Version& version, std::string_view label) {
  const auto& labels = version.segments.labels();
  for (std::uint32_t i = 0; i < labels.size(); ++i)
    if (labels[i] == label) return i;
  return SegmentTable::kNone;
}

std::uint32_t SegmentTable::number_of(std::string_view label) {
  const std::lock_guard lock(mutex_);
  if (const auto known = numbers_.find(label); known != numbers_.end()) return known->second;
  if (labels_.size() > kMostSegments) return kNone;
  const auto number = static_cast<std::uint32_t>(labels_.size());
  labels_.emplace_back(label);
  numbers_.emplace(label, number);
  return number;
}

void SegmentTable::restore(std::vector<std::string> labels) {
  labels_ = std::move(labels);
  numbers_.clear();
  for (std::uint32_t i = 1; i < labels_.size(); ++i) numbers_.emplace(labels_[i], i);
}

}  // namespace driftd::app
