#include <gtest/gtest.h>

#include "app/pipeline/counters.h"

namespace driftd::app {
namespace {

template <class Counters>
std::string bytes_of(const Counters& counters) {
  Encoder out;
  counters.save(out);
  return out.take();
}

template <class Counters>
Counters through_bytes(const Counters& counters) {
  const std::string bytes = bytes_of(counters);
  Decoder in(bytes);
  Counters loaded;
  loaded.load(in);
  EXPECT_TRUE(in.ok() && in.at_end());
  return loaded;
}

VersionCounters version_counters(int seed) {
  VersionCounters counters;
  counters.predictions = 10U * static_cast<unsigned>(seed);
  counters.errors = static_cast<unsigned>(seed);
  counters.matched = 3;
  counters.expired = 2;
  counters.without_segment = 5;
  counters.latency.add(0.003 * seed, std::span(kLatencyBounds));
  counters.delay.add(4000.25 * seed, std::span(kDelayBounds));
  counters.faults["age"] = {1, 0, static_cast<unsigned>(seed)};
  counters.faults["only" + std::to_string(seed)] = {0, 2, 0};
  counters.detector_drifts[{"age", "adwin"}] = 4;
  counters.incidents[{"rule", "critical"}] = static_cast<unsigned>(seed);
  return counters;
}

TEST(Counters, ComeBackFromTheirBytes) {
  EXPECT_EQ(bytes_of(through_bytes(version_counters(3))), bytes_of(version_counters(3)));
  ModelCounters model{1, 2, 3, 4, 5, 6};
  EXPECT_EQ(bytes_of(through_bytes(model)), bytes_of(model));
  TopicCounters topic;
  topic.events = {7, 8, 9};
  topic.rejected[2] = 5;
  EXPECT_EQ(bytes_of(through_bytes(topic)), bytes_of(topic));
}

TEST(Counters, MergeInAnyOrderToTheSame) {
  VersionCounters forward;
  VersionCounters backward;
  for (int i = 1; i <= 5; ++i) forward.merge(version_counters(i));
  for (int i = 5; i >= 1; --i) backward.merge(version_counters(i));
  EXPECT_EQ(bytes_of(forward), bytes_of(backward));
  EXPECT_EQ(forward.predictions, 150U);
  EXPECT_EQ(forward.faults.at("age"), (std::array<std::uint64_t, 3>{5, 0, 15}));
}

TEST(DurationHistogram, PutsAValueOnABoundIntoThatBucket) {
  DurationHistogram<kLatencyBounds.size()> histogram;
  for (const double bound : kLatencyBounds) histogram.add(bound, std::span(kLatencyBounds));
  histogram.add(11, std::span(kLatencyBounds));
  for (const std::uint64_t count : histogram.counts) EXPECT_EQ(count, 1U);
}

TEST(DurationHistogram, TakesBackWhatItWasGiven) {
  DurationHistogram<kDelayBounds.size()> histogram;
  for (const double seconds : {0.1, 59.999999, 1e12}) histogram.add(seconds, std::span(kDelayBounds));
  for (const double seconds : {1e12, 0.1, 59.999999}) histogram.add(seconds, std::span(kDelayBounds), -1);
  EXPECT_EQ(bytes_of(histogram), bytes_of(DurationHistogram<kDelayBounds.size()>()));
  EXPECT_EQ(histogram.sum(), 0);
}

}  // namespace
}  // namespace driftd::app
