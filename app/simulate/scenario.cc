#include "app/simulate/scenario.h"

#include <algorithm>
#include <array>

namespace driftd::app::simulate {

extern const Scenario kScenarioSea;
extern const Scenario kScenarioStagger;
extern const Scenario kScenarioAgrawal;
extern const Scenario kScenarioHyperplane;
extern const Scenario kScenarioCredit;

std::span<const Scenario* const> scenarios() {
  static constexpr std::array kScenarios = {&kScenarioSea, &kScenarioStagger, &kScenarioAgrawal,
                                            &kScenarioHyperplane, &kScenarioCredit};
  return kScenarios;
}

const Scenario* find_scenario(std::string_view name) {
  const auto all = scenarios();
  const auto at = std::find_if(all.begin(), all.end(), [&](const Scenario* s) { return s->name == name; });
  return at == all.end() ? nullptr : *at;
}

std::uint64_t index_of(const Change& change, std::uint64_t events) {
  return static_cast<std::uint64_t>(change.share * static_cast<double>(events));
}

int Place::changes_before(std::span<const Change> changes) const {
  return static_cast<int>(std::count_if(changes.begin(), changes.end(), [&](const Change& change) {
    return index >= index_of(change, events);
  }));
}

std::string scenario_table() {
  std::string text;
  for (const Scenario* scenario : scenarios()) {
    const std::size_t indent = 12;
    std::string name = scenario->name;
    name.resize(indent, ' ');
    text += name + scenario->summary + '\n';
    for (const Change& change : scenario->changes) {
      const auto percent = static_cast<int>(change.share * 100);
      text += std::string(indent, ' ') + "at " + std::to_string(percent) + " %: " + change.what + '\n';
    }
  }
  return text;
}

}  // namespace driftd::app::simulate
