#include "bench/comparison/traffic.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace driftd::comparison_trials {

namespace {

using detectors::champion::Arm;
using detectors::champion::LossMetric;

constexpr double kParetoBound = 20;
constexpr std::int64_t kDay = 1440;

std::uint64_t mixed(std::uint64_t x) {  // splitmix64's output: ids are hashes
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

}  // namespace

std::string name_of(Traffic traffic) {
  static constexpr std::array<const char*, 7> kNames = {
      "shadow_1", "shadow_10", "shadow_40", "ab_seasons", "canary_ramp", "heavy_tails", "ab_brier"};
  return kNames.at(static_cast<std::size_t>(traffic));
}

Declared declared(Traffic traffic) {
  if (traffic == Traffic::heavy_tails) return {LossMetric::absolute_error, kParetoBound};
  if (traffic == Traffic::ab_brier) return {LossMetric::brier, 1};
  return {LossMetric::error, 1};
}

Stream::Stream(Traffic traffic, double better, std::uint64_t seed, std::int64_t slots)
    : traffic_(traffic), better_(better), draws_(seed), slots_(slots), id_(mixed(seed)) {}

std::vector<DealtLoss> Stream::next(int labels) {
  std::vector<DealtLoss> out;
  out.reserve(2 * static_cast<std::size_t>(labels));
  const double progress = static_cast<double>(slot_) / static_cast<double>(slots_);
  for (int i = 0; i < labels; ++i) {
    ++id_;
    switch (traffic_) {
      case Traffic::shadow_1:
        shadow_error(0.01, out);
        break;
      case Traffic::shadow_10:
        shadow_error(0.1, out);
        break;
      case Traffic::shadow_40:
        shadow_error(0.4, out);
        break;
      case Traffic::ab_seasons:
        dealt_error(0.5, out, true);
        break;
      case Traffic::canary_ramp:
        dealt_error(0.02 + 0.48 * progress, out, false);
        break;
      case Traffic::heavy_tails:
        shadow_pareto(out);
        break;
      case Traffic::ab_brier:
        dealt_brier(out);
        break;
    }
  }
  ++slot_;
  return out;
}

void Stream::shadow_error(double disagreement, std::vector<DealtLoss>& out) {
  const double u = draws_.uniform();
  double champion = 0, challenger = 0;
  if (u < (disagreement + better_) / 2)
    champion = 1;
  else if (u < disagreement)
    challenger = 1;
  else
    champion = challenger = draws_.uniform() < 0.1 ? 1 : 0;
  out.push_back({Arm::champion, mixed(id_), 0, champion});
  out.push_back({Arm::challenger, mixed(id_), 0, challenger});
}

void Stream::dealt_error(double share, std::vector<DealtLoss>& out, bool seasons) {
  const Arm arm = draws_.uniform() < share ? Arm::challenger : Arm::champion;
  const bool hard = draws_.uniform() < 0.3;
  const double progress = static_cast<double>(slot_) / static_cast<double>(slots_);
  const double turn = 2 * std::numbers::pi * static_cast<double>(slot_ % kDay) / static_cast<double>(kDay);
  double rate = seasons ? 0.1 + 0.05 * std::sin(turn) + 0.05 * progress : 0.05 + 0.1 * progress;
  if (hard) rate *= seasons ? 1.75 : 2;
  if (arm == Arm::challenger) rate -= better_;
  out.push_back({arm, mixed(id_), hard ? 1U : 0U, draws_.uniform() < rate ? 1.0 : 0.0});
}

double Stream::pareto() { return std::pow(1 - draws_.uniform(), -1 / 1.5) - 1; }

void Stream::shadow_pareto(std::vector<DealtLoss>& out) {
  const double champion = pareto();
  const double challenger = draws_.uniform() < 0.75 ? champion : pareto();
  // A difference in the mean of clipped losses: so often the challenger is right where the champion is not.
  const bool right = draws_.uniform() < better_;
  out.push_back({Arm::champion, mixed(id_), 0, champion});
  out.push_back({Arm::challenger, mixed(id_), 0, right ? 0 : challenger});
}

void Stream::dealt_brier(std::vector<DealtLoss>& out) {
  const Arm arm = draws_.uniform() < 0.5 ? Arm::challenger : Arm::champion;
  const double p = draws_.uniform();
  const double actual = draws_.uniform() < p ? 1 : 0;
  // The champion's scores are pulled to the middle where the challenger is better.
  const double score = arm == Arm::champion ? p + better_ * (0.5 - p) : p;
  out.push_back({arm, mixed(id_), 0, (score - actual) * (score - actual)});
}

}  // namespace driftd::comparison_trials
