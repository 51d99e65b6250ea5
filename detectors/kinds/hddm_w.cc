// HDDM-W: a fading mean has left its best moment by more than McDiarmid's bound.
//
// As in river 0.26 (HDDMW), to whose reports it agrees at every index: a fading mean of all values, one
// of those up to the best moment, one of those since. MOA counts the first value otherwise, and so
// reports elsewhere.
#include <cmath>
#include <limits>

#include "detectors/hddm_parameters.h"
#include "detectors/kind_detector.h"

namespace driftd::detectors {
namespace {

class HddmW final : public KindDetector<HddmW> {
 public:
  static constexpr Accepts kAccepts = Accepts::unit_interval;
  struct Parameters : HddmParameters {
    double lambda_val = 0.05;
  };
  static const Fields<Parameters>& fields() {
    static const Fields<Parameters> table =
        hddm_fields<Parameters>().number("lambda_val", &Parameters::lambda_val, {0.0, 1.0}, "",
                                         "Weight of the newest value in the fading mean.");
    return table;
  }

  explicit HddmW(const Parameters& parameters)
      : parameters_(parameters),
        log_drift_(std::log(1.0 / parameters.drift_confidence)),
        log_warning_(std::log(1.0 / parameters.warning_confidence)),
        keep_(1.0 - parameters.lambda_val),
        new_weight_(parameters.lambda_val * parameters.lambda_val),
        keep_weight_(std::pow(keep_, 2.0)) {}

  void begin() { state_ = State{}; }

  Signal step(double value) {
    State& s = state_;
    add(s.all, value);
    const double bound = std::sqrt(s.all.weight * log_drift_ / 2);
    if (s.all.mean + bound < s.low_edge) {
      s.low_edge = s.all.mean + bound;
      s.low = s.all;
      s.after_low = Fading{};
    } else {
      add(s.after_low, value);
    }
    const Signal rise = judge(s.low, s.after_low, s.after_low.mean - s.low.mean);
    if (!parameters_.two_sided_test) return rise;
    if (s.all.mean - bound > s.high_edge) {
      s.high_edge = s.all.mean - bound;
      s.high = s.all;
      s.after_high = Fading{};
    } else {
      add(s.after_high, value);
    }
    if (rise == Signal::drift) return rise;
    const Signal fall = judge(s.high, s.after_high, s.high.mean - s.after_high.mean);
    return fall == Signal::none ? rise : fall;
  }

  template <class Self, class Visitor>
  static void each(Self& self, Visitor& visit) {
    auto& s = self.state_;
    for (auto* part : {&s.all, &s.low, &s.after_low, &s.high, &s.after_high}) {
      visit(part->any);
      visit(part->mean);
      visit(part->weight);
    }
    visit(s.low_edge);
    visit(s.high_edge);
  }
  [[nodiscard]] bool plausible() const { return true; }

 private:
  struct Fading {
    bool any = false;
    double mean = 0;
    double weight = 1;  // sum of squared weights: what McDiarmid's bound needs
  };
  struct State {
    Fading all;
    Fading low;  // all, as it was at its best for rises
    Fading after_low;
    Fading high;
    Fading after_high;
    double low_edge = std::numeric_limits<double>::infinity();
    double high_edge = -std::numeric_limits<double>::infinity();
  };

  void add(Fading& part, double value) const {
    part.mean = part.any ? parameters_.lambda_val * value + keep_ * part.mean : value;
    part.any = true;
    part.weight = new_weight_ + keep_weight_ * part.weight;
  }

  [[nodiscard]] Signal judge(const Fading& before, const Fading& after, double difference) const {
    if (!before.any || !after.any || !(difference > 0)) return Signal::none;
    const double weight = before.weight + after.weight;
    if (difference > std::sqrt(weight * log_drift_ / 2)) return Signal::drift;
    return difference > std::sqrt(weight * log_warning_ / 2) ? Signal::warning : Signal::none;
  }

  Parameters parameters_;
  double log_drift_;
  double log_warning_;
  double keep_;
  double new_weight_;
  double keep_weight_;
  State state_;
};

}  // namespace

extern const Kind kind_hddm_w;
const Kind kind_hddm_w = {
    .name = "hddm_w",
    .summary = "a fading mean has left its best moment by more than McDiarmid's bound",
    .reads = "errors of a classifier (1 is wrong), or any numbers in [0, 1]",
    .accepts = HddmW::kAccepts,
    .cost = "O(1)",
    .memory = "constant",
    .guarantee =
        "for independent values in [0, 1], one comparison with a moment chosen beforehand reports "
        "falsely with probability at most drift_confidence; the moment is chosen by the data, and over "
        "a stream the number of false reports is not bounded",
    .paper =
        "Frias-Blanco et al., Online and non-parametric drift detection methods based on Hoeffding's "
        "bounds, IEEE TKDE 27, 2015",
    .parameters = parameters_of<HddmW>,
    .make = make_from_fields<HddmW>,
};

}  // namespace driftd::detectors
