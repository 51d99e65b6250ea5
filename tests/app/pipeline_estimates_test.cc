// Performance without labels in the history: what `/series` shows of it.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "detectors/profile_builder.h"
#include "detectors/profile_json.h"
#include "tests/app/pipeline_bench.h"
#include "tests/storage/temporary_directory.h"

namespace driftd::app {
namespace {

std::vector<SeriesPoint> points_of(Bench& bench, const std::string& metric, const std::string& estimate) {
  const Version& version = bench->state().registry.version(0);
  const auto points = history_points(*bench, version,
                                     {.model = "m",
                                      .version = {},
                                      .segment = "",
                                      .column = "",
                                      .statistic = "",
                                      .metric = metric,
                                      .estimate = estimate,
                                      .from = kBegin - kDay,
                                      .to = kBegin + kDay});
  EXPECT_TRUE(points.ok());
  return points.ok() ? *points : std::vector<SeriesPoint>{};
}

// All scores are .25 or .75; those of .75 always come true. Two rows come late, and one copy takes another's
// place.
TEST(EstimatedHistory, IsWhatTheReferenceSaysOfEachScore) {
  const Config config = config_that_learns(100);
  Script script = half_an_hour();
  script[0].push_back(prediction_text(3000, kBegin + 600 * kSecond));
  script[0].push_back(prediction_text(3001, kBegin + 602 * kSecond));
  std::vector<double> seen;
  for (const int restarts : {0, 3}) {
    Bench bench(config, script);
    bench.play(40, restarts);
    ASSERT_TRUE(bench->finish().ok());
    const Version& version = bench->state().registry.version(0);
    ASSERT_TRUE(version.plan && version.pairs);
    const auto counts = version.pairs->profile.performance.binary_counts();
    const double low = static_cast<double>(counts.false_negative) /
                       static_cast<double>(counts.false_negative + counts.true_negative);
    ASSERT_EQ(counts.false_positive, 0);
    // Of the rows since the reference was known every third has the higher score.
    const auto points = points_of(bench, "accuracy", "value");
    ASSERT_EQ(points.size(), 1U);
    const auto n = static_cast<double>(points[0].n);
    EXPECT_EQ(points[0].n, bench.history("psi", ""));
    ASSERT_TRUE(points[0].value);
    EXPECT_NEAR(*points[0].value, 1 - low * 2 / 3, 1 / n);
    const auto real = points_of(bench, "accuracy", "");
    const auto errors = points_of(bench, "accuracy", "error");
    ASSERT_TRUE(real.size() == 1 && errors.size() == 1 && errors[0].value);
    EXPECT_EQ(errors[0].n, real[0].n);
    EXPECT_EQ(*errors[0].value, *points[0].value - *real[0].value);
    EXPECT_LT(std::abs(*errors[0].value), .05);
    for (const char* metric : {"log_loss", "brier", "roc_auc"}) {
      const auto others = points_of(bench, metric, "value");
      ASSERT_TRUE(others.size() == 1 && others[0].value) << metric;
      seen.push_back(*others[0].value);
    }
    EXPECT_FALSE(points_of(bench, "mae", "value")[0].value);
  }
  ASSERT_EQ(seen.size(), 6U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(seen[i], seen[i + 3]);  // to the bit, whatever restarts
}

// Errors grow with age, which is even.
double label_of(int i, int age) { return age * (i % 2 != 0 ? 1.1 : .9) + 1; }
int age_of(int i) { return i * 37 % 101; }

std::string reference_of_a_regression() {
  detectors::Table table;
  table.features.emplace_back("age");
  for (int i = 0; i < 2000; ++i) {
    table.features[0].push({Value::Kind::number, double(age_of(i)), {}});
    table.ids.emplace_back();
    table.times.push_back(kBegin - kDay + i * 40 * kSecond);
    table.predicted.emplace_back().value = age_of(i);
    table.verdicts.emplace_back(Verdict{})->value = label_of(i, age_of(i));
  }
  return detectors::to_json(detectors::build_profile(table, {}).value());
}

TEST(EstimatedHistory, OfARegressionFollowsFromItsCells) {
  const storage::TemporaryDirectory directory;
  const std::string file = directory.path() + "/profile.json";
  std::ofstream(file) << reference_of_a_regression();
  Config config = config_that_learns(100);
  config.models.standard.reference = {ReferenceConfig::Source::file, file, 0, 0};
  config.models.standard.segments = {};
  resolve_defaults(config);
  Script script(2);
  for (int i = 0; i < 1800; ++i) {
    const std::string head = R"(,"model":"m","id":"i)" + std::to_string(i) + R"(","time":")";
    script[0].push_back(R"({"type":"prediction","version":"1")" + head +
                        format_rfc3339(kBegin + i * kSecond) + R"(","features":{"age":)" +
                        std::to_string(age_of(i)) + R"(},"prediction":{"value":)" +
                        std::to_string(age_of(i)) + "}}");
    script[1].push_back(R"({"type":"feedback")" + head + format_rfc3339(kBegin + i * kSecond + kMinute) +
                        R"(","value":)" + std::to_string(label_of(i, age_of(i))) + "}");
  }
  Bench bench(config, script);
  bench.play(40);
  ASSERT_TRUE(bench->finish().ok());
  const Version& version = bench->state().registry.version(0);
  ASSERT_TRUE(version.pairs && version.pairs->profile.expected_loss);
  for (const char* metric : {"mae", "rmse", "mape", "r2"}) {
    const auto real = points_of(bench, metric, "");
    const auto points = points_of(bench, metric, "value");
    const auto errors = points_of(bench, metric, "error");
    ASSERT_TRUE(points.size() == 1 && real.size() == 1 && errors.size() == 1) << metric;
    ASSERT_TRUE(points[0].value && real[0].value && errors[0].value) << metric;
    EXPECT_EQ(points[0].n, 1800);
    EXPECT_EQ(*errors[0].value, *points[0].value - *real[0].value);
    EXPECT_NEAR(*points[0].value / *real[0].value, 1, .1) << metric;
  }
}

}  // namespace
}  // namespace driftd::app
