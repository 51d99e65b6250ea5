#include "detectors/keyed_detector.h"

#include <algorithm>
#include <string>

#include "core/hash.h"

namespace driftd::detectors {
namespace {

bool samples(const Kind& kind) {
  const std::vector<FieldDoc> parameters = kind.parameters();
  return std::any_of(parameters.begin(), parameters.end(),
                     [](const FieldDoc& p) { return p.name == "seed"; });
}

}  // namespace

std::unique_ptr<SequentialDetector> make_keyed_detector(std::string_view name, const Node& parameters,
                                                        std::string_view series, std::string_view path,
                                                        Faults& faults) {
  const Kind* kind = find_kind(name);
  if (kind == nullptr || !samples(*kind) || parameters.find("seed") != nullptr) {
    return make_detector(name, parameters, path, faults);
  }
  Node keyed = parameters;
  keyed.set("seed", Node::scalar(std::to_string(hash64(series) >> 1U)));
  return make_detector(name, keyed, path, faults);
}

}  // namespace driftd::detectors
