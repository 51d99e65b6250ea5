#include "detectors/derived/missing_pattern.h"

namespace driftd::detectors::derived {

MissingPattern::MissingPattern(const std::vector<const ColumnProfile*>& columns) {
  for (const ColumnProfile* column : columns) {
    if (column->role != Role::feature) break;
    const bool numeric = column->type == ColumnType::numeric;
    present_from_.push_back(numeric ? kBelowCell : kOtherCell);
    names_.push_back(column->name);
  }
}

bool MissingPattern::is_complete(std::span<const std::uint8_t> cells) const {
  unsigned missing = 0;
  for (std::size_t i = 0; i < present_from_.size(); ++i) missing |= cells[i] < present_from_[i] ? 1U : 0U;
  return missing == 0;
}

void MissingPattern::describe(std::span<const std::uint8_t> cells, std::string& text) const {
  text.clear();
  for (std::size_t i = 0; i < present_from_.size(); ++i) {
    if (cells[i] >= present_from_[i]) continue;
    if (!text.empty()) text += '+';
    text += names_[i];
  }
  if (text.empty()) text = kNothingMissing;
}

}  // namespace driftd::detectors::derived
