// The other class as the positive one: what comes of the same rows with that said from the beginning.
#include "detectors/other_positive.h"

#include <gtest/gtest.h>

#include "detectors/counter_random.h"
#include "detectors/profile_json.h"
#include "tests/detectors/tables.h"

namespace driftd::detectors {
namespace {

Table stream(bool labels_given) {
  RowTable rows{{"x"}, {}};
  for (int i = 0; i < 4000; ++i) {
    const double score = counter_uniform(7, static_cast<std::uint64_t>(i));
    const bool good = counter_uniform(8, static_cast<std::uint64_t>(i)) < score;
    RawRow& row = rows.rows.emplace_back();
    row.id = std::to_string(i);
    row.time = 1'767'571'200 * kSecond + i * kMinute;
    row.values = {{Value::Kind::number, static_cast<double>(i % 17), ""}};
    row.predicted.score = score;
    if (labels_given) row.predicted.label = score < .4 ? "bad" : "good";
    row.verdict.emplace();
    row.verdict->label = good ? "good" : "bad";
    row.pair_times = {row.time, row.time + (good ? kHour : 5 * kHour)};
  }
  return table_of(rows);
}

Profile profile_of(const Table& table, std::optional<std::string> positive) {
  ProfileOptions options;
  options.task.positive = std::move(positive);
  options.segments = {{{"x", {8.5}}}};
  return build_profile(table, options).value();
}

TEST(OtherPositive, IsWhatTheRowsSayOfIt) {
  const Table table = stream(true);
  const Profile good = profile_of(table, std::nullopt), bad = profile_of(table, "bad");
  ASSERT_EQ(good.task.positive, "good");
  const auto turned = with_positive(good, "bad");
  ASSERT_TRUE(turned.has_value());
  EXPECT_EQ(turned->task, bad.task);
  EXPECT_EQ(turned->performance.binary_counts(), bad.performance.binary_counts());
  EXPECT_EQ(turned->labels, bad.labels);
  ASSERT_EQ(turned->segments.size(), 2U);
  for (std::size_t i = 0; i < turned->segments.size(); ++i)
    EXPECT_EQ(turned->segments[i].labels, bad.segments[i].labels);
  const auto expected = bad.performance.metrics(), found = turned->performance.metrics();
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(found[i].value, expected[i].value, 1e-3);
  EXPECT_NE(turned->digest, good.digest);
  const auto back = profile_from_json(to_json(*turned));
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(back->digest, turned->digest);
}

TEST(OtherPositive, CannotBeWhereLabelsFollowedFromScores) {
  const Profile profile = profile_of(stream(false), std::nullopt);
  EXPECT_TRUE(profile.predicted_by_score);
  EXPECT_FALSE(with_positive(profile, "bad").has_value());
  const auto back = profile_from_json(to_json(profile));
  ASSERT_TRUE(back.ok());
  EXPECT_TRUE(back->predicted_by_score);
  EXPECT_FALSE(with_positive(profile_of(stream(true), std::nullopt), "ugly").has_value());
}

}  // namespace
}  // namespace driftd::detectors
