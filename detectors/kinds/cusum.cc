// CUSUM: the summed deviations from a reference mean, less a slack, have passed a threshold.
//
// `reference: first` is the tabular chart of river's development version (drift.CUSUM): mean and standard
// deviation of the first values are the reference from then on, and slack and threshold are multiples of
// that deviation. `reference: running` is MOA's CusumDM: the mean of all values so far, slack and
// threshold in the unit of the values (`mode: up`, and min_instances one less than MOA's). To the
// reports of both it agrees at every index.
#include <algorithm>
#include <cmath>

#include "detectors/kind_detector.h"

namespace driftd::detectors {
namespace {

class Cusum final : public KindDetector<Cusum> {
 public:
  static constexpr Accepts kAccepts = Accepts::numbers;
  enum class Mode { up, down, both };
  enum class Reference { first, running };
  struct Parameters {
    std::int64_t min_instances = 30;
    double slack = 0.5;
    double threshold = 5.0;
    Mode mode = Mode::both;
    Reference reference = Reference::first;
  };
  static const Fields<Parameters>& fields() {
    static const Fields<Parameters> table =
        Fields<Parameters>()
            .integer("min_instances", &Parameters::min_instances, {1, 1'000'000'000}, "values",
                     "Nothing is reported before so many values; the length of the first reference.")
            .number("slack", &Parameters::slack, at_least(0.0), "standard deviations, or of the values",
                    "Deviations from the mean that are tolerated (k, MOA's delta).")
            .number("threshold", &Parameters::threshold, at_least(0.0),
                    "standard deviations, or of the values",
                    "Summed deviation that is reported (h, MOA's lambda).")
            .choice("mode", &Parameters::mode, {{"up", Mode::up}, {"down", Mode::down}, {"both", Mode::both}},
                    "Which changes of the mean are reported.")
            .choice("reference", &Parameters::reference,
                    {{"first", Reference::first}, {"running", Reference::running}},
                    "The mean: of the first min_instances values, or of all values so far.");
    return table;
  }

  explicit Cusum(const Parameters& parameters) : parameters_(parameters) {}

  void begin() { state_ = State{}; }

  Signal step(double value) {
    State& s = state_;
    s.count += 1;
    if (parameters_.reference == Reference::running) return running(value);
    if (s.count <= parameters_.min_instances) learn(value);
    if (s.count < parameters_.min_instances) return Signal::none;
    const double deviation = value - s.mean;
    const double slack = parameters_.slack * s.sigma;
    s.rise = std::max(zero_, s.rise + deviation - slack);
    s.fall = std::max(zero_, s.fall - deviation - slack);
    return beyond(parameters_.threshold * s.sigma);
  }

  template <class Self, class Visitor>
  static void each(Self& self, Visitor& visit) {
    auto& s = self.state_;
    visit(s.count);
    for (auto* number : {&s.mean, &s.squares, &s.sigma, &s.rise, &s.fall}) visit(*number);
  }
  [[nodiscard]] bool plausible() const { return plausible_count(state_.count); }

 private:
  struct State {
    std::int64_t count = 0;
    double mean = 0;
    double squares = 0;  // of deviations from the mean
    double sigma = 0;
    double rise = 0;
    double fall = 0;
  };

  void learn(double value) {
    State& s = state_;
    const double before = s.mean;
    s.mean += (1.0 / static_cast<double>(s.count)) * (value - s.mean);
    s.squares += (value - before) * (value - s.mean);
    if (s.count < parameters_.min_instances) return;
    const double variance = s.count > 1 ? s.squares / static_cast<double>(s.count - 1) : 0.0;
    s.sigma = std::sqrt(std::max(variance, 0.0));
  }

  Signal running(double value) {
    State& s = state_;
    s.mean = s.mean + (value - s.mean) / static_cast<double>(s.count);
    s.rise = std::max(zero_, s.rise + value - s.mean - parameters_.slack);
    s.fall = std::max(zero_, s.fall - value + s.mean - parameters_.slack);
    return s.count < parameters_.min_instances ? Signal::none : beyond(parameters_.threshold);
  }

  [[nodiscard]] Signal beyond(double limit) const {
    const bool up = state_.rise > limit && parameters_.mode != Mode::down;
    const bool down = state_.fall > limit && parameters_.mode != Mode::up;
    return up || down ? Signal::drift : Signal::none;
  }

  Parameters parameters_;
  State state_;
  // Read from memory: of a comparison with the literal g++ makes a branch, which nobody can predict.
  double zero_ = 0;
};

}  // namespace

extern const Kind kind_cusum;
const Kind kind_cusum = {
    .name = "cusum",
    .summary = "the summed deviations from a reference mean, less a slack, have passed a threshold",
    .reads = "any numbers",
    .accepts = Cusum::kAccepts,
    .cost = "O(1)",
    .memory = "constant",
    .guarantee =
        "for independent normal values of known mean and deviation the mean time between false reports "
        "of a slack .5 and threshold 5 chart is 465 values two-sided; here both are estimated from the "
        "first values, which shortens it",
    .paper = "Page, Continuous inspection schemes, Biometrika 41, 1954",
    .parameters = parameters_of<Cusum>,
    .make = make_from_fields<Cusum>,
};

}  // namespace driftd::detectors
