#include "alerts/retry.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace driftd::alerts {
namespace {

Answer answer_of(int status, std::string body = "") {
  Answer answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

TEST(Retry, JudgesEveryStatusAsTheDesignSays) {
  const WebhookSuccess standard;
  const auto verdict = [&](int status) { return judge_answer(standard, answer_of(status), 0).verdict; };
  for (const int status : {200, 201, 202, 204, 299}) EXPECT_EQ(verdict(status), Verdict::delivered) << status;
  for (const int status : {401, 403, 408, 429, 500, 502, 503, 504, 599})
    EXPECT_EQ(verdict(status), Verdict::again) << status;
  for (const int status : {301, 302, 307, 308, 400, 404, 405, 409, 413, 422})
    EXPECT_EQ(verdict(status), Verdict::give_up) << status;
  EXPECT_EQ(verdict(410), Verdict::gone);
}

TEST(Retry, SuccessSaysWhatIsDone) {
  const WebhookSuccess airflow{{200, 409}, ""};
  EXPECT_EQ(judge_answer(airflow, answer_of(409), 0).verdict, Verdict::delivered);
  EXPECT_EQ(judge_answer(airflow, answer_of(201), 0).verdict, Verdict::give_up);
  const WebhookSuccess dagster{{}, "LaunchRunSuccess"};
  EXPECT_EQ(judge_answer(dagster, answer_of(200, R"({"a":"LaunchRunSuccess"})"), 0).verdict,
            Verdict::delivered);
  const Judgement failed = judge_answer(dagster, answer_of(200, "PythonError"), 0);
  EXPECT_EQ(failed.verdict, Verdict::again);
  EXPECT_EQ(failed.reason, "unexpected_answer");
}

TEST(Retry, NetworkFaultsAreTriedAgainUnderTheirName) {
  Answer answer;
  answer.fault = NetworkFault::timeout;
  answer.message = "took too long";
  const Judgement judgement = judge_answer({}, answer, 0);
  EXPECT_EQ(judgement.verdict, Verdict::again);
  EXPECT_EQ(judgement.reason, "timeout");
  EXPECT_NE(std::ranges::find(failure_reasons(), judgement.reason), failure_reasons().end());
}

TEST(Retry, EveryReasonIsAmongTheKnownOnes) {
  for (int status = 200; status < 600; ++status)
    for (const WebhookSuccess& success : {WebhookSuccess{}, WebhookSuccess{{555}, ""}}) {
      const Judgement judgement = judge_answer(success, answer_of(status), 0);
      if (judgement.verdict == Verdict::delivered) continue;
      EXPECT_NE(std::ranges::find(failure_reasons(), judgement.reason), failure_reasons().end()) << status;
    }
}

TEST(Retry, ReadsSecondsAndHttpDates) {
  EXPECT_EQ(parse_retry_after("120", 0), 120 * kSecond);
  EXPECT_EQ(parse_retry_after("0", 0), 0);
  // RFC 9110, 5.6.7: this date is 784111777 seconds after the epoch.
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784111700 * kSecond), 77 * kSecond);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784111800 * kSecond), 0);
  EXPECT_EQ(parse_retry_after("99999999999999999999999", 0), 366 * kDay);
  for (const char* bad : {"", "-1", "soon", "1.5", "Sun, 06 Nov 1994 08:49:37 CET",
                          "Sun, 06 Xov 1994 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT"})
    EXPECT_FALSE(parse_retry_after(bad, 0)) << bad;
}

TEST(Retry, BackOffDoublesToTenMinutesWithFixedJitter) {
  for (std::int64_t attempt = 1; attempt < 100; ++attempt) {
    const Duration whole =
        std::min<Duration>(10 * kMinute, kSecond << std::min<std::int64_t>(attempt - 1, 20));
    const Duration wait = back_off("id", attempt);
    EXPECT_GE(wait, whole / 2);
    EXPECT_LE(wait, whole);
    EXPECT_EQ(wait, back_off("id", attempt));
  }
  EXPECT_NE(back_off("one", 9), back_off("other", 9));
}

}  // namespace
}  // namespace driftd::alerts
