// Adopting a reference: a profile, the last days, or one that was kept (docs/references.md).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "app/pipeline/reference_adoption.h"
#include "app/pipeline/reference_changes.h"
#include "detectors/profile_json.h"
#include "tests/app/pipeline_bench.h"
#include "tests/storage/temporary_directory.h"

namespace driftd::app {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr int kADay = 1440;  // a prediction a minute

// Age is uniform over 0 .. 100; from `shifted` on it is 70 higher.
std::string event(int i, int shifted, const std::string& country) {
  const double age = i * 37 % 101 + (i >= shifted ? 70 : 0);
  json text = json::parse(prediction_text(i, kBegin + i * kMinute, "m", "1", age));
  text["features"]["country"] = country;
  return text.dump();
}

Script days(int count, int shifted) {
  Script script(1);
  for (int i = 0; i < count * kADay; ++i) script[0].push_back(event(i, shifted, i % 4 != 0 ? "DE" : "FR"));
  return script;
}

// One day is the reference.
Config config_of_a_day() {
  Config config = config_that_learns(kADay);
  config.slot = 10 * kMinute;
  config.models.standard.task = detectors::Task::binary;
  config.models.standard.positive = "yes";
  resolve_defaults(config);
  return config;
}

ReferenceWish last_days(int count) {
  ReferenceWish wish;
  wish.model = "m";
  wish.last = count * kDay;
  return wish;
}
ReferenceWish number(std::int64_t kept) {
  ReferenceWish wish;
  wish.model = "m";
  wish.number = kept;
  return wish;
}
ReferenceWish this_profile(const detectors::Profile& profile) {
  ReferenceWish wish;
  wish.model = "m";
  wish.profile = detectors::to_json(profile);
  return wish;
}

json adopted(Bench& bench, const ReferenceWish& wish) {
  const auto answer = adopt_reference(*bench, wish);
  EXPECT_TRUE(answer.ok()) << answer.error().message;
  return answer.ok() ? json::parse(*answer) : json();
}
std::string refusal(Bench& bench, const ReferenceWish& wish, ErrorCode code) {
  const auto answer = adopt_reference(*bench, wish);
  EXPECT_FALSE(answer.ok());
  if (answer.ok()) return {};
  EXPECT_EQ(answer.error().code, code) << answer.error().message;
  return answer.error().message;
}
json kept(Bench& bench) { return json::parse(*references_document(*bench, "m"))["references"]; }
Version& version_of(Bench& bench) { return bench->state().registry.version(0); }

std::vector<const alerts::Incident*> open_of(Bench& bench, alerts::IncidentKind kind) {
  std::vector<const alerts::Incident*> found;
  for (const alerts::Incident* incident : bench->state().desk.book.all())
    if (incident->is_open() && incident->key.kind == kind) found.push_back(incident);
  return found;
}

// Of other data of the same model, with other bins.
detectors::Profile profile_of(const Script& script, std::int64_t rows) {
  Config config = config_of_a_day();
  config.models.standard.reference.rows = rows;
  Bench bench(config, script);
  bench.play(300);
  return version_of(bench).plan->profile;
}

TEST(AdoptingTheLastDays, TakesWhatTheHistoryHoldsOverTheSameBins) {
  const Config config = config_of_a_day();
  const Script script = days(4, 2 * kADay);
  Bench bench(config, script);
  bench.play(500);
  const detectors::Profile before = version_of(bench).plan->profile;
  const json answer = adopted(bench, last_days(2));
  const detectors::Profile& now = version_of(bench).plan->profile;
  EXPECT_EQ(answer["reference"]["digest"], now.digest);
  EXPECT_EQ(answer["reference"]["origin"], "recent");
  EXPECT_NE(now.digest, before.digest);
  EXPECT_EQ(now.find("age")->evidence_edges, before.find("age")->evidence_edges);
  // Counted from the stream itself: slots that closed in the last two days.
  const Time until = parse_rfc3339(answer["history"]["until"].get<std::string>()).value();
  std::int64_t rows = 0, above = 0, german = 0;
  double sum = 0;
  for (int i = 0; i < 4 * kADay; ++i) {
    const Time time = kBegin + i * kMinute;
    if (time < until - 2 * kDay || time >= until) continue;
    const double age = i * 37 % 101 + (i >= 2 * kADay ? 70 : 0);
    ++rows;
    above += age > 100 ? 1 : 0;
    german += i % 4 != 0 ? 1 : 0;
    sum += age;
  }
  const detectors::ColumnProfile& age = *now.find("age");
  const detectors::ColumnProfile& country = *now.find("country");
  EXPECT_EQ(now.rows, rows);
  EXPECT_EQ(age.present(), rows);
  EXPECT_EQ(age.reference[age.above_cell()].count, above);
  EXPECT_EQ(country.reference[detectors::kFirstBin].count, german);
  EXPECT_NEAR(age.mean, sum / static_cast<double>(rows), 1);  // outer values are known to 8 %
  EXPECT_EQ(now.last, until);
  EXPECT_EQ(now.first, until - 2 * kDay);
  std::int64_t of_blocks = 0;
  for (const detectors::ProfileBlock& block : now.blocks) {
    const auto tally = detectors::Tally::decode(version_of(bench).plan->layout, block.predictions);
    ASSERT_TRUE(tally.ok());
    of_blocks += tally->events();
  }
  EXPECT_EQ(of_blocks, rows);
  ASSERT_EQ(now.segments.size(), 2U);
  EXPECT_EQ(now.segments[0].rows + now.segments[1].rows, rows);
  // As many of the values lie above as of those that the new reference is about.
  EXPECT_NEAR(answer["columns"][0]["outside"].get<double>(),
              static_cast<double>(above) / static_cast<double>(rows), 1e-12);
  EXPECT_THAT(answer["warnings"].dump(), HasSubstr("age: "));
  EXPECT_GT(answer["columns"][0]["statistics"]["psi"], 1);
}

TEST(AdoptingTheLastDays, ClosesWhatWasJudgedAgainstTheOneBeforeAndStaysQuiet) {
  const Config config = config_of_a_day();
  const Script script = days(7, 2 * kADay);
  Bench bench(config, script);
  for (int rounds = 0; rounds < 60; ++rounds) bench.round(100);  // until the fifth day
  const auto drifting = open_of(bench, alerts::IncidentKind::data);
  ASSERT_EQ(drifting.size(), 1U);
  const std::string incident = drifting[0]->id;
  EXPECT_EQ(drifting[0]->reference, version_of(bench).reference_digest());
  ReferenceWish wish = last_days(2);
  wish.preview = true;
  const std::string before = bench.metrics();
  const json preview = adopted(bench, wish);
  EXPECT_EQ(preview["adopted"], false);
  EXPECT_THAT(preview["incidents"]["closed"].dump(), HasSubstr(incident));
  EXPECT_EQ(preview["evidence"]["certified"], false);
  EXPECT_EQ(bench.metrics(), before);  // nothing has changed
  EXPECT_EQ(kept(bench).size(), 1U);
  wish.preview = false;
  const json answer = adopted(bench, wish);
  EXPECT_EQ(answer["reference"]["digest"], preview["reference"]["digest"]);
  EXPECT_FALSE(bench->state().desk.book.find(incident)->is_open());
  EXPECT_TRUE(open_of(bench, alerts::IncidentKind::data).empty());
  // The incident names a reference that can be looked up still.
  EXPECT_EQ(kept(bench)[0]["digest"], bench->state().desk.book.find(incident)->reference);
  bench.play(300);
  ASSERT_TRUE(bench->finish().ok());
  EXPECT_TRUE(open_of(bench, alerts::IncidentKind::data).empty());
  EXPECT_EQ(version_of(bench).reference_digest(), answer["reference"]["digest"]);
}

TEST(AdoptingTheLastDays, GivesTheSameAnswerWithRestartsAndWithout) {
  const Config config = config_of_a_day();
  const Script script = days(6, 2 * kADay);
  std::string expected;
  for (const bool restarts : {false, true}) {
    Bench bench(config, script);
    for (int rounds = 0; rounds < 50; ++rounds) bench.round(100);
    (void)adopted(bench, last_days(2));
    if (restarts) bench.restart();  // what was adopted is in the store
    bench.play(200, restarts ? 2 : 0);
    ASSERT_TRUE(bench->finish().ok());
    if (expected.empty()) expected = bench.metrics();
    EXPECT_EQ(bench.metrics(), expected);
  }
}

TEST(AdoptingTheLastDays, NewCategoriesBecomeKnownOnes) {
  const Config config = config_of_a_day();
  Script script(1);
  for (int i = 0; i < 6 * kADay; ++i) {
    const bool fresh = i >= 2 * kADay && i % 3 == 0, later = i >= 5 * kADay + kADay / 2 && i % 3 == 1;
    script[0].push_back(event(i, 100 * kADay, later ? "YY" : fresh ? "XX" : i % 4 != 0 ? "DE" : "FR"));
  }
  Bench bench(config, script);
  for (int rounds = 0; rounds < 60; ++rounds) bench.round(100);
  ASSERT_EQ(open_of(bench, alerts::IncidentKind::schema).size(), 1U);  // XX
  (void)adopted(bench, last_days(2));
  const detectors::ColumnProfile& country = *version_of(bench).plan->profile.find("country");
  EXPECT_EQ(country.reference[detectors::kNewCell].count, 0);
  EXPECT_NEAR(static_cast<double>(country.reference[detectors::kOtherCell].count), 2 * kADay / 3.0, 10);
  EXPECT_TRUE(open_of(bench, alerts::IncidentKind::schema).empty());
  for (int rounds = 60; rounds < 75; ++rounds) bench.round(100);
  EXPECT_TRUE(open_of(bench, alerts::IncidentKind::schema).empty());  // XX is nothing new
  EXPECT_TRUE(open_of(bench, alerts::IncidentKind::data).empty());
  bench.play(100);
  ASSERT_TRUE(bench->finish().ok());
  ASSERT_EQ(open_of(bench, alerts::IncidentKind::schema).size(), 1U);  // YY is
}

TEST(AdoptingTheLastDays, IsRefusedWhereTheHistoryIsShort) {
  const Config config = config_of_a_day();
  const Script script = days(3, 100 * kADay);
  Bench bench(config, script);
  EXPECT_THAT(refusal(bench, last_days(7), ErrorCode::not_found), HasSubstr("no model 'm'"));
  for (int rounds = 0; rounds < 5; ++rounds) bench.round(100);
  EXPECT_THAT(refusal(bench, last_days(7), ErrorCode::refused), HasSubstr("still learning"));
  for (int rounds = 0; rounds < 25; ++rounds) bench.round(100);
  const std::string words = refusal(bench, last_days(7), ErrorCode::refused);
  EXPECT_THAT(words, HasSubstr("of the last 7d the history holds "));
  EXPECT_THAT(words, HasSubstr("at least 2d are needed"));
  EXPECT_THAT(refusal(bench, last_days(1), ErrorCode::invalid), HasSubstr("not between 2d and 92d"));
}

TEST(AdoptingAProfile, TakesItsBinsAndSurvivesARestart) {
  const Config config = config_of_a_day();
  const Script script = days(4, 2 * kADay);
  const detectors::Profile other = profile_of(days(4, 0), 2 * kADay);
  std::string expected;
  for (const bool restarts : {false, true}) {
    Bench bench(config, script);
    for (int rounds = 0; rounds < 40; ++rounds) bench.round(100);
    const std::string learnt = version_of(bench).reference_digest();
    const json answer = adopted(bench, this_profile(other));
    EXPECT_EQ(answer["before"]["predictions"]["digest"], learnt);
    EXPECT_EQ(answer["columns"][0]["same_bins"], false);
    EXPECT_EQ(version_of(bench).reference_digest(), other.digest);
    if (restarts) bench.restart();
    bench.play(200, restarts ? 3 : 0);
    ASSERT_TRUE(bench->finish().ok());
    EXPECT_EQ(version_of(bench).reference_digest(), other.digest);
    if (expected.empty()) expected = bench.metrics();
    EXPECT_EQ(bench.metrics(), expected);
  }
}

TEST(AdoptingAProfile, WhileOneIsLearntEndsTheLearning) {
  const Config config = config_of_a_day();
  const Script script = days(2, 100 * kADay);
  const detectors::Profile other = profile_of(days(2, 0), kADay);
  Bench bench(config, script);
  for (int rounds = 0; rounds < 4; ++rounds) bench.round(100);
  ASSERT_TRUE(version_of(bench).learner.has_value());
  (void)adopted(bench, this_profile(other));
  EXPECT_FALSE(version_of(bench).learner.has_value());
  bench.restart();
  bench.play(100);
  EXPECT_EQ(version_of(bench).reference_digest(), other.digest);
  EXPECT_GT(version_of(bench).state[0].rows->total().events(), 0);
}

TEST(AdoptingAProfile, IsRefusedWhereItContradicts) {
  Config config = config_of_a_day();
  const Script script = days(2, 100 * kADay);
  const detectors::Profile own = profile_of(script, kADay);
  Bench bench(config, script);
  bench.play(500);
  ReferenceWish wish;
  wish.model = "m";
  wish.profile = "{\"format\":\"driftd.profile\"}";
  EXPECT_THAT(refusal(bench, wish, ErrorCode::invalid), HasSubstr("the body is no profile"));
  EXPECT_THAT(refusal(bench, this_profile(own), ErrorCode::refused), HasSubstr("has this reference already"));
  detectors::Profile other = own;
  other.task = {};
  other.task.task = detectors::Task::regression;
  other.digest = detectors::digest_of(other);
  EXPECT_THAT(refusal(bench, this_profile(other), ErrorCode::refused),
              HasSubstr("models.m.task, for the profile was made for regression"));
  other = own;
  other.task.threshold = .25;
  other.digest = detectors::digest_of(other);
  EXPECT_THAT(refusal(bench, this_profile(other), ErrorCode::refused), HasSubstr("the threshold 0.25"));
  wish = this_profile(profile_of(days(2, 0), kADay));
  wish.version = "9";
  EXPECT_THAT(refusal(bench, wish, ErrorCode::not_found), HasSubstr("no version '9' of model 'm'"));
}

TEST(KeptReferences, CanBeGoneBackToAfterARestart) {
  const Config config = config_of_a_day();
  const Script script = days(4, 2 * kADay);
  Bench bench(config, script);
  bench.play(500);
  const std::string learnt = version_of(bench).reference_digest();
  const std::string recent = adopted(bench, last_days(2))["reference"]["digest"];
  bench.restart();
  const json list = kept(bench);
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0]["digest"], learnt);
  EXPECT_EQ(list[0]["origin"], "learnt");
  EXPECT_EQ(list[0]["rows"], kADay);
  EXPECT_TRUE(list[0]["in_use_by"].empty());
  EXPECT_EQ(list[1]["digest"], recent);
  EXPECT_EQ(list[1]["in_use_by"].dump(), "[\"1\"]");
  EXPECT_EQ(adopted(bench, number(1))["reference"]["number"], 1);
  EXPECT_EQ(version_of(bench).reference_digest(), learnt);
  ReferenceWish by_digest;
  by_digest.model = "m";
  by_digest.digest = recent.substr(0, 20);
  (void)adopted(bench, by_digest);
  EXPECT_EQ(version_of(bench).reference_digest(), recent);
  EXPECT_THAT(refusal(bench, number(7), ErrorCode::not_found), HasSubstr("has the number 7"));
  EXPECT_EQ(kept(bench).size(), 2U);
}

TEST(KeptReferences, GoWithTheModel) {
  const Config config = config_of_a_day();
  const Script script = days(4, 2 * kADay);
  Bench bench(config, script);
  bench.play(500);
  (void)adopted(bench, last_days(2));
  ASSERT_TRUE(bench->forget_model("m").ok());
  EXPECT_TRUE(bench->state().references.of("m").empty());
  bench.restart();
  EXPECT_TRUE(bench->state().references.of("m").empty());
}

TEST(KeptReferences, TheOldestLeaveButNoneThatIsUsed) {
  const Config config = config_of_a_day();
  const Script script = days(2, 100 * kADay);
  Bench bench(config, script);
  bench.play(500);
  Version& version = version_of(bench);
  ReferenceBook book;
  book.note(version, ReferenceOrigin::learnt, kBegin);
  const auto first = version.plan;
  Version second;  // that keeps the first one
  second.model = version.model;
  second.plan = first;
  version.model->versions.emplace("2", &second);
  for (int i = 0; i < 30; ++i) {
    detectors::Profile profile = first->profile;
    profile.rows += i + 1;
    profile.digest = detectors::digest_of(profile);
    version.plan = std::make_shared<Plan>(profile, detectors::Side::predictions, *version.model->config);
    book.note(version, ReferenceOrigin::profile, kBegin);
  }
  version.model->versions.erase("2");
  ASSERT_EQ(book.of("m").size(), kKeptReferences);
  EXPECT_EQ(book.of("m").front().number, 1);
  EXPECT_EQ(book.of("m").back().number, 31);
  EXPECT_EQ(book.of("m")[1].number, 31 - static_cast<std::int64_t>(kKeptReferences) + 2);
  const auto kept_profile = book.profile(bench.store(), "m", 31);
  ASSERT_TRUE(kept_profile.ok());
  EXPECT_EQ(kept_profile->digest, version.plan->profile.digest);
}

// A file, then a choice instead of it.
class ChoiceInsteadOfAFile : public ::testing::Test {
 protected:
  Config naming(const detectors::Profile& profile) const {
    std::ofstream(file_) << detectors::to_json(profile);
    Config config = config_of_a_day();
    config.models.standard.reference = {ReferenceConfig::Source::file, file_, 0, 0};
    return config;
  }

  const storage::TemporaryDirectory directory_;
  const std::string file_ = directory_ / "p.json";
  const Script script_ = days(4, 2 * kADay);
  const detectors::Profile named_ = profile_of(script_, kADay);
  const detectors::Profile other_ = profile_of(script_, kADay + 500);
  const detectors::Profile chosen_ = profile_of(days(4, 0), kADay);
};

TEST_F(ChoiceInsteadOfAFile, StandsUntilTheFileHasAnotherContent) {
  const Config config = naming(named_);
  Bench bench(config, script_);
  for (int rounds = 0; rounds < 30; ++rounds) bench.round(100);
  ASSERT_EQ(version_of(bench).reference_digest(), named_.digest);
  (void)adopted(bench, this_profile(chosen_));
  for (const bool restarts : {true, false}) {
    if (restarts)
      bench.restart(config);
    else
      ASSERT_TRUE(bench->reconfigure(config, 0).ok());
    EXPECT_EQ(version_of(bench).reference_digest(), chosen_.digest) << restarts;
  }
  const Config changed = naming(other_);
  ASSERT_TRUE(bench->reconfigure(changed, 0).ok());
  EXPECT_EQ(version_of(bench).reference_digest(), other_.digest);
  const Config back = naming(named_);
  ASSERT_TRUE(bench->reconfigure(back, 0).ok());  // the choice is no longer one
  EXPECT_EQ(version_of(bench).reference_digest(), named_.digest);
  EXPECT_EQ(kept(bench).size(), 3U);
}

TEST_F(ChoiceInsteadOfAFile, GivesWayAtARestartToo) {
  const Config config = naming(named_);
  Bench bench(config, script_);
  for (int rounds = 0; rounds < 30; ++rounds) bench.round(100);
  (void)adopted(bench, this_profile(chosen_));
  const Config changed = naming(other_);
  bench.restart(changed);
  EXPECT_EQ(version_of(bench).reference_digest(), other_.digest);
  bench.play(300);
  ASSERT_TRUE(bench->finish().ok());
}

TEST_F(ChoiceInsteadOfAFile, IsTakenBackByGoingBackToTheFile) {
  const Config config = naming(named_);
  Bench bench(config, script_);
  for (int rounds = 0; rounds < 30; ++rounds) bench.round(100);
  (void)adopted(bench, this_profile(chosen_));
  EXPECT_EQ(kept(bench)[0]["origin"], "file");
  (void)adopted(bench, number(1));
  EXPECT_EQ(version_of(bench).reference_digest(), named_.digest);
  EXPECT_FALSE(
      bench->state().references.stands(version_of(bench), detectors::Side::predictions, named_.digest));
}

// Uniform values over 1 .. 1000 in bins of other edges come to what they are.
TEST(ReferenceChanges, CountsOverOtherBinsComeCloseToTheValuesThemselves) {
  const auto profile_over = [](int from, int to) {
    Script script(1);
    for (int i = 0; i < 2 * kADay; ++i) {
      json text = json::parse(prediction_text(i, kBegin + i * kMinute));
      text["features"]["age"] = from + i * 7919 % (to - from);
      script[0].push_back(text.dump());
    }
    return profile_of(script, kADay);
  };
  const detectors::Profile before = profile_over(0, 1000), same = profile_over(0, 1009);
  const detectors::Profile half = profile_over(500, 1500);
  const auto near = changes_between(&before, same, detectors::Side::predictions);
  const auto far = changes_between(&before, half, detectors::Side::predictions);
  const auto value = [](const ReferenceChanges& changes, detectors::Statistic statistic) {
    return detectors::find(changes.columns[0].statistics, statistic)->value;
  };
  EXPECT_FALSE(near.columns[0].same_bins);
  EXPECT_LT(value(near, detectors::Statistic::ks), .02);
  EXPECT_LT(value(near, detectors::Statistic::psi), .01);
  EXPECT_NEAR(value(far, detectors::Statistic::ks), .5, .02);  // of two uniform laws half their width apart
  // The distance is 500; the standard deviation of 1000 uniform values sqrt((1000^2 - 1) / 12).
  EXPECT_NEAR(value(far, detectors::Statistic::wasserstein_normed), 500 / 288.7, .08);
}

TEST(ReferenceChanges, NameColumnsThatComeGoAndChangeTheirType) {
  const auto profile_with = [](const char* kept, const json& value) {
    Script script(1);
    for (int i = 0; i < 2 * kADay; ++i) {
      json text = json::parse(prediction_text(i, kBegin + i * kMinute));
      text["features"] = {{kept, i % 50}, {"size", value.is_null() ? json(i % 9) : value}};
      script[0].push_back(text.dump());
    }
    return profile_of(script, kADay);
  };
  const detectors::Profile before = profile_with("age", nullptr), now = profile_with("income", "large");
  const auto changes = changes_between(&before, now, detectors::Side::predictions);
  EXPECT_THAT(changes.added, testing::Contains("income"));
  EXPECT_THAT(changes.removed, testing::Contains("age"));
  EXPECT_THAT(changes.retyped, testing::ElementsAre("size"));
}

}  // namespace
}  // namespace driftd::app
