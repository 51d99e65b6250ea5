#include "detectors/evidence/certify/shift.h"

#include <algorithm>
#include <cmath>

#include "detectors/evidence/column_counts.h"
#include "detectors/maths/distributions.h"

namespace driftd::detectors::evidence {
namespace {

constexpr double kGoldenStep = 0.6180339887498949;  // offsets that fill [0, 1) evenly

double fraction(double number) { return number - std::floor(number); }

// Shares at or below each bin; the last is 1.
std::vector<double> cumulated(std::span<const double> p) {
  std::vector<double> found;
  double sum = 0;
  for (const double share : p) found.push_back(std::min(sum += share, 1.0));
  if (!found.empty()) found.back() = 1;
  return found;
}

// The rank that a shift brings to `share`.
double rank_before(double share, double size) {
  if (share <= 0) return 0;
  if (share >= 1) return 1;
  return maths::normal_cdf(maths::normal_quantile(share) - size);
}

// Bin by bin, how much of it ends at or below each bin after the shift.
std::vector<double> location(std::span<const double> p, double size) {
  const std::vector<double> ends = cumulated(p);
  std::vector<double> found;
  for (std::size_t from = 0; from < p.size(); ++from) {
    const double low = from == 0 ? 0 : ends[from - 1];
    for (std::size_t to = 0; to < p.size(); ++to) {
      const double reached = std::min(rank_before(ends[to], size), ends[from]) - low;
      found.push_back(p[from] > 0 ? std::clamp(reached / p[from], 0.0, 1.0) : (to >= from ? 1.0 : 0.0));
    }
    found.back() = 1;
  }
  return found;
}

std::size_t gaining_category(std::span<const double> p) {
  std::size_t found = 0;
  for (std::size_t k = 1; k < p.size(); ++k)
    if (p[found] > .5 || (p[k] <= .5 && p[k] > p[found])) found = k;
  return found;
}

std::vector<double> toward(std::span<const double> p, double size) {
  const std::size_t gains = gaining_category(p);
  std::vector<double> found;
  for (std::size_t from = 0; from < p.size(); ++from)
    for (std::size_t to = 0; to < p.size(); ++to)
      found.push_back((to >= gains ? size : 0) + (to >= from ? 1 - size : 0));
  return found;
}

double variation_of(std::span<const double> p, std::span<const double> reached) {
  double variation = 0;
  double before = 0;
  double low = 0;
  for (std::size_t to = 0; to < p.size(); ++to) {
    double sum = 0;
    for (std::size_t from = 0; from < p.size(); ++from) sum += p[from] * reached[from * p.size() + to];
    variation += std::abs(sum - low - p[to]) / 2;
    low = sum;
    before += p[to];
  }
  return before > 0 ? variation : 0;
}

void move_rate(std::span<std::int64_t> no, std::int64_t gone) {
  no[0] = std::max<std::int64_t>(no[0] - gone, 0);
}

}  // namespace

Shift::Shift(const ColumnProfile& column, std::span<const double> p, Move move, double size)
    : bins_(p.size()), width_(counts_of(column)), numeric_(column.type == ColumnType::numeric) {
  if (move == Move::missing) {
    missing_ = variation_ = size;
    return;
  }
  reached_ = move == Move::location ? location(p, size) : toward(p, size);
  variation_ = variation_of(p, reached_);
}

// Cumulative rounding: every event goes to one bin, and to each as many as its share says.
void Shift::move_bins(std::span<const std::int64_t> counts, double offset,
                      std::span<std::int64_t> out) const {
  for (std::size_t from = 0; from < bins_; ++from) {
    if (counts[from] == 0) continue;
    const double start = fraction(offset + kGoldenStep * static_cast<double>(from + 1));
    std::int64_t before = 0;
    for (std::size_t to = 0; to < bins_; ++to) {
      const double share = reached_[from * bins_ + to];
      const auto reached =
          share >= 1
              ? counts[from]
              : static_cast<std::int64_t>(std::floor(static_cast<double>(counts[from]) * share + start));
      out[to] += std::min(reached, counts[from]) - before;
      before = std::min(reached, counts[from]);
    }
  }
}

std::vector<std::int64_t> Shift::applied(std::span<const std::int64_t> counts) const {
  std::vector<std::int64_t> found(counts.begin(), counts.end());
  for (std::size_t slot = 0; slot * width_ < counts.size(); ++slot) {
    const double offset = fraction(kGoldenStep * static_cast<double>(slot));
    const std::span<std::int64_t> out(found.data() + slot * width_, width_);
    const auto in = counts.subspan(slot * width_, width_);
    if (!reached_.empty()) {
      std::fill_n(out.begin(), bins_, 0);
      move_bins(in, offset, out);
      continue;
    }
    std::int64_t gone = 0;
    for (std::size_t bin = 0; bin < bins_; ++bin) {
      const double start = fraction(offset + kGoldenStep * static_cast<double>(bin + 1));
      const auto moved = std::min(
          in[bin], static_cast<std::int64_t>(std::floor(static_cast<double>(in[bin]) * missing_ + start)));
      out[bin] -= moved;
      gone += moved;
    }
    const std::span<std::int64_t> rates = out.subspan(bins_);
    rates[1] += gone;  // missing
    for (std::size_t rate = 0; rate < rates.size() / 2; ++rate) move_rate(rates.subspan(2 * rate, 2), gone);
  }
  return found;
}

}  // namespace driftd::detectors::evidence
