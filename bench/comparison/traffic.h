// Labelled traffic of a champion and a challenger, slot by slot, of which it is known whether one is better.
//
// Everything follows from the seed. A slot is a minute; `better` is what the challenger's expected loss is
// less than the champion's, 0 for nulls.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/guarantee/draws.h"
#include "detectors/champion/comparison_run.h"

namespace driftd::comparison_trials {

using detectors::champion::DealtLoss;

enum class Traffic : std::uint8_t {
  // Shadow: both score each request, and one of them alone is wrong on so many of them.
  shadow_1,
  shadow_10,
  shadow_40,
  // A/B: a fair coin deals requests, whose error rate goes from .05 to .35 and back within a day, drifts, and
  // is thrice as high in one of two segments.
  ab_seasons,
  // Canary: the challenger's share rises from .02 to .5 while requests get harder, from .05 to .30.
  canary_ramp,
  // Shadow of a regression: errors of a Pareto law with tail 1.5, alike in both for three quarters, clipped.
  heavy_tails,
  // A/B of scores: the Brier score of two calibrated models.
  ab_brier,
};
inline constexpr std::array kTraffic = {Traffic::shadow_1,   Traffic::shadow_10,   Traffic::shadow_40,
                                        Traffic::ab_seasons, Traffic::canary_ramp, Traffic::heavy_tails,
                                        Traffic::ab_brier};
std::string name_of(Traffic traffic);

// What a comparison of this traffic declares.
struct Declared {
  detectors::champion::LossMetric metric;
  double bound;
};
Declared declared(Traffic traffic);

class Stream {
 public:
  Stream(Traffic traffic, double better, std::uint64_t seed, std::int64_t slots);
  // Of the next slot, `labels` requests.
  std::vector<DealtLoss> next(int labels);

 private:
  void shadow_error(double disagreement, std::vector<DealtLoss>& out);
  void dealt_error(double share, std::vector<DealtLoss>& out, bool seasons);
  void shadow_pareto(std::vector<DealtLoss>& out);
  void dealt_brier(std::vector<DealtLoss>& out);
  double pareto();

  Traffic traffic_;
  double better_;
  guarantee::Draws draws_;
  std::int64_t slots_;
  std::int64_t slot_ = 0;
  std::uint64_t id_;
};

}  // namespace driftd::comparison_trials
