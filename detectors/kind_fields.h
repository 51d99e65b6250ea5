// What turns a detector class with `Parameters` and a field table `fields()` into the two functions
// that its Kind needs.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "core/fields.h"
#include "detectors/sequential_detector.h"

namespace driftd::detectors {

template <class Detector>
std::vector<FieldDoc> parameters_of() {
  return Detector::fields().docs();
}

template <class Detector>
std::unique_ptr<SequentialDetector> make_from_fields(const Node& node, std::string_view path,
                                                     Faults& faults) {
  typename Detector::Parameters parameters;
  const std::size_t before = faults.size();
  Detector::fields().read(node, parameters, path, faults);
  if (faults.size() != before) return nullptr;
  return std::make_unique<Detector>(parameters);
}

}  // namespace driftd::detectors
