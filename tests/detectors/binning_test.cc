#include "detectors/binning.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "tests/detectors/tables.h"

namespace driftd::detectors {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Profile one_numeric() {
  std::vector<double> values;
  for (int i = 0; i <= 1000; ++i) values.push_back(i * 0.1);
  return profile_with({{"x", numbers(values)}});
}

TEST(Binner, AgreesWithALinearSearch) {
  std::mt19937_64 random(4);
  std::normal_distribution<double> law(0, 3);
  std::vector<double> values(3000);
  for (double& value : values) value = std::round(law(random) * 8) / 8;
  const Profile profile = profile_with({{"x", numbers(values)}});
  const ColumnProfile& column = profile.columns[0];
  const Binner binner(profile, Side::predictions);
  std::vector<double> tried = column.knots;
  for (const double knot : column.knots) {
    tried.push_back(std::nextafter(knot, kInfinity));
    tried.push_back(std::nextafter(knot, -kInfinity));
  }
  for (int i = 0; i < 2000; ++i) tried.push_back(law(random));
  for (const double value : tried) {
    std::size_t expected = kFirstBin;
    while (expected < kFirstBin + column.knots.size() && column.knots[expected - kFirstBin] < value)
      ++expected;
    if (value < column.minimum) expected = kBelowCell;
    EXPECT_EQ(binner.cell_of(0, value).cell, expected) << value;
  }
}

TEST(Binner, AnEdgeBelongsToTheLowerBin) {
  const Profile profile = one_numeric();
  const ColumnProfile& column = profile.columns[0];
  const Binner binner(profile, Side::predictions);
  for (std::size_t i = 0; i < column.shown_edges.size(); ++i) {
    const double edge = column.shown_edges[i];
    EXPECT_EQ(column.shown_bin[binner.cell_of(0, edge).cell], i);
    EXPECT_EQ(column.shown_bin[binner.cell_of(0, std::nextafter(edge, kInfinity)).cell], i + 1);
  }
}

TEST(Binner, PlacesRiseWithinABinAndFillIt) {
  const Profile profile = one_numeric();
  const ColumnProfile& column = profile.columns[0];
  const Binner binner(profile, Side::predictions);
  const double low = column.low(3);
  const double high = column.knots[3];
  for (int place = 0; place < 256; ++place) {
    const double value = low + (high - low) * (place + 0.5) / 256;
    EXPECT_EQ(binner.cell_of(0, value), (Cell{kFirstBin + 3, static_cast<std::uint8_t>(place)}));
  }
  EXPECT_EQ(binner.cell_of(0, high).place, 255);
}

TEST(Binner, OuterPlacesAreEightToTheOctave) {
  EXPECT_EQ(outer_place(0), 0);
  EXPECT_EQ(outer_place(1), 8);
  EXPECT_EQ(outer_place(3), 16);
  EXPECT_EQ(outer_place(std::ldexp(1.0, 20)), 160);
  EXPECT_EQ(outer_place(1e300), 255);
  EXPECT_EQ(outer_place(std::nan("")), 255);
}

TEST(Binner, TheMiddleOfAnOuterPlaceIsNear) {
  for (double distance = 0.001; distance < 4e9; distance *= 1.013) {
    const double middle = static_cast<double>(kUnitsOfOuterPlace[outer_place(distance)]) / kOuterUnits;
    EXPECT_LE(std::abs(middle - distance), kOuterError * (distance + 1)) << distance;
  }
}

TEST(Binner, WhatIsOutsideIsBelowOrAbove) {
  const Profile profile = one_numeric();
  const Binner binner(profile, Side::predictions);
  const auto above = static_cast<std::uint8_t>(profile.columns[0].above_cell());
  EXPECT_EQ(binner.cell_of(0, -1e-300).cell, kBelowCell);
  EXPECT_EQ(binner.cell_of(0, -std::numeric_limits<double>::max()).cell, kBelowCell);
  EXPECT_EQ(binner.cell_of(0, std::numeric_limits<double>::max()).cell, above);
  EXPECT_EQ(binner.cell_of(0, kInfinity).cell, kNotFiniteCell);
  EXPECT_EQ(binner.cell_of(0, -0.0), binner.cell_of(0, 0.0));
}

TEST(Binner, KindsThatAreNoValueHaveTheirCells) {
  const Profile profile = profile_with({{"n", numbers({1, 2})}, {"c", {text("a"), number(1)}}});
  const Binner binner(profile, Side::predictions);
  const auto cell = [&](std::uint32_t column, Value::Kind kind) {
    return binner.cell_of(column, Value{kind, 0, "true"}).cell;
  };
  for (const std::uint32_t column : {0U, 1U}) {
    EXPECT_EQ(cell(column, Value::Kind::null), kNullCell);
    EXPECT_EQ(cell(column, Value::Kind::absent), kAbsentCell);
    EXPECT_EQ(cell(column, Value::Kind::array), kTypeChangeCell);
    EXPECT_EQ(cell(column, Value::Kind::object), kTypeChangeCell);
  }
  EXPECT_EQ(cell(0, Value::Kind::text), kTypeChangeCell);
  EXPECT_EQ(cell(0, Value::Kind::boolean), kTypeChangeCell);
  EXPECT_EQ(cell(0, Value::Kind::not_finite), kNotFiniteCell);
  EXPECT_EQ(cell(1, Value::Kind::boolean), kNewCell);
  EXPECT_EQ(binner.cell_of(1, number(1.0)), binner.cell_of(1, text("1")));
}

TEST(Binner, BinsAnEventWhateverTheOrderOfItsFeatures) {
  const Profile profile =
      profile_with({{"a", numbers({1, 2})}, {"b", numbers({3, 4})}, {"c", {text("x"), text("y")}}});
  const Binner binner(profile, Side::predictions);
  std::vector<Feature> features = {{"a", number(1)}, {"z", number(9)}, {"b", number(4)}, {"c", text("y")}};
  std::vector<std::uint8_t> cells(3), places(3), again(3), ignored(3);
  BinnerHints hints;
  binner.bin(features, cells, places, hints);
  std::sort(features.begin(), features.end(), [](auto& x, auto& y) { return x.name > y.name; });
  for (int i = 0; i < 3; ++i) {
    binner.bin(features, again, ignored, hints);
    EXPECT_EQ(cells, again);
  }
  features.pop_back();  // "a"
  binner.bin(features, again, ignored, hints);
  EXPECT_EQ(again[0], kAbsentCell);
}

TEST(Binner, AColumnWithoutAnyValueTakesWhateverComesAsNew) {
  const Profile profile = profile_with({{"x", {null_value(), null_value()}}});
  const Binner binner(profile, Side::predictions);
  EXPECT_TRUE(binner.is_new(0, binner.cell_of(0, number(3)).cell));
}

TEST(Binner, WidthsThatOverflowDoNotBreakPlaces) {
  constexpr double kHuge = std::numeric_limits<double>::max();
  const Profile profile = profile_with({{"x", numbers({-kHuge, kHuge, 0, 1, 2})}});
  const Binner binner(profile, Side::predictions);
  for (const double value : {-kHuge, -1e300, 0.0, 1e300, kHuge}) {
    EXPECT_GE(binner.cell_of(0, value).cell, kFirstBin);
  }
}

}  // namespace
}  // namespace driftd::detectors
