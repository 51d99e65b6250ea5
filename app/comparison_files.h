// Two data sets from files, compared: `driftd compare` without its words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "app/table_reader.h"
#include "core/result.h"
#include "detectors/comparison.h"

namespace driftd::app {

struct ComparisonFiles {
  std::string reference;  // a data set, or a profile, which is told by how it begins
  std::string current;
  ColumnRoles roles;
  std::optional<std::int64_t> bins;                    // none: kShownBins, or the profile's
  std::size_t sampled_rows = detectors::kSampledRows;  // a side, for the tests of whole rows; 0: none
};

// How far it is: `done` of `total`, in bytes while reading, in columns while comparing.
using ComparisonProgress =
    std::function<void(std::uint64_t done, std::uint64_t total, std::string_view what)>;

// Both files are read at the same time, and columns compared as many at a time as the machine has processors.
// The answer does not depend on that. `progress` is called by the calling thread alone. Errors name the file.
[[nodiscard]] Result<detectors::Comparison> compare_files(const ComparisonFiles& files,
                                                          const ComparisonProgress& progress);

}  // namespace driftd::app
