// KSWIN: with the samples that CPython's generator draws its reports are river's, and its own sampling is
// what counter_random.h says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "detectors/counter_random.h"
#include "detectors/keyed_detector.h"
#include "detectors/ks_window.h"
#include "tests/detectors/golden.h"

namespace driftd::detectors {
namespace {

// random.Random(seed).sample(range(population), count) of CPython, for small populations: init_by_array
// of one word, bits by rejection, and a pool whose last item moves to the place drawn.
class CPythonRandom {
 public:
  explicit CPythonRandom(std::uint32_t seed) {
    std::array<std::uint32_t, 624> state{};
    state[0] = 19650218U;
    for (std::uint32_t i = 1; i < 624; ++i)
      state[i] = 1812433253U * (state[i - 1] ^ (state[i - 1] >> 30U)) + i;
    std::uint32_t i = 1;
    const auto wrap = [&] {
      if (++i >= 624) {
        state[0] = state[623];
        i = 1;
      }
    };
    for (int k = 624; k > 0; --k, wrap()) {
      state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30U)) * 1664525U)) + seed;
    }
    for (int k = 623; k > 0; --k, wrap()) {
      state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30U)) * 1566083941U)) - i;
    }
    state[0] = 0x80000000U;
    std::stringstream text;
    for (const std::uint32_t word : state) text << word << ' ';
    text << 624;
    text >> engine_;
  }

  std::vector<std::uint32_t> sample(std::uint32_t population, std::uint32_t count) {
    std::vector<std::uint32_t> pool(population);
    for (std::uint32_t i = 0; i < population; ++i) pool[i] = i;
    std::vector<std::uint32_t> out;
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t j = below(population - i);
      out.push_back(pool[j]);
      pool[j] = pool[population - i - 1];
    }
    return out;
  }

 private:
  std::uint32_t below(std::uint32_t n) {
    const int bits = 32 - __builtin_clz(n);
    for (;;) {
      const auto r = static_cast<std::uint32_t>(engine_()) >> (32 - bits);
      if (r < n) return r;
    }
  }
  std::mt19937 engine_;
};

// river's loop around the window and the p-value.
std::vector<std::int64_t> rivers_reports(const std::vector<double>& values, double alpha) {
  constexpr std::uint32_t kSize = 100, kPart = 30;
  KsWindow window(kSize, kPart);
  CPythonRandom random(42);
  std::vector<std::int64_t> drifts;
  for (std::size_t i = 0; i < values.size(); ++i) {
    window.push(values[i]);
    if (!window.full()) continue;
    const std::uint32_t h = window.distance(random.sample(kSize - kPart, kPart));
    if (two_sample_ks_p(kPart, h) > alpha || h <= kPart / 10) continue;
    drifts.push_back(static_cast<std::int64_t>(i));
    window.clear();
    random = CPythonRandom(42);
  }
  return drifts;
}

TEST(Kswin, ReportsWhereRiverDoesWithTheSamplesOfPython) {
  if (!std::filesystem::exists(kShared)) GTEST_SKIP() << "the golden files are not on this machine";
  EXPECT_THAT(rivers_reports(numbers_of(kShared / "golden" / "py12345_01_to_4567.txt"), 1e-4),
              testing::ElementsAre(1016));
  for (const char* name : {"elec2", "bike", "bike_exceedances", "housing", "sea", "sea_drift"}) {
    const auto report =
        nlohmann::json::parse(std::ifstream(kShared / "data" / (std::string(name) + ".drifts.json")));
    const auto values = numbers_of(kShared / "data" / report["stream"].get<std::string>());
    for (const auto& expected : report["detectors"]) {
      if (expected["kind"] != "KSWIN") continue;
      EXPECT_EQ(rivers_reports(values, 0.005), expected["drifts"].get<std::vector<std::int64_t>>()) << name;
    }
  }
}

// By definition: the greatest difference of the two shares at or below any value.
std::uint32_t plain_distance(const std::vector<double>& a, const std::vector<double>& b) {
  std::int64_t most = 0;
  for (const auto& values : {a, b}) {
    for (const double x : values) {
      const auto at_most = [x](double v) { return v <= x; };
      most = std::max(most, std::abs(std::count_if(a.begin(), a.end(), at_most) -
                                     std::count_if(b.begin(), b.end(), at_most)));
    }
  }
  return static_cast<std::uint32_t>(most);
}

TEST(KsWindow, TellsTheDistanceOfTheDefinitionAlsoWithTies) {
  std::mt19937_64 random(5);
  for (const std::uint64_t levels : {2U, 7U, 1000000U}) {
    KsWindow window(23, 9);
    CounterSampler sampler(3, 14);
    std::vector<double> all;
    std::vector<std::uint32_t> sampled(9);
    for (std::uint64_t i = 0; i < 3000; ++i) {
      all.push_back(static_cast<double>(random() % levels) - static_cast<double>(levels / 2));
      window.push(all.back());
      if (all.size() < 23) continue;
      ASSERT_TRUE(window.full());
      sampler.draw(i, sampled);
      std::vector<double> older;
      for (const std::uint32_t place : sampled) older.push_back(all[all.size() - 23 + place]);
      ASSERT_EQ(window.distance(sampled), plain_distance(older, {all.end() - 9, all.end()})) << i;
    }
  }
}

// scipy.stats.ks_2samp(x, y, method="exact").pvalue of two samples of 30 with D = h / 30 (scipy 1.17.1).
TEST(KsWindow, ItsPValueIsScipys) {
  EXPECT_EQ(two_sample_ks_p(30, 0), 1.0);
  EXPECT_NEAR(two_sample_ks_p(30, 4) / 0.9578462903438838, 1, 1e-12);
  EXPECT_NEAR(two_sample_ks_p(30, 9) / 0.13500350250095441, 1, 1e-12);
  EXPECT_NEAR(two_sample_ks_p(30, 14) / 0.0025300622362698397, 1, 1e-12);
  EXPECT_NEAR(two_sample_ks_p(30, 30) / 1.6911233892144742e-17, 1, 1e-12);
}

TEST(CounterSampler, DrawsDifferentPlacesAllAlikeOften) {
  CounterSampler sampler(17, 70);
  std::vector<int> seen(70, 0);
  std::vector<std::uint32_t> out(30);
  for (std::uint64_t number = 0; number < 20'000; ++number) {
    sampler.draw(number, out);
    std::vector<std::uint32_t> places = out;
    std::sort(places.begin(), places.end());
    ASSERT_EQ(std::adjacent_find(places.begin(), places.end()), places.end());
    for (const std::uint32_t place : places) ++seen.at(place);
  }
  double chi_square = 0;  // each place is a Bernoulli(30/70) a draw
  const double expected = 20'000.0 * 30 / 70;
  for (const int count : seen) chi_square += (count - expected) * (count - expected) / (expected * 40 / 70);
  EXPECT_LT(chi_square, 130);  // 69 degrees of freedom: above it once in 100,000
}

TEST(Kswin, AnotherSeedSamplesOtherwise) {
  std::mt19937_64 random(8);
  std::vector<double> values;
  for (int i = 0; i < 20'000; ++i)
    values.push_back(static_cast<double>(random() % 1000) + (i / 700 % 2 == 0 ? 0 : 150));
  const auto drifts = [&](const char* seed) { return drifts_of(*detector_of("kswin", {seed}), values); };
  EXPECT_EQ(drifts("seed=1"), drifts("seed=1"));
  EXPECT_NE(drifts("seed=1"), drifts("seed=2"));
}

TEST(KeyedDetector, SamplesByItsSeriesUnlessItsSeedIsGiven) {
  std::mt19937_64 random(8);
  std::vector<double> values;
  for (int i = 0; i < 20'000; ++i)
    values.push_back(static_cast<double>(random() % 1000) + (i / 700 % 2 == 0 ? 0 : 150));
  const auto drifts = [&](const char* series, const std::vector<std::string>& settings) {
    Faults faults;
    return drifts_of(*make_keyed_detector("kswin", from_assignments(settings), series, "", faults), values);
  };
  EXPECT_EQ(drifts("a", {}), drifts("a", {}));
  EXPECT_NE(drifts("a", {}), drifts("b", {}));
  EXPECT_EQ(drifts("a", {"seed=3"}), drifts("b", {"seed=3"}));
  Faults faults;
  EXPECT_NE(make_keyed_detector("adwin", Node::map(), "a", "", faults), nullptr);
  EXPECT_TRUE(faults.empty());
}

}  // namespace
}  // namespace driftd::detectors
