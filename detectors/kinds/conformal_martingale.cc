// Conformal test martingale: bets against the values of a stretch being exchangeable.
//
// The conformal p-value of a value is its smoothed rank among those of its stretch so far. While a
// stretch is exchangeable, p-values are independent and uniform, so 1 + e (p - .5) and
// 1 + e (|2 p - 1| - .5) pay 1 on average: e in {-2, -1, -.5, .5, 1, 2}, for changes of place and of
// spread. They are summed in Shiryaev and Roberts' form (detectors/e_detector.h). Ties are broken by a
// number drawn by counter. A stretch ends after `window` values, which bounds the memory: ranks begin
// anew, the capital remains. Nothing has to be known or learnt beforehand.
#include <algorithm>
#include <array>
#include <cmath>

#include "detectors/counter_random.h"
#include "detectors/e_detector.h"
#include "detectors/kind_detector.h"

namespace driftd::detectors {
namespace {

class ConformalMartingale final : public KindDetector<ConformalMartingale> {
 public:
  static constexpr Accepts kAccepts = Accepts::numbers;
  struct Parameters {
    std::int64_t window = 2000;
    double run_length = 10'000;
    std::int64_t seed = 0;
  };
  static const Fields<Parameters>& fields() {
    static const Fields<Parameters> table =
        Fields<Parameters>()
            .integer("window", &Parameters::window, {10, 100'000}, "values",
                     "Length of a stretch, within which values are compared.")
            .number("run_length", &Parameters::run_length, {1.0, 1e12}, "values",
                    "Mean time to a false report, at least; larger means later reports.")
            .integer("seed", &Parameters::seed, {0, std::numeric_limits<std::int64_t>::max()}, "",
                     "What the numbers that break ties are keyed by.");
    return table;
  }

  explicit ConformalMartingale(const Parameters& parameters)
      : parameters_(parameters), capitals_(Capital::shiryaev_roberts, 2 * kStakes.size()) {
    stretch_.reserve(static_cast<std::size_t>(parameters.window));
  }

  void begin() {
    count_ = 0;
    stretch_.clear();
    capitals_.clear();
  }

  Signal step(double value) {
    if (static_cast<std::int64_t>(stretch_.size()) == parameters_.window) stretch_.clear();
    const double p = p_value(value);
    count_ += 1;
    const double spread = std::abs(2 * p - 1);
    std::array<double, 2 * kStakes.size()> payoffs{};
    for (std::size_t i = 0; i < kStakes.size(); ++i) {
      payoffs[2 * i] = 1 + kStakes[i] * (p - 0.5);
      payoffs[2 * i + 1] = 1 + kStakes[i] * (spread - 0.5);
    }
    return capitals_.update(payoffs) >= parameters_.run_length ? Signal::drift : Signal::none;
  }

  template <class Self, class Visitor>
  static void each(Self& self, Visitor& visit) {
    visit(self.count_);
    auto held = static_cast<std::int64_t>(self.stretch_.size());
    visit(held);
    if constexpr (!std::is_const_v<Self>) {
      const bool fits = plausible_count(held, self.parameters_.window);
      self.stretch_.resize(fits ? static_cast<std::size_t>(held) : 0);
      if (!fits) self.count_ = -1;
    }
    for (auto& value : self.stretch_) visit(value);
    EDetector::each(self.capitals_, visit);
  }
  [[nodiscard]] bool plausible() const {
    return plausible_count(count_) && static_cast<std::int64_t>(stretch_.size()) <= count_ &&
           std::all_of(stretch_.begin(), stretch_.end(), [](double v) { return std::isfinite(v); }) &&
           std::is_sorted(stretch_.begin(), stretch_.end()) && capitals_.plausible();
  }
  [[nodiscard]] std::size_t held() const { return stretch_.capacity() * sizeof(double) + capitals_.bytes(); }

 private:
  static constexpr std::array<double, 6> kStakes = {-2, -1, -0.5, 0.5, 1, 2};

  // The share of the stretch, this value included, that is above it; of what equals it a random share.
  double p_value(double value) {
    const auto [first, last] = std::equal_range(stretch_.begin(), stretch_.end(), value);
    const auto above = static_cast<double>(stretch_.end() - last);
    const auto equal = static_cast<double>(last - first + 1);
    stretch_.insert(last, value);
    const double share =
        counter_uniform(static_cast<std::uint64_t>(parameters_.seed), static_cast<std::uint64_t>(count_));
    return (above + share * equal) / static_cast<double>(stretch_.size());
  }

  Parameters parameters_;
  std::int64_t count_ = 0;
  std::vector<double> stretch_;  // in ascending order
  EDetector capitals_;
};

}  // namespace

extern const Kind kind_conformal_martingale;
const Kind kind_conformal_martingale = {
    .name = "conformal_martingale",
    .summary = "bets against the values being exchangeable have made run_length of one",
    .reads = "any numbers",
    .accepts = ConformalMartingale::kAccepts,
    .cost = "O(log window) and a move of up to window numbers",
    .memory = "8 bytes for each value of a stretch",
    .guarantee =
        "proven: while the values are exchangeable (independent of one law, say), the mean time to a report "
        "is at "
        "least run_length values; dependence breaks it",
    .paper =
        "Vovk, Petej, Nouretdinov, Ahlberg, Carlsson and Gammerman, Retrain or not retrain: conformal test "
        "martingales for change-point detection, COPA 2021; Shin, Ramdas and Rinaldo, E-detectors, NEJSDS "
        "2024",
    .parameters = parameters_of<ConformalMartingale>,
    .make = make_from_fields<ConformalMartingale>,
};

}  // namespace driftd::detectors
