#include "detectors/evidence/labels/label_gathering.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "detectors/evidence/labels/rate_effect.h"
#include "detectors/profile.h"

namespace driftd::detectors::evidence {
namespace {

constexpr Time kStart = 1'767'225'600 * kSecond;

std::vector<LabelledPair> pairs_of_two_days() {
  std::mt19937_64 random(4);
  std::exponential_distribution<double> hours(.5);
  std::bernoulli_distribution wrong(.2);
  std::vector<LabelledPair> pairs;
  for (int i = 0; i < 4000; ++i) {
    LabelledPair pair;
    pair.prediction_time = kStart + i * 43 * kSecond;
    pair.age = static_cast<Duration>(hours(random) * kHour) + kSecond;
    pair.evidence_time = pair.prediction_time + pair.age;
    pair.positive_actual = i % 3 == 0;
    const bool error = wrong(random);
    pair.positive_predicted = pair.positive_actual != error;
    pair.loss = error ? 1 : 0;
    pair.score = pair.positive_predicted ? .75 : .25;
    pairs.push_back(pair);
  }
  return pairs;
}

LabelSource source_of(const std::vector<LabelledPair>& pairs) {
  LabelSource source;
  source.task = Task::binary;
  source.pairs = pairs;
  for (const LabelledPair& pair : pairs) ++source.predictions[cohort_of(pair.prediction_time, source.slot)];
  return source;
}

TEST(LabelGathering, GivesTheReferenceOfAllPairsHoweverTheyCame) {
  std::vector<LabelledPair> pairs = pairs_of_two_days();
  const LabelSource source = source_of(pairs);
  const LabelReference whole = label_reference(source);
  std::shuffle(pairs.begin(), pairs.end(), std::mt19937(9));
  LabelGathering gathering(whole.scale, source.slot);
  for (std::size_t i = 0; i < pairs.size(); i += 37)
    gathering.add(std::span(pairs).subspan(i, std::min<std::size_t>(37, pairs.size() - i)));
  EXPECT_EQ(gathering.pairs(), 4000);
  EXPECT_EQ(gathering.finish(source.predictions, whole.until), whole);
}

TEST(LabelGathering, OfThePartsOfAPartitionAddUpToTheWhole) {
  const std::vector<LabelledPair> pairs = pairs_of_two_days();
  const LabelReference whole = label_reference(source_of(pairs));
  std::vector<LabelledPair> some, others;
  for (std::size_t i = 0; i < pairs.size(); ++i) (i % 5 == 0 ? some : others).push_back(pairs[i]);
  const PairLayout layout(whole.scale, true);
  PairCounts sum{std::vector<std::int64_t>(layout.size(), 0)};
  PairCounts all = sum;
  for (const LabelReference& part :
       {label_reference(source_of(some), whole), label_reference(source_of(others), whole)}) {
    EXPECT_EQ(part.scale, whole.scale);
    EXPECT_EQ(part.until, whole.until);
    for (const LabelBlock& block : part.blocks)
      if (!block.arrived.empty()) sum.add(PairCounts::decode(layout, block.arrived).value());
  }
  for (const LabelBlock& block : whole.blocks)
    if (!block.arrived.empty()) all.add(PairCounts::decode(layout, block.arrived).value());
  EXPECT_EQ(sum, all);
}

TEST(LabelGathering, GoesOnAfterARestart) {
  const std::vector<LabelledPair> pairs = pairs_of_two_days();
  const LabelSource source = source_of(pairs);
  const LabelReference whole = label_reference(source);
  LabelGathering gathering(whole.scale, source.slot);
  gathering.add(std::span(pairs).first(1500));
  Encoder out;
  gathering.save(out);
  Decoder in(out.bytes());
  auto loaded = LabelGathering::load(whole.scale, source.slot, in);
  ASSERT_TRUE(loaded.ok());
  EXPECT_TRUE(in.at_end());
  loaded->add(std::span(pairs).subspan(1500));
  EXPECT_EQ(loaded->finish(source.predictions, whole.until), whole);
  for (std::size_t size = 0; size < out.bytes().size(); size += 101) {
    Decoder cut(std::string_view(out.bytes()).substr(0, size));
    EXPECT_FALSE(LabelGathering::load(whole.scale, source.slot, cut).ok()) << size;
  }
}

TEST(LabelGathering, LeavesOutCohortsThatBeganBeforeItDid) {
  const std::vector<LabelledPair> pairs = pairs_of_two_days();
  const LabelSource source = source_of(pairs);
  const LabelReference whole = label_reference(source);
  LabelGathering gathering(whole.scale, source.slot);
  gathering.add(pairs);
  const Time from = kStart + kDay;
  for (const LabelBlock& block : gathering.finish(source.predictions, whole.until, from).blocks) {
    if (block.block >= slot_of(from, detectors::kProfileBlock)) continue;
    EXPECT_TRUE(block.matured.empty());
    EXPECT_TRUE(block.cohort.empty());
    EXPECT_FALSE(block.arrived.empty());
  }
}

// Binomial counts of equal rates show nothing in the mean; a change of .1 shows as .1.
TEST(RateEffect, IsTheDifferenceLessWhatChanceShows) {
  std::mt19937_64 random(7);
  const RateStrata reference{{0, 0}, {1800, 200, 900, 100}};
  double same = 0, moved = 0;
  constexpr int kTimes = 4000;
  for (int i = 0; i < kTimes; ++i) {
    const auto counts = [&](double rate) {
      std::binomial_distribution<std::int64_t> young(300, rate), old(100, rate);
      const std::int64_t a = young(random), b = old(random);
      return std::vector<std::int64_t>{300 - a, a, 100 - b, b};
    };
    RateStrata drawn = reference;
    std::binomial_distribution<std::int64_t> first(2000, .1), second(1000, .1);
    drawn.reference[1] = first(random);
    drawn.reference[0] = 2000 - drawn.reference[1];
    drawn.reference[3] = second(random);
    drawn.reference[2] = 1000 - drawn.reference[3];
    same += rate_effect(drawn, counts(.1)).excess;
    moved += rate_effect(drawn, counts(.2)).excess;
  }
  EXPECT_NEAR(same / kTimes, 0, .001);
  EXPECT_NEAR(moved / kTimes, .1 - std::sqrt(2 / M_PI * .09 * (1 / 400. + 1 / 3000.)), .004);
}

TEST(RateEffect, ComparesWithinAges) {
  // Young labels are wrong at 5 %, old ones at 40 %: more old ones are no change.
  const RateStrata reference{{0, 0}, {9500, 500, 600, 400}};
  const std::vector<std::int64_t> counts = {95, 5, 600, 400};
  const RateEffect effect = rate_effect(reference, counts);
  EXPECT_EQ(effect.values, 1100);
  EXPECT_NEAR(effect.expected, effect.rate, 1e-12);
  EXPECT_LT(effect.excess, 0);
  EXPECT_EQ(rate_effect(reference, std::vector<std::int64_t>{0, 0, 0, 0}).values, 0);
}

}  // namespace
}  // namespace driftd::detectors::evidence
