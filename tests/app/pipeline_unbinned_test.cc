// Rows that wait for a reference in open slots are bounded by limits.max_unbinned: partitions that are ahead
// wait.
#include <gtest/gtest.h>

#include "tests/app/pipeline_bench.h"

namespace driftd::app {
namespace {

constexpr int kSeconds = 5400;  // the reference is learnt from most of them

Script one_a_second_by_turns(std::size_t partitions) {
  Script script(partitions);
  for (int i = 0; i < kSeconds; ++i)
    script[static_cast<std::size_t>(i) % partitions].push_back(prediction_text(i, kBegin + i * kSecond));
  return script;
}

Config config_that_waits(std::int64_t max_unbinned) {
  Config config = config_that_learns(5000);
  config.max_skew = kDay;
  config.limits.max_unbinned = max_unbinned;
  return config;
}

struct Played {
  std::string metrics;
  std::size_t most_paused = 0;
  std::uint64_t bites = 0;
};

// The first partition comes ten times as fast as the others, where nothing holds it.
Played play(const Script& script, std::int64_t max_unbinned, int restart_every = 0) {
  const Config config = config_that_waits(max_unbinned);
  Bench bench(config, script);
  Played played;
  for (int round = 1; !bench.exhausted(); ++round) {
    bench.source().obeys_pauses = true;
    bench.source().head_start = 10;
    bench.round(20);
    played.most_paused = std::max(played.most_paused, bench.source().paused());
    if (restart_every == 0 || round % restart_every != 0) continue;
    played.bites += bench->state().limits.totals().at("limits.max_unbinned");
    EXPECT_TRUE(bench->checkpoint().ok());
    bench.restart();
  }
  played.bites += bench->state().limits.totals().at("limits.max_unbinned");
  EXPECT_TRUE(bench->finish().ok());
  played.metrics = bench.metrics();
  return played;
}

TEST(Unbinned, HoldPartitionsThatAreAheadAndChangeNothing) {
  const Script script = one_a_second_by_turns(2);
  const Played free = play(script, 1'000'000);
  EXPECT_EQ(free.most_paused, 0U);
  EXPECT_EQ(free.bites, 0U);
  const Played held = play(script, 1000);
  EXPECT_EQ(held.most_paused, 1U);
  EXPECT_GT(held.bites, 10U);
  EXPECT_EQ(held.metrics, free.metrics);
}

TEST(Unbinned, CountAfterARestartToo) {
  const Script script = one_a_second_by_turns(2);
  const Played held = play(script, 1000, 7);  // what waits has been stored and loaded
  EXPECT_EQ(held.most_paused, 1U);
  EXPECT_GT(held.bites, 0U);
  EXPECT_EQ(held.metrics, play(script, 1'000'000).metrics);
}

TEST(Unbinned, NeverHoldAPartitionThatIsAlone) {
  const Played alone = play(one_a_second_by_turns(1), 1000);
  EXPECT_EQ(alone.most_paused, 0U);
  EXPECT_EQ(alone.bites, 0U);
}

}  // namespace
}  // namespace driftd::app
