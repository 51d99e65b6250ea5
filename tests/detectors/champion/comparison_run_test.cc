// Who is set against whom, and what is said of it.
#include "detectors/champion/comparison_run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace driftd::detectors::champion {
namespace {

DealtLoss dealt(Arm arm, std::uint64_t id, double loss, std::uint64_t stratum = 0) {
  return {arm, id, stratum, loss};
}

ComparisonRun run_of(Pairing pairing, std::int64_t block = 60) {
  return {LossMetric::error, 1, pairing, block};
}

// Requests that both scored; the challenger is wrong on every tenth, the champion on every fifth.
std::vector<DealtLoss> shadow(std::uint64_t first, std::uint64_t count) {
  std::vector<DealtLoss> losses;
  for (std::uint64_t i = first; i < first + count; ++i) {
    losses.push_back(dealt(Arm::champion, i, i % 5 == 0 ? 1 : 0));
    losses.push_back(dealt(Arm::challenger, i, i % 10 == 0 ? 1 : 0));
  }
  return losses;
}

TEST(ComparisonRun, SetsLossesOfOneIdAgainstEachOther) {
  ComparisonRun run = run_of(Pairing::automatic);
  run.add_slot(0, shadow(0, 100));
  EXPECT_EQ(run.by_id(), 100U);
  EXPECT_EQ(run.waiting(), 0U);
  const auto figures = run.figures(0.05);
  ASSERT_TRUE(figures);
  EXPECT_DOUBLE_EQ(figures->champion, 0.2);
  EXPECT_DOUBLE_EQ(figures->challenger, 0.1);
  EXPECT_DOUBLE_EQ(figures->difference, -0.1);
  EXPECT_LT(figures->lower, -0.1);
  EXPECT_GT(figures->upper, -0.1);
}

TEST(ComparisonRun, PairsAnIdWhoseLossesComeInDifferentSlotsOfABlock) {
  ComparisonRun run = run_of(Pairing::automatic);
  run.add_slot(3, {dealt(Arm::champion, 7, 1)});
  EXPECT_EQ(run.by_id(), 0U);
  run.add_slot(58, {dealt(Arm::challenger, 7, 0)});
  EXPECT_EQ(run.by_id(), 1U);
  run.add_slot(59, {dealt(Arm::champion, 8, 1)});
  EXPECT_EQ(run.end_block_before(60), 59);
  run.add_slot(60, {dealt(Arm::challenger, 8, 0)});
  EXPECT_EQ(run.by_id(), 1U);
}

// What a shadow did not score is no random part of the traffic.
TEST(ComparisonRun, ForgetsWhatOneOfTwoThatShareTheirIdsMissed) {
  ComparisonRun run = run_of(Pairing::automatic);
  auto losses = shadow(0, 50);
  for (std::uint64_t i = 0; i < 40; ++i) {
    losses.push_back(dealt(Arm::champion, 1000 + i, 1));
    losses.push_back(dealt(Arm::challenger, 2000 + i, 0));
  }
  run.add_slot(0, losses);
  EXPECT_EQ(run.end_block_before(60), 59);
  EXPECT_EQ(run.by_id(), 50U);
  EXPECT_EQ(run.by_strata(), 0U);
}

TEST(ComparisonRun, MatchesTrafficThatWasDealtWithinStrata) {
  ComparisonRun run = run_of(Pairing::automatic);
  std::vector<DealtLoss> losses;
  for (std::uint64_t i = 0; i < 70; ++i) losses.push_back(dealt(Arm::champion, i, 0, 1));
  for (std::uint64_t i = 100; i < 120; ++i) losses.push_back(dealt(Arm::challenger, i, 1, 1));
  for (std::uint64_t i = 200; i < 230; ++i) losses.push_back(dealt(Arm::champion, i, 1, 2));
  run.add_slot(0, losses);
  EXPECT_EQ(run.pairs(), 0U);
  EXPECT_EQ(run.end_block_before(60), 59);
  EXPECT_EQ(run.by_strata(), 20U);  // three champions each; stratum 2 has one arm
  EXPECT_DOUBLE_EQ(run.figures(0.05)->difference, 1);
}

TEST(ComparisonRun, TakesAtMostEightAgainstOne) {
  ComparisonRun run = run_of(Pairing::strata);
  std::vector<DealtLoss> losses = {dealt(Arm::challenger, 999, 0)};
  for (std::uint64_t i = 0; i < 100; ++i) losses.push_back(dealt(Arm::champion, i, i < 2 ? 1 : 0));
  run.add_slot(0, losses);
  run.end_block_before(60);
  EXPECT_EQ(run.pairs(), 1U);
  EXPECT_DOUBLE_EQ(run.figures(0.05)->difference, -0.25);  // the first eight by their hash
}

TEST(ComparisonRun, PairsOnlyAsItWasTold) {
  ComparisonRun strata = run_of(Pairing::strata), ids = run_of(Pairing::id);
  for (ComparisonRun* run : {&strata, &ids}) {
    auto losses = shadow(0, 20);
    losses.push_back(dealt(Arm::champion, 500, 0));
    for (std::uint64_t i = 600; i < 640; ++i) losses.push_back(dealt(Arm::challenger, i, 0));
    run->add_slot(0, losses);
    run->end_block_before(60);
  }
  EXPECT_EQ(strata.by_id(), 0U);
  EXPECT_EQ(strata.by_strata(), 21U);
  EXPECT_EQ(ids.by_id(), 20U);
  EXPECT_EQ(ids.by_strata(), 0U);
}

TEST(ComparisonRun, IsTheSameHoweverASlotIsOrderedAndWhereverItIsSavedAndLoaded) {
  std::mt19937_64 random(1);
  const auto play = [&](bool shuffled) {
    ComparisonRun run = run_of(Pairing::automatic, 5);
    for (std::int64_t slot = 0; slot < 40; ++slot) {
      auto losses = shadow(static_cast<std::uint64_t>(slot) * 100, slot % 2 == 0 ? 30 : 3);
      for (std::uint64_t i = 0; i < 60; ++i)
        losses.push_back(dealt(i % 3 == 0 ? Arm::challenger : Arm::champion,
                               10'000 + static_cast<std::uint64_t>(slot) * 61 + i * 7919, i % 4 == 0 ? 1 : 0,
                               i % 2));
      run.end_block_before(slot);
      if (shuffled) {
        std::shuffle(losses.begin(), losses.end(), random);
        Encoder out;
        run.save(out);
        Decoder in(out.bytes());
        auto loaded = ComparisonRun::load(kMinute, in);
        EXPECT_TRUE(loaded.ok());
        EXPECT_EQ(*loaded, run);
        run = std::move(*loaded);
      }
      run.add_slot(slot, losses);
    }
    return run;
  };
  const ComparisonRun plain = play(false);
  EXPECT_GT(plain.by_id(), 0U);
  EXPECT_GT(plain.by_strata(), 0U);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(play(true), plain);
}

TEST(ComparisonRun, SaysBetterOrWorseOnceTheIntervalIsBeyondTheMargin) {
  ComparisonRun run = run_of(Pairing::id);
  JudgeSettings settings;
  run.add_slot(0, shadow(0, 50));
  EXPECT_EQ(run.judge(settings), Outcome::unknown);
  run.add_slot(1, shadow(50, 1000));
  EXPECT_EQ(run.judge(settings), Outcome::better);
  settings.margin = 0.08;  // of a difference of .1
  EXPECT_EQ(run.judge(settings), Outcome::unknown);
  EXPECT_GT(run.figures(settings.risk)->upper, -0.08);
  settings = {.risk = 0.05, .margin = 0, .at_least = 2000};
  EXPECT_EQ(run.judge(settings), Outcome::unknown);
  ComparisonRun reverse = run_of(Pairing::id);
  auto losses = shadow(0, 1000);
  for (DealtLoss& one : losses) one.arm = one.arm == Arm::champion ? Arm::challenger : Arm::champion;
  reverse.add_slot(0, losses);
  EXPECT_EQ(reverse.judge({}), Outcome::worse);
}

TEST(ComparisonRun, TakesLossesWithinTheirBoundAndCountsWhatWasBeyond) {
  ComparisonRun run(LossMetric::absolute_error, 10, Pairing::id, 60);
  run.add_slot(0, {dealt(Arm::champion, 1, 4), dealt(Arm::challenger, 1, 25), dealt(Arm::champion, 2, 2.5),
                   dealt(Arm::challenger, 2, 1)});
  EXPECT_EQ(run.clipped(), 1U);
  const auto figures = run.figures(0.05);
  EXPECT_NEAR(figures->champion, 3.25, 1e-6);
  EXPECT_NEAR(figures->challenger, 5.5, 1e-6);
  EXPECT_NEAR(figures->difference, 2.25, 1e-6);
  EXPECT_GE(figures->lower, -10);
  EXPECT_LE(figures->upper, 10);
  EXPECT_GT(figures->upper - figures->lower, 15);  // of two pairs
}

// Rounded losses could be off by as much all in one direction.
TEST(ComparisonRun, IsWiderByItsRounding) {
  ComparisonRun smooth(LossMetric::brier, 1, Pairing::id, 60);
  std::vector<DealtLoss> losses;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    losses.push_back(dealt(Arm::champion, i, 0.4999));
    losses.push_back(dealt(Arm::challenger, i, 0.5003));  // less than half a step: rounded to no difference
  }
  smooth.add_slot(0, losses);
  EXPECT_EQ(smooth.judge({}), Outcome::unknown);
  EXPECT_GT(smooth.figures(0.05)->upper, 0.0004);
  EXPECT_LT(smooth.figures(0.05)->upper, 0.0008);
}

TEST(ComparisonRun, EndsABlockThatHoldsTooMuchWithItsSlot) {
  ComparisonRun run = run_of(Pairing::strata);
  std::vector<DealtLoss> losses;
  for (std::uint64_t i = 0; i < 70'000; ++i)
    losses.push_back(dealt(i % 2 == 0 ? Arm::champion : Arm::challenger, i, 0));
  run.add_slot(0, losses);
  EXPECT_EQ(run.pairs(), 35'000U);
  EXPECT_EQ(run.waiting(), 0U);
}

TEST(ComparisonRun, RefusesBytesThatAreCut) {
  ComparisonRun run = run_of(Pairing::automatic);
  run.add_slot(0, shadow(0, 10));
  run.add_slot(1, {dealt(Arm::champion, 1 << 20, 1)});
  Encoder out;
  run.save(out);
  for (std::size_t cut = 0; cut < out.bytes().size(); ++cut) {
    Decoder in(std::string_view(out.bytes()).substr(0, cut));
    EXPECT_FALSE(ComparisonRun::load(kMinute, in).ok()) << cut;
  }
}

ResolvedPair binary(double score, bool actual) {
  ResolvedPair pair;
  pair.task = Task::binary;
  pair.positive_predicted = score >= 0.5;
  pair.positive_actual = actual;
  pair.score = score;
  return pair;
}

TEST(LossMetric, IsTheLossOfOnePrediction) {
  EXPECT_EQ(loss_of(LossMetric::error, binary(0.7, false)), 1);
  EXPECT_DOUBLE_EQ(*loss_of(LossMetric::brier, binary(0.7, false)), 0.7 * 0.7);
  EXPECT_DOUBLE_EQ(*loss_of(LossMetric::log_loss, binary(0.7, true)), 0.35667494393873245);  // -ln .7
  EXPECT_TRUE(std::isinf(*loss_of(LossMetric::log_loss, binary(1, false))));
  EXPECT_FALSE(loss_of(LossMetric::absolute_error, binary(0.7, true)));
  ResolvedPair classes;
  classes.task = Task::multiclass;
  classes.label = "a";
  classes.actual = "b";
  EXPECT_FALSE(loss_of(LossMetric::brier, classes));
  classes.scores = {{"a", 0.5}, {"b", 0.25}, {"c", 0.25}};
  EXPECT_DOUBLE_EQ(*loss_of(LossMetric::brier, classes), 0.875);
  EXPECT_DOUBLE_EQ(*loss_of(LossMetric::log_loss, classes), 1.3862943611198906);  // ln 4
  ResolvedPair value;
  value.task = Task::regression;
  value.value = 5;
  value.actual_value = 2;
  EXPECT_EQ(loss_of(LossMetric::absolute_error, value), 3);
  EXPECT_EQ(loss_of(LossMetric::squared_error, value), 9);
  EXPECT_FALSE(natural_bound(LossMetric::squared_error, Task::regression));
}

}  // namespace
}  // namespace driftd::detectors::champion
