#include "detectors/tally.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "detectors/binning.h"
#include "tests/detectors/tables.h"

namespace driftd::detectors {
namespace {

struct Row {
  std::vector<std::uint8_t> cells, places;
  std::string category;
};

class TallyTest : public ::testing::Test {
 protected:
  TallyTest() {
    for (int i = 0; i < 400; ++i) {
      Row row;
      const double x = law_(random_) * 1.2;
      row.category = "n" + std::to_string(random_() % 1500);
      for (const Cell cell : {binner_.cell_of(0, x), binner_.cell_of(1, text(row.category))}) {
        row.cells.push_back(cell.cell);
        row.places.push_back(cell.place);
      }
      rows_.push_back(row);
    }
  }

  static Profile profile() {
    std::vector<double> values;
    for (int i = -100; i <= 100; ++i) values.push_back(i * 0.02);
    return profile_with({{"x", numbers(values)}, {"c", std::vector<Value>(201, text("old"))}});
  }
  void add(Tally& tally, const Row& row, int sign = 1) const {
    tally.add(row.cells, row.places, sign);
    if (binner_.is_new(1, row.cells[1])) tally.note_new(1, row.category, sign);
  }

  Profile profile_ = profile();
  Binner binner_{profile_, Side::predictions};
  std::shared_ptr<const TallyLayout> layout_ =
      std::make_shared<const TallyLayout>(profile_, Side::predictions);
  std::mt19937_64 random_{9};
  std::normal_distribution<double> law_{0, 1};
  std::vector<Row> rows_;
};

TEST_F(TallyTest, AnyOrderAndAnyPartitionGiveTheSameBytes) {
  Tally whole(layout_);
  for (const Row& row : rows_) add(whole, row);
  for (const std::size_t parts : {1U, 2U, 7U, 64U}) {
    std::shuffle(rows_.begin(), rows_.end(), random_);
    std::vector<Tally> tallies(parts, Tally(layout_));
    for (const Row& row : rows_) add(tallies[random_() % parts], row);
    std::shuffle(tallies.begin(), tallies.end(), random_);
    Tally merged(layout_);
    for (const Tally& tally : tallies) merged.merge(tally);
    EXPECT_EQ(merged.encode(), whole.encode());
  }
}

TEST_F(TallyTest, NewCategoriesBeyondTheLimitAreExactAndIndependentOfOrder) {
  std::vector<Tally> parts(8, Tally(layout_));
  std::map<std::string, std::int64_t> expected;
  for (int i = 0; i < 20'000; ++i) {
    const std::string category = "k" + std::to_string(random_() % 4000);
    ++expected[category];
    parts[random_() % parts.size()].note_new(1, category);
  }
  Tally forward(layout_);
  Tally backward(layout_);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    forward.merge(parts[i]);
    backward.merge(parts[parts.size() - 1 - i]);
  }
  EXPECT_EQ(forward.encode(), backward.encode());
  ASSERT_EQ(forward.new_categories().size(), kMostNewCategories);
  for (const auto& entry : forward.new_categories()) EXPECT_EQ(entry.count, expected[entry.text]);
}

TEST_F(TallyTest, WhatWasAddedCanBeTakenBack) {
  Tally tally(layout_);
  for (const Row& row : rows_) add(tally, row);
  Tally half(layout_);
  for (std::size_t i = 0; i < 200; ++i) add(half, rows_[i]);
  tally.subtract(half);
  for (std::size_t i = 200; i < rows_.size(); ++i) add(tally, rows_[i], -1);
  EXPECT_TRUE(tally.empty());
  EXPECT_EQ(tally.encode(), Tally(layout_).encode());
}

TEST_F(TallyTest, MergesWithItself) {
  Tally tally(layout_);
  for (const Row& row : rows_) add(tally, row);
  Tally twice = tally;
  twice.merge(tally);
  tally.merge(tally);
  EXPECT_EQ(tally, twice);
  tally.subtract(tally);
  EXPECT_TRUE(tally.empty());
}

TEST_F(TallyTest, DecodesWhatItEncoded) {
  Tally tally(layout_);
  for (const Row& row : rows_) add(tally, row);
  const Result<Tally> again = Tally::decode(layout_, tally.encode());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*again, tally);
  EXPECT_EQ(again->encode(), tally.encode());
}

TEST_F(TallyTest, AddsEncodedTalliesWithoutTheirLayout) {
  Tally a(layout_);
  Tally b(layout_);
  for (std::size_t i = 0; i < rows_.size(); ++i) add(i % 3 == 0 ? a : b, rows_[i]);
  b.add(rows_[0].cells, rows_[0].places, -1);
  Tally both = a;
  both.merge(b);
  EXPECT_EQ(add_encoded_tallies(a.encode(), b.encode()), both.encode());
  EXPECT_EQ(add_encoded_tallies(b.encode(), a.encode()), both.encode());
  EXPECT_EQ(add_encoded_tallies("", a.encode()), a.encode());
  EXPECT_EQ(add_encoded_tallies(a.encode(), "nonsense"), a.encode());
}

TEST_F(TallyTest, RefusesBytesOfAnotherLayout) {
  Tally tally(layout_);
  for (const Row& row : rows_) add(tally, row);
  const Profile small = profile_with({{"x", numbers({1})}});
  const auto layout = std::make_shared<const TallyLayout>(small, Side::predictions);
  EXPECT_FALSE(Tally::decode(layout, tally.encode()).ok());
  EXPECT_FALSE(Tally::decode(layout_, "\xff\xff\xff").ok());
}

TEST_F(TallyTest, RandomBytesNeverDecodeToSomethingElse) {
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(random_() % 24, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_() % (i % 2 == 0 ? 256 : 5));
    const Result<Tally> tally = Tally::decode(layout_, bytes);
    if (tally.ok()) {
      EXPECT_EQ(Tally::decode(layout_, tally->encode()).value(), *tally);
    }
  }
}

}  // namespace
}  // namespace driftd::detectors
