#include <gtest/gtest.h>

#include "core/node.h"
#include "detectors/kind.h"

namespace driftd::detectors {
namespace {

// Values that tie for ever are exchangeable: over so many runs the reports are far fewer than one a run
// length, whatever the numbers that break the ties.
TEST(ConformalMartingale, ReportsSeldomOfWhatIsAlwaysTheSame) {
  constexpr int kValues = 20'000, kRunLength = 1000;
  for (int seed = 0; seed < 40; ++seed) {
    Faults faults;
    const auto detector = find_kind("conformal_martingale")
                              ->make(from_assignments({"run_length=" + std::to_string(kRunLength),
                                                       "seed=" + std::to_string(seed)}),
                                     "", faults);
    ASSERT_TRUE(faults.empty());
    int reports = 0;
    for (int i = 0; i < kValues; ++i) reports += detector->update(1) == Signal::drift ? 1 : 0;
    // 20 are allowed in the mean; 3 deviations of a count more.
    EXPECT_LE(reports, 20 + 14) << seed;
  }
}

}  // namespace
}  // namespace driftd::detectors
