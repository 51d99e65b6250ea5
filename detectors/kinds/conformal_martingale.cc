// Conformal test martingale: bets against the values of a stretch being exchangeable.
//
// The conformal p-value of a value is its smoothed rank among those of its stretch so far. While a
// stretch is exchangeable, p-values are independent and uniform, so 1 + e (p - .5) and
// 1 + e (|2 p - 1| - .5) pay 1 on average: e in {-2, -1, -.5, .5, 1, 2}, for changes of place and of
// spread. They are summed in Shiryaev and Roberts' form (detectors/e_detector.h). Ties are broken by a
// number drawn by counter. Nothing has to be known or learnt beforehand.
//
// Ranks among a sliding window would not be independent, so memory is bounded by stretches: after `window`
// values another begins with the newer half of them, of which no bets are made, and without capital. In a
// stretch of b bets the capital reaches 2 run_length with probability at most b / (2 run_length); by the
// union bound over the stretches, which may depend on each other, T values see a report with probability
// at most T / (2 run_length), and the mean time to one is at least run_length.
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
                     "Length of a stretch, within which values are compared; its half is the least history.")
            .number("run_length", &Parameters::run_length, {1.0, 1e12}, "values",
                    "Mean time to a false report, at least; larger means later reports.")
            .integer("seed", &Parameters::seed, {0, std::numeric_limits<std::int64_t>::max()}, "",
                     "What the numbers that break ties are keyed by.");
    return table;
  }

  explicit ConformalMartingale(const Parameters& parameters)
      : parameters_(parameters), capitals_(Capital::shiryaev_roberts, 2 * kStakes.size()) {
    sorted_.reserve(static_cast<std::size_t>(parameters.window));
    arrived_.reserve(static_cast<std::size_t>(parameters.window));
  }

  void begin() {
    count_ = 0;
    after_drift();
  }
  // The numbers that break ties go on: after a report that an unlucky draw made the same draw would follow.
  void after_drift() {
    sorted_.clear();
    arrived_.clear();
    capitals_.clear();
  }

  Signal step(double value) {
    if (static_cast<std::int64_t>(arrived_.size()) == parameters_.window) begin_stretch();
    const double p = p_value(value);
    count_ += 1;
    const double spread = std::abs(2 * p - 1);
    std::array<double, 2 * kStakes.size()> payoffs{};
    for (std::size_t i = 0; i < kStakes.size(); ++i) {
      payoffs[2 * i] = 1 + kStakes[i] * (p - 0.5);
      payoffs[2 * i + 1] = 1 + kStakes[i] * (spread - 0.5);
    }
    return capitals_.update(payoffs) >= 2 * parameters_.run_length ? Signal::drift : Signal::none;
  }

  template <class Self, class Visitor>
  static void each(Self& self, Visitor& visit) {
    visit(self.count_);
    auto held = static_cast<std::int64_t>(self.arrived_.size());
    visit(held);
    if constexpr (!std::is_const_v<Self>) {
      const bool fits = plausible_count(held, self.parameters_.window);
      self.arrived_.resize(fits ? static_cast<std::size_t>(held) : 0);
      if (!fits) self.count_ = -1;
    }
    for (auto& value : self.arrived_) visit(value);
    EDetector::each(self.capitals_, visit);
  }
  [[nodiscard]] bool plausible() const {
    return plausible_count(count_) && static_cast<std::int64_t>(arrived_.size()) <= count_ &&
           std::all_of(arrived_.begin(), arrived_.end(), [](double v) { return std::isfinite(v); }) &&
           capitals_.plausible();
  }
  void loaded() {
    sorted_.assign(arrived_.begin(), arrived_.end());
    std::sort(sorted_.begin(), sorted_.end());
  }
  [[nodiscard]] std::size_t held() const {
    return (sorted_.capacity() + arrived_.capacity()) * sizeof(double) + capitals_.bytes();
  }

 private:
  static constexpr std::array<double, 6> kStakes = {-2, -1, -0.5, 0.5, 1, 2};

  void begin_stretch() {
    arrived_.erase(arrived_.begin(), arrived_.begin() + (parameters_.window + 1) / 2);
    loaded();
    capitals_.clear();
  }

  // The share of the stretch, this value included, that is above it; of what equals it a random share.
  double p_value(double value) {
    const auto [first, last] = std::equal_range(sorted_.begin(), sorted_.end(), value);
    const auto above = static_cast<double>(sorted_.end() - last);
    const auto equal = static_cast<double>(last - first + 1);
    sorted_.insert(last, value);
    arrived_.push_back(value);
    const double share =
        counter_uniform(static_cast<std::uint64_t>(parameters_.seed), static_cast<std::uint64_t>(count_));
    return (above + share * equal) / static_cast<double>(sorted_.size());
  }

  Parameters parameters_;
  std::int64_t count_ = 0;
  std::vector<double> arrived_;  // the stretch
  std::vector<double> sorted_;   // the same, ascending
  EDetector capitals_;
};

}  // namespace

extern const Kind kind_conformal_martingale;
const Kind kind_conformal_martingale = {
    .name = "conformal_martingale",
    .summary = "bets against the values being exchangeable have made run_length of one",
    .reads = "any numbers",
    .accepts = ConformalMartingale::kAccepts,
    .starts_afresh = false,
    .cost = "O(log window) and a move of up to window numbers",
    .memory = "16 bytes for each value of a stretch; the numbers that break ties go on after a report",
    .guarantee =
        "proven: while the values are exchangeable (independent of one law, say), the mean time to a "
        "report is at least run_length values; dependence breaks it",
    .paper =
        "Vovk, Petej, Nouretdinov, Ahlberg, Carlsson and Gammerman, Retrain or not retrain: conformal "
        "test martingales for change-point detection, COPA 2021; Shin, Ramdas and Rinaldo, "
        "E-detectors, NEJSDS 2024",
    .parameters = parameters_of<ConformalMartingale>,
    .make = make_from_fields<ConformalMartingale>,
};

}  // namespace driftd::detectors
