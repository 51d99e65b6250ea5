#include "detectors/kind.h"

#include <string>
#include <utility>
#include <vector>

#include "core/nearest.h"

namespace driftd::detectors {

std::string_view accepts_text(Accepts which) {
  switch (which) {
    case Accepts::numbers:
      return "any finite number";
    case Accepts::unit_interval:
      return "numbers in [0, 1]";
    case Accepts::zero_or_one:
      return "0 or 1";
  }
  return "";
}

const Kind* find_kind(std::string_view name) {
  for (const Kind* kind : catalogue()) {
    if (kind->name == name) return kind;
  }
  return nullptr;
}

std::unique_ptr<SequentialDetector> make_detector(std::string_view name, const Node& parameters,
                                                  std::string_view path, Faults& faults) {
  if (const Kind* kind = find_kind(name)) return kind->make(parameters, path, faults);
  std::vector<std::string> known;
  for (const Kind* kind : catalogue()) known.emplace_back(kind->name);
  std::string message = "no detector is called " + std::string(name);
  if (const std::string* near = nearest(name, known)) message += "; did you mean " + *near + "?";
  faults.push_back({"", parameters.line, std::string(path), std::move(message)});
  return nullptr;
}

}  // namespace driftd::detectors
