#include "detectors/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>

#include "detectors/binning.h"
#include "detectors/profile_builder.h"
#include "detectors/profile_json.h"
#include "detectors/statistics/binned.h"
#include "detectors/tally.h"
#include "tests/detectors/tables.h"

namespace driftd::detectors {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::int64_t sum(const std::vector<std::int64_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

std::vector<double> draw(std::size_t size, unsigned seed) {
  std::mt19937_64 random(seed);
  std::lognormal_distribution<double> law(0, 1.5);
  std::vector<double> values(size);
  for (double& value : values) value = law(random);
  return values;
}

// numpy.unique(numpy.quantile([1 .. 20, 20], numpy.arange(1, 5) / 5)), by hand
TEST(Profile, ShownEdgesAreLinearQuantiles) {
  std::vector<double> values(20);
  std::iota(values.begin(), values.end(), 1);
  values.push_back(20);
  ProfileOptions options;
  options.bins = 5;
  const Profile profile = profile_with({{"x", numbers(values)}}, options);
  EXPECT_THAT(profile.columns[0].shown_edges, ElementsAre(5, 9, 13, 17));
}

TEST(Profile, FewDistinctValuesHaveABinOfTheirOwn) {
  const Profile profile = profile_with({{"x", numbers({3, 1, 2, 2, 3, 3})}});
  EXPECT_THAT(profile.columns[0].evidence_edges, ElementsAre(1, 2));
  EXPECT_THAT(evidence_counts(profile.columns[0], profile.columns[0].reference), ElementsAre(1, 2, 3));
}

TEST(Profile, AHeavyValueHasABinOfItsOwn) {
  std::vector<double> values = draw(1000, 3);
  for (std::size_t i = 0; i < 200; ++i) values[i] = 1;
  const Profile profile = profile_with({{"x", numbers(values)}});
  const ColumnProfile& column = profile.columns[0];
  const auto edge = std::find(column.evidence_edges.begin(), column.evidence_edges.end(), 1.0);
  ASSERT_NE(edge, column.evidence_edges.end());
  ASSERT_NE(edge, column.evidence_edges.begin());
  EXPECT_EQ(*(edge - 1), std::nextafter(1.0, 0.0));
  const auto bin = static_cast<std::size_t>(edge - column.evidence_edges.begin());
  EXPECT_EQ(evidence_counts(column, column.reference)[bin], 200);
}

TEST(Profile, ShownAndEvidenceCountsAreSumsOfTheSameCells) {
  const std::vector<double> values = draw(5000, 7);
  const Profile profile = profile_with({{"x", numbers(values)}});
  const ColumnProfile& column = profile.columns[0];
  const auto count_by = [&](const std::vector<double>& edges) {
    std::vector<std::int64_t> counts(edges.size() + 1);
    for (const double value : values) {
      ++counts[static_cast<std::size_t>(std::lower_bound(edges.begin(), edges.end(), value) - edges.begin())];
    }
    return counts;
  };
  EXPECT_EQ(shown_counts(column, column.reference), count_by(column.shown_edges));
  EXPECT_EQ(evidence_counts(column, column.reference), count_by(column.evidence_edges));
}

TEST(Profile, AConstantColumnHasOneEdgeAndTwoShownBins) {
  const Profile profile = profile_with({{"x", numbers({0.414912, 0.414912, 0.414912})}});
  const ColumnProfile& column = profile.columns[0];
  EXPECT_EQ(column.type, ColumnType::numeric);
  EXPECT_THAT(column.shown_edges, ElementsAre(0.414912));
  EXPECT_THAT(shown_counts(column, column.reference), ElementsAre(3, 0));
  EXPECT_EQ(column.standard_deviation, 0);
}

TEST(Profile, AColumnIsNumericOnlyIfEveryValueIsANumber) {
  const Profile profile = profile_with({{"numbers", {number(1), null_value(), number(2)}},
                                        {"mixed", {number(1), text("a"), number(1)}},
                                        {"booleans", {{Value::Kind::boolean, 0, "true"}, {}, {}}},
                                        {"nothing", {null_value(), null_value(), {}}}});
  EXPECT_EQ(profile.columns[0].type, ColumnType::numeric);
  EXPECT_EQ(profile.columns[0].missing(), 1);
  EXPECT_EQ(profile.columns[1].type, ColumnType::categorical);
  EXPECT_THAT(profile.columns[1].categories, ElementsAre("1", "a"));
  EXPECT_EQ(profile.columns[2].type, ColumnType::categorical);
  EXPECT_EQ(profile.columns[3].type, ColumnType::categorical);
  EXPECT_THAT(profile.columns[3].categories, IsEmpty());
  EXPECT_EQ(profile.columns[3].missing(), 3);
}

TEST(Profile, OptionsOverrideTypeBinsAndWhatIsIgnored) {
  ProfileOptions options;
  options.columns["code"].type = ColumnType::categorical;
  options.columns["amount"].bins = 2;
  options.columns["row"].ignore = true;
  const Profile profile = profile_with({{"code", numbers({7, 7, 12})},
                                        {"amount", numbers({1, 2, 4})},
                                        {"row", numbers({1, 2, 3})},
                                        {"score", numbers({1, 2, 3})}},
                                       options);
  ASSERT_EQ(profile.columns.size(), 2U);
  EXPECT_THAT(profile.columns[0].categories, ElementsAre("7", "12"));
  EXPECT_THAT(profile.columns[1].shown_edges, ElementsAre(2));
}

TEST(Profile, RefusesBinsThatDoNotFit) {
  ProfileOptions options;
  options.bins = 1;
  EXPECT_FALSE(build_profile(table_with({{"x", numbers({1})}}), options).ok());
  options.bins = kMostShownBins + 1;
  EXPECT_FALSE(build_profile(table_with({{"x", numbers({1})}}), options).ok());
  EXPECT_FALSE(build_profile(Table{}, {}).ok());
}

TEST(Profile, TheMostBinsFitWhateverTheValues) {
  ProfileOptions options;
  options.bins = kMostShownBins;
  std::vector<double> values = draw(4000, 1);
  for (std::size_t i = 0; i < 3800; ++i) values[i] = static_cast<double>(i % 19);
  const Profile profile = profile_with({{"x", numbers(values)}, {"y", numbers(draw(4000, 2))}}, options);
  for (const ColumnProfile& column : profile.columns) EXPECT_LE(column.knots.size(), kMaxBins);
}

TEST(Profile, ExtremeValuesKeepFiniteMoments) {
  constexpr double kHuge = std::numeric_limits<double>::max();
  constexpr double kTiny = std::numeric_limits<double>::denorm_min();
  const Profile profile = profile_with(
      {{"huge", numbers({-kHuge, 0, kHuge, kHuge})}, {"tiny", numbers({-0.0, 0.0, kTiny, 2 * kTiny})}});
  for (const ColumnProfile& column : profile.columns) {
    EXPECT_TRUE(std::isfinite(column.mean)) << column.name;
    EXPECT_TRUE(std::isfinite(column.standard_deviation)) << column.name;
    EXPECT_EQ(sum(shown_counts(column, column.reference)), 4) << column.name;
  }
  EXPECT_EQ(profile.columns[1].minimum, 0);
  EXPECT_FALSE(std::signbit(profile.columns[1].minimum));
  EXPECT_TRUE(profile_from_json(to_json(profile)).ok());
}

TEST(Profile, MomentsAreThoseOfTheSample) {
  const Profile profile = profile_with({{"x", numbers({1, 2, 4, 9})}});
  EXPECT_THAT(profile.columns[0].mean, DoubleEq(4));
  EXPECT_THAT(profile.columns[0].standard_deviation, DoubleEq(std::sqrt(38.0 / 3)));
}

TEST(Profile, CategoriesBeyondTheMostFrequentAreOtherAndNotNew) {
  std::vector<std::string> names;
  for (int i = 0; i < 300; ++i) names.push_back("c" + std::to_string(i));
  std::vector<Value> values;
  for (int i = 0; i < 300; ++i) {
    for (int k = 0; k < 301 - i; ++k) values.push_back(text(names[static_cast<std::size_t>(i)]));
  }
  const Profile profile = profile_with({{"x", values}});
  EXPECT_EQ(profile.columns[0].categories.size(), kMaxBins);
  EXPECT_EQ(profile.columns[0].categories.front(), "c0");
  const Binner binner(profile, Side::predictions);
  EXPECT_EQ(binner.cell_of(0, text("c0")).cell, kFirstBin);
  EXPECT_EQ(binner.cell_of(0, text("c299")).cell, kOtherCell);
  EXPECT_EQ(binner.cell_of(0, text("c300")).cell, kNewCell);
}

TEST(Profile, DoesNotDependOnTheOrderOfRows) {
  Table table = table_with({{"x", numbers(draw(400, 5))}});
  RowTable rows{{"x"}, {}};
  for (std::size_t i = 0; i < 400; ++i) {
    RawRow row;
    row.time = static_cast<Time>(i) * kMinute;
    row.id = std::to_string(i);
    row.values = {own(table.features[0].value(i))};
    row.predicted.score = static_cast<double>(i % 7) / 7;
    row.verdict = Verdict{i % 3 == 0 ? "bad" : "good", std::nullopt};
    rows.rows.push_back(row);
  }
  const Profile first = build_profile(table_of(rows), {}).value();
  std::shuffle(rows.rows.begin(), rows.rows.end(), std::mt19937(1));
  EXPECT_EQ(to_json(build_profile(table_of(rows), {}).value()), to_json(first));
  EXPECT_EQ(first.blocks.size(), 80U);
  EXPECT_EQ(first.pairs, 400);
  EXPECT_EQ(first.task.positive, "good");
  ASSERT_NE(first.find(Role::loss), nullptr);
  EXPECT_EQ(first.find(Role::prediction)->categories.size(), 2U);
}

TEST(Profile, BlocksAddUpToTheWhole) {
  RowTable rows{{"x"}, {}};
  for (int i = 0; i < 500; ++i) {
    RawRow row;
    row.time = i * 47 * kSecond;
    row.values = {{Value::Kind::number, i * 0.37, ""}};
    rows.rows.push_back(row);
  }
  const Profile profile = build_profile(table_of(rows), {}).value();
  const auto layout = std::make_shared<const TallyLayout>(profile, Side::predictions);
  Tally total(layout);
  for (const ProfileBlock& block : profile.blocks) ASSERT_TRUE(total.merge_encoded(block.predictions).ok());
  const auto counts = total.column(0);
  EXPECT_TRUE(std::equal(counts.begin(), counts.end(), profile.columns[0].reference.begin()));
  EXPECT_EQ(total.events(), 500);
}

TEST(Profile, OfMoreRowsThanGiveTheEdgesAllAreCounted) {
  const std::size_t rows = kMostEdgeRows + 5000;
  Table table = table_with({{"x", numbers(draw(rows, 11))}});
  for (std::size_t i = 0; i < rows; ++i) table.ids[i] = std::to_string(i);
  const Profile profile = build_profile(table, {}).value();
  EXPECT_EQ(profile.columns[0].present(), static_cast<std::int64_t>(rows));
  for (const std::int64_t count : shown_counts(profile.columns[0], profile.columns[0].reference)) {
    EXPECT_NEAR(static_cast<double>(count) / static_cast<double>(rows), 0.1, 0.002);
  }
}

Profile example() {
  return profile_with(
      {{"x", numbers(draw(300, 2))}, {"y", std::vector<Value>(300, text("z\"\n\xE2\x82\xAC"))}});
}

TEST(ProfileJson, RestoresTheSameBinsToTheBit) {
  const Profile profile = example();
  const Result<Profile> restored = profile_from_json(to_json(profile));
  ASSERT_TRUE(restored.ok()) << restored.error().message;
  EXPECT_EQ(to_json(*restored), to_json(profile));
  EXPECT_EQ(restored->columns[0].knots, profile.columns[0].knots);
  EXPECT_EQ(restored->columns[0].evidence_bin, profile.columns[0].evidence_bin);
  EXPECT_EQ(restored->columns[1].categories, profile.columns[1].categories);
}

TEST(ProfileJson, ADigestThatDoesNotFitIsRefused) {
  auto json = nlohmann::ordered_json::parse(to_json(example()));
  json["columns"][0]["mean"] = 17.5;
  const Result<Profile> restored = profile_from_json(json.dump());
  ASSERT_FALSE(restored.ok());
  EXPECT_THAT(restored.error().message, HasSubstr("digest"));
}

TEST(ProfileJson, AMegabyteOfKeysIsRefusedAtOnce) {
  std::string keys = R"({"a":0)";
  for (int i = 0; keys.size() < 2'000'000; ++i) keys += ",\"" + std::to_string(i) + "\":0";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(profile_from_json(keys + "}").ok());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20)) << "minutes, if quadratic";
}

TEST(ProfileJson, ErrorsNameTheKey) {
  const auto refused = [](const char* pointer, const nlohmann::ordered_json& value) {
    auto json = nlohmann::ordered_json::parse(to_json(example()));
    json[nlohmann::ordered_json::json_pointer(pointer)] = value;
    const Result<Profile> restored = profile_from_json(json.dump());
    return restored.ok() ? std::string("accepted") : restored.error().message;
  };
  EXPECT_THAT(refused("/format", "other"), HasSubstr("format"));
  EXPECT_THAT(refused("/format_version", 2), HasSubstr("format_version"));
  EXPECT_THAT(refused("/rows", -1), HasSubstr("rows"));
  EXPECT_THAT(refused("/columns/0/shown_edges/3", 0.0), HasSubstr("columns[0].shown_edges"));
  EXPECT_THAT(refused("/columns/0/counts/7", 1e300), HasSubstr("columns[0].counts[7]"));
  EXPECT_THAT(refused("/columns/0/name", "score"), HasSubstr("columns[0].name"));
  EXPECT_THAT(refused("/columns/0/type", "vector"), HasSubstr("columns[0].type"));
  EXPECT_THAT(refused("/columns/1/name", "x"), HasSubstr("columns[1].name"));
  EXPECT_THAT(refused("/performance/tally", "AAA"), HasSubstr("performance.tally"));
  EXPECT_THAT(refused("/task/labels", nlohmann::ordered_json::array({"b", "a"})), HasSubstr("task.labels"));
  EXPECT_FALSE(profile_from_json("").ok());
  EXPECT_FALSE(profile_from_json("[]").ok());
}

}  // namespace
}  // namespace driftd::detectors
