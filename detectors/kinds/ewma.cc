// EWMA: a fading mean has left the mean of all values by a multiple of its own standard error.
//
// As in river's development version (drift.EWMA), to whose reports it agrees at every index: the
// deviation is the fading one (mean of squares less square of the mean), with the chart's correction
// for a short history.
#include <algorithm>
#include <cmath>

#include "detectors/kind_detector.h"

namespace driftd::detectors {
namespace {

class Ewma final : public KindDetector<Ewma> {
 public:
  static constexpr Accepts kAccepts = Accepts::numbers;
  enum class Mode { up, down, both };
  struct Parameters {
    double alpha = 0.1;
    double threshold = 4.0;
    std::int64_t min_instances = 30;
    Mode mode = Mode::both;
  };
  static const Fields<Parameters>& fields() {
    static const Fields<Parameters> table =
        Fields<Parameters>()
            .number("alpha", &Parameters::alpha, {0.0, 1.0, true, false}, "",
                    "Weight of the newest value in the fading mean.")
            .number("threshold", &Parameters::threshold, above(0.0), "standard errors",
                    "Distance of the two means that is reported.")
            .integer("min_instances", &Parameters::min_instances, {1, 1'000'000'000}, "values",
                     "Nothing is reported before so many values.")
            .choice("mode", &Parameters::mode, {{"up", Mode::up}, {"down", Mode::down}, {"both", Mode::both}},
                    "Which changes of the mean are reported.");
    return table;
  }

  explicit Ewma(const Parameters& parameters)
      : parameters_(parameters),
        keep_(1 - parameters.alpha),
        steady_(parameters.alpha / (2 - parameters.alpha)) {}

  void begin() { state_ = State{}; }

  Signal step(double value) {
    State& s = state_;
    s.count += 1;
    const double square = value * value;
    s.fading = s.count == 1 ? value : parameters_.alpha * value + keep_ * s.fading;
    s.fading_square = s.count == 1 ? square : parameters_.alpha * square + keep_ * s.fading_square;
    s.mean += (1.0 / static_cast<double>(s.count)) * (value - s.mean);
    if (s.count < parameters_.min_instances) return Signal::none;
    const double variance = std::max(s.fading_square - s.fading * s.fading, 0.0);
    const double bound = parameters_.threshold * std::sqrt(variance) * std::sqrt(steady_ * grown());
    const double rise = s.fading - s.mean;
    const bool up = rise > bound && parameters_.mode != Mode::down;
    const bool down = -rise > bound && parameters_.mode != Mode::up;
    return up || down ? Signal::drift : Signal::none;
  }

  template <class Self, class Visitor>
  static void each(Self& self, Visitor& visit) {
    auto& s = self.state_;
    visit(s.count);
    for (auto* number : {&s.fading, &s.fading_square, &s.mean}) visit(*number);
  }
  [[nodiscard]] bool plausible() const { return plausible_count(state_.count); }

 private:
  struct State {
    std::int64_t count = 0;
    double fading = 0;
    double fading_square = 0;
    double mean = 0;
  };

  // 1 - keep^(2 n): 1 from where the power is below half a unit in its last place.
  [[nodiscard]] double grown() const {
    const auto n = static_cast<double>(state_.count);
    if (2 * n * parameters_.alpha > 40) return 1.0;  // keep^(2n) <= exp(-2 n alpha)
    return 1 - std::pow(keep_, 2 * n);
  }

  Parameters parameters_;
  double keep_;
  double steady_;
  State state_;
};

}  // namespace

extern const Kind kind_ewma;
const Kind kind_ewma = {
    .name = "ewma",
    .summary = "a fading mean has left the mean of all values by a multiple of its standard error",
    .reads = "any numbers",
    .accepts = Ewma::kAccepts,
    .cost = "O(1)",
    .memory = "constant",
    .guarantee =
        "none: the standard error is that of independent values, and its estimate fades as fast as the "
        "mean, so that a few alike values make it small",
    .paper = "Roberts, Control chart tests based on geometric moving averages, Technometrics 1, 1959",
    .parameters = parameters_of<Ewma>,
    .make = make_from_fields<Ewma>,
};

}  // namespace driftd::detectors
