// The detector behind shiryaev_roberts and e_cusum: bets that the mean of values in [0, 1] has left a
// range that is in order.
//
// A bet on a rise pays 1 + l (x - m), l = c / m, one on a fall 1 - l (x - m), l = c / (1 - m), with c in
// {.02, .05, .1, .2, .4, .8}: never below 0, and of mean at most 1 while the mean given the past is at
// most (at least) m. Source: Waudby-Smith and Ramdas, Estimating means of bounded random variables by
// betting, JRSS B 86, 2024.
#pragma once

#include <array>
#include <string_view>

#include "detectors/e_detector.h"
#include "detectors/kind_detector.h"

namespace driftd::detectors {

template <Capital kForm>
class MeanBets final : public KindDetector<MeanBets<kForm>> {
 public:
  static constexpr Accepts kAccepts = Accepts::unit_interval;
  static constexpr std::string_view kReads = "errors of a classifier (1 is wrong), or any numbers in [0, 1]";
  static constexpr std::string_view kCost = "O(1): 6 bets, 12 with mode=both";
  static constexpr std::string_view kMemory = "32 bytes a bet";
  static constexpr std::string_view kGuarantee =
      "proven: while the mean of each value given all before it stays within tolerance of `mean` (on the "
      "side "
      "that mode watches), the mean time to a report is at least run_length values, however they depend on "
      "each other";
  enum class Mode { up, down, both };
  struct Parameters {
    double mean = 0.5;
    double tolerance = 0.02;
    double run_length = 10'000;
    Mode mode = Mode::up;
  };
  static const Fields<Parameters>& fields() {
    static const Fields<Parameters> table =
        Fields<Parameters>()
            .number("mean", &Parameters::mean, {0.0001, 0.9999}, "of the values",
                    "What the mean is while all is well: say so, for nothing is learnt.")
            .number("tolerance", &Parameters::tolerance, {0.0, 1.0, false, true}, "of the values",
                    "How far the mean may be from that and all is well yet.")
            .number("run_length", &Parameters::run_length, {1.0, 1e12}, "values",
                    "Mean time to a false report, at least; larger means later reports.")
            .choice("mode", &Parameters::mode, {{"up", Mode::up}, {"down", Mode::down}, {"both", Mode::both}},
                    "Which changes of the mean are reported.");
    return table;
  }

  explicit MeanBets(const Parameters& parameters) : run_length_(parameters.run_length), capitals_(kForm, 0) {
    const double high = parameters.mean + parameters.tolerance;
    const double low = parameters.mean - parameters.tolerance;
    for (const double c : {0.02, 0.05, 0.1, 0.2, 0.4, 0.8}) {
      if (parameters.mode != Mode::down && high < 1) bets_.push_back({high, c / high});
      if (parameters.mode != Mode::up && low > 0) bets_.push_back({low, -c / (1 - low)});
    }
    capitals_ = EDetector(kForm, std::max<std::size_t>(bets_.size(), 1));
    payoffs_.assign(std::max<std::size_t>(bets_.size(), 1), 0.0);
  }

  void begin() { capitals_.clear(); }

  Signal step(double value) {
    for (std::size_t i = 0; i < bets_.size(); ++i) payoffs_[i] = 1 + bets_[i].stake * (value - bets_[i].mean);
    return capitals_.update(payoffs_) >= run_length_ ? Signal::drift : Signal::none;
  }

  template <class Self, class Visitor>
  static void each(Self& self, Visitor& visit) {
    EDetector::each(self.capitals_, visit);
  }
  [[nodiscard]] bool plausible() const { return capitals_.plausible(); }
  [[nodiscard]] std::size_t held() const {
    return capitals_.bytes() + payoffs_.capacity() * sizeof(double) + bets_.capacity() * sizeof(Bet);
  }

 private:
  struct Bet {
    double mean;
    double stake;
  };

  double run_length_;
  std::vector<Bet> bets_;
  std::vector<double> payoffs_;
  EDetector capitals_;
};

}  // namespace driftd::detectors
