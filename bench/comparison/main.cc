// bench_comparison: 10,000 null comparisons of each kind of traffic, looked at after every slot, then true
// differences; as tables of Markdown. Exit code 1 where more verdicts are wrong than was promised.
//
//   bench_comparison [RUNS] [SLOTS]
#include <cstdio>
#include <cstdlib>
#include <string>

#include "bench/comparison/trials.h"

namespace {

using namespace driftd::comparison_trials;  // NOLINT(google-build-using-namespace)

bool print_nulls(const Effort& effort) {
  bool holds = true;
  std::printf(
      "| traffic | wrong verdicts | 95 %% interval | interval missed at the end | z-test each slot | z-test "
      "once |\n");
  std::printf("|---|---|---|---|---|---|\n");
  for (const Traffic traffic : kTraffic) {
    const Counted counted = try_out(traffic, 0, effort);
    const Share wrong = share(counted.said(), counted.runs);
    holds = holds && wrong.lower <= 0.05;
    std::printf("| `%s` | %.2f %% | %.2f to %.2f | %.2f %% | %.1f %% | %.1f %% |\n", name_of(traffic).c_str(),
                100 * wrong.value, 100 * wrong.lower, 100 * wrong.upper,
                100 - 100. * counted.covered / counted.runs, 100. * counted.z_each_slot / counted.runs,
                100. * counted.z_once / counted.runs);
    std::fflush(stdout);
  }
  return holds;
}

void print_differences(const Effort& effort) {
  struct Case {
    Traffic traffic;
    double better;
  };
  constexpr Case kCases[] = {
      {Traffic::shadow_1, 0.002},  {Traffic::shadow_1, 0.005},   {Traffic::shadow_10, 0.01},
      {Traffic::shadow_10, 0.02},  {Traffic::shadow_10, 0.05},   {Traffic::shadow_40, 0.02},
      {Traffic::shadow_40, 0.05},  {Traffic::shadow_40, 0.1},    {Traffic::ab_seasons, 0.02},
      {Traffic::ab_seasons, 0.05}, {Traffic::canary_ramp, 0.03}, {Traffic::ab_brier, 0.4}};
  std::printf(
      "\n| traffic | better by | found | found worse | pairs until then: median | 90 %% "
      "|\n|---|---|---|---|---|---|\n");
  for (const Case& one : kCases) {
    const Counted counted = try_out(one.traffic, one.better, effort);
    const auto at = [&](double share) {
      const auto place = static_cast<std::size_t>(share * counted.runs);
      return place < counted.pairs_needed.size() ? std::to_string(counted.pairs_needed[place]) : "more";
    };
    std::printf("| `%s` | %g | %.1f %% | %d | %s | %s |\n", name_of(one.traffic).c_str(), one.better,
                100. * counted.better_said / counted.runs, counted.worse_said, at(0.5).c_str(),
                at(0.9).c_str());
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  Effort effort;
  if (argc > 1) effort.runs = std::atoi(argv[1]);
  if (argc > 2) effort.slots = std::atoll(argv[2]);
  const bool holds = print_nulls(effort);
  effort.runs = std::max(1, effort.runs / 20);
  effort.slots *= 5;
  print_differences(effort);
  return holds ? 0 : 1;
}
