// Page-Hinkley: the cumulated deviation from the running mean has left its extreme by `threshold`.
//
// As in river 0.26, to whose reports it agrees to the bit: the deviation of each value from the mean
// that includes it is added to two sums that fade by `alpha`, one for rises and one for falls.
#include <cmath>
#include <cstdint>
#include <limits>

#include "detectors/kind.h"
#include "detectors/kind_fields.h"

namespace driftd::detectors {
namespace {

class PageHinkley final : public SequentialDetector {
 public:
  enum class Mode { up, down, both };
  struct Parameters {
    std::int64_t min_instances = 30;
    double delta = 0.005;
    double threshold = 50.0;
    double alpha = 1 - 0.0001;
    Mode mode = Mode::both;
  };
  static const Fields<Parameters>& fields() {
    static const Fields<Parameters> table =
        Fields<Parameters>()
            .integer("min_instances", &Parameters::min_instances, {1, 1'000'000'000}, "values",
                     "Nothing is reported before so many values.")
            .number("delta", &Parameters::delta, at_least(0.0), "of the values",
                    "Deviations from the mean that are tolerated.")
            .number("threshold", &Parameters::threshold, at_least(0.0), "of the values",
                    "Cumulated deviation that is reported (lambda).")
            .number("alpha", &Parameters::alpha, {0.0, 1.0, true, false}, "",
                    "What remains of the cumulated deviation at each value; 1 forgets nothing.")
            .choice("mode", &Parameters::mode, {{"up", Mode::up}, {"down", Mode::down}, {"both", Mode::both}},
                    "Which changes of the mean are reported.");
    return table;
  }

  explicit PageHinkley(const Parameters& parameters) : parameters_(parameters) {}

  void reset() override { state_ = State{}; }

  Signal update(double value) override {
    if (!std::isfinite(value)) return state_.drifted ? Signal::drift : Signal::none;
    if (state_.drifted) reset();
    State& s = state_;
    s.count += 1;
    s.mean += (1.0 / static_cast<double>(s.count)) * (value - s.mean);
    const double deviation = value - s.mean;
    s.rise = parameters_.alpha * s.rise + deviation - parameters_.delta;
    s.fall = parameters_.alpha * s.fall + deviation + parameters_.delta;
    if (s.rise < s.least_rise) s.least_rise = s.rise;
    if (s.fall > s.most_fall) s.most_fall = s.fall;
    s.drifted = s.count >= parameters_.min_instances && beyond();
    return s.drifted ? Signal::drift : Signal::none;
  }

  void save(Encoder& out) const override {
    out.put_i64(state_.count);
    out.put_bool(state_.drifted);
    for (const double number : {state_.mean, state_.rise, state_.fall, state_.least_rise, state_.most_fall}) {
      out.put_double(number);
    }
  }

  Status load(Decoder& in) override {
    reset();
    State s;
    s.count = in.get_within(0, kMostAmount);
    s.drifted = in.get_bool();
    for (double* number : {&s.mean, &s.rise, &s.fall, &s.least_rise, &s.most_fall}) *number = in.get_double();
    if (!in.ok()) {
      return Error{ErrorCode::corrupt, "the state of a page_hinkley detector contradicts itself"};
    }
    state_ = s;
    return success();
  }

  [[nodiscard]] std::size_t bytes() const override { return sizeof(*this); }
  [[nodiscard]] std::size_t memory_limit() const override { return sizeof(*this); }

 private:
  [[nodiscard]] bool beyond() const {
    const bool up = state_.rise - state_.least_rise > parameters_.threshold;
    const bool down = state_.most_fall - state_.fall > parameters_.threshold;
    return (up && parameters_.mode != Mode::down) || (down && parameters_.mode != Mode::up);
  }

  struct State {
    std::int64_t count = 0;
    bool drifted = false;
    double mean = 0;
    double rise = 0;
    double fall = 0;
    double least_rise = std::numeric_limits<double>::infinity();
    double most_fall = -1;
  };
  Parameters parameters_;
  State state_;
};

}  // namespace

extern const Kind kind_page_hinkley;
const Kind kind_page_hinkley = {
    .name = "page_hinkley",
    .summary = "the cumulated deviation from the running mean has left its extreme by a threshold",
    .reads = "any numbers; delta and threshold are in their unit",
    .accepts = Accepts::numbers,
    .cost = "O(1)",
    .memory = "constant",
    .guarantee =
        "none for the defaults: the rate of false reports depends on the spread of the values against "
        "delta and threshold, which have to be chosen for the stream",
    .paper =
        "Page, Continuous inspection schemes, Biometrika 41, 1954; Hinkley, Inference about the "
        "change-point from cumulative sum tests, Biometrika 58, 1971",
    .parameters = parameters_of<PageHinkley>,
    .make = make_from_fields<PageHinkley>,
};

}  // namespace driftd::detectors
