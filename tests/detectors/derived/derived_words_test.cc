// What an incident says of a derived column.
#include "detectors/derived/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tests/detectors/derived/references.h"

namespace driftd::detectors::derived::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// age and income with this correlation, and a column of its own.
Table stream(double correlation, double shift = 0) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  std::vector<std::pair<std::string, std::vector<double>>> columns = {{"age", {}}, {"income", {}}, {"x", {}}};
  for (int i = 0; i < 4000; ++i) {
    const double common = normal(random);
    columns[0].second.push_back(common + shift);
    columns[1].second.push_back(correlation * common +
                                std::sqrt(1 - correlation * correlation) * normal(random) + shift);
    columns[2].second.push_back(normal(random));
  }
  return timed_table(columns);
}

std::string words(double before, double after, const std::string& name,
                  evidence::Movement movement = {evidence::Shape::location, 1, 0, {}}, double shift = 0) {
  Options options = all_options();
  options.components = 1;
  const Profile profile = reference_of(stream(before), options);
  const Table now = stream(after, shift);
  const Binner binner(profile, Side::predictions);
  const RowDeriver deriver(profile);
  Tally tally(std::make_shared<const TallyLayout>(profile, Side::predictions));
  DerivedRow row;
  for (std::size_t i = 0; i < now.size(); ++i) deriver.count(cells_of(binner, now, i), tally, row);
  for (std::size_t i = 0; i < profile.columns.size(); ++i)
    if (profile.columns[i].name == name)
      return words_of(profile, profile.columns[i], tally.column(i), movement);
  return "no such column";
}

TEST(DerivedWords, APairSaysHowTheTwoGoTogether) {
  const std::string pair = "derived:age*income";
  EXPECT_THAT(words(.8, 0, pair),
              StartsWith("age and income no longer move together (rank correlation +0.7"));
  EXPECT_THAT(words(-.8, 0, pair), StartsWith("age and income no longer move against each other"));
  EXPECT_THAT(words(0, .6, pair), StartsWith("age and income now move together"));
  EXPECT_THAT(words(0, -.6, pair), StartsWith("age and income now move against each other"));
  EXPECT_THAT(words(.6, -.6, pair), StartsWith("age and income now move against each other"));
  EXPECT_THAT(words(.4, .9, pair), StartsWith("age and income move together more closely"));
  EXPECT_THAT(words(.9, .7, pair), StartsWith("age and income move together less closely"));
}

TEST(DerivedWords, APairThatIsMissingMoreOftenSaysSo) {
  EXPECT_THAT(words(.8, .8, "derived:age*income", {evidence::Shape::missing, 1, 0, {}}),
              StartsWith("age and income: missing"));
}

TEST(DerivedWords, ADirectionNamesItsFeatures) {
  const std::string text = words(0, 0, "derived:projection_1", {evidence::Shape::location, 1, 0, {}}, .5);
  EXPECT_THAT(text, StartsWith("direction of "));
  EXPECT_THAT(text, HasSubstr(" moved: location "));
  EXPECT_THAT(text, HasSubstr("age"));
}

TEST(DerivedWords, ComponentsSayHowWellRowsFit) {
  EXPECT_THAT(words(.9, -.9, "derived:reconstruction_error"),
              StartsWith("rows fit the reference's leading directions less closely: location up"));
  EXPECT_THAT(words(.9, .9, "derived:hotelling_t2", {evidence::Shape::location, 1, 0, {}}, 1.5),
              StartsWith("rows lie further out along the reference's leading directions: location up"));
}

TEST(DerivedWords, FeaturesBehindAColumnAreThoseThatItsWordsName) {
  Options options = all_options();
  options.components = 1;
  const Profile profile = reference_of(stream(.6), options);
  std::size_t directions = 0;
  for (const ColumnProfile& column : profile.columns) {
    if (column.role != Role::derived) continue;
    const auto behind = features_behind(profile, column);
    if (column.name == "derived:age*income") {
      EXPECT_THAT(behind, ElementsAre("age", "income"));
    } else if (column.name.starts_with("derived:projection_")) {
      const std::string text =
          words_of(profile, column, column.reference, {evidence::Shape::location, 1, 0, {}});
      for (const char* name : {"age", "income", "x"})
        EXPECT_EQ(behind.contains(name), text.find(name) != std::string::npos) << text;
      ++directions;
    } else if (column.name.find('*') == std::string::npos) {
      EXPECT_THAT(behind, ElementsAre("age", "income", "x")) << column.name;
    }
  }
  EXPECT_GT(directions, 3U);
}

}  // namespace
}  // namespace driftd::detectors::derived::testing
