#include "detectors/champion/confidence_sequence.h"

#include <algorithm>
#include <array>
#include <limits>

#include "detectors/maths/portable.h"

namespace driftd::detectors::champion {

namespace {

using maths::portable_exp;
using maths::portable_log;

constexpr std::size_t kBets = 12;
constexpr double kLargestBet = 0.95;
constexpr int kHalvings = 26;  // of an interval of at most 2: to 3e-8

using Cells = std::vector<DifferenceCounts::Cell>;

double log_sum(const std::array<double, kBets>& logs) {
  const double most = *std::max_element(logs.begin(), logs.end());
  double sum = 0;
  for (const double one : logs) sum += portable_exp(one - most);
  return most + portable_log(sum);
}

// Against "the mean is at most `mean`", of the differences times `sign`.
double log_capital(const Cells& cells, double sign, double mean) {
  std::array<double, kBets> logs{};
  double bet = kLargestBet;
  for (double& log : logs) {
    const double stake = bet / (1 + mean);
    log = -portable_log(static_cast<double>(kBets));
    for (const auto& [difference, times] : cells)
      log += times * portable_log(1 + stake * (sign * difference - mean));
    bet /= 2;
  }
  return log_sum(logs);
}

// The largest mean that is refuted from below, of the differences times `sign`; -1 where none is.
double lower_end(const Cells& cells, double sign, double mean, double limit) {
  double refuted = -1, inner = mean;
  for (int i = 0; i < kHalvings && inner > refuted; ++i) {
    const double middle = refuted + (inner - refuted) / 2;
    if (middle <= -1) break;
    (log_capital(cells, sign, middle) >= limit ? refuted : inner) = middle;
  }
  return refuted;
}

}  // namespace

double log_capital_above(const DifferenceCounts& counts, double mean) {
  return log_capital(counts.cells(), 1, mean);
}

double log_capital_below(const DifferenceCounts& counts, double mean) {
  return log_capital(counts.cells(), -1, -mean);
}

double log_limit(double risk) { return portable_log(2 / risk); }

Interval confidence_interval(const DifferenceCounts& counts, double risk) {
  if (counts.total() == 0) return {};
  const Cells cells = counts.cells();
  const double mean = counts.mean(), limit = log_limit(risk);
  return {lower_end(cells, 1, mean, limit), -lower_end(cells, -1, -mean, limit)};
}

}  // namespace driftd::detectors::champion
