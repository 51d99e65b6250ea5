// Streams and reports that other programs computed (../shared/golden, ../shared/data).
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/node.h"
#include "detectors/kind.h"
#include "tests/detectors/case_files.h"

namespace driftd::detectors {

inline const std::filesystem::path kShared = DRIFTD_SHARED_DIR;

// One number a line; also gzipped.
inline std::vector<double> numbers_of(const std::filesystem::path& file) {
  std::vector<double> numbers;
  for (const std::string& line : lines_of(file)) numbers.push_back(std::strtod(line.c_str(), nullptr));
  return numbers;
}

inline std::unique_ptr<SequentialDetector> detector_of(const std::string& kind,
                                                       const std::vector<std::string>& settings = {}) {
  Faults faults;
  auto detector = make_detector(kind, from_assignments(settings), "", faults);
  for (const Fault& fault : faults) std::fprintf(stderr, "%s\n", to_text(fault).c_str());
  return detector;
}

inline std::vector<std::int64_t> drifts_of(SequentialDetector& detector, const std::vector<double>& values) {
  std::vector<std::int64_t> drifts;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (detector.update(values[i]) == Signal::drift) drifts.push_back(static_cast<std::int64_t>(i));
  }
  return drifts;
}

}  // namespace driftd::detectors
