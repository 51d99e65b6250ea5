// ECDD: a fading rate of errors has left the rate of all values by more than a control limit that is
// made for a mean time between false reports.
//
// As MOA's EWMAChartDM, to whose reports it agrees at every index (average_run_length 400 is MOA's). The
// limits are the polynomials of the paper, fitted for a weight of .2.
#include <array>
#include <cmath>

#include "detectors/kind_detector.h"

namespace driftd::detectors {
namespace {

class Ecdd final : public KindDetector<Ecdd> {
 public:
  static constexpr Accepts kAccepts = Accepts::zero_or_one;
  enum class RunLength { hundred, four_hundred, thousand };
  struct Parameters {
    std::int64_t min_num_instances = 30;
    double lambda = 0.2;
    RunLength average_run_length = RunLength::four_hundred;
  };
  static const Fields<Parameters>& fields() {
    static const Fields<Parameters> table =
        Fields<Parameters>()
            .integer("min_num_instances", &Parameters::min_num_instances, {0, 1'000'000'000}, "values",
                     "Nothing is reported before so many values.")
            .number("lambda", &Parameters::lambda, {0.0, 1.0, true, false}, "",
                    "Weight of the newest value in the fading rate; the limits are made for .2.")
            .choice("average_run_length", &Parameters::average_run_length,
                    {{"100", RunLength::hundred},
                     {"400", RunLength::four_hundred},
                     {"1000", RunLength::thousand}},
                    "Values between false reports for which the limit is made.");
    return table;
  }

  explicit Ecdd(const Parameters& parameters)
      : parameters_(parameters),
        keep_(1.0 - parameters.lambda),
        limit_(kLimits[static_cast<std::size_t>(parameters.average_run_length)]) {}

  void begin() {
    count_ = 0;
    errors_ = fading_ = 0;
  }

  Signal step(double value) {
    count_ += 1;
    errors_ += value;
    fading_ += parameters_.lambda * (value - fading_);
    const std::int64_t moas_count = count_ + 1;
    if (moas_count < parameters_.min_num_instances) return Signal::none;
    const double rate = errors_ / static_cast<double>(count_);
    const double variance = rate * (1.0 - rate) * parameters_.lambda * grown() / (2.0 - parameters_.lambda);
    const double limit = limit_of(rate) * std::sqrt(variance);
    if (moas_count > parameters_.min_num_instances && fading_ > rate + limit) return Signal::drift;
    return fading_ > rate + 0.5 * limit ? Signal::warning : Signal::none;
  }

  template <class Self, class Visitor>
  static void each(Self& self, Visitor& visit) {
    visit(self.count_);
    visit(self.errors_);
    visit(self.fading_);
  }
  [[nodiscard]] bool plausible() const { return plausible_count(count_); }

 private:
  using Polynomial = std::array<double, 5>;  // of rate^0, 1, 3, 5, 7
  static constexpr std::array<Polynomial, 3> kLimits = {{{2.76, -6.23, 18.12, -312.45, 1002.18},
                                                         {3.97, -6.56, 48.73, -330.13, 848.18},
                                                         {1.17, 7.56, -21.24, 112.12, -987.23}}};

  [[nodiscard]] double limit_of(double rate) const {
    const double cube = rate * rate * rate;
    const double fifth = cube * rate * rate;
    return limit_[0] + limit_[1] * rate + limit_[2] * cube + limit_[3] * fifth +
           limit_[4] * (fifth * rate * rate);
  }
  [[nodiscard]] double grown() const {
    const auto n = static_cast<double>(count_);
    if (2 * n * parameters_.lambda > 40) return 1.0;  // keep^(2n) <= exp(-2 n lambda)
    return 1.0 - std::pow(keep_, 2.0 * n);
  }

  Parameters parameters_;
  double keep_;
  Polynomial limit_;
  std::int64_t count_ = 0;
  double errors_ = 0;
  double fading_ = 0;
};

}  // namespace

extern const Kind kind_ecdd;
const Kind kind_ecdd = {
    .name = "ecdd",
    .summary = "a fading rate of errors has left the rate of all values by more than a control limit",
    .reads = "errors of a classifier: 1 is wrong, 0 is right; rises alone",
    .accepts = Ecdd::kAccepts,
    .cost = "O(1)",
    .memory = "constant",
    .guarantee =
        "the paper fitted its limits so that independent errors are reported falsely once in "
        "average_run_length values, for a weight of .2 and some rates; no bound holds",
    .paper =
        "Ross, Adams, Tasoulis and Hand, Exponentially weighted moving average charts for detecting "
        "concept drift, Pattern Recognition Letters 33, 2012",
    .parameters = parameters_of<Ecdd>,
    .make = make_from_fields<Ecdd>,
};

}  // namespace driftd::detectors
