// CPU time of each statistic on two samples of a million sorted values: one line of JSON a statistic,
// nanoseconds a value of both sides. `bench_statistics A B` reads raw doubles, native byte order, from two
// files.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "detectors/statistics/exact_numeric.h"
#include "detectors/statistics/two_samples.h"

namespace {

using namespace driftd::detectors;  // NOLINT(google-build-using-namespace)

std::vector<double> read(const char* path) {
  std::vector<double> values(std::filesystem::file_size(path) / sizeof(double));
  std::ifstream(path, std::ios::binary)
      .read(reinterpret_cast<char*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof(double)));
  return values;
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// The least of three.
double seconds_of(const std::function<void()>& work) {
  double least = 1e9;
  for (int round = 0; round < 3; ++round) {
    const double begin = cpu_seconds();
    work();
    least = std::min(least, cpu_seconds() - begin);
  }
  return least;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::vector<double> a = read(argv[1]), b = read(argv[2]);
  const auto values = static_cast<double>(a.size() + b.size());
  double kept = 0;  // so that nothing is optimised away
  const auto tell = [&](const char* name, const std::function<void()>& work) {
    const double seconds = seconds_of(work);
    std::printf("{\"name\":\"%s\",\"seconds\":%.6f,\"ns_a_value\":%.2f}\n", name, seconds,
                seconds / values * 1e9);
  };
  std::vector<double> x, y;
  tell("sort both", [&] {
    x = a;
    y = b;
    std::sort(x.begin(), x.end());
    std::sort(y.begin(), y.end());
  });
  tell("steps of both", [&] { kept += static_cast<double>(two_samples(x, y).all()); });
  const TwoSamples samples = two_samples(x, y);
  tell("ks", [&] { kept += kolmogorov_smirnov(samples)->statistic; });
  tell("cramer_von_mises", [&] { kept += cramer_von_mises(samples)->statistic; });
  tell("anderson_darling", [&] { kept += anderson_darling(samples)->statistic; });
  tell("kuiper", [&] { kept += kuiper(samples)->statistic; });
  tell("mann_whitney", [&] { kept += mann_whitney(samples)->statistic; });
  tell("wasserstein", [&] { kept += *wasserstein(samples); });
  tell("wasserstein's null law", [&] { kept += wasserstein_null(samples)->mean; });
  tell("energy", [&] { kept += *energy(samples); });
  tell("energy's null law", [&] { kept += energy_null(samples)->mean; });
  tell("welch_t", [&] { kept += *summary_of(x)->standard_deviation + *summary_of(y)->standard_deviation; });
  const auto edges = quantile_edges(x, 10);
  const auto r = counts_in_bins(x, edges), c = counts_in_bins(y, edges);
  tell("all statistics of shares", [&] {
    Answers answers(kAllStatistics);
    add_share_statistics(counts_in_bins(x, edges), counts_in_bins(y, edges), answers);
    kept += static_cast<double>(answers.take().size());
  });
  std::fprintf(stderr, "%g\n", kept);
  return 0;
}
