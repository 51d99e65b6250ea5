// DDM: the rate of errors has risen above its best by a multiple of its standard deviation.
//
// As in river 0.26, to whose reports it agrees at every index: rate p and s = sqrt(p (1 - p) / n) of
// all values since the start; the best is where p + s was least.
#include <cmath>
#include <limits>

#include "detectors/kind_detector.h"

namespace driftd::detectors {
namespace {

class Ddm final : public KindDetector<Ddm> {
 public:
  static constexpr Accepts kAccepts = Accepts::unit_interval;
  struct Parameters {
    std::int64_t warm_start = 30;
    double warning_threshold = 2.0;
    double drift_threshold = 3.0;
  };
  static const Fields<Parameters>& fields() {
    static const Fields<Parameters> table =
        Fields<Parameters>()
            .integer("warm_start", &Parameters::warm_start, {0, 1'000'000'000}, "values",
                     "Nothing is reported, nor taken for the best, up to so many values.")
            .number("warning_threshold", &Parameters::warning_threshold, at_least(0.0), "standard deviations",
                    "Rise above the best that is a warning.")
            .number("drift_threshold", &Parameters::drift_threshold, at_least(0.0), "standard deviations",
                    "Rise above the best that is a drift.");
    return table;
  }

  explicit Ddm(const Parameters& parameters) : parameters_(parameters) {}

  void begin() { state_ = State{}; }

  Signal step(double value) {
    State& s = state_;
    s.count += 1;
    const auto n = static_cast<double>(s.count);
    s.rate += (1.0 / n) * (value - s.rate);
    if (s.count <= parameters_.warm_start) return Signal::none;
    const double deviation = std::sqrt(s.rate * (1.0 - s.rate) / n);
    const double level = s.rate + deviation;
    if (level <= s.least_level) {
      s.best_rate = s.rate;
      s.best_deviation = deviation;
      s.least_level = level;
    }
    if (level > s.best_rate + parameters_.drift_threshold * s.best_deviation) return Signal::drift;
    if (level > s.best_rate + parameters_.warning_threshold * s.best_deviation) return Signal::warning;
    return Signal::none;
  }

  template <class Self, class Visitor>
  static void each(Self& self, Visitor& visit) {
    auto& s = self.state_;
    visit(s.count);
    visit(s.rate);
    visit(s.best_rate);
    visit(s.best_deviation);
    visit(s.least_level);
  }
  [[nodiscard]] bool plausible() const { return plausible_count(state_.count); }

 private:
  struct State {
    std::int64_t count = 0;
    double rate = 0;
    double best_rate = 0;
    double best_deviation = 0;
    double least_level = std::numeric_limits<double>::infinity();
  };
  Parameters parameters_;
  State state_;
};

}  // namespace

extern const Kind kind_ddm;
const Kind kind_ddm = {
    .name = "ddm",
    .summary = "the rate of errors has risen above its best by a multiple of its standard deviation",
    .reads = "errors of a classifier: 1 is wrong, 0 is right; also losses in [0, 1]",
    .accepts = Ddm::kAccepts,
    .cost = "O(1)",
    .memory = "constant",
    .guarantee =
        "none: the best of all moments so far is compared with every later one, so that false reports "
        "come the surer the longer a stream lasts",
    .paper = "Gama, Medas, Castillo and Rodrigues, Learning with drift detection, SBIA 2004",
    .parameters = parameters_of<Ddm>,
    .make = make_from_fields<Ddm>,
};

}  // namespace driftd::detectors
