#include "app/pipeline/limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace driftd::app {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Time kNow = 1'790'000'000 * kSecond;

class LimitLogTest : public testing::Test {
 protected:
  std::vector<std::string> told(Time now) {
    limits.tell(log_, now);
    return std::exchange(lines_, {});
  }
  LimitLog limits;

 private:
  std::vector<std::string> lines_;
  Logger log_{LogLevel::info, LogFormat::logfmt,
              [this](std::string_view line) { lines_.emplace_back(line); }};
};

TEST_F(LimitLogTest, SaysNothingWhereNoLimitBites) {
  EXPECT_THAT(told(kNow), IsEmpty());
  limits.note(Limit::waiting, 0, "credit");
  limits.set(Limit::series, 0, "");
  limits.note_rejection(Rejection::not_json, "", "predictions");
  EXPECT_THAT(told(kNow + kDay), IsEmpty());
}

TEST_F(LimitLogTest, NamesTheLimitTheModelTheNumberAndTheRemedy) {
  limits.note(Limit::waiting, 3, "credit");
  limits.note(Limit::waiting, 4, "churn");
  EXPECT_THAT(told(kNow), ElementsAre(AllOf(HasSubstr("level=warn"), HasSubstr("limit=join.max_waiting"),
                                            HasSubstr("model=credit"), HasSubstr("records=7"),
                                            HasSubstr("remedy=\"raise join.max_waiting"))));
}

TEST_F(LimitLogTest, TellsAtOnceAndThenHowManySince) {
  limits.note_rejection(Rejection::too_many_models, "m201", "predictions");
  EXPECT_THAT(told(kNow), ElementsAre(AllOf(HasSubstr("model=m201"), HasSubstr("events=1"))));
  for (int i = 0; i < 40; ++i) {
    limits.note_rejection(Rejection::too_many_models, "m" + std::to_string(300 + i), "predictions");
    EXPECT_THAT(told(kNow + i * kSecond), IsEmpty());
  }
  EXPECT_THAT(told(kNow + 10 * kMinute), ElementsAre(AllOf(HasSubstr("model=m300"), HasSubstr("events=40"))));
  EXPECT_THAT(told(kNow + kDay), IsEmpty());
}

TEST_F(LimitLogTest, KeepsTheLimitsApart) {
  limits.note_rejection(Rejection::too_many_columns, "wide", "predictions");
  EXPECT_THAT(told(kNow), ElementsAre(HasSubstr("limit=limits.max_columns")));
  limits.note_rejection(Rejection::too_large, "", "predictions");
  limits.note(Limit::segments, 1, "credit");
  EXPECT_THAT(told(kNow + kSecond),
              ElementsAre(AllOf(HasSubstr("limit=limits.max_record"), HasSubstr("topic=predictions")),
                          AllOf(HasSubstr("limit=segments"), HasSubstr("model=credit"))));
}

TEST_F(LimitLogTest, ShowsSeriesAsTheyAreAndNotTheirSumOverPages) {
  limits.set(Limit::series, 12, "credit");
  limits.set(Limit::series, 9, "churn");
  EXPECT_THAT(told(kNow), ElementsAre(AllOf(HasSubstr("limit=metrics.max_series"), HasSubstr("model=churn"),
                                            HasSubstr("series=9"))));
  limits.set(Limit::series, 9, "churn");
  limits.set(Limit::series, 0, "");
  EXPECT_THAT(told(kNow + kDay), IsEmpty());
}

TEST_F(LimitLogTest, CountsWhatEachHasKeptOutSinceTheStart) {
  for (const auto& [limit, times] : limits.totals()) EXPECT_EQ(times, 0U) << limit;
  limits.note(Limit::connections, 3, "http://127.0.0.1:9108");
  limits.note(Limit::names, 2, "predictions");
  limits.note(Limit::text, 5, "predictions");  // another word about the same key
  limits.set(Limit::series, 12, "credit");
  limits.set(Limit::series, 0, "");
  limits.set(Limit::series, 9, "credit");
  told(kNow);
  limits.note(Limit::connections, 4, "http://127.0.0.1:9108");
  const auto totals = limits.totals();
  EXPECT_EQ(totals.at("http.max_connections"), 7U);
  EXPECT_EQ(totals.at("limits.max_text"), 7U);
  EXPECT_EQ(totals.at("metrics.max_series"), 2U);  // pages
}

}  // namespace
}  // namespace driftd::app
