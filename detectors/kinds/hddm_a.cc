// HDDM-A: the mean of all values has left the mean at its best moment by more than Hoeffding's bound.
//
// As in river 0.26 (HDDMA), to whose reports it agrees at every index. The best moment is where mean +
// bound was least, for rises, and where mean - bound was greatest, for falls.
#include <cmath>

#include "detectors/hddm_parameters.h"
#include "detectors/kind_detector.h"

namespace driftd::detectors {
namespace {

class HddmA final : public KindDetector<HddmA> {
 public:
  static constexpr Accepts kAccepts = Accepts::unit_interval;
  using Parameters = HddmParameters;
  static const Fields<Parameters>& fields() {
    static const Fields<Parameters> table = hddm_fields<Parameters>();
    return table;
  }

  explicit HddmA(const Parameters& parameters)
      : parameters_(parameters),
        log_cut_(std::log(1.0 / parameters.drift_confidence)),
        log_drift_(std::log(2.0 / parameters.drift_confidence)),
        log_warning_(std::log(2.0 / parameters.warning_confidence)) {}

  void begin() { state_ = State{}; }

  Signal step(double value) {
    State& s = state_;
    s.all.count += 1;
    s.all.mean += (1.0 / static_cast<double>(s.all.count)) * (value - s.all.mean);
    const double bound = std::sqrt(1.0 / (2.0 * static_cast<double>(s.all.count)) * log_cut_);
    if (s.low.count == 0 || s.low_edge >= s.all.mean + bound) {
      s.low = s.all;
      s.low_edge = s.all.mean + bound;
    }
    if (s.high.count == 0 || s.high_edge <= s.all.mean - bound) {
      s.high = s.all;
      s.high_edge = s.all.mean - bound;
    }
    const Signal rise = judge(s.low, s.all.mean - s.low.mean);
    if (!parameters_.two_sided_test || rise == Signal::drift) return rise;
    const Signal fall = judge(s.high, s.high.mean - s.all.mean);
    return fall == Signal::none ? rise : fall;
  }

  template <class Self, class Visitor>
  static void each(Self& self, Visitor& visit) {
    auto& s = self.state_;
    for (auto* part : {&s.all, &s.low, &s.high}) {
      visit(part->count);
      visit(part->mean);
    }
    visit(s.low_edge);
    visit(s.high_edge);
  }
  [[nodiscard]] bool plausible() const {
    return plausible_count(state_.all.count) && plausible_count(state_.low.count, state_.all.count) &&
           plausible_count(state_.high.count, state_.all.count);
  }

 private:
  struct Mean {
    std::int64_t count = 0;
    double mean = 0;
  };
  struct State {
    Mean all;
    Mean low;  // all, as it was at its best for rises
    Mean high;
    double low_edge = 0;  // mean + bound of `low`
    double high_edge = 0;
  };

  // Whether `difference` to the mean of the values since `part` is beyond chance.
  [[nodiscard]] Signal judge(const Mean& part, double difference) const {
    if (part.count == state_.all.count || !(difference > 0)) return Signal::none;
    const auto n = static_cast<double>(state_.all.count);
    const auto k = static_cast<double>(part.count);
    const double half = (n - k) / k * (1.0 / n) / 2;
    if (difference >= std::sqrt(half * log_drift_)) return Signal::drift;
    return difference >= std::sqrt(half * log_warning_) ? Signal::warning : Signal::none;
  }

  Parameters parameters_;
  double log_cut_;
  double log_drift_;
  double log_warning_;
  State state_;
};

}  // namespace

extern const Kind kind_hddm_a;
const Kind kind_hddm_a = {
    .name = "hddm_a",
    .summary = "the mean has left its best moment by more than Hoeffding's bound",
    .reads = "errors of a classifier (1 is wrong), or any numbers in [0, 1]",
    .accepts = HddmA::kAccepts,
    .cost = "O(1)",
    .memory = "constant",
    .guarantee =
        "for independent values in [0, 1], one comparison with a moment chosen beforehand reports "
        "falsely with probability at most drift_confidence; the moment is chosen by the data, and over "
        "a stream the number of false reports is not bounded",
    .paper =
        "Frias-Blanco et al., Online and non-parametric drift detection methods based on Hoeffding's "
        "bounds, IEEE TKDE 27, 2015",
    .parameters = parameters_of<HddmA>,
    .make = make_from_fields<HddmA>,
};

}  // namespace driftd::detectors
