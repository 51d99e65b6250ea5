#include "detectors/cells.h"

#include <cmath>

namespace driftd::detectors {
namespace {

// 2^(i/8), written out: no mathematical library has a say in where a value belongs.
constexpr std::array<double, 9> kSteps = {1.0,
                                          1.0905077326652577,
                                          1.189207115002721,
                                          1.2968395546510096,
                                          1.4142135623730951,
                                          1.5422108254079407,
                                          1.681792830507429,
                                          1.8340080864093424,
                                          2.0};
constexpr int kOctaves = 32;

constexpr std::array<std::int64_t, 256> units_of_places() {
  std::array<std::int64_t, 256> units{};
  double octave = 1;
  for (std::size_t place = 0; place < units.size(); ++place) {
    const std::size_t step = place % 8;
    const double middle = octave * (kSteps[step] + kSteps[step + 1]) / 2 - 1;
    // Positive, and the standard's rounding is not constexpr.
    units[place] =
        static_cast<std::int64_t>(kOuterUnits * middle + 0.5);  // NOLINT(bugprone-incorrect-roundings)
    if (step == 7) octave *= 2;
  }
  return units;
}

}  // namespace

constinit const std::array<std::int64_t, 256> kUnitsOfOuterPlace = units_of_places();

std::uint8_t outer_place(double distance) {
  constexpr double kEnd = 4294967296.0;  // 2^kOctaves
  const double shifted = 1 + distance;
  if (!(shifted < kEnd)) return 255;
  int exponent = 0;
  const double mantissa = 2 * std::frexp(shifted, &exponent);  // in [1, 2)
  const int octave = exponent - 1;
  int step = 0;
  while (mantissa >= kSteps[static_cast<std::size_t>(step) + 1]) ++step;
  static_assert(kOctaves * 8 == 256);
  return static_cast<std::uint8_t>(octave * 8 + step);
}

}  // namespace driftd::detectors
