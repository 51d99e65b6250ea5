// Which features of a row are missing, as one text: the categories of a derived column. Immutable once made;
// any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "detectors/profile.h"

namespace driftd::detectors::derived {

inline constexpr const char* kNothingMissing = "(none)";

class MissingPattern {
 public:
  // `columns` are those of the side of the predictions; the features among them count, and come first.
  explicit MissingPattern(const std::vector<const ColumnProfile*>& columns);

  [[nodiscard]] bool is_complete(std::span<const std::uint8_t> cells) const;
  // The missing features' names with + between, or kNothingMissing. Overwrites `text`.
  void describe(std::span<const std::uint8_t> cells, std::string& text) const;

 private:
  std::vector<std::uint8_t> present_from_;  // by feature: cells below are missing
  std::vector<std::string> names_;
};

}  // namespace driftd::detectors::derived
