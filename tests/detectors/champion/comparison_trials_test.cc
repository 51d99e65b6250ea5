// What a comparison promises, tried out with driftd's own code in short; bench_comparison and DRIFTD_FULL=1
// run 10,000 comparisons of each kind of traffic, docs/comparison.md shows them.
#include <gtest/gtest.h>

#include <cstdlib>

#include "bench/comparison/trials.h"

namespace driftd::comparison_trials {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kRuns = 40;
#else
constexpr int kRuns = 300;
#endif

Effort effort() {
  if (std::getenv("DRIFTD_FULL") != nullptr) return {};
  return {.runs = kRuns, .slots = 100, .labels = 50, .seed = 20261128};
}

class NullTraffic : public testing::TestWithParam<Traffic> {};

TEST_P(NullTraffic, WrongVerdictsAreRarerThanPromisedHoweverOftenOneLooks) {
  const Counted counted = try_out(GetParam(), 0, effort());
  EXPECT_LE(share(counted.said(), counted.runs).lower, 0.05) << counted.said();
  EXPECT_LE(share(counted.runs - counted.covered, counted.runs).lower, 0.05);
  // The same looks show that a test that does not bear them is wrong far more often.
  EXPECT_GT(counted.z_each_slot, counted.runs / 5);
}

INSTANTIATE_TEST_SUITE_P(OfEachKind, NullTraffic, testing::ValuesIn(kTraffic),
                         [](const auto& one) { return name_of(one.param); });

TEST(ComparisonTrials, ABetterChallengerIsFoundAndNeverCalledWorse) {
  Effort few = effort();
  few.runs = std::max(20, few.runs / 10);
  struct Case {
    Traffic traffic;
    double better;
    std::uint64_t median;  // pairs until then, at most
  };
  for (const Case& one : {Case{Traffic::shadow_10, 0.05, 900}, Case{Traffic::shadow_40, 0.1, 1000},
                          Case{Traffic::ab_seasons, 0.1, 1600}}) {
    const Counted counted = try_out(one.traffic, one.better, few);
    EXPECT_GE(counted.better_said, few.runs * 9 / 10) << name_of(one.traffic);
    EXPECT_EQ(counted.worse_said, 0) << name_of(one.traffic);
    ASSERT_FALSE(counted.pairs_needed.empty());
    EXPECT_LE(counted.pairs_needed[counted.pairs_needed.size() / 2], one.median) << name_of(one.traffic);
  }
}

}  // namespace
}  // namespace driftd::comparison_trials
