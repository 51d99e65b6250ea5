// A Kind is what the catalogue says of one order-dependent detector: its names, parameters, and what
// is known of it. One file in detectors/kinds/ each, which defines `const Kind kind_FILENAME`; the
// build lists the folder (cmake/catalogue.cmake), so that a file without its Kind does not link.
// tests/detectors/kinds_conformance_test.cc holds every Kind to what this header promises.
//
// These detectors are heuristics that people know: none of them is part of the false-alarm budget.
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/field_types.h"
#include "core/node.h"
#include "detectors/sequential_detector.h"

namespace driftd::detectors {

// The values that a detector takes; any other changes nothing.
enum class Accepts : std::uint8_t { numbers, unit_interval, zero_or_one };

inline bool accepts(Accepts which, double value) {
  switch (which) {
    case Accepts::numbers:
      return std::isfinite(value);
    case Accepts::unit_interval:
      return value >= 0 && value <= 1;
    case Accepts::zero_or_one:
      return value == 0 || value == 1;
  }
  return false;
}
std::string_view accepts_text(Accepts which);  // "any finite number", "numbers in [0, 1]", "0 or 1"

struct Kind {
  std::string_view name;     // as configuration and `driftd detect` spell it
  std::string_view summary;  // one line
  std::string_view reads;    // which values it is made for, and what they mean
  Accepts accepts = Accepts::numbers;
  bool starts_afresh = true;   // on the update after a drift; else it keeps something, which `memory` says
  std::string_view cost;       // per update
  std::string_view memory;     // what it holds
  std::string_view guarantee;  // what is known of its false alarms
  std::string_view paper;
  std::vector<FieldDoc> (*parameters)();
  // Reads `parameters` (a map or null) and adds a fault with the whole path of each key that is
  // unknown, of another type, or out of range. The detector is null where faults were added.
  std::unique_ptr<SequentialDetector> (*make)(const Node& parameters, std::string_view path, Faults& faults);
};

// All kinds, by name.
std::span<const Kind* const> catalogue();

// nullptr where there is none of that name.
const Kind* find_kind(std::string_view name);

// find_kind and make in one; a fault with the nearest known name where there is no such kind.
std::unique_ptr<SequentialDetector> make_detector(std::string_view name, const Node& parameters,
                                                  std::string_view path, Faults& faults);

}  // namespace driftd::detectors
