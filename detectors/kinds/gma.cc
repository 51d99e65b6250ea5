// Geometric moving average: the fading mean of the deviations from the running mean has passed a
// threshold.
//
// As MOA's GeometricMovingAverageDM, to whose reports it agrees at every index (MOA counts the first
// value as the second: its minNumInstances is the same number here).
#include "detectors/kind_detector.h"

namespace driftd::detectors {
namespace {

class Gma final : public KindDetector<Gma> {
 public:
  static constexpr Accepts kAccepts = Accepts::numbers;
  struct Parameters {
    std::int64_t min_num_instances = 30;
    double lambda = 1.0;
    double alpha = 0.99;
  };
  static const Fields<Parameters>& fields() {
    static const Fields<Parameters> table =
        Fields<Parameters>()
            .integer("min_num_instances", &Parameters::min_num_instances, {0, 1'000'000'000}, "values",
                     "Nothing is reported before so many values but one.")
            .number("lambda", &Parameters::lambda, at_least(0.0), "of the values",
                    "Fading mean of the deviations that is reported.")
            .number("alpha", &Parameters::alpha, {0.0, 1.0}, "",
                    "What remains of the fading mean at each value.");
    return table;
  }

  explicit Gma(const Parameters& parameters) : parameters_(parameters) {}

  void begin() {
    count_ = 0;
    mean_ = sum_ = 0;
  }

  Signal step(double value) {
    count_ += 1;
    mean_ = mean_ + (value - mean_) / static_cast<double>(count_);
    sum_ = parameters_.alpha * sum_ + (1.0 - parameters_.alpha) * (value - mean_);
    if (count_ + 1 < parameters_.min_num_instances) return Signal::none;
    return sum_ > parameters_.lambda ? Signal::drift : Signal::none;
  }

  template <class Self, class Visitor>
  static void each(Self& self, Visitor& visit) {
    visit(self.count_);
    visit(self.mean_);
    visit(self.sum_);
  }
  [[nodiscard]] bool plausible() const { return plausible_count(count_); }

 private:
  Parameters parameters_;
  std::int64_t count_ = 0;
  double mean_ = 0;
  double sum_ = 0;
};

}  // namespace

extern const Kind kind_gma;
const Kind kind_gma = {
    .name = "gma",
    .summary = "the fading mean of the deviations from the running mean has passed a threshold",
    .reads = "any numbers; lambda is in their unit; rises alone",
    .accepts = Gma::kAccepts,
    .cost = "O(1)",
    .memory = "constant",
    .guarantee =
        "none for the defaults: the rate of false reports depends on the spread of the values against "
        "lambda, which has to be chosen for the stream",
    .paper =
        "Roberts, Control chart tests based on geometric moving averages, Technometrics 1, 1959; MOA's "
        "GeometricMovingAverageDM",
    .parameters = parameters_of<Gma>,
    .make = make_from_fields<Gma>,
};

}  // namespace driftd::detectors
