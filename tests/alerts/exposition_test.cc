#include "alerts/exposition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>

namespace driftd::alerts {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(MetricTable, IsInTheOrderOfItsIds) {
  ASSERT_EQ(all_metrics().size(), kMetricCount);
  std::set<std::string> names;
  for (std::size_t i = 0; i < kMetricCount; ++i) {
    const MetricSpec& metric = all_metrics()[i];
    EXPECT_EQ(static_cast<std::size_t>(metric.id), i) << metric.name;
    EXPECT_EQ(&spec(metric.id), &metric);
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
  }
}

// The conventions of Prometheus that promtool does not check.
TEST(MetricTable, FollowsTheConventions) {
  const std::set<std::string> target_labels = {"job",  "instance", "cluster", "service",
                                               "type", "le",       "owner"};
  for (const MetricSpec& metric : all_metrics()) {
    const std::string name = metric.name;
    EXPECT_TRUE(name.starts_with("driftd_") || name.starts_with("process_")) << name;
    EXPECT_EQ(name.ends_with("_total"), metric.type == MetricType::counter) << name;
    EXPECT_TRUE(std::string(metric.help).ends_with(".")) << name;
    for (const std::string& label : metric.labels) EXPECT_FALSE(target_labels.contains(label)) << name;
  }
}

// tests/alerts/metric_table.txt: name, type and labels typed from the contract, not from the program. Two are
// not in its table: segments_refused, of a bound that it leaves to us, and performance_estimate_error.
TEST(MetricTable, IsTheContract) {
  std::set<std::string> lines;
  for (const MetricSpec& metric : all_metrics()) {
    std::string line = std::string(metric.name) + " " + std::string(name_of(metric.type));
    for (const std::string& label : metric.labels) line += " " + label;
    lines.insert(line);
  }
  std::set<std::string> contract;
  std::ifstream in(std::string(DRIFTD_SOURCE_DIR) + "/tests/alerts/metric_table.txt");
  for (std::string line; std::getline(in, line);) contract.insert(line);
  EXPECT_THAT(lines, ::testing::ContainerEq(contract));
}

TEST(MetricTable, IsWhatTheDocumentationSays) {
  EXPECT_EQ(file(std::string(DRIFTD_SOURCE_DIR) + "/docs/metrics.md"), metrics_page())
      << "make it anew: driftd docs metrics > docs/metrics.md";
}

TEST(Exposition, IsTheTextFormat) {
  MetricFamily lag(MetricId::consumer_lag);
  lag.add({"predictions", "0"}, 17).add({"predictions", "1"}, 0.1);
  MetricFamily late(MetricId::events_late);
  late.add({"credit"}, 9007199254740991);
  EXPECT_EQ(
      expose({late, lag}),
      "# HELP driftd_events_late_total Predictions behind their partition's watermark or of a closed slot; "
      "they correct the history.\n"
      "# TYPE driftd_events_late_total counter\n"
      "driftd_events_late_total{model=\"credit\"} 9007199254740991\n"
      "# HELP driftd_consumer_lag Records between the next offset to process and the last stable offset; "
      "absent while unknown.\n"
      "# TYPE driftd_consumer_lag gauge\n"
      "driftd_consumer_lag{topic=\"predictions\",partition=\"0\"} 17\n"
      "driftd_consumer_lag{topic=\"predictions\",partition=\"1\"} 0.1\n");
}

TEST(Exposition, EscapesWhateverALabelHolds) {
  MetricFamily late(MetricId::events_late);
  late.add({"a\"b\\c\nd<script>"}, 1).add({"\xC3\xA4\xF0\x9F\x98\x80"}, 2).add({"x\xFFy\xC3\xED\xA0\x80"}, 3);
  const std::string text = expose({late});
  EXPECT_THAT(text, HasSubstr(R"({model="a\"b\\c\nd<script>"} 1)"));
  EXPECT_THAT(text, HasSubstr("{model=\"\xC3\xA4\xF0\x9F\x98\x80\"} 2"));
  const std::string odd = "\xEF\xBF\xBD";
  EXPECT_THAT(text, HasSubstr("{model=\"x" + odd + "y" + odd + odd + odd + odd + "\"} 3"));
}

TEST(Exposition, LeavesOutLabelsOfWhatNobodySaid) {
  MetricFamily info(MetricId::model_info);
  info.add({"m", "1", "", "", "", "", "", "", ""}, 1)
      .add({"m", "2", "binary", "d", "ci", "", "\"", "", "r"}, 1);
  const std::string text = expose({info});
  EXPECT_THAT(text, HasSubstr("driftd_model_info{model=\"m\",version=\"1\",task=\"\",reference=\"\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(R"(reference="d",trained_by="ci",data_version="\"",run_id="r"} 1)"));
}

TEST(Exposition, LeavesOutWhatHasNoValue) {
  MetricFamily performance(MetricId::performance);
  performance.add({"m", "1", "", "f1"}, std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(expose({performance, MetricFamily(MetricId::events)}), "");
}

TEST(Exposition, JoinsFamiliesOfOneMetric) {
  MetricFamily a(MetricId::events_late);
  a.add({"a"}, 1);
  MetricFamily b(MetricId::events_late);
  b.add({"b"}, 2);
  const std::string text = expose({a, b});
  EXPECT_EQ(text.find("# TYPE"), text.rfind("# TYPE"));
  EXPECT_THAT(text, HasSubstr("{model=\"b\"} 2"));
}

TEST(Exposition, CumulatesHistograms) {
  MetricFamily duration(MetricId::checkpoint_duration);
  duration.add({}, HistogramValue{{0.1, 1}, {3, 2, 1}, 4.5});
  const std::string text = expose({duration});
  EXPECT_THAT(text, HasSubstr("driftd_checkpoint_duration_seconds_count 6\n"));
  EXPECT_THAT(text, HasSubstr("driftd_checkpoint_duration_seconds_sum 4.5\n"));
  EXPECT_THAT(text, HasSubstr("driftd_checkpoint_duration_seconds_bucket{le=\"0.1\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("driftd_checkpoint_duration_seconds_bucket{le=\"1\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("driftd_checkpoint_duration_seconds_bucket{le=\"+Inf\"} 6\n"));
}

TEST(Exposition, RefusesSamplesThatDoNotFitTheirDeclaration) {
  MetricFamily late(MetricId::events_late);
  EXPECT_THROW(late.add({}, 1), std::logic_error);
  EXPECT_THROW(late.add({"m"}, HistogramValue{{1}, {0, 0}, 0}), std::logic_error);
  MetricFamily duration(MetricId::checkpoint_duration);
  EXPECT_THROW(duration.add({}, HistogramValue{{1}, {0}, 0}), std::logic_error);
}

TEST(ProcessMetrics, AreAllThereAndSound) {
  const std::vector<MetricFamily> families = process_metrics();
  EXPECT_EQ(families.size(), 7U);
  for (const MetricFamily& family : families) {
    ASSERT_EQ(family.samples.size(), 1U) << family.what->name;
    EXPECT_GE(family.samples[0].value, 0) << family.what->name;
  }
  EXPECT_THAT(expose(families), HasSubstr("process_threads "));
}

// One sample of every metric in the table, as promtool reads it.
TEST(Exposition, PromtoolFindsNothing) {
  if (std::system("command -v promtool >/dev/null 2>&1") != 0) GTEST_SKIP() << "promtool is not installed";
  std::vector<MetricFamily> families;
  for (const MetricSpec& metric : all_metrics()) {
    MetricFamily& family = families.emplace_back(metric.id);
    Sample sample{std::vector<std::string>(metric.labels.size() + metric.where_said.size(), "a\"\\\n<b>"), 1,
                  std::nullopt};
    if (metric.type == MetricType::histogram) sample.histogram = HistogramValue{{0.5, 1}, {1, 2, 3}, 9};
    family.samples.push_back(sample);
  }
  const std::string path = ::testing::TempDir() + "/exposition-" + std::to_string(getpid());
  std::ofstream(path) << expose(families);
  EXPECT_EQ(std::system(("promtool check metrics < " + path).c_str()), 0);
  std::remove(path.c_str());
}

}  // namespace
}  // namespace driftd::alerts
