// EDDM: the distance between errors has shrunk against its greatest.
//
// As in river 0.26, to whose reports it agrees at every index: mean and standard deviation of the
// distances between errors since the start; what mean + 2 deviations is of its greatest so far.
#include <cmath>

#include "detectors/kind_detector.h"

namespace driftd::detectors {
namespace {

class Eddm final : public KindDetector<Eddm> {
 public:
  static constexpr Accepts kAccepts = Accepts::zero_or_one;
  struct Parameters {
    std::int64_t warm_start = 30;
    double alpha = 0.95;
    double beta = 0.9;
  };
  static const Fields<Parameters>& fields() {
    static const Fields<Parameters> table =
        Fields<Parameters>()
            .integer("warm_start", &Parameters::warm_start, {0, 1'000'000'000}, "errors",
                     "Nothing is reported up to so many errors.")
            .number("alpha", &Parameters::alpha, {0.0, 1.0}, "of the greatest",
                    "A distance below this is a warning.")
            .number("beta", &Parameters::beta, {0.0, 1.0}, "of the greatest",
                    "A distance below this is a drift; at most alpha.")
            .check([](const Parameters& p, const Node& node, const std::string& path, Faults& faults) {
              if (p.beta > p.alpha)
                add_fault(faults, node, join_path(path, "beta"), "has to be at most alpha");
            });
    return table;
  }

  explicit Eddm(const Parameters& parameters) : parameters_(parameters) {}

  void begin() { state_ = State{}; }

  Signal step(double value) {
    State& s = state_;
    s.count += 1;
    if (value != 1) return signal();
    s.errors += 1;
    const auto distance = static_cast<double>(s.count - s.last_error);
    s.last_error = s.count;
    const double before = s.mean;
    s.mean += (1.0 / static_cast<double>(s.errors)) * (distance - s.mean);
    s.squares += (distance - before) * (distance - s.mean);
    if (s.count <= parameters_.warm_start) return signal();
    return judge();
  }

  template <class Self, class Visitor>
  static void each(Self& self, Visitor& visit) {
    auto& s = self.state_;
    visit(s.count);
    visit(s.errors);
    visit(s.last_error);
    visit(s.mean);
    visit(s.squares);
    visit(s.greatest);
  }
  [[nodiscard]] bool plausible() const {
    return plausible_count(state_.count) && plausible_count(state_.errors, state_.count) &&
           plausible_count(state_.last_error, state_.count);
  }

 private:
  struct State {
    std::int64_t count = 0;
    std::int64_t errors = 0;
    std::int64_t last_error = 0;
    double mean = 0;     // of the distances
    double squares = 0;  // of their deviations from it
    double greatest = -1;
  };

  Signal judge() {
    State& s = state_;
    const double variance = s.errors > 1 ? s.squares / static_cast<double>(s.errors - 1) : 0.0;
    const double level = s.mean + 2 * std::sqrt(variance);
    if (level > s.greatest) {
      s.greatest = level;
      return signal();
    }
    if (s.errors <= parameters_.warm_start) return signal();
    const double share = level / s.greatest;
    if (share < parameters_.beta) return Signal::drift;
    return share < parameters_.alpha ? Signal::warning : Signal::none;
  }

  Parameters parameters_;
  State state_;
};

}  // namespace

extern const Kind kind_eddm;
const Kind kind_eddm = {
    .name = "eddm",
    .summary = "the distance between errors has shrunk against its greatest",
    .reads = "errors of a classifier: 1 is wrong, 0 is right",
    .accepts = Eddm::kAccepts,
    .cost = "O(1)",
    .memory = "constant",
    .guarantee =
        "none: the thresholds are shares of a greatest value that chance alone makes; with the "
        "defaults false reports are common",
    .paper =
        "Baena-Garcia, del Campo-Avila, Fidalgo, Bifet, Gavalda and Morales-Bueno, Early drift "
        "detection method, IWKDDS 2006",
    .parameters = parameters_of<Eddm>,
    .make = make_from_fields<Eddm>,
};

}  // namespace driftd::detectors
