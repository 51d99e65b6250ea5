#include "app/pipeline/segments.h"

#include <algorithm>
#include <array>

namespace driftd::app {

namespace {

const Value* value_of(std::span<const Feature> features, std::string_view name) {
  for (std::size_t i = features.size(); i-- > 0;)
    if (features[i].name == name) return &features[i].value;
  return nullptr;
}

std::string range_label(double number, const std::vector<double>& cuts) {
  const auto upper = std::lower_bound(cuts.begin(), cuts.end(), number);
  std::string label = "(";
  label += upper == cuts.begin() ? "-inf" : shortest_text(*(upper - 1));
  label += ',';
  label += upper == cuts.end() ? "inf)" : shortest_text(*upper) + "]";
  return label;
}

}  // namespace

std::optional<std::string> segment_label(const SegmentConfig& segment, std::span<const Feature> features) {
  std::string label;
  for (const SegmentColumn& part : segment) {
    const Value* value = value_of(features, part.column);
    if (value == nullptr) return std::nullopt;
    if (!label.empty()) label += ',';
    label += part.column + '=';
    if (!part.cuts.empty()) {
      if (value->kind != Value::Kind::number) return std::nullopt;
      label += range_label(value->number, part.cuts);
      continue;
    }
    std::array<char, 32> buffer{};
    const std::string_view text = shortest_text(*value, buffer);
    const bool scalar = value->kind == Value::Kind::number || value->kind == Value::Kind::boolean ||
                        value->kind == Value::Kind::text;
    if (!scalar) return std::nullopt;
    label += text;
  }
  return label;
}

bool append_segments(Version& version, std::span<const Feature> features, std::vector<std::uint32_t>& out) {
  bool complete = true;
  out.push_back(0);
  for (const SegmentConfig& segment : version.model->config->segments) {
    const auto label = segment_label(segment, features);
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
