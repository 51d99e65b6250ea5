#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "detectors/maths/distributions.h"
#include "detectors/maths/kolmogorov.h"

namespace driftd::detectors::maths {
namespace {

using Arguments = std::vector<double>;
using Function = std::function<double(const Arguments&)>;

const std::map<std::string, Function>& functions() {
  static const std::map<std::string, Function> table = {
      {"kstwo_sf", [](const Arguments& a) { return kstwo_sf(static_cast<std::int64_t>(a[0]), a[1]); }},
      {"smirnov_sf", [](const Arguments& a) { return smirnov_sf(static_cast<std::int64_t>(a[0]), a[1]); }},
      {"kolmogorov_sf", [](const Arguments& a) { return kolmogorov_sf(a[0]); }},
      {"chi_square_sf", [](const Arguments& a) { return chi_square_sf(a[0], a[1]); }},
      {"chi_square_quantile", [](const Arguments& a) { return chi_square_quantile(a[0], a[1]); }},
      {"chi_mean", [](const Arguments& a) { return chi_mean(a[0]); }},
      {"normal_cdf", [](const Arguments& a) { return normal_cdf(a[0]); }},
      {"normal_sf", [](const Arguments& a) { return normal_sf(a[0]); }},
      {"normal_quantile", [](const Arguments& a) { return normal_quantile(a[0]); }},
      {"student_t_sf", [](const Arguments& a) { return student_t_sf(a[0], a[1]); }},
  };
  return table;
}

// distributions_cases.txt is written by distributions_cases.py.
TEST(Distributions, AgreeWithScipyInTheFarTailsToo) {
  std::ifstream file(DRIFTD_SOURCE_DIR "/tests/detectors/distributions_cases.txt");
  ASSERT_TRUE(file);
  int cases = 0;
  for (std::string line; std::getline(file, line); ++cases) {
    std::istringstream words(line);
    std::string name, word;
    words >> name;
    Arguments arguments;
    while (words >> word) arguments.push_back(std::strtod(word.c_str(), nullptr));
    const double expected = arguments.back();
    const double tolerance = 1e-9 * std::abs(expected) + (expected == 0 ? 1e-300 : 0);
    EXPECT_NEAR(functions().at(name)(arguments), expected, tolerance) << line << " = " << expected;
  }
  EXPECT_GE(cases, 500);
}

TEST(Distributions, UnderflowIsZeroAndNotAnAbort) {
  EXPECT_EQ(chi_square_sf(1e6, 3), 0);
  EXPECT_EQ(chi_square_sf(INFINITY, 3), 0);
  EXPECT_EQ(normal_sf(1e3), 0);
  EXPECT_EQ(kolmogorov_sf(1e3), 0);
  EXPECT_EQ(kstwo_sf(1'000'000, 0.3), 0);
}

TEST(Distributions, SurvivalNeverRisesWithTheStatistic) {
  for (const std::int64_t n : {7, 140, 141, 5000}) {
    double last = 1;
    for (int i = 0; i <= 1000; ++i) {
      const double p = kstwo_sf(n, i / 1000.0);
      EXPECT_LE(p, last + 1e-9) << n << " " << i;
      EXPECT_GE(p, 0);
      last = p;
    }
  }
}

TEST(Distributions, AnswerNotANumberOutsideTheirDomain) {
  EXPECT_TRUE(std::isnan(kstwo_sf(0, 0.5)));
  EXPECT_TRUE(std::isnan(kstwo_sf(5, NAN)));
  EXPECT_TRUE(std::isnan(chi_square_sf(1, 0)));
}

}  // namespace
}  // namespace driftd::detectors::maths
