// The real streams, month by month, against what scikit-learn computed from them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "detectors/performance/pair_tally.h"
#include "detectors/performance/task.h"
#include "tests/detectors/case_files.h"

namespace driftd::detectors {
namespace {

const std::filesystem::path kData = std::filesystem::path(DRIFTD_SHARED_DIR) / "data";

std::vector<nlohmann::json> events(const std::string& name) {
  std::vector<nlohmann::json> result;
  for (const std::string& line : lines_of(kData / name)) result.push_back(nlohmann::json::parse(line));
  return result;
}

Predicted predicted_of(const nlohmann::json& said) {
  Predicted predicted;
  if (said.is_number()) predicted.value = said.get<double>();
  if (!said.is_object()) return predicted;
  if (said.contains("label")) predicted.label = said["label"].get<std::string>();
  if (said.contains("score")) predicted.score = said["score"].get<double>();
  return predicted;
}

Verdict verdict_of(const nlohmann::json& event) {
  Verdict verdict;
  if (event.contains("label")) verdict.label = event["label"].get<std::string>();
  if (event.contains("value")) verdict.value = event["value"].get<double>();
  return verdict;
}

void expect_metrics(const PairTally& tally, const nlohmann::json& expected, const std::string& block) {
  std::size_t compared = 0;
  const std::vector<MetricValue> metrics = tally.metrics(Undefined::zero);
  for (const auto& [name, value] : expected.items()) {
    const auto metric = metric_of(name);
    if (!metric) continue;
    const MetricValue* found = find(metrics, *metric);
    ASSERT_EQ(found == nullptr, value.is_null()) << block << " " << name;
    if (found == nullptr) continue;
    const double wanted = value.get<double>();
    const double tolerance = *metric == Metric::roc_auc ? 0.002 : 1e-9 * std::max(1.0, std::abs(wanted));
    EXPECT_NEAR(found->value, wanted, tolerance) << block << " " << name;
    ++compared;
  }
  EXPECT_GE(compared, 4U);
  if (!expected.contains("true_positive")) return;
  const BinaryCounts counts = tally.binary_counts();
  EXPECT_EQ(counts.true_positive, expected["true_positive"].get<std::int64_t>());
  EXPECT_EQ(counts.false_positive, expected["false_positive"].get<std::int64_t>());
  EXPECT_EQ(counts.true_negative, expected["true_negative"].get<std::int64_t>());
  EXPECT_EQ(counts.false_negative, expected["false_negative"].get<std::int64_t>());
}

class RealStream : public testing::TestWithParam<std::string> {};

TEST_P(RealStream, GivesScikitLearnsPerformanceInEveryMonth) {
  const std::string& model = GetParam();
  if (!std::filesystem::exists(kData)) GTEST_SKIP() << "the shared data are not on this machine";
  TaskInference inference;
  std::map<std::string, Verdict> verdicts;
  for (const auto& event : events(model + ".feedback.jsonl.gz")) {
    Verdict verdict = verdict_of(event);
    inference.add(verdict);
    verdicts.emplace(event["id"].get<std::string>(), std::move(verdict));
  }
  const auto predictions = events(model + ".predictions.jsonl.gz");
  for (const auto& event : predictions) inference.add(predicted_of(event["prediction"]));
  const TaskSpec spec = inference.finish();
  const auto expected = nlohmann::json::parse(std::ifstream(kData / "expected" / (model + ".json")));
  EXPECT_EQ(name_of(spec.task), expected["task"].get<std::string>());
  if (spec.task == Task::binary) {
    EXPECT_EQ(spec.positive, expected["positive"].get<std::string>());
  }

  std::map<std::string, PairTally> months;
  for (const auto& event : predictions) {
    const auto pair =
        resolve(predicted_of(event["prediction"]), verdicts.at(event["id"].get<std::string>()), spec);
    ASSERT_TRUE(pair);
    months[event["time"].get<std::string>().substr(0, 7)].add(*pair);
  }
  PairTally all;
  for (const auto& [month, tally] : months) all.merge(tally);
  months["all"] = all;
  for (const auto& block : expected["blocks"]) {
    const std::string name = block["block"].get<std::string>();
    expect_metrics(months.at(name), block["performance"], model + " " + name);
  }
}

INSTANTIATE_TEST_SUITE_P(Performance, RealStream, testing::Values("elec2", "housing", "bike"),
                         [](const auto& instance) { return instance.param; });

}  // namespace
}  // namespace driftd::detectors
