// RDDM: DDM that forgets what is long past, and makes a drift of a warning that lasts.
//
// As MOA's RDDM, to whose reports it agrees at every index. After a drift it does not start afresh, but
// with the values since the warning began. A concept of more than max_size_concept values without
// warning is counted anew from the last min_size_stable_concept ones, which nobody is told.
#include <cmath>
#include <limits>

#include "detectors/bit_window.h"
#include "detectors/kind_detector.h"

namespace driftd::detectors {
namespace {

class Rddm final : public KindDetector<Rddm> {
 public:
  static constexpr Accepts kAccepts = Accepts::zero_or_one;
  struct Parameters {
    std::int64_t min_num_instances = 129;
    double warning_level = 1.773;
    double drift_level = 2.258;
    std::int64_t max_size_concept = 40'000;
    std::int64_t min_size_stable_concept = 7000;
    std::int64_t warn_limit = 1400;
  };
  static const Fields<Parameters>& fields() {
    static const Fields<Parameters> table =
        Fields<Parameters>()
            .integer("min_num_instances", &Parameters::min_num_instances, {0, 1'000'000'000}, "values",
                     "Nothing is reported before so many values.")
            .number("warning_level", &Parameters::warning_level, at_least(0.0), "standard deviations",
                    "Rise above the best that is a warning.")
            .number("drift_level", &Parameters::drift_level, at_least(0.0), "standard deviations",
                    "Rise above the best that is a drift.")
            .integer("max_size_concept", &Parameters::max_size_concept, {1, 1'000'000'000}, "values",
                     "A concept of more values is cut to its newest ones.")
            .integer("min_size_stable_concept", &Parameters::min_size_stable_concept, {1, 100'000}, "values",
                     "How many newest values are kept.")
            .integer("warn_limit", &Parameters::warn_limit, {1, 1'000'000'000}, "values",
                     "A warning that lasts so long is a drift.");
    return table;
  }

  explicit Rddm(const Parameters& parameters)
      : parameters_(parameters), stored_(parameters.min_size_stable_concept) {}

  void begin() {
    state_ = State{};
    stored_.clear();
  }
  // What begin_concept() does at the next value is all that a drift changes.
  void after_drift() {}

  Signal step(double value) {
    if (state_.rebuild) begin_concept();
    store(value == 1 ? 1 : 0);
    count(value);
    state_.total += 1;
    if (state_.n <= parameters_.min_num_instances) return Signal::none;
    return judge();
  }

  template <class Self, class Visitor>
  static void each(Self& self, Visitor& visit) {
    BitWindow::each(self.stored_, visit);
    auto& s = self.state_;
    for (auto* number : {&s.n, &s.total, &s.warned_at, &s.since_warning}) visit(*number);
    for (auto* number : {&s.rate, &s.deviation, &s.best_rate, &s.best_deviation, &s.least_level})
      visit(*number);
    visit(s.rebuild);
    visit(s.drifted);
  }
  [[nodiscard]] bool plausible() const {
    return stored_.plausible() && plausible_count(state_.n) && plausible_count(state_.total) &&
           state_.warned_at >= -1 && state_.warned_at <= state_.total && state_.since_warning >= -1 &&
           state_.since_warning <= stored_.size();
  }
  [[nodiscard]] std::size_t held() const { return stored_.bytes(); }

 private:
  static constexpr double kMost = std::numeric_limits<double>::max();
  struct State {
    std::int64_t n = 1;  // values of this concept, and one
    std::int64_t total = 0;
    std::int64_t warned_at = -1;      // of `total`, where the warning began; -1: there is none
    std::int64_t since_warning = -1;  // stored values since then, that one included; -1: not known
    double rate = 1;
    double deviation = 0;
    double best_rate = kMost;
    double best_deviation = kMost;
    double least_level = kMost;
    bool rebuild = false;  // begin another concept at the next value
    bool drifted = false;  // because of a drift, not of its length
  };

  void count(double value) {
    State& s = state_;
    const auto n = static_cast<double>(s.n);
    s.rate = s.rate + (value - s.rate) / n;
    s.deviation = std::sqrt(s.rate * (1 - s.rate) / n);
    s.n += 1;
  }
  void keep_best() {
    State& s = state_;
    if (!(s.rate + s.deviation < s.least_level)) return;
    s.best_rate = s.rate;
    s.best_deviation = s.deviation;
    s.least_level = s.rate + s.deviation;
  }

  void begin_concept() {
    State& s = state_;
    if (s.since_warning != -1) stored_.keep_newest(s.since_warning);
    s.n = 1;
    s.rate = 1;
    s.deviation = 0;
    if (s.drifted) s.best_rate = s.best_deviation = s.least_level = kMost;
    for (std::int64_t age = stored_.size(); age >= 1; --age) {
      const bool enough = s.n > parameters_.min_num_instances;
      count(stored_.newest(age));
      if (s.drifted && enough) keep_best();
    }
    s.warned_at = s.since_warning = -1;
    s.rebuild = s.drifted = false;
  }

  void store(std::uint8_t bit) {
    stored_.push(bit);
    std::int64_t& since = state_.since_warning;
    if (since != -1 && ++since > stored_.size()) since = -1;
  }

  Signal judge() {
    State& s = state_;
    keep_best();
    const double level = s.rate + s.deviation;
    if (level > s.best_rate + parameters_.drift_level * s.best_deviation) {
      if (s.warned_at == -1) stored_.keep_newest(1);
      return drift();
    }
    if (level > s.best_rate + parameters_.warning_level * s.best_deviation) {
      if (s.warned_at != -1 && s.warned_at + parameters_.warn_limit <= s.total) {
        stored_.keep_newest(1);
        s.warned_at = s.since_warning = -1;
        return drift();
      }
      if (s.warned_at == -1) {
        s.warned_at = s.total;
        s.since_warning = 1;
      }
      return Signal::warning;
    }
    s.warned_at = s.since_warning = -1;
    if (s.n > parameters_.max_size_concept) s.rebuild = true;
    return Signal::none;
  }
  Signal drift() {
    state_.rebuild = state_.drifted = true;
    return Signal::drift;
  }

  Parameters parameters_;
  BitWindow stored_;
  State state_;
};

}  // namespace

extern const Kind kind_rddm;
const Kind kind_rddm = {
    .name = "rddm",
    .summary = "ddm that forgets what is long past, and makes a drift of a warning that lasts",
    .reads = "errors of a classifier: 1 is wrong, 0 is right",
    .accepts = Rddm::kAccepts,
    .starts_afresh = false,
    .cost = "O(1), and O(min_size_stable_concept) after a drift and once in max_size_concept values",
    .memory =
        "a byte for each of min_size_stable_concept values; after a drift those since the warning "
        "remain",
    .guarantee =
        "none: as ddm with lower thresholds; false reports come the surer the longer a stream lasts, "
        "and a warning of warn_limit values is a report",
    .paper =
        "Barros, Cabral, Goncalves and Santos, RDDM: reactive drift detection method, Expert Systems "
        "with Applications 90, 2017",
    .parameters = parameters_of<Rddm>,
    .make = make_from_fields<Rddm>,
};

}  // namespace driftd::detectors
