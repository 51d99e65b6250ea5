// MDDM: the weighted share of right answers in a sliding window, the newest weighing most, has fallen
// from its greatest by more than McDiarmid's bound.
//
// Weights w_i, i = 0 the oldest: 1 + i d (arithmetic, MDDM-A), exp(lambda i) (euler, MDDM-E), ratio^i
// (geometric, MDDM-G; the paper's ratio^(i+1) weighs the same once normalised). The weighted sum is
// carried on and formed anew each time the window has turned over, so that no rounding gathers.
#include <algorithm>
#include <cmath>

#include "detectors/bit_window.h"
#include "detectors/kind_detector.h"

namespace driftd::detectors {
namespace {

class Mddm final : public KindDetector<Mddm> {
 public:
  static constexpr Accepts kAccepts = Accepts::zero_or_one;
  enum class Weights { arithmetic, euler, geometric };
  struct Parameters {
    std::int64_t sliding_window_size = 100;
    Weights weights = Weights::geometric;
    double difference = 0.01;
    double lambda_val = 0.01;
    double ratio = 1.01;
    double confidence = 1e-6;
    double warning_confidence = 5e-6;
  };
  static const Fields<Parameters>& fields() {
    static const Fields<Parameters> table =
        Fields<Parameters>()
            .integer("sliding_window_size", &Parameters::sliding_window_size, {1, 10'000}, "values",
                     "Length of the window.")
            .choice("weights", &Parameters::weights,
                    {{"arithmetic", Weights::arithmetic},
                     {"euler", Weights::euler},
                     {"geometric", Weights::geometric}},
                    "How weights grow from the oldest value to the newest.")
            .number("difference", &Parameters::difference, {0.0, 1000.0}, "", "Step of arithmetic weights.")
            .number("lambda_val", &Parameters::lambda_val, {0.0, 0.05}, "",
                    "Logarithm of the ratio of euler weights.")
            .number("ratio", &Parameters::ratio, {1.0, 1.05}, "", "Ratio of geometric weights.")
            .number("confidence", &Parameters::confidence, open_range(0.0, 1.0), "",
                    "Chance of one false drift at one comparison: smaller means fewer and later reports.")
            .number("warning_confidence", &Parameters::warning_confidence, open_range(0.0, 1.0), "",
                    "The same for a warning.");
    return table;
  }

  explicit Mddm(const Parameters& parameters)
      : parameters_(parameters), window_(parameters.sliding_window_size) {
    double weight = 1;
    for (std::int64_t i = 0; i < parameters.sliding_window_size; ++i) {
      if (parameters.weights == Weights::arithmetic)
        weight = 1 + static_cast<double>(i) * parameters.difference;
      weights_.push_back(weight);
      whole_ += weight;
      if (parameters.weights == Weights::euler) weight *= std::exp(parameters.lambda_val);
      if (parameters.weights == Weights::geometric) weight *= parameters.ratio;
    }
    double squares = 0;
    for (const double w : weights_) squares += (w / whole_) * (w / whole_);
    drift_epsilon_ = std::sqrt(0.5 * squares * std::log(1 / parameters.confidence));
    warning_epsilon_ = std::sqrt(0.5 * squares * std::log(1 / parameters.warning_confidence));
  }

  void begin() {
    window_.clear();
    sum_ = most_ = 0;
    turned_ = 0;
  }

  Signal step(double value) {
    const bool filling = !window_.full();
    if (!filling) slide();
    const std::uint8_t correct = value == 0 ? 1 : 0;
    window_.push(correct);
    if (!window_.full()) return Signal::none;
    if (filling || ++turned_ == window_.capacity()) {
      form_anew();
    } else {
      sum_ += correct * weights_.back();
    }
    const double share = sum_ / whole_;
    most_ = std::max(most_, share);
    if (most_ - share > drift_epsilon_) return Signal::drift;
    return most_ - share > warning_epsilon_ ? Signal::warning : Signal::none;
  }

  template <class Self, class Visitor>
  static void each(Self& self, Visitor& visit) {
    BitWindow::each(self.window_, visit);
    visit(self.sum_);
    visit(self.most_);
    visit(self.turned_);
  }
  [[nodiscard]] bool plausible() const {
    return window_.plausible() && turned_ >= 0 && turned_ < window_.capacity();
  }
  [[nodiscard]] std::size_t held() const { return window_.bytes() + weights_.capacity() * sizeof(double); }

 private:
  // The oldest goes, all others weigh one step less.
  void slide() {
    sum_ -= window_.oldest() * weights_.front();
    if (parameters_.weights == Weights::arithmetic) {
      sum_ -= static_cast<double>(window_.ones() - window_.oldest()) * parameters_.difference;
    } else if (weights_.size() > 1) {
      sum_ /= weights_[1];
    }
  }
  void form_anew() {
    sum_ = 0;
    const std::int64_t n = window_.capacity();
    for (std::int64_t i = 0; i < n; ++i)
      sum_ += window_.newest(n - i) * weights_[static_cast<std::size_t>(i)];
    turned_ = 0;
  }

  Parameters parameters_;
  std::vector<double> weights_;
  double whole_ = 0;
  double drift_epsilon_ = 0;
  double warning_epsilon_ = 0;
  BitWindow window_;
  double sum_ = 0;
  double most_ = 0;
  std::int64_t turned_ = 0;  // values since the sum was last formed anew
};

}  // namespace

extern const Kind kind_mddm;
const Kind kind_mddm = {
    .name = "mddm",
    .summary = "the weighted share of right answers in a window has fallen by more than McDiarmid's bound",
    .reads = "errors of a classifier: 1 is wrong, 0 is right",
    .accepts = Mddm::kAccepts,
    .cost = "O(1) amortised",
    .memory = "9 bytes for each value of the window",
    .guarantee =
        "for independent values, one comparison with a window chosen beforehand reports falsely with "
        "probability at most confidence; the greatest window is chosen by the data, and over a stream "
        "the number of false reports is not bounded",
    .paper =
        "Pesaranghader, Viktor and Paquet, McDiarmid drift detection methods for evolving data "
        "streams, IJCNN 2018",
    .parameters = parameters_of<Mddm>,
    .make = make_from_fields<Mddm>,
};

}  // namespace driftd::detectors
