#include "detectors/evidence/ebh.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "tests/detectors/case_files.h"
#include "tests/detectors/evidence_streams.h"

namespace driftd::detectors::evidence::testing {
namespace {

using Places = std::vector<std::size_t>;

Places sorted(Places places) {
  std::sort(places.begin(), places.end());
  return places;
}

// tests/detectors/ebh_cases.py: the definition, word for word.
TEST(EBh, RejectsWhatItsDefinitionDoes) {
  const auto lines = lines_of(DRIFTD_SOURCE_DIR "/tests/detectors/ebh_cases.txt");
  ASSERT_EQ(lines.size(), 400U);
  for (const std::string& line : lines) {
    std::istringstream in(line);
    double alpha = 0;
    in >> alpha;
    std::vector<double> e;
    std::string word;
    while (in >> word && word != "|") e.push_back(std::stod(word));
    Places expected;
    for (std::size_t place = 0; in >> place;) expected.push_back(place);
    EXPECT_EQ(sorted(rejected_by_ebh(e, alpha)), expected) << line;
  }
}

TEST(EBh, WithOneHypothesisIsTheTestAtOneOverAlpha) {
  EXPECT_EQ(rejected_by_ebh(std::vector<double>{10}, .1), Places{0});
  EXPECT_TRUE(rejected_by_ebh(std::vector<double>{9.99}, .1).empty());
  EXPECT_TRUE(rejected_by_ebh({}, .1).empty());
  EXPECT_EQ(rejected_by_ebh(std::vector<double>{std::numeric_limits<double>::infinity(), 0}, .1), Places{0});
}

TEST(EBh, CountsEveryHypothesisThatIsLookedAt) {
  std::vector<double> e = {50};
  while (e.size() <= 5) {  // 50 >= J / .1 up to J = 5
    EXPECT_EQ(rejected_by_ebh(e, .1).size(), 1U) << e.size();
    e.push_back(0);
  }
  EXPECT_TRUE(rejected_by_ebh(e, .1).empty());
}

TEST(EBh, RejectsEqualOnesTogetherAndNamesTheLargestFirst) {
  EXPECT_EQ(rejected_by_ebh(std::vector<double>{20, 1, 20, 40}, .1), (Places{3, 0, 2}));
  EXPECT_TRUE(rejected_by_ebh(std::vector<double>{9, 9, 9, 9}, .1).empty());
  EXPECT_EQ(rejected_by_ebh(std::vector<double>{10, 10, 10, 10}, .1), (Places{0, 1, 2, 3}));
}

// More evidence, or a larger alpha, never takes a discovery away.
TEST(EBh, IsMonotone) {
  Random random(5);
  for (int round = 0; round < 500; ++round) {
    std::vector<double> e(1 + random.below(30));
    for (double& value : e) value = std::exp(12 * random.uniform() - 3);
    const double alpha = .01 + .4 * random.uniform();
    const Places before = sorted(rejected_by_ebh(e, alpha));
    const Places wider = sorted(rejected_by_ebh(e, alpha * 1.5));
    EXPECT_TRUE(std::includes(wider.begin(), wider.end(), before.begin(), before.end()));
    e[random.below(e.size())] *= 1 + 5 * random.uniform();
    const Places after = sorted(rejected_by_ebh(e, alpha));
    EXPECT_TRUE(std::includes(after.begin(), after.end(), before.begin(), before.end()));
  }
}

}  // namespace
}  // namespace driftd::detectors::evidence::testing
