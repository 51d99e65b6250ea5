// Derived columns in a profile: what is counted of them, how they are kept, and that nothing else matters.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>

#include "core/codec.h"
#include "detectors/derived/reference.h"
#include "detectors/learner.h"
#include "detectors/profile_json.h"
#include "detectors/profile_json_reader.h"
#include "detectors/renewal.h"
#include "tests/detectors/derived/references.h"

namespace driftd::detectors::derived::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::size_t kRows = 2000;

// Two that go together, one that does not, of which some are missing with the second.
Table three_columns(std::size_t rows = kRows) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  std::vector<std::pair<std::string, std::vector<double>>> columns = {{"age", {}}, {"income", {}}, {"x", {}}};
  for (std::size_t i = 0; i < rows; ++i) {
    const double common = normal(random);
    columns[0].second.push_back(common + normal(random));
    columns[1].second.push_back(i % 10 == 0 ? std::nan("") : common + normal(random));
    columns[2].second.push_back(i % 20 == 0 ? std::nan("") : normal(random));
  }
  return timed_table(columns);
}

std::vector<std::string> names(const Profile& profile) {
  std::vector<std::string> found;
  for (const ColumnProfile& column : profile.columns) found.push_back(column.name);
  return found;
}

std::int64_t counted(const ColumnProfile& column) { return column.present() + column.missing(); }

TEST(DerivedProfile, ColumnsComeAfterTheFeatures) {
  Options options = all_options();
  options.projections = 2;
  EXPECT_THAT(names(reference_of(three_columns(), options)),
              ElementsAre("age", "income", "x", "derived:projection_1", "derived:projection_2",
                          "derived:missing_pattern", "derived:age*income", ::testing::_, ::testing::_,
                          "derived:reconstruction_error", "derived:hotelling_t2"));
}

TEST(DerivedProfile, NothingIsDerivedWhereNothingIsWantedOrTheRowsAreFew) {
  EXPECT_EQ(reference_of(three_columns(), {}).columns.size(), 3U);
  EXPECT_FALSE(reference_of(three_columns(kLeastRows - 1), all_options()).derived);
  EXPECT_TRUE(reference_of(three_columns(kLeastRows), all_options()).derived);
}

TEST(DerivedProfile, WhatIsFittedOnEvenFiveMinutesIsCountedOnOddOnes) {
  const Profile profile = reference_of(three_columns(), all_options());
  std::int64_t odd = 0;
  for (std::size_t i = 0; i < kRows; ++i) odd += i / 30 % 2 == 1 ? 1 : 0;
  for (const ColumnProfile& column : profile.columns) {
    const bool fitted = column.name.find('*') != std::string::npos ||
                        column.name.find("error") != std::string::npos ||
                        column.name.find("t2") != std::string::npos;
    EXPECT_EQ(counted(column), fitted ? odd : static_cast<std::int64_t>(kRows)) << column.name;
  }
  for (const ProfileBlock& block : profile.blocks) {
    const auto layout = std::make_shared<const TallyLayout>(profile, Side::predictions);
    const Tally tally = Tally::decode(layout, block.predictions).value();
    std::int64_t pairs = 0;
    for (const CellCount& cell : tally.column(3 + profile.derived->pair_column(0))) pairs += cell.count;
    EXPECT_EQ(pairs, block.block % 2 == 0 ? 0 : tally.events()) << block.block;
  }
}

TEST(DerivedProfile, RowsWithoutTimesArePartedByTheirHash) {
  Table table = three_columns();
  std::fill(table.times.begin(), table.times.end(), kNoTime);
  for (std::size_t i = 0; i < kRows; ++i) table.ids[i] = std::to_string(i);
  const Profile profile = reference_of(table, all_options());
  const ColumnProfile* pair = profile.find("derived:age*income");
  ASSERT_NE(pair, nullptr);
  EXPECT_NEAR(static_cast<double>(counted(*pair)), kRows / 2.0, 100);
}

TEST(DerivedProfile, TheStreamsRowsAreCountedAsTheReferencesWere) {
  const Table table = three_columns();
  const Profile profile = reference_of(table, all_options());
  const Binner binner(profile, Side::predictions);
  const RowDeriver deriver(profile);
  Tally tally(std::make_shared<const TallyLayout>(profile, Side::predictions));
  DerivedRow row;
  for (std::size_t i = 0; i < kRows; ++i) {
    if (i / 30 % 2 == 1) deriver.count(cells_of(binner, table, i), tally, row);
    if (i / 30 % 2 == 0)
      deriver.count_first(profile.derived->unfitted(), cells_of(binner, table, i), tally, row);
  }
  for (std::size_t i = 3; i < profile.columns.size(); ++i) {
    const auto cells = tally.column(i);
    EXPECT_TRUE(std::equal(cells.begin(), cells.end(), profile.columns[i].reference.begin()))
        << profile.columns[i].name;
  }
}

// Any cells, so that values beyond the reference's range and unknown patterns are among them.
TEST(DerivedProfile, ManyRowsAtOnceAreCountedAsOneByOne) {
  const Profile profile = reference_of(three_columns(), all_options());
  const RowDeriver deriver(profile);
  const auto layout = std::make_shared<const TallyLayout>(profile, Side::predictions);
  std::mt19937_64 random(2);
  std::vector<std::array<std::uint8_t, 3>> cells(2500);
  std::vector<const std::uint8_t*> rows;
  for (auto& row : cells) {
    for (std::size_t column = 0; column < 3; ++column)
      row[column] = static_cast<std::uint8_t>(random() % profile.columns[column].cells());
    rows.push_back(row.data());
  }
  for (const std::size_t size : {0U, 1U, 23U, 24U, 1024U, 1025U, 2500U}) {
    Tally together(layout), apart(layout);
    DerivedRows scratch;
    DerivedRow one;
    deriver.count(std::span(rows).first(size), together, scratch);
    for (std::size_t i = 0; i < size; ++i) deriver.count(cells[i], apart, one);
    EXPECT_EQ(together, apart) << size;
  }
}

TEST(DerivedProfile, PatternsNameWhatIsMissingTogether) {
  const Profile profile = reference_of(three_columns(), all_options());
  EXPECT_THAT(profile.find("derived:missing_pattern")->categories,
              ElementsAre("(none)", "income", "income+x"));
  const RowDeriver deriver(profile);
  DerivedRow row;
  const std::vector<std::uint8_t> fresh = {kNullCell, kFirstBin, kFirstBin};
  deriver.derive(fresh, row);
  EXPECT_EQ(row.cells[profile.derived->pattern_column()], kNewCell);
}

TEST(DerivedProfile, APairWithoutOneOfTheTwoIsMissing) {
  const Profile profile = reference_of(three_columns(), all_options());
  const RowDeriver deriver(profile);
  DerivedRow row;
  deriver.derive(std::vector<std::uint8_t>{kAbsentCell, kFirstBin, kFirstBin}, row);
  EXPECT_EQ(row.cells[profile.derived->pair_column(0)], kNullCell);
}

TEST(DerivedProfile, TheOrderOfTheRowsDoesNotMatter) {
  Table table = three_columns();
  RowTable rows;
  rows.names = {"age", "income", "x"};
  for (std::size_t i = 0; i < kRows; ++i) {
    RawRow& row = rows.rows.emplace_back();
    row.time = table.times[i];
    for (const TableColumn& column : table.features) row.values.push_back(own(column.value(i)));
  }
  const std::string first = to_json(reference_of(table_of(rows), all_options()));
  EXPECT_EQ(first, to_json(reference_of(table, all_options())));
  std::shuffle(rows.rows.begin(), rows.rows.end(), std::mt19937_64(1));
  EXPECT_EQ(to_json(reference_of(table_of(rows), all_options())), first);
}

TEST(DerivedProfile, AnotherSeedDrawsOtherDirections) {
  Options other = all_options();
  other.seed = 2;
  const Profile first = reference_of(three_columns(), all_options());
  const Profile second = reference_of(three_columns(), other);
  EXPECT_NE(first.derived->projections, second.derived->projections);
  EXPECT_EQ(first.derived->pairs, second.derived->pairs);
  EXPECT_NE(first.digest, second.digest);
}

TEST(DerivedProfile, JsonGivesBackEveryBit) {
  const Profile profile = reference_of(three_columns(), all_options());
  const Result<Profile> read = profile_from_json(to_json(profile));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(to_json(*read), to_json(profile));
  EXPECT_EQ(read->derived, profile.derived);
  EXPECT_EQ(read->digest, profile.digest);
}

class RefusedProfile : public ::testing::Test {
 protected:
  nlohmann::ordered_json json =
      nlohmann::ordered_json::parse(to_json(reference_of(three_columns(), all_options())));

  void expect_refused(const std::string& words) const {
    const Result<Profile> read = read_profile(json);
    ASSERT_FALSE(read.ok());
    EXPECT_THAT(read.error().message, HasSubstr(words));
  }
};

TEST_F(RefusedProfile, NamesDerivedColumnsOfWhichNothingIsSaid) {
  json.erase("derived");
  expect_refused("nothing says of what");
}

TEST_F(RefusedProfile, NamesAColumnThatHasAnotherName) {
  json["columns"][3]["name"] = "derived:other";
  expect_refused("a derived column has to be called derived:projection_1");
}

TEST_F(RefusedProfile, NamesColumnsThatAreMissing) {
  json["columns"].erase(json["columns"].size() - 1);
  expect_refused("derived columns are wanted");
}

TEST_F(RefusedProfile, NamesDefinitionsOfOtherColumns) {
  json["columns"][0]["role"] = "feature";
  json["columns"].erase(json["columns"].begin());
  expect_refused("derived");
}

TEST_F(RefusedProfile, NamesDefinitionsThatAreNone) {
  json["derived"]["definitions"] = "AAAA";
  expect_refused("derived.definitions");
}

TEST(DerivedDefinitions, BytesThatEndTooEarlyOrGoOnAreRefused) {
  const Definitions definitions = *reference_of(three_columns(), all_options()).derived;
  Encoder out;
  definitions.save(out);
  const std::string bytes = out.take();
  Decoder whole(bytes);
  ASSERT_EQ(Definitions::load(whole).value(), definitions);
  for (std::size_t size = 0; size < bytes.size(); size += 1 + bytes.size() / 200) {
    Decoder in(std::string_view(bytes).substr(0, size));
    EXPECT_FALSE(Definitions::load(in).ok()) << size;
  }
}

TEST(DerivedDefinitions, ADirectionThatIsTooLongIsRefused) {
  Definitions definitions = *reference_of(three_columns(), all_options()).derived;
  definitions.projections[0][0] = 1.5;
  Encoder out;
  definitions.save(out);
  Decoder in(out.bytes());
  EXPECT_FALSE(Definitions::load(in).ok());
}

TEST(DerivedProfile, ARenewedReferenceKeepsBinsAndDefinitions) {
  const Table table = three_columns();
  const Profile profile = reference_of(table, all_options());
  const auto layout = std::make_shared<const TallyLayout>(profile, Side::predictions);
  const RowDeriver deriver(profile);
  const Binner binner(profile, Side::predictions);
  Renewal renewal(profile, Side::predictions, 14 * kDay, 0);
  Tally tally(layout);
  DerivedRow row;
  const auto cells = cells_of(binner, table, 7);
  tally.add(cells, std::vector<std::uint8_t>(cells.size(), 0));
  deriver.count(cells, tally, row);
  renewal.add(kHour, tally);
  const Profile renewed = renewal.finish();
  EXPECT_EQ(renewed.derived, profile.derived);
  EXPECT_NE(renewed.digest, profile.digest);
  for (std::size_t i = 3; i < profile.columns.size(); ++i) {
    EXPECT_EQ(renewed.columns[i].knots, profile.columns[i].knots);
    EXPECT_EQ(counted(renewed.columns[i]), counted(profile.columns[i]) + 1);
  }
  const auto read = profile_from_json(to_json(renewed));
  EXPECT_TRUE(read.ok()) << read.error().message;
}

}  // namespace
}  // namespace driftd::detectors::derived::testing
