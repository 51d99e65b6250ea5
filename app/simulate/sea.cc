// SEA concepts in the order that is usual for them: thresholds 8, 9, 7, 9.5, a quarter of the events each.
#include <array>

#include "app/simulate/concepts.h"
#include "app/simulate/scenario.h"

namespace driftd::app::simulate {
namespace {

constexpr std::array kChanges = {
    Change{0.25, "the threshold of x1 + x2 goes from 8 to 9"},
    Change{0.5, "from 9 to 7"},
    Change{0.75, "from 7 to 9.5"},
};

constexpr double kNoise = 0.05;  // labels that say the opposite

Sample sample(const Place& place, Random random) {
  const double x1 = cut(random.between(0, 10), 1e4);
  const double x2 = cut(random.between(0, 10), 1e4);
  const double x3 = cut(random.between(0, 10), 1e4);
  const bool truth = sea_concept(place.changes_before(kChanges), x1, x2) != random.chance(kNoise);
  return {.features = {{"x1", x1}, {"x2", x2}, {"x3", x3}},
          .predicted = sea_concept(0, x1, x2) ? "yes" : "no",
          .score = cut(squash(x1 + x2 - 8), 1e4),
          .truth = truth ? "yes" : "no"};
}

}  // namespace

extern const Scenario kScenarioSea;
const Scenario kScenarioSea = {
    .name = "sea",
    .summary = "three numbers, two of which decide; 5 % noise; abrupt concept drift",
    .positive = "yes",
    .changes = kChanges,
    .sample = sample};

}  // namespace driftd::app::simulate
