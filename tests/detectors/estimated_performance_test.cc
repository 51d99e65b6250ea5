// CBPE, and performance itself, against scikit-learn on random sets (estimated_performance_cases.py).
#include "detectors/performance/estimated_performance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "detectors/performance/estimate_tally.h"
#include "detectors/performance/pair_tally.h"
#include "detectors/performance/score_codes.h"
#include "tests/detectors/case_files.h"

namespace driftd::detectors {
namespace {

struct Labelled {
  Predicted predicted;
  Verdict verdict;
};
using Set = std::vector<Labelled>;

TaskSpec binary_task() {
  TaskSpec task;
  task.task = Task::binary;
  task.positive = "yes";
  task.labels = {"no", "yes"};
  return task;
}
TaskSpec several_task() {
  TaskSpec task;
  task.task = Task::multiclass;
  task.labels = {"a", "b", "c"};
  return task;
}
TaskSpec regression_task() {
  TaskSpec task;
  task.task = Task::regression;
  return task;
}

Set binary_rows(UniformDraws& draw, int n, double power, int ties) {
  Set rows;
  for (int i = 0; i < n; ++i) {
    double score = std::pow(draw(), power);
    if (ties > 0) score = std::floor(score * ties + 0.5) / ties;
    Labelled& row = rows.emplace_back();
    row.predicted.score = score;
    row.verdict.label = draw() < std::pow(score, 1.5) ? "yes" : "no";
  }
  return rows;
}

Set several_rows(UniformDraws& draw, int n) {
  Set rows;
  for (int i = 0; i < n; ++i) {
    double parts[3], sharp[3], sum = 0, sharp_sum = 0;
    for (double& part : parts) sum += part = std::pow(draw(), 2);
    for (int k = 0; k < 3; ++k) sharp_sum += sharp[k] = std::pow(parts[k] / sum, 1.5);
    double at = draw() * sharp_sum;
    int k = 0;
    while (k < 2 && at >= sharp[k]) at -= sharp[k++];
    Labelled& row = rows.emplace_back();
    for (int c = 0; c < 3; ++c)
      row.predicted.scores.emplace_back(std::string(1, char('a' + c)), parts[c] / sum);
    row.verdict.label = std::string(1, char('a' + k));
  }
  return rows;
}

Set amounts(UniformDraws& draw, int n) {
  Set rows;
  for (int i = 0; i < n; ++i) {
    Labelled& row = rows.emplace_back();
    row.verdict.value = std::floor(1000 * std::pow(draw(), 3)) / 8;
    const double factor = 0.5 + draw();
    row.predicted.value = *row.verdict.value * factor + draw();
  }
  return rows;
}

PairTally performance_of(const Set& rows, const TaskSpec& task) {
  PairTally tally;
  for (const Labelled& row : rows) tally.add(*resolve(row.predicted, row.verdict, task));
  return tally;
}

std::vector<ScoreCode> codes_of(const Labelled& row, const TaskSpec& task) {
  std::vector<ScoreCode> codes;
  append_score_codes(row.predicted, resolve(row.predicted, task), task, codes);
  return codes;
}

EstimateTally scored(const Set& rows, const TaskSpec& task) {
  EstimateTally tally;
  for (const Labelled& row : rows) {
    std::uint16_t actual = EstimateTally::kNoClass;
    if (task.task == Task::binary && row.verdict.label == "yes") actual = 0;
    if (task.task == Task::multiclass) actual = static_cast<std::uint16_t>(row.verdict.label->front() - 'a');
    tally.add_labelled(codes_of(row, task), actual);
  }
  return tally;
}

struct Case {
  std::string name;
  Set reference, rows;
  TaskSpec task;
  std::map<std::string, std::map<std::string, double>> expected;  // by word, then metric
};

std::vector<Case> cases(const std::string& file) {
  std::vector<Case> all;
  for (const std::string& line : lines_of(DRIFTD_SOURCE_DIR "/tests/detectors/" + file)) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    std::uint64_t seed = 0;
    int reference = 0, n = 0, ties = 0;
    double power = 1;
    if (word == "binary" && words >> seed >> reference >> n >> power >> ties) {
      UniformDraws draw(seed);
      Case& one =
          all.emplace_back(Case{line, binary_rows(draw, reference, power, ties), {}, binary_task(), {}});
      one.rows = binary_rows(draw, n, power * 1.3, ties);
    } else if (word == "multiclass" && words >> seed >> reference >> n) {
      UniformDraws draw(seed);
      Case& one = all.emplace_back(Case{line, several_rows(draw, reference), {}, several_task(), {}});
      one.rows = several_rows(draw, n);
    } else if (word == "regression" && words >> seed >> n) {
      UniformDraws draw(seed);
      all.emplace_back(Case{line, {}, amounts(draw, n), regression_task(), {}});
    } else if (word == "deviation") {
      words >> all.back().expected[word][word];
    } else {
      for (std::string metric; words >> metric;) words >> all.back().expected[word][metric];
    }
  }
  return all;
}

const MetricValue& value_of(const std::vector<MetricValue>& values, const std::string& metric) {
  const MetricValue* found = find(values, *metric_of(metric));
  if (found == nullptr) throw std::runtime_error("no " + metric);
  return *found;
}

TEST(Performance, IsScikitLearnsOnRandomSets) {
  std::size_t compared = 0;
  for (const Case& one : cases("estimated_performance_cases.txt")) {
    const PairTally tally = performance_of(one.rows, one.task);
    const auto metrics = tally.metrics();
    for (const auto& [metric, wanted] : one.expected.at("real")) {
      const double tolerance = metric == "roc_auc"             ? 0.002
                               : metric == "calibration_error" ? 1. / 2048
                                                               : 1e-12 * std::max(1., std::abs(wanted));
      EXPECT_NEAR(value_of(metrics, metric).value, wanted, tolerance) << one.name << " " << metric;
      ++compared;
    }
    if (tally.multiclass() == nullptr) continue;
    std::vector<MetricValue> weighted;
    tally.multiclass()->weighted(weighted);
    for (const auto& [metric, wanted] : one.expected.at("weighted"))
      EXPECT_NEAR(value_of(weighted, metric).value, wanted, metric == "roc_auc" ? 0.002 : 1e-12) << one.name;
    EXPECT_EQ(tally.multiclass()->by_class().size(), 3U);
  }
  EXPECT_GT(compared, 150U);
}

TEST(EstimatedPerformance, IsCbpeOfScikitLearnsIsotonicRegressionOnRandomSets) {
  std::size_t compared = 0;
  for (const Case& one : cases("estimated_performance_cases.txt")) {
    if (one.task.task == Task::regression) continue;
    const CalibrationMaps maps = calibration_maps(performance_of(one.reference, one.task), one.task);
    const EstimateTally tally = scored(one.rows, one.task);
    const auto estimated =
        estimated_metrics(expected_outcomes(tally, maps), static_cast<double>(tally.predictions()));
    ASSERT_EQ(estimated.size(), 7U);
    for (const EstimatedValue& value : estimated) {
      const double wanted = one.expected.at("estimated").at(std::string(name_of(value.metric)));
      // Where 300 rows make the map it is steep between two of them, and half a bin counts for more.
      const double tolerance = one.reference.size() < 1000 ? 0.005 : 0.002;
      EXPECT_NEAR(value.value, wanted, tolerance) << one.name << " " << name_of(value.metric);
      ++compared;
    }
    if (one.task.task == Task::binary) {
      EXPECT_NEAR(estimated[0].standard_error, one.expected.at("deviation").at("deviation"), 1e-4)
          << one.name;
    }
  }
  EXPECT_GT(compared, 140U);
}

TEST(EstimatedPerformance, IsScoredByTheVeryPerformanceOfItsPredictions) {
  for (const Case& one : cases("estimated_performance_cases.txt")) {
    if (one.task.task == Task::regression) continue;
    const CalibrationMaps maps = calibration_maps(performance_of(one.reference, one.task), one.task);
    const EstimateTally tally = scored(one.rows, one.task);
    const auto realised =
        plug_in_metrics(actual_outcomes(tally, maps), static_cast<double>(tally.predictions()));
    const auto metrics = performance_of(one.rows, one.task).metrics();
    ASSERT_EQ(realised.size(), 7U);
    for (const MetricValue& value : realised)
      EXPECT_NEAR(value.value, value_of(metrics, std::string(name_of(value.metric))).value,
                  value.metric <= Metric::roc_auc ? 1e-12 : 2e-4)  // the others know more than a score's bin
          << one.name << " " << name_of(value.metric);
  }
}

// STATISTICS 10.
TEST(EstimatedPerformance, GivesTheDesignsCheckValues) {
  ClassOutcome outcomes;
  for (const double p : {.1, .3, .6, .8, .9})
    outcomes.push_back(p >= .5 ? ScoreOutcome{1, p, 0, 0, p} : ScoreOutcome{0, 0, 1, p, p});
  const auto values = estimated_metrics(std::vector<ClassOutcome>{outcomes}, 5);
  ASSERT_EQ(values.size(), 7U);
  EXPECT_NEAR(values[0].value, .78, 1e-12);
  EXPECT_NEAR(values[0].standard_error, .1778, 5e-5);
  EXPECT_NEAR(values[1].value, 2.3 / 3, 1e-12);
  EXPECT_NEAR(values[2].value, 2.3 / 2.7, 1e-12);
  EXPECT_NEAR(values[3].value, 2 * 2.3 / (2 * 2.3 + .7 + .4), 1e-12);
  EXPECT_NEAR(values[6].value, (2 * .09 + .21 + .24 + .16) / 5, 1e-12);  // mean p(1-p)
}

// Labels drawn again and again with the calibrated p: their spread is the standard error that was said.
TEST(EstimatedPerformance, ItsBandsHoldWhatLabelsMakeOfIt) {
  ClassOutcome expected;
  for (int i = 0; i < 400; ++i) {
    const double p = (i + .5) / 400;
    expected.push_back(p >= .4 ? ScoreOutcome{1, p, 0, 0, p} : ScoreOutcome{0, 0, 1, p, p});
  }
  const auto estimated = estimated_metrics(std::vector<ClassOutcome>{expected}, 400);
  UniformDraws draw(7);
  std::map<Metric, int> within;
  constexpr int kRounds = 1000;
  for (int round = 0; round < kRounds; ++round) {
    ClassOutcome drawn = expected;
    for (ScoreOutcome& one : drawn) {
      one.hits = one.predicted > 0 && draw() < one.hits ? 1 : 0;
      one.misses = one.rest > 0 && draw() < one.misses ? 1 : 0;
    }
    const auto real = plug_in_metrics(std::vector<ClassOutcome>{drawn}, 400);
    for (const EstimatedValue& value : estimated) {
      const Band band = band_of(value);
      const double now = find(real, value.metric)->value;
      within[value.metric] += band.lower <= now && now <= band.upper ? 1 : 0;
    }
  }
  for (const auto& [metric, count] : within) {
    EXPECT_GE(count, kRounds * .93) << name_of(metric);
    EXPECT_LE(count, kRounds * .97) << name_of(metric);
  }
}

TEST(EstimateTally, MergingIsTheSameAsAddingAndSubtractingTakesBack) {
  UniformDraws draw(3);
  for (const TaskSpec& task : {binary_task(), several_task()}) {
    const Set rows = task.task == Task::binary ? binary_rows(draw, 300, 1, 0) : several_rows(draw, 300);
    const EstimateTally straight = scored(rows, task);
    EstimateTally merged = scored({rows.begin() + 100, rows.end()}, task);
    const EstimateTally part = scored({rows.begin(), rows.begin() + 100}, task);
    const EstimateTally before = merged;
    merged.merge(part);
    EXPECT_EQ(merged, straight);
    merged.subtract(part);
    EXPECT_EQ(merged, before);
    merged.subtract(before);
    EXPECT_EQ(merged, EstimateTally());
    EstimateTally one;
    one.add(codes_of(rows[0], task));
    one.add(codes_of(rows[0], task), -1);
    EXPECT_EQ(one, EstimateTally());
    Encoder out;
    straight.save(out);
    const std::string bytes = out.take();
    Decoder in(bytes);
    const auto loaded = EstimateTally::load(in);
    ASSERT_TRUE(loaded.ok() && in.at_end());
    EXPECT_EQ(*loaded, straight);
    for (std::size_t cut = 0; cut < bytes.size(); cut += 7) {
      Decoder torn(std::string_view(bytes).substr(0, cut));
      EXPECT_FALSE(EstimateTally::load(torn).ok()) << cut;
    }
  }
}

TEST(ScoreCodes, HoldTheLabelThatWasGivenNotTheThreshold) {
  Predicted predicted;
  predicted.score = .9;
  predicted.label = "no";
  std::vector<ScoreCode> codes;
  append_score_codes(predicted, resolve(predicted, binary_task()), binary_task(), codes);
  ASSERT_EQ(codes.size(), 1U);
  EXPECT_EQ(codes[0].code % 2, 0);
  EXPECT_EQ(codes[0].code / 2U, ScoreHistogram::bin_of(.9));
  predicted.score.reset();
  codes.clear();
  append_score_codes(predicted, resolve(predicted, binary_task()), binary_task(), codes);
  EXPECT_TRUE(codes.empty());
}

TEST(ScoreHistogram, NamesTheMiddleOfItsBins) {
  for (std::uint32_t bin = 0; bin <= ScoreHistogram::bin_of(2); ++bin) {
    const double score = ScoreHistogram::score_of(bin);
    if (score > 0 && score < 1) {
      EXPECT_EQ(ScoreHistogram::bin_of(score), bin) << score;
    }
  }
}

}  // namespace
}  // namespace driftd::detectors
