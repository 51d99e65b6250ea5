// FHDDM: the share of ones in a sliding window has fallen from its greatest by more than Hoeffding's
// bound.
//
// As in river 0.26, to whose reports it agrees at every index: a one is a right answer there, and
// `ones: errors` turns that round. With `short_window_size` the newest part of the window is judged too
// (FHDDMS, the stacking form).
#include <cmath>

#include "detectors/bit_window.h"
#include "detectors/kind_detector.h"

namespace driftd::detectors {
namespace {

class Fhddm final : public KindDetector<Fhddm> {
 public:
  static constexpr Accepts kAccepts = Accepts::zero_or_one;
  enum class Ones { correct, errors };
  struct Parameters {
    std::int64_t sliding_window_size = 100;
    double confidence_level = 1e-6;
    std::int64_t short_window_size = 0;
    Ones ones = Ones::correct;
  };
  static const Fields<Parameters>& fields() {
    static const Fields<Parameters> table =
        Fields<Parameters>()
            .integer("sliding_window_size", &Parameters::sliding_window_size, {1, 100'000}, "values",
                     "Length of the window.")
            .number("confidence_level", &Parameters::confidence_level, open_range(0.0, 1.0), "",
                    "Chance of one false report at one comparison: smaller means fewer and later reports.")
            .integer("short_window_size", &Parameters::short_window_size, {0, 100'000}, "values",
                     "Length of a second, shorter window; 0: there is none.")
            .choice("ones", &Parameters::ones, {{"correct", Ones::correct}, {"errors", Ones::errors}},
                    "What a one is: a right answer, as in river, or an error.")
            .check([](const Parameters& p, const Node& node, const std::string& path, Faults& faults) {
              if (p.short_window_size > p.sliding_window_size) {
                add_fault(faults, node, join_path(path, "short_window_size"),
                          "has to be at most sliding_window_size");
              }
            });
    return table;
  }

  explicit Fhddm(const Parameters& parameters)
      : parameters_(parameters),
        epsilon_(bound(parameters.confidence_level, parameters.sliding_window_size)),
        short_epsilon_(bound(parameters.confidence_level, parameters.short_window_size)),
        window_(parameters.sliding_window_size) {}

  void begin() {
    window_.clear();
    short_ones_ = 0;
    most_ = short_most_ = 0;
  }

  Signal step(double value) {
    const bool one = (value == 1) == (parameters_.ones == Ones::correct);
    const std::int64_t part = parameters_.short_window_size;
    if (part > 0) {
      if (window_.size() >= part) short_ones_ -= window_.newest(part);
      short_ones_ += one ? 1 : 0;
    }
    window_.push(one ? 1 : 0);
    if (!window_.full()) return Signal::none;
    bool fell = false;
    if (part > 0) fell = falls(short_ones_, part, short_most_, short_epsilon_);
    fell |= falls(window_.ones(), window_.capacity(), most_, epsilon_);
    return fell ? Signal::drift : Signal::none;
  }

  template <class Self, class Visitor>
  static void each(Self& self, Visitor& visit) {
    BitWindow::each(self.window_, visit);
    visit(self.short_ones_);
    visit(self.most_);
    visit(self.short_most_);
  }
  [[nodiscard]] bool plausible() const {
    return window_.plausible() && plausible_count(short_ones_, parameters_.short_window_size);
  }
  [[nodiscard]] std::size_t held() const { return window_.bytes(); }

 private:
  static double bound(double confidence, std::int64_t size) {
    return size == 0 ? 0.0 : std::sqrt(std::log(1 / confidence) / (2.0 * static_cast<double>(size)));
  }
  static bool falls(std::int64_t ones, std::int64_t size, double& most, double epsilon) {
    const double share = static_cast<double>(ones) / static_cast<double>(size);
    if (most < share) most = share;
    return most - share > epsilon;
  }

  Parameters parameters_;
  double epsilon_;
  double short_epsilon_;
  BitWindow window_;
  std::int64_t short_ones_ = 0;
  double most_ = 0;
  double short_most_ = 0;
};

}  // namespace

extern const Kind kind_fhddm;
const Kind kind_fhddm = {
    .name = "fhddm",
    .summary = "the share of ones in a window has fallen from its greatest by more than Hoeffding's bound",
    .reads = "right answers of a classifier: 1 is right, 0 is wrong; errors with ones=errors",
    .accepts = Fhddm::kAccepts,
    .cost = "O(1)",
    .memory = "a byte for each value of the window",
    .guarantee =
        "for independent values, one comparison with a window chosen beforehand reports falsely with "
        "probability at most confidence_level; the greatest window is chosen by the data, and over a "
        "stream the number of false reports is not bounded",
    .paper =
        "Pesaranghader and Viktor, Fast Hoeffding drift detection method for evolving data streams, "
        "ECML PKDD 2016",
    .parameters = parameters_of<Fhddm>,
    .make = make_from_fields<Fhddm>,
};

}  // namespace driftd::detectors
