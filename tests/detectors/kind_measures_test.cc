// What `driftd kinds` prints as measured is measured again here, on other streams of the same laws, and
// the page of the catalogue is what the Kinds say. Kinds that claim a bound keep it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <numbers>
#include <random>

#include "detectors/catalogue_page.h"
#include "detectors/kind_measures.h"
#include "tests/detectors/golden.h"

namespace driftd::detectors {
namespace {

constexpr double kUpperQuintile = 0.8416212335729143, kUpperTwoQuintiles = 0.2533471031357997;
enum class Law { independent, autoregressive, periodic };

// z of tests/detectors/kind_measures.py.
class Series {
 public:
  Series(std::uint64_t seed, Law law, double amplitude) : random_(seed), law_(law), amplitude_(amplitude) {
    last_ = normal_(random_);
  }
  double next() {
    const double z = normal_(random_);
    const double wave = amplitude_ * std::sin(2 * std::numbers::pi * static_cast<double>(time_++) / 1000);
    if (law_ == Law::autoregressive) return last_ = 0.5 * last_ + std::sqrt(0.75) * z;
    return law_ == Law::periodic ? z + wave : z;
  }

 private:
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  Law law_;
  double amplitude_;
  double last_ = 0;
  std::int64_t time_ = 0;
};

struct Measured {
  const Kind& kind;
  const KindMeasures& measures;

  [[nodiscard]] bool bits() const { return kind.accepts != Accepts::numbers; }
  [[nodiscard]] std::unique_ptr<SequentialDetector> detector() const {
    std::vector<std::string> settings;
    if (!measures.settings.empty()) settings.emplace_back(measures.settings);
    return detector_of(std::string(kind.name), settings);
  }
  [[nodiscard]] double value(double z) const { return bits() ? (z > kUpperQuintile ? 1.0 : 0.0) : z; }

  [[nodiscard]] double reports_in(Law law, std::uint64_t seed, int length) const {
    Series series(seed, law, bits() ? 0.5 : 1.0);
    const auto one = detector();
    double reports = 0;
    for (int i = 0; i < length; ++i) reports += one->update(value(series.next())) == Signal::drift ? 1 : 0;
    return reports;
  }
};

class MeasuredKind : public testing::TestWithParam<const Kind*> {};
INSTANTIATE_TEST_SUITE_P(Catalogue, MeasuredKind, testing::ValuesIn(catalogue().begin(), catalogue().end()),
                         [](const auto& instance) { return std::string(instance.param->name); });

TEST_P(MeasuredKind, ReportsFalselyAsOftenAsItSays) {
  const KindMeasures* measures = measures_of(GetParam()->name);
  ASSERT_NE(measures, nullptr) << "run tests/detectors/kind_measures.py";
  const Measured measured{*GetParam(), *measures};
  constexpr int kStreams = 6, kLength = 50'000;
  for (const auto& [law, figure] : {std::pair{Law::independent, measures->independent},
                                    std::pair{Law::autoregressive, measures->autoregressive},
                                    std::pair{Law::periodic, measures->periodic}}) {
    double sum = 0;
    double squares = 0;
    for (std::uint64_t seed = 100; seed < 100 + kStreams; ++seed) {
      const double reports = measured.reports_in(law, seed, kLength);
      sum += reports;
      squares += reports * reports;
    }
    const double mean = sum / kStreams;
    const double expected = figure * kLength / 10'000;
    // Some kinds report in bursts: the spread of the streams counts, at least that of a Poisson process. The
    // figure is the mean of 20 streams.
    const double variance = std::max((squares - sum * mean) / (kStreams - 1), std::max(expected, 1.0));
    EXPECT_NEAR(mean, expected, 5 * std::sqrt(variance * (1.0 / kStreams + 1.0 / 20)))
        << static_cast<int>(law);
  }
}

TEST_P(MeasuredKind, ReportsAChangeAsLateAsItSays) {
  const KindMeasures* measures = measures_of(GetParam()->name);
  ASSERT_NE(measures, nullptr) << "run tests/detectors/kind_measures.py";
  const Measured measured{*GetParam(), *measures};
  constexpr int kChanges = 100, kBefore = 2000, kAfter = 5000;
  std::vector<double> delays;
  for (int number = 0; number < kChanges; ++number) {
    Series series(static_cast<std::uint64_t>(number) + 900, Law::independent, 0);
    const auto one = measured.detector();
    double delay = kAfter + 1;  // none
    const double rise = measured.bits() ? kUpperQuintile - kUpperTwoQuintiles : 1.0;
    for (int i = 0; i < kBefore + kAfter && delay > kAfter; ++i) {
      const double z = series.next() + (i >= kBefore ? rise : 0);
      if (one->update(measured.value(z)) == Signal::drift && i >= kBefore) delay = i - kBefore + 1;
    }
    delays.push_back(delay);
  }
  const auto found = std::partition(delays.begin(), delays.end(), [](double d) { return d <= kAfter; });
  const double missed = static_cast<double>(delays.end() - found) / kChanges;
  EXPECT_NEAR(missed, measures->missed,
              4 * std::sqrt(measures->missed * (1 - measures->missed) / kChanges) + 0.03);
  if (found - delays.begin() < kChanges / 2) return;
  std::sort(delays.begin(), found);
  // The figure lies between the quantiles of order .3 and .7 of what was found.
  const auto at = [&](double share) {
    return delays[static_cast<std::size_t>(share * static_cast<double>(found - delays.begin()))];
  };
  EXPECT_GE(measures->delay, at(0.3));
  EXPECT_LE(measures->delay, at(0.7));
}

// Mean values to a report, over `runs` runs.
double mean_run(const char* kind, const std::vector<std::string>& settings, int runs, double rate) {
  std::mt19937_64 random(11);
  double values = 0;
  const auto detector = detector_of(kind, settings);
  for (int run = 0; run < runs; ++run) {
    do {
      ++values;
    } while (detector->update(static_cast<double>(random() >> 11U) * 0x1p-53 < rate ? 1 : 0) !=
             Signal::drift);
  }
  return values / runs;
}

TEST(Bounds, TheProvenOnesHoldAtTheEdgeOfWhatIsInOrder) {
  // Run lengths are about exponential: the mean of 400 has a relative error of .05.
  EXPECT_GT(mean_run("shiryaev_roberts", {"mean=0.2", "tolerance=0.02", "run_length=500"}, 400, 0.22),
            500 * 0.85);
  EXPECT_GT(
      mean_run("shiryaev_roberts", {"mean=0.2", "tolerance=0", "run_length=500", "mode=both"}, 400, 0.2),
      500 * 0.85);
  EXPECT_GT(mean_run("e_cusum", {"mean=0.2", "tolerance=0", "run_length=500"}, 400, 0.2), 500 * 0.85);
  EXPECT_GT(mean_run("conformal_martingale", {"run_length=500"}, 400, 0.2), 500 * 0.85);
}

TEST(Bounds, BeyondWhatIsInOrderTheyReportSoon) {
  EXPECT_LT(mean_run("shiryaev_roberts", {"mean=0.2", "run_length=10000"}, 50, 0.4), 200);
  EXPECT_LT(mean_run("e_cusum", {"mean=0.2", "run_length=10000"}, 50, 0.4), 200);
  EXPECT_LT(mean_run("shiryaev_roberts", {"mean=0.4", "mode=down", "run_length=10000"}, 50, 0.2), 300);
}

TEST(CataloguePage, IsWhatTheKindsSay) {
  std::ifstream file(DRIFTD_SOURCE_DIR "/docs/catalogue.md");
  const std::string committed((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(committed, catalogue_page()) << "run: driftd docs catalogue > docs/catalogue.md";
}

}  // namespace
}  // namespace driftd::detectors
