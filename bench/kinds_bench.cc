// The kinds of the catalogue over a million values each: nanoseconds of CPU time of an update and bytes held,
// as a line of JSON a kind. Best of three runs. Values: normal ones of deviation 1 for kinds that take any
// number, else errors at a rate of .2; nothing changes, so that few detectors restart.
//
//   bench_kinds [KIND...]
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <random>
#include <string_view>
#include <vector>

#include "detectors/kind.h"

namespace driftd::detectors {
namespace {

constexpr std::size_t kValues = 1'000'000;
constexpr double kUpperQuintile = 0.8416212335729143;

std::vector<double> normal_values() {
  std::mt19937_64 random(20261127);
  std::normal_distribution<double> normal;
  std::vector<double> values(kValues);
  for (double& value : values) value = normal(random);
  return values;
}

double cpu_nanoseconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

void measure(const Kind& kind, const std::vector<double>& values) {
  double best = 1e300;
  std::size_t bytes = 0;
  std::size_t drifts = 0;
  for (int round = 0; round < 3; ++round) {
    Faults faults;
    const auto detector = kind.make(Node::map(), "", faults);
    drifts = 0;
    const double begun = cpu_nanoseconds();
    for (const double value : values) drifts += detector->update(value) == Signal::drift ? 1 : 0;
    best = std::min(best, (cpu_nanoseconds() - begun) / static_cast<double>(values.size()));
    bytes = detector->bytes();
  }
  std::printf("{\"kind\":\"%s\",\"ns\":%.2f,\"bytes\":%zu,\"drifts\":%zu}\n", std::string(kind.name).c_str(),
              best, bytes, drifts);
}

}  // namespace
}  // namespace driftd::detectors

int main(int argc, char** argv) {
  using namespace driftd::detectors;
  const std::vector<std::string_view> wanted(argv + 1, argv + argc);
  const std::vector<double> numbers = normal_values();
  std::vector<double> bits = numbers;
  for (double& value : bits) value = value > kUpperQuintile ? 1 : 0;
  for (const Kind* kind : catalogue()) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), kind->name) == wanted.end()) continue;
    measure(*kind, kind->accepts == Accepts::numbers ? numbers : bits);
  }
}
