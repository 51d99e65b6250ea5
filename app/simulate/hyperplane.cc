// A hyperplane in ten dimensions that begins to turn: river's Hyperplane with two drifting features, a
// mag_change of .0001 an event and no change of direction, from the middle of the stream on.
#include <array>

#include "app/simulate/concepts.h"
#include "app/simulate/scenario.h"

namespace driftd::app::simulate {
namespace {

constexpr std::array kChanges = {
    Change{0.5, "the weights of x1 and x2 begin to grow by .0001 with each event (gradual)"},
};
constexpr std::array<std::string_view, 10> kNames = {"x1", "x2", "x3", "x4", "x5",
                                                     "x6", "x7", "x8", "x9", "x10"};
constexpr std::array<double, 10> kWeights = {0.3, 0.7, 0.5, 0.9, 0.2, 0.6, 0.8, 0.4, 0.5, 0.6};
constexpr double kGrowth = 0.0001;

Sample sample(const Place& place, Random random) {
  std::array<double, 10> x{};
  Sample out;
  double margin = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = cut(random.uniform(), 1e5);
    out.features.emplace_back(kNames[i], x[i]);
    margin += kWeights[i] * (x[i] - 0.5);
  }
  std::array<double, 10> weights = kWeights;
  if (place.changes_before(kChanges) > 0) {
    const double since = static_cast<double>(place.index - index_of(kChanges[0], place.events));
    weights[0] += kGrowth * since;
    weights[1] += kGrowth * since;
  }
  out.predicted = hyperplane_concept(kWeights, x) ? "above" : "below";
  out.score = cut(squash(4 * margin), 1e4);
  out.truth = hyperplane_concept(weights, x) ? "above" : "below";
  return out;
}

}  // namespace

extern const Scenario kScenarioHyperplane;
const Scenario kScenarioHyperplane = {.name = "hyperplane",
                                      .summary = "ten numbers; no noise; gradual concept drift",
                                      .positive = "above",
                                      .changes = kChanges,
                                      .sample = sample};

}  // namespace driftd::app::simulate
