// Many comparisons of known traffic, each looked at after every slot: how often the verdict is wrong, and how
// soon a true difference is seen.
//
// Beside driftd's own verdict two of textbooks are tried on the same differences: a z-test looked at after
// every slot from 100 pairs on, and one looked at once, at the end.
#pragma once

#include <cstdint>
#include <vector>

#include "bench/comparison/traffic.h"

namespace driftd::comparison_trials {

struct Effort {
  int runs = 10'000;
  std::int64_t slots = 200;
  int labels = 50;  // a slot
  std::uint64_t seed = 1;
};

struct Counted {
  Traffic traffic = Traffic::shadow_1;
  double better = 0;
  int runs = 0;
  int better_said = 0;
  int worse_said = 0;
  int z_each_slot = 0;  // said anything
  int z_once = 0;
  int covered = 0;  // the interval at the end holds the true difference, where it is known
  std::vector<std::uint64_t> pairs_needed;  // until `better`; rising

  [[nodiscard]] int said() const { return better_said + worse_said; }
};

Counted try_out(Traffic traffic, double better, const Effort& effort);

// Clopper and Pearson's interval of 95 % of a share.
struct Share {
  double value;
  double lower;
  double upper;
};
Share share(int count, int runs);

}  // namespace driftd::comparison_trials
