#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "detectors/performance/pair_tally.h"
#include "detectors/performance/task.h"

namespace driftd::detectors {
namespace {

ResolvedPair random_pair(Task task, std::mt19937_64& random) {
  std::uniform_real_distribution<double> uniform;
  ResolvedPair pair;
  pair.task = task;
  if (task == Task::binary) {
    pair.positive_actual = uniform(random) < 0.4;
    pair.score = std::clamp(uniform(random) * 0.7 + (pair.positive_actual ? 0.3 : 0.0), 0.0, 1.0);
    pair.positive_predicted = *pair.score >= 0.5;
    if (uniform(random) < 0.1) pair.score.reset();
  } else if (task == Task::multiclass) {
    const char* const labels[] = {"a", "b", "c", "d"};
    pair.label = labels[random() % 4];
    pair.actual = uniform(random) < 0.6 ? pair.label : labels[random() % 3];
    for (const char* label : labels) pair.scores.emplace_back(label, uniform(random));
  } else {
    pair.actual_value = std::ldexp(uniform(random) - 0.5, static_cast<int>(random() % 40));
    if (random() % 10 == 0) pair.actual_value = 0;
    pair.value = pair.actual_value + uniform(random) - 0.5;
  }
  return pair;
}

PairTally tally_of(const std::vector<ResolvedPair>& pairs) {
  PairTally tally;
  for (const ResolvedPair& pair : pairs) tally.add(pair);
  return tally;
}

std::string bytes_of(const PairTally& tally) {
  Encoder out;
  tally.save(out);
  return out.take();
}

std::optional<double> value_of(const PairTally& tally, Metric metric,
                               Undefined undefined = Undefined::absent) {
  const std::vector<MetricValue> metrics = tally.metrics(undefined);
  const MetricValue* found = find(metrics, metric);
  return found != nullptr ? std::optional(found->value) : std::nullopt;
}

class AnyTask : public testing::TestWithParam<Task> {};
INSTANTIATE_TEST_SUITE_P(PairTally, AnyTask,
                         testing::Values(Task::binary, Task::multiclass, Task::regression),
                         [](const auto& instance) { return std::string(name_of(instance.param)); });

TEST_P(AnyTask, MergingIsTheSameAsAddingInWhateverOrder) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 30; ++round) {
    std::vector<ResolvedPair> pairs(1 + random() % 60);
    for (ResolvedPair& pair : pairs) pair = random_pair(GetParam(), random);
    const PairTally straight = tally_of(pairs);
    std::shuffle(pairs.begin(), pairs.end(), random);
    const auto half = static_cast<std::ptrdiff_t>(random() % (pairs.size() + 1));
    const PairTally left = tally_of({pairs.begin(), pairs.begin() + half});
    const PairTally right = tally_of({pairs.begin() + half, pairs.end()});
    PairTally merged = right;
    merged.merge(left);
    EXPECT_EQ(merged, straight);
    EXPECT_EQ(bytes_of(merged), bytes_of(straight));
    EXPECT_EQ(merged.metrics(), straight.metrics());
    merged.subtract(left);
    EXPECT_EQ(merged, right);
    for (auto pair = pairs.begin() + half; pair != pairs.end(); ++pair) merged.add(*pair, -1);
    EXPECT_EQ(merged, PairTally());
    EXPECT_EQ(bytes_of(merged), bytes_of(PairTally()));
  }
}

TEST_P(AnyTask, SurvivesTheCodec) {
  std::mt19937_64 random(5);
  std::vector<ResolvedPair> pairs(100);
  for (ResolvedPair& pair : pairs) pair = random_pair(GetParam(), random);
  const PairTally tally = tally_of(pairs);
  const std::string bytes = bytes_of(tally);
  Decoder in(bytes);
  const auto loaded = PairTally::load(in);
  ASSERT_TRUE(loaded.ok());
  EXPECT_TRUE(in.at_end());
  EXPECT_EQ(*loaded, tally);
  for (std::size_t cut = 0; cut < bytes.size(); cut += 3) {
    Decoder part(std::string_view(bytes).substr(0, cut));
    EXPECT_FALSE(PairTally::load(part).ok()) << cut;
  }
}

TEST(PairTally, LeavesOutWhatIsUndefined) {
  ResolvedPair pair;
  pair.task = Task::binary;
  pair.score = 0.2;
  PairTally tally;
  EXPECT_TRUE(tally.metrics().empty());
  tally.add(pair);
  EXPECT_EQ(value_of(tally, Metric::accuracy), 1);
  EXPECT_EQ(value_of(tally, Metric::precision), std::nullopt);
  EXPECT_EQ(value_of(tally, Metric::recall), std::nullopt);
  EXPECT_EQ(value_of(tally, Metric::f1), std::nullopt);
  EXPECT_EQ(value_of(tally, Metric::roc_auc), std::nullopt);
  EXPECT_EQ(value_of(tally, Metric::precision, Undefined::zero), 0);
  EXPECT_EQ(value_of(tally, Metric::roc_auc, Undefined::zero), std::nullopt);
}

TEST(PairTally, LeavesLabelsOfZeroOutOfMape) {
  PairTally tally;
  ResolvedPair pair;
  pair.task = Task::regression;
  pair.value = 3;
  tally.add(pair);
  EXPECT_EQ(value_of(tally, Metric::mape), std::nullopt);
  EXPECT_EQ(value_of(tally, Metric::r2), std::nullopt);
  pair.actual_value = 2;
  tally.add(pair);
  EXPECT_EQ(value_of(tally, Metric::mape), 0.5);
  EXPECT_EQ(value_of(tally, Metric::mae), 2);
}

TEST(PairTally, KeepsItsDigitsWhereTheLabelsAreFarFromZero) {
  PairTally tally;
  for (int i = 0; i < 1000; ++i) {
    ResolvedPair pair;
    pair.task = Task::regression;
    pair.actual_value = 1e9 + i % 2;
    pair.value = 1e9 + 0.5;
    tally.add(pair);
  }
  EXPECT_NEAR(*value_of(tally, Metric::r2), 0, 1e-12);
}

TEST(PairTally, TakesBackWhatOverflowed) {
  ResolvedPair wild, tame;
  wild.task = tame.task = Task::regression;
  wild.value = 1e308;
  wild.actual_value = -1e308;
  tame.value = 3;
  tame.actual_value = 1;
  PairTally tally;
  tally.add(tame);
  const PairTally before = tally;
  tally.add(wild);
  EXPECT_EQ(value_of(tally, Metric::rmse), std::nullopt);
  tally.add(wild, -1);
  EXPECT_EQ(tally, before);
}

TEST(PairTally, RefusesToMixTasks) {
  PairTally tally;
  ResolvedPair pair;
  pair.task = Task::binary;
  tally.add(pair);
  pair.task = Task::regression;
  EXPECT_THROW(tally.add(pair), std::logic_error);
}

// sklearn.metrics with average="macro", zero_division=0, multi_class="ovr": performance_cases.py.
TEST(PairTally, AgreesWithScikitLearnOnThreeClasses) {
  const double scores[6][3] = {{.7, .2, .1}, {.1, .6, .3}, {.2, .2, .6},
                               {.5, .3, .2}, {.3, .4, .3}, {.1, .1, .8}};
  const char* const actual[6] = {"a", "b", "c", "b", "a", "c"};
  const char* const predicted[6] = {"a", "b", "c", "a", "c", "c"};
  PairTally tally;
  for (std::size_t i = 0; i < 6; ++i) {
    ResolvedPair pair;
    pair.task = Task::multiclass;
    pair.label = predicted[i];
    pair.actual = actual[i];
    for (std::size_t k = 0; k < 3; ++k)
      pair.scores.emplace_back(std::string(1, static_cast<char>('a' + k)), scores[i][k]);
    tally.add(pair);
  }
  EXPECT_NEAR(*value_of(tally, Metric::accuracy), 0.6666666666666666, 1e-12);
  EXPECT_NEAR(*value_of(tally, Metric::precision), 0.7222222222222222, 1e-12);
  EXPECT_NEAR(*value_of(tally, Metric::recall), 0.6666666666666666, 1e-12);
  EXPECT_NEAR(*value_of(tally, Metric::f1), 0.6555555555555556, 1e-12);
  EXPECT_NEAR(*value_of(tally, Metric::roc_auc), 0.9166666666666666, 1e-12);
  EXPECT_NEAR(*value_of(tally, Metric::log_loss), 0.6682358919061326, 1e-12);
}

TEST(PairTally, KeepsTheFirstClassesInByteOrderWhateverOrderTheyCameIn) {
  std::vector<ResolvedPair> pairs;
  for (int i = 0; i < 1500; ++i) {
    ResolvedPair pair;
    pair.task = Task::multiclass;
    pair.label = pair.actual = "class" + std::to_string(i);
    pairs.push_back(pair);
  }
  const PairTally forward = tally_of(pairs);
  std::reverse(pairs.begin(), pairs.end());
  const PairTally backward = tally_of(pairs);
  EXPECT_EQ(forward, backward);
  EXPECT_EQ(forward.pairs(), 1500);
  EXPECT_EQ(value_of(forward, Metric::accuracy), 1);
}

TEST(ScoreHistogram, OrdersScoresAsTheyAre) {
  std::vector<double> scores = {-1,    0,   1e-300, 1e-12, 1e-9, 2e-9,  0.001,    0.0011,    0.25, 0.3,
                                0.499, 0.5, 0.501,  0.7,   0.99, 0.999, 1 - 1e-9, 1 - 1e-12, 1,    2};
  for (std::size_t i = 1; i < scores.size(); ++i) {
    EXPECT_LE(ScoreHistogram::bin_of(scores[i - 1]), ScoreHistogram::bin_of(scores[i])) << scores[i];
  }
  EXPECT_LT(ScoreHistogram::bin_of(0.001), ScoreHistogram::bin_of(0.0011));
  EXPECT_LT(ScoreHistogram::bin_of(0.999), ScoreHistogram::bin_of(0.9991));
  EXPECT_LT(ScoreHistogram::bin_of(1 - 1e-9), ScoreHistogram::bin_of(1));
  for (int i = 1; i < 100000; ++i) {
    EXPECT_LE(ScoreHistogram::bin_of((i - 1) / 1e5), ScoreHistogram::bin_of(i / 1e5)) << i;
  }
}

TEST(ScoreHistogram, ItsAucIsWithinItsOwnBound) {
  std::mt19937_64 random(17);
  std::normal_distribution<double> normal;
  std::vector<double> positives, negatives;
  ScoreHistogram histogram;
  for (int i = 0; i < 3000; ++i) {
    const bool positive = i % 3 == 0;
    const double score = 1 / (1 + std::exp(-3 * normal(random) - (positive ? 2 : 0)));
    (positive ? positives : negatives).push_back(score);
    histogram.add(score, positive, 1);
  }
  double wins = 0;
  for (const double p : positives) {
    for (const double n : negatives) wins += p > n ? 1 : p == n ? 0.5 : 0;
  }
  const double exact = wins / static_cast<double>(positives.size() * negatives.size());
  EXPECT_LE(histogram.roc_auc_bound(), 0.002);
  EXPECT_NEAR(*histogram.roc_auc(), exact, histogram.roc_auc_bound() + 1e-12);
}

}  // namespace
}  // namespace driftd::detectors
