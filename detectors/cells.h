// Cells and places: what is left of a value once it has been counted. The format is frozen: stored
// tallies, waiting predictions and profiles hold these numbers.
//
// A value of a column becomes one byte `cell` and one byte `place`.
//   numeric:     0 null, 1 absent, 2 type_change, 3 not_finite, 4 below the reference's minimum,
//                5 .. 5+m-1 the m fine bins (right-closed), 5+m above the reference's maximum
//   categorical: 0 null, 1 absent, 2 type_change, 3 other (a category of the reference beyond its
//                most frequent), 4 new (not in the reference), 5 .. the categories
// The place says where in its cell a number lies: floor(256 (v - low) / (high - low)), at most 255, in a
// fine bin; below and above, the distance from the minimum or maximum on a scale of 8 steps to the
// octave. Elsewhere it is 0. Places add up to integers ("units"), so that the mean of a cell merges
// exactly (Wasserstein needs it).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace driftd::detectors {

struct Cell {
  std::uint8_t cell = 0;
  std::uint8_t place = 0;
  friend bool operator==(Cell, Cell) = default;
};

inline constexpr std::uint8_t kNullCell = 0;
inline constexpr std::uint8_t kAbsentCell = 1;
inline constexpr std::uint8_t kTypeChangeCell = 2;
inline constexpr std::uint8_t kNotFiniteCell = 3;  // numeric
inline constexpr std::uint8_t kBelowCell = 4;
inline constexpr std::uint8_t kOtherCell = 3;  // categorical
inline constexpr std::uint8_t kNewCell = 4;
inline constexpr std::uint8_t kFirstBin = 5;
inline constexpr std::size_t kMaxBins = 250;  // fine bins of a numeric column, categories of the other kind

// What one cell of a column has counted.
struct CellCount {
  std::int64_t count = 0;
  std::int64_t units = 0;  // the sum of the places' units
  friend bool operator==(const CellCount&, const CellCount&) = default;
};

// Beyond minimum and maximum, distances are measured in 1/256 of the reference's range; place q stands
// for distances of [2^(q/8) - 1, 2^((q+1)/8) - 1) of them, the last place for all beyond.
std::uint8_t outer_place(double distance);  // distance >= 0, in 1/256 of the range; not a number: 255

// The middle of an outer place's distances in 1/kOuterUnits of 1/256 of the range.
inline constexpr double kOuterUnits = 16;
extern const std::array<std::int64_t, 256> kUnitsOfOuterPlace;

// How far the middle of an outer place may be from a distance that lies in it: a share of
// (distance + 1/256 of the range).
inline constexpr double kOuterError = 0.08;

}  // namespace driftd::detectors
