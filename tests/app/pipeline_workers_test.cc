#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

#include "app/pipeline/workers.h"

namespace driftd::app {
namespace {

TEST(Workers, DoEachIndexOnceWhateverTheirNumber) {
  for (const std::size_t threads : {1U, 2U, 5U}) {
    Workers workers(threads);
    EXPECT_EQ(workers.threads(), threads);
    for (const std::size_t items : {0U, 1U, 2U, 64U, 1000U}) {
      std::vector<std::atomic<int>> done(items);
      workers.each(items, [&](std::size_t i) { ++done[i]; });
      for (const auto& times : done) EXPECT_EQ(times, 1);
    }
  }
}

TEST(Workers, SeeInTheNextCallWhatTheLastOneWrote) {
  Workers workers(4);
  std::vector<int> values(100, 0);
  for (int round = 1; round <= 200; ++round) {
    workers.each(values.size(), [&](std::size_t i) {
      if (values[i] == round - 1) values[i] = round;
    });
  }
  EXPECT_EQ(values, std::vector<int>(100, 200));
}

TEST(Workers, ThrowWhatAnItemThrewAndWorkOn) {
  for (const std::size_t threads : {1U, 3U}) {
    Workers workers(threads);
    const auto fail = [](std::size_t i) {
      if (i == 7) throw std::runtime_error("seven");
    };
    EXPECT_THROW(workers.each(20, fail), std::runtime_error);
    std::atomic<int> done = 0;
    workers.each(20, [&](std::size_t) { ++done; });
    EXPECT_EQ(done, 20);
  }
}

}  // namespace
}  // namespace driftd::app
