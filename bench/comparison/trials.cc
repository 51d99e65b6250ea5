#include "bench/comparison/trials.h"

#include <algorithm>
#include <cmath>

namespace driftd::comparison_trials {

namespace {

using detectors::champion::Arm;
using detectors::champion::ComparisonRun;
using detectors::champion::JudgeSettings;
using detectors::champion::Outcome;
using detectors::champion::Pairing;

constexpr double kRisk = 0.05;
constexpr double kNormalPoint = 1.959963984540054;
constexpr double kFewest = 100;

// Of two means, or of paired differences where ids are shared.
class ZTest {
 public:
  explicit ZTest(double bound) : bound_(bound) {}
  void add(const std::vector<DealtLoss>& losses) {
    for (std::size_t i = 0; i < losses.size(); ++i) {
      const double loss = std::min(losses[i].loss, bound_);
      if (i + 1 < losses.size() && losses[i].id == losses[i + 1].id) {
        paired_.add(std::min(losses[++i].loss, bound_) - loss);
      } else {
        (losses[i].arm == Arm::champion ? champion_ : challenger_).add(loss);
      }
    }
  }
  [[nodiscard]] bool says() const {
    if (paired_.n > 0)
      return paired_.n >= kFewest && std::abs(paired_.mean()) > kNormalPoint * paired_.error();
    if (champion_.n < kFewest || challenger_.n < kFewest) return false;
    return std::abs(challenger_.mean() - champion_.mean()) >
           kNormalPoint * std::hypot(champion_.error(), challenger_.error());
  }

 private:
  struct Moments {
    double n = 0, sum = 0, square = 0;
    void add(double x) {
      ++n;
      sum += x;
      square += x * x;
    }
    [[nodiscard]] double mean() const { return sum / n; }
    [[nodiscard]] double error() const { return std::sqrt(std::max(0.0, square / n - mean() * mean()) / n); }
  };
  double bound_;
  Moments paired_, champion_, challenger_;
};

bool is_error(Traffic traffic) { return declared(traffic).metric == detectors::champion::LossMetric::error; }

}  // namespace

Counted try_out(Traffic traffic, double better, const Effort& effort) {
  constexpr std::int64_t kBlock = 60;
  Counted counted{.traffic = traffic, .better = better, .runs = effort.runs, .pairs_needed = {}};
  const JudgeSettings settings{.risk = kRisk, .margin = 0, .at_least = 100};
  for (int run = 0; run < effort.runs; ++run) {
    const auto number = static_cast<std::uint64_t>(run) * 64 + static_cast<std::uint64_t>(traffic);
    Stream stream(traffic, better, guarantee::seed_of(effort.seed, number), effort.slots);
    const Declared what = declared(traffic);
    ComparisonRun comparison(what.metric, what.bound, Pairing::automatic, kBlock);
    ZTest z(what.bound);
    Outcome first = Outcome::unknown;
    bool z_said = false;
    const auto look = [&] {
      if (first != Outcome::unknown) return;
      first = comparison.judge(settings);
      if (first == Outcome::better) counted.pairs_needed.push_back(comparison.pairs());
    };
    for (std::int64_t slot = 0; slot < effort.slots; ++slot) {
      const auto losses = stream.next(effort.labels);
      if (comparison.end_block_before(slot)) look();
      comparison.add_slot(slot, losses);
      look();
      z.add(losses);
      z_said |= z.says();
    }
    comparison.end_block_before(effort.slots + kBlock);
    look();
    counted.better_said += first == Outcome::better ? 1 : 0;
    counted.worse_said += first == Outcome::worse ? 1 : 0;
    counted.z_each_slot += z_said ? 1 : 0;
    counted.z_once += z.says() ? 1 : 0;
    const auto figures = comparison.figures(kRisk);
    const double truth = is_error(traffic) ? -better : 0;
    if (!figures || (figures->lower <= truth && truth <= figures->upper)) ++counted.covered;
  }
  std::sort(counted.pairs_needed.begin(), counted.pairs_needed.end());
  return counted;
}

namespace {

// P(X <= k) of a binomial law.
double binomial_cdf(int k, int n, double p) {
  double sum = 0;
  for (int i = 0; i <= k; ++i)
    sum += std::exp(std::lgamma(n + 1.0) - std::lgamma(i + 1.0) - std::lgamma(n - i + 1.0) + i * std::log(p) +
                    (n - i) * std::log1p(-p));
  return sum;
}

double crossing(double target, int k, int n) {
  double low = 1e-12, high = 1 - 1e-12;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (binomial_cdf(k, n, middle) > target ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

Share share(int count, int runs) {
  constexpr double kTail = 0.025;
  return {static_cast<double>(count) / runs, count == 0 ? 0 : crossing(1 - kTail, count - 1, runs),
          count == runs ? 1 : crossing(kTail, count, runs)};
}

}  // namespace driftd::comparison_trials
