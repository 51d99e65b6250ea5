// STEPD: the rate of errors in the newest window differs from that of all values before, by the test of
// equal proportions.
//
// As MOA's STEPD, to whose reports it agrees at every index, but for one thing on purpose: where all
// values since the start are alike there is no variance to test by; MOA divides by it and reports a
// drift, here nothing is reported.
#include <cmath>

#include "detectors/bit_window.h"
#include "detectors/kind_detector.h"
#include "detectors/maths/distributions.h"

namespace driftd::detectors {
namespace {

class Stepd final : public KindDetector<Stepd> {
 public:
  static constexpr Accepts kAccepts = Accepts::zero_or_one;
  struct Parameters {
    std::int64_t window_size = 30;
    double alpha_drift = 0.003;
    double alpha_warning = 0.05;
  };
  static const Fields<Parameters>& fields() {
    static const Fields<Parameters> table =
        Fields<Parameters>()
            .integer("window_size", &Parameters::window_size, {1, 100'000}, "values",
                     "Length of the newest window.")
            .number("alpha_drift", &Parameters::alpha_drift, open_range(0.0, 1.0), "",
                    "A p-value below this is a drift.")
            .number("alpha_warning", &Parameters::alpha_warning, open_range(0.0, 1.0), "",
                    "A p-value below this is a warning.");
    return table;
  }

  explicit Stepd(const Parameters& parameters)
      : parameters_(parameters),
        drift_z_(maths::normal_quantile(1 - parameters.alpha_drift / 2)),
        warning_z_(maths::normal_quantile(1 - parameters.alpha_warning / 2)),
        recent_(parameters.window_size) {}

  void begin() {
    recent_.clear();
    older_ = older_errors_ = 0;
  }

  Signal step(double value) {
    if (recent_.full()) {
      older_ += 1;
      older_errors_ += recent_.oldest();
    }
    recent_.push(value == 1 ? 1 : 0);
    if (older_ < parameters_.window_size) return Signal::none;
    const std::int64_t all_errors = older_errors_ + recent_.ones();
    if (all_errors == 0 || all_errors == older_ + recent_.size()) return Signal::none;
    const double z = statistic();
    if (z > drift_z_) return Signal::drift;
    return z > warning_z_ ? Signal::warning : Signal::none;
  }

  template <class Self, class Visitor>
  static void each(Self& self, Visitor& visit) {
    BitWindow::each(self.recent_, visit);
    visit(self.older_);
    visit(self.older_errors_);
  }
  [[nodiscard]] bool plausible() const {
    return recent_.plausible() && plausible_count(older_) && plausible_count(older_errors_, older_) &&
           (older_ == 0 || recent_.full());
  }
  [[nodiscard]] std::size_t held() const { return recent_.bytes(); }

 private:
  // The normal score of the difference of the two proportions, corrected for continuity.
  [[nodiscard]] double statistic() const {
    const auto older = static_cast<double>(older_);
    const auto recent = static_cast<double>(recent_.size());
    const double older_right = older - static_cast<double>(older_errors_);
    const double recent_right = recent - static_cast<double>(recent_.ones());
    const double inverse = 1.0 / older + 1.0 / recent;
    const double p = (older_right + recent_right) / (older + recent);
    const double difference = std::abs(older_right / older - recent_right / recent) - inverse / 2.0;
    return std::abs(difference / std::sqrt(p * (1.0 - p) * inverse));
  }

  Parameters parameters_;
  double drift_z_;
  double warning_z_;
  BitWindow recent_;
  std::int64_t older_ = 0;
  std::int64_t older_errors_ = 0;
};

}  // namespace

extern const Kind kind_stepd;
const Kind kind_stepd = {
    .name = "stepd",
    .summary = "the rate of errors in the newest window differs from that before, by the test of proportions",
    .reads = "errors of a classifier: 1 is wrong, 0 is right; also the other way round",
    .accepts = Stepd::kAccepts,
    .cost = "O(1)",
    .memory = "a byte for each value of the window",
    .guarantee =
        "for independent values one test reports falsely with probability near alpha_drift; there is a "
        "test at every value, and over a stream the number of false reports is not bounded",
    .paper =
        "Nishida and Yamauchi, Detecting concept drift using statistical testing, Discovery Science "
        "2007",
    .parameters = parameters_of<Stepd>,
    .make = make_from_fields<Stepd>,
};

}  // namespace driftd::detectors
