// What predictions mean where nobody said it and the reference of the predictions names fewer than two
// classes: labels tell the rest (DESIGN 3).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/app/pipeline_bench.h"

namespace driftd::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using Prediction = std::function<std::string(int)>;  // the event's `prediction`

Script stream(const Prediction& prediction, bool labels_first) {
  Script script(2);
  for (int i = 0; i < 900; ++i) {
    const Time time = kBegin + 2 * i * kSecond;
    script[0].push_back(R"({"type":"prediction","model":"m","version":"1","id":"i)" + std::to_string(i) +
                        R"(","time":")" + format_rfc3339(time) + R"(","features":{"age":)" +
                        std::to_string(i * 37 % 101) + R"(},"prediction":)" + prediction(i) + "}");
    script[1].push_back(R"({"type":"feedback","model":"m","id":"i)" + std::to_string(i) + R"(","time":")" +
                        format_rfc3339(time + (labels_first ? kSecond : 10 * kMinute)) + R"(","label":")" +
                        (i % 4 == 0 ? "b" : "a") + R"("})");
  }
  return script;
}

std::string metrics_of(const Script& script, std::size_t records, int restarts) {
  const Config config = config_that_learns(300);
  Bench bench(config, script);
  bench.play(records, restarts);
  EXPECT_TRUE(bench->finish().ok());
  return bench.metrics();
}

// Whenever the labels come, whatever the rounds and restarts.
void expect_everywhere(const Prediction& prediction, const std::vector<std::string>& lines) {
  for (const bool labels_first : {true, false}) {
    const Script script = stream(prediction, labels_first);
    const std::string expected = metrics_of(script, 5000, 0);
    for (const std::string& line : lines) EXPECT_THAT(expected, HasSubstr(line)) << labels_first;
    EXPECT_EQ(metrics_of(script, 37, 0), expected);
    EXPECT_EQ(metrics_of(script, 120, 2), expected);
  }
}

TEST(TaskByLabels, ScoresAloneAreOfTheLargerLabel) {
  const auto score = [](int i) { return std::string(i % 4 == 0 ? R"({"score":0.9})" : R"({"score":0.1})"); };
  expect_everywhere(score, {R"(driftd_performance{model="m",version="1",segment="",metric="accuracy"} 1)",
                            R"(driftd_performance{model="m",version="1",segment="",metric="recall"} 1)",
                            R"(driftd_performance{model="m",version="1",segment="",metric="roc_auc"} 1)"});
  EXPECT_THAT(metrics_of(stream(score, true), 5000, 0), Not(HasSubstr(R"(column="prediction")")))
      << "no class could be named while the reference was learnt";
}

TEST(TaskByLabels, OneClassThatIsAlwaysPredictedNeedNotBeThePositiveOne) {
  const auto constant = [](int) { return std::string(R"({"label":"a","score":0.2})"); };
  expect_everywhere(constant,
                    {R"(driftd_performance{model="m",version="1",segment="",metric="accuracy"} 0.75)",
                     R"(driftd_performance{model="m",version="1",segment="",metric="recall"} 0)"});
}

TEST(TaskByLabels, ThreeClassesWithoutAScoreAreMulticlass) {
  const auto constant = [](int) { return std::string(R"("c")"); };
  const std::string page = metrics_of(stream(constant, true), 5000, 0);
  EXPECT_THAT(page, HasSubstr(R"(task="multiclass")"));
}

}  // namespace
}  // namespace driftd::app
