// STAGGER: three concepts over size, colour and shape, a third of the events each.
#include <array>

#include "app/simulate/concepts.h"
#include "app/simulate/scenario.h"

namespace driftd::app::simulate {
namespace {

constexpr std::array kChanges = {
    Change{1.0 / 3, "from `small and red` to `green or a circle`"},
    Change{2.0 / 3, "from `green or a circle` to `medium or large`"},
};
constexpr std::array<std::string_view, 3> kSizes = {"small", "medium", "large"};
constexpr std::array<std::string_view, 3> kColors = {"red", "blue", "green"};
constexpr std::array<std::string_view, 3> kShapes = {"circle", "square", "triangle"};

Sample sample(const Place& place, Random random) {
  const auto size = static_cast<int>(random.integer(0, 2));
  const auto color = static_cast<int>(random.integer(0, 2));
  const auto shape = static_cast<int>(random.integer(0, 2));
  const auto name = [](const auto& names, int index) { return names[static_cast<std::size_t>(index)]; };
  return {.features = {{"size", name(kSizes, size)},
                       {"color", name(kColors, color)},
                       {"shape", name(kShapes, shape)}},
          .predicted = stagger_concept(0, size, color, shape) ? "yes" : "no",
          .score = std::nullopt,
          .truth = stagger_concept(place.changes_before(kChanges), size, color, shape) ? "yes" : "no"};
}

}  // namespace

extern const Scenario kScenarioStagger;
const Scenario kScenarioStagger = {.name = "stagger",
                                   .summary = "three categories; no noise; abrupt concept drift",
                                   .positive = "yes",
                                   .changes = kChanges,
                                   .sample = sample};

}  // namespace driftd::app::simulate
