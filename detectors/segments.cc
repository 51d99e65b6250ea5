#include "detectors/segments.h"

#include <algorithm>
#include <array>

namespace driftd::detectors {
namespace {

std::string range_from(const std::vector<double>& cuts, std::size_t upper) {
  std::string label = "(";
  label += upper == 0 ? "-inf" : shortest_text(cuts[upper - 1]);
  label += ',';
  label += upper == cuts.size() ? "inf)" : shortest_text(cuts[upper]) + "]";
  return label;
}

bool is_range(const std::vector<double>& cuts, std::string_view text) {
  for (std::size_t upper = 0; upper <= cuts.size(); ++upper)
    if (range_from(cuts, upper) == text) return true;
  return false;
}

// The label from the definition's part `part` on.
bool gives_rest(const SegmentDefinition& segment, std::size_t part, std::string_view label) {
  const SegmentColumn& column = segment[part];
  const std::string begin = column.column + "=";
  if (!label.starts_with(begin)) return false;
  label.remove_prefix(begin.size());
  const auto fits = [&](std::string_view value) {
    return column.cuts.empty() || is_range(column.cuts, value);
  };
  if (part + 1 == segment.size()) return fits(label);
  const std::string next = "," + segment[part + 1].column + "=";
  for (std::size_t at = label.find(next); at != std::string_view::npos; at = label.find(next, at + 1))
    if (fits(label.substr(0, at)) && gives_rest(segment, part + 1, label.substr(at + 1))) return true;
  return false;
}

template <class ValueOf>
std::optional<std::string> label_of(const SegmentDefinition& segment, const ValueOf& value_of) {
  std::string label;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    const SegmentColumn& part = segment[i];
    const Value value = value_of(i);
    if (!label.empty()) label += ',';
    label += part.column + '=';
    if (!part.cuts.empty()) {
      if (value.kind != Value::Kind::number) return std::nullopt;
      const auto upper = std::lower_bound(part.cuts.begin(), part.cuts.end(), value.number);
      label += range_from(part.cuts, static_cast<std::size_t>(upper - part.cuts.begin()));
      continue;
    }
    const bool scalar = value.kind == Value::Kind::number || value.kind == Value::Kind::boolean ||
                        value.kind == Value::Kind::text;
    if (!scalar) return std::nullopt;
    std::array<char, 32> buffer{};
    label += shortest_text(value, buffer);
  }
  return label;
}

}  // namespace

std::optional<std::string> segment_label(const SegmentDefinition& segment,
                                         const std::function<Value(std::size_t)>& value_of) {
  return label_of(segment, value_of);
}

std::optional<std::string> segment_label(const SegmentDefinition& segment,
                                         std::span<const Feature> features) {
  return label_of(segment, [&](std::size_t part) {
    for (std::size_t i = features.size(); i-- > 0;)
      if (features[i].name == segment[part].column) return features[i].value;
    return Value{};
  });
}

bool gives_label(const SegmentDefinition& segment, std::string_view label) {
  return !segment.empty() && gives_rest(segment, 0, label);
}

}  // namespace driftd::detectors
