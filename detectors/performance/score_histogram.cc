#include "detectors/performance/score_histogram.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace driftd::detectors {
namespace {

constexpr int kOctaves = 32;
constexpr int kSteps = 256;  // an octave
constexpr std::uint32_t kHalf = kOctaves * kSteps;
constexpr std::uint32_t kLast = 2 * kHalf + 1;  // of scores >= 1; 0 is that of scores <= 0

// The step of x in (0, .5): 0 next to 0, kHalf - 1 next to .5.
std::uint32_t step_of(double x) {
  int exponent = 0;
  const double mantissa = std::frexp(x, &exponent);  // x = mantissa * 2^exponent, mantissa in [.5, 1)
  const int octave = kOctaves + exponent;            // exponent -1 and below; .25 <= x < .5 is the last
  if (octave < 0) return 0;
  return static_cast<std::uint32_t>(octave * kSteps + static_cast<int>((mantissa - 0.5) * 2 * kSteps));
}

// The inverse of step_of().
double middle_of(std::uint32_t step) {
  const int octave = static_cast<int>(step) / kSteps;
  const double mantissa = 0.5 + (step % kSteps + 0.5) / (2.0 * kSteps);
  return std::ldexp(mantissa, octave - kOctaves);
}

}  // namespace

std::uint32_t ScoreHistogram::bin_of(double score) {
  if (!(score > 0)) return 0;
  if (score >= 1) return kLast;
  if (score < 0.5) return 1 + std::min(step_of(score), kHalf - 1);
  return kLast - 1 - std::min(step_of(1 - score), kHalf - 1);
}

double ScoreHistogram::score_of(std::uint32_t bin) {
  if (bin == 0) return 0;
  if (bin >= kLast) return 1;
  if (bin <= kHalf) return middle_of(bin - 1);
  return 1 - middle_of(kLast - 1 - bin);
}

void ScoreHistogram::add(double score, bool positive, int sign) {
  const std::uint32_t index = bin_of(score);
  auto at = std::lower_bound(bins_.begin(), bins_.end(), index,
                             [](const Bin& bin, std::uint32_t wanted) { return bin.index < wanted; });
  if (at == bins_.end() || at->index != index) at = bins_.insert(at, Bin{index, 0, 0});
  (positive ? at->positives : at->negatives) += sign;
  if (at->positives == 0 && at->negatives == 0) bins_.erase(at);
}

ScoreHistogram ScoreHistogram::swapped() const {
  ScoreHistogram other = *this;
  for (Bin& bin : other.bins_) std::swap(bin.positives, bin.negatives);
  return other;
}

void ScoreHistogram::merge(const ScoreHistogram& other, int sign) {
  std::vector<Bin> merged;
  merged.reserve(bins_.size() + other.bins_.size());
  auto left = bins_.begin();
  for (const Bin& bin : other.bins_) {
    while (left != bins_.end() && left->index < bin.index) merged.push_back(*left++);
    Bin sum{bin.index, sign * bin.positives, sign * bin.negatives};
    if (left != bins_.end() && left->index == bin.index) {
      sum.positives += left->positives;
      sum.negatives += left->negatives;
      ++left;
    }
    if (sum.positives != 0 || sum.negatives != 0) merged.push_back(sum);
  }
  merged.insert(merged.end(), left, bins_.end());
  bins_ = std::move(merged);
}

std::optional<double> ScoreHistogram::roc_auc() const {
  double below = 0;  // negatives in lower bins
  double wins = 0;
  double positives = 0;
  for (const Bin& bin : bins_) {
    wins += static_cast<double>(bin.positives) * (below + static_cast<double>(bin.negatives) / 2);
    below += static_cast<double>(bin.negatives);
    positives += static_cast<double>(bin.positives);
  }
  if (positives <= 0 || below <= 0) return std::nullopt;
  return wins / (positives * below);
}

double ScoreHistogram::roc_auc_bound() const {
  double negatives = 0, positives = 0, ties = 0;
  for (const Bin& bin : bins_) {
    positives += static_cast<double>(bin.positives);
    negatives += static_cast<double>(bin.negatives);
    ties += static_cast<double>(bin.positives) * static_cast<double>(bin.negatives);
  }
  return ties == 0 ? 0 : ties / 2 / (positives * negatives);
}

std::optional<double> ScoreHistogram::calibration_error() const {
  constexpr std::size_t kBins = 16;
  std::array<double, kBins> excess{};  // of scores over positives
  double all = 0;
  for (const Bin& bin : bins_) {
    const double score = score_of(bin.index);
    const auto positives = static_cast<double>(bin.positives);
    const double n = positives + static_cast<double>(bin.negatives);
    excess[std::min(static_cast<std::size_t>(score * kBins), kBins - 1)] += n * score - positives;
    all += n;
  }
  if (!(all > 0)) return std::nullopt;
  double sum = 0;
  for (const double one : excess) sum += std::abs(one);
  return sum / all;
}

void ScoreHistogram::save(Encoder& out) const {
  out.put_u64(bins_.size());
  std::uint32_t next = 0;
  for (const Bin& bin : bins_) {
    out.put_u64(bin.index - next);
    out.put_i64(bin.positives);
    out.put_i64(bin.negatives);
    next = bin.index + 1;
  }
}

Result<ScoreHistogram> ScoreHistogram::load(Decoder& in) {
  ScoreHistogram histogram;
  const std::size_t count = in.get_count(3);
  std::uint64_t next = 0;
  const Error corrupt{ErrorCode::corrupt, "a score histogram is out of its bounds"};
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t gap = in.get_u64();
    if (!in.ok() || next > kLast || gap > kLast - next) return corrupt;
    const Bin bin{static_cast<std::uint32_t>(next + gap), in.get_amount(), in.get_amount()};
    if (bin.positives == 0 && bin.negatives == 0) return corrupt;
    histogram.bins_.push_back(bin);
    next = bin.index + 1;
  }
  if (!in.ok()) return corrupt;
  return histogram;
}

}  // namespace driftd::detectors
