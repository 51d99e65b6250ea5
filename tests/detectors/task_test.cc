#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "detectors/performance/task.h"

namespace driftd::detectors {
namespace {

Predicted label(std::string text) {
  return {.label = std::move(text), .value = {}, .score = {}, .scores = {}};
}
Predicted number(double value) { return {.label = {}, .value = value, .score = {}, .scores = {}}; }
Predicted scored(double score) { return {.label = {}, .value = {}, .score = score, .scores = {}}; }
Predicted spread(std::vector<std::pair<std::string, double>> scores) {
  return {.label = {}, .value = {}, .score = {}, .scores = std::move(scores)};
}
Verdict said(std::string text) { return {.label = std::move(text), .value = {}}; }
Verdict measured(double value) { return {.label = {}, .value = value}; }
Verdict both(std::string text, double value) { return {.label = std::move(text), .value = value}; }

TaskSpec infer(const std::vector<Predicted>& predicted, const std::vector<Verdict>& verdicts,
               const TaskWish& wish = {}) {
  TaskInference inference;
  for (const Predicted& one : predicted) inference.add(one);
  for (const Verdict& one : verdicts) inference.add(one);
  return inference.finish(wish);
}

TEST(TaskInference, ReadsTheTaskOffTheEvents) {
  EXPECT_EQ(infer({}, {}).task, Task::none);
  EXPECT_EQ(infer({number(3)}, {measured(4)}).task, Task::regression);
  EXPECT_EQ(infer({number(3)}, {both("4", 4)}).task, Task::regression);
  EXPECT_EQ(infer({number(1), number(0)}, {said("yes"), said("no")}).task, Task::multiclass);
  EXPECT_EQ(infer({label("a"), label("b")}, {}).task, Task::binary);
  EXPECT_EQ(infer({label("a"), label("b")}, {said("c")}).task, Task::multiclass);
  EXPECT_EQ(infer({scored(0.2)}, {said("a"), said("b"), said("c")}).task, Task::binary);
  EXPECT_EQ(infer({spread({{"a", .2}, {"b", .3}, {"c", .5}})}, {}).task, Task::multiclass);
  EXPECT_EQ(infer({}, {measured(1)}).task, Task::regression);
}

TEST(TaskInference, TakesTheLargerLabelAsPositive) {
  const TaskSpec spec = infer({label("DOWN"), label("UP")}, {});
  EXPECT_EQ(spec.positive, "UP");
  EXPECT_EQ(spec.negative(), "DOWN");
  EXPECT_EQ(spec.threshold, 0.5);
  EXPECT_EQ(infer({label("1")}, {both("0", 0)}).positive, "1");
  EXPECT_EQ(infer({scored(0.3)}, {}).positive, "");
}

TEST(TaskInference, ObeysWhatTheUserSaid) {
  TaskWish wish;
  wish.task = Task::binary;
  wish.positive = "bad";
  wish.threshold = 0.8;
  const TaskSpec spec = infer({number(1)}, {measured(0)}, wish);
  EXPECT_EQ(spec.task, Task::binary);
  EXPECT_EQ(spec.positive, "bad");
  EXPECT_EQ(spec.threshold, 0.8);
}

TaskSpec binary() {
  TaskSpec spec;
  spec.task = Task::binary;
  spec.positive = "good";
  spec.labels = {"bad", "good"};
  spec.threshold = 0.8;
  return spec;
}

TEST(Resolve, AGivenLabelIsWhatWasPredicted) {
  Predicted predicted = scored(0.1);
  predicted.label = "good";
  EXPECT_EQ(resolve(predicted, binary()).label, "good");
  EXPECT_EQ(resolve(predicted, binary()).score, 0.1);
}

TEST(Resolve, TheThresholdBelongsToThePositives) {
  EXPECT_EQ(resolve(scored(0.8), binary()).label, "good");
  EXPECT_EQ(resolve(scored(0.79), binary()).label, "bad");
  TaskSpec unknown = binary();
  unknown.labels.clear();
  EXPECT_EQ(resolve(scored(0.1), unknown).label, "not good");
}

TEST(Resolve, TheLargestScoreWinsAndTiesGoToTheFirstInByteOrder) {
  TaskSpec spec;
  spec.task = Task::multiclass;
  EXPECT_EQ(resolve(spread({{"c", .2}, {"b", .4}, {"a", .4}}), spec).label, "a");
  EXPECT_EQ(resolve(spread({{"bad", .3}, {"good", .7}}), binary()).label, "good");
  EXPECT_EQ(resolve(spread({{"bad", .3}, {"good", .7}}), binary()).score, .7);
}

TEST(Resolve, NumbersAreLabelsByTheirShortestText) {
  TaskSpec spec;
  spec.task = Task::binary;
  spec.positive = "1";
  const auto pair = resolve(number(1.0), both("1", 1), spec);
  ASSERT_TRUE(pair);
  EXPECT_TRUE(pair->positive_predicted);
  EXPECT_TRUE(pair->positive_actual);
  EXPECT_EQ(loss_of(*pair), 0);
}

TEST(Resolve, AnswersNothingWhereASideIsMissing) {
  TaskSpec regression;
  regression.task = Task::regression;
  EXPECT_FALSE(resolve(label("a"), measured(1), regression));
  EXPECT_FALSE(resolve(number(1), said("a"), regression));
  EXPECT_FALSE(resolve(Predicted{}, said("a"), binary()));
  EXPECT_FALSE(resolve(label("a"), said("a"), TaskSpec{}));
  const auto pair = resolve(number(1), measured(3.5), regression);
  ASSERT_TRUE(pair);
  EXPECT_EQ(loss_of(*pair), 2.5);
}

TEST(TaskSpec, SurvivesTheCodec) {
  Encoder out;
  binary().save(out);
  Decoder in(out.bytes());
  const auto loaded = TaskSpec::load(in);
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(*loaded, binary());
}

}  // namespace
}  // namespace driftd::detectors
