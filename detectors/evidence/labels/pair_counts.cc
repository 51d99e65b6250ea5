#include "detectors/evidence/labels/pair_counts.h"

#include <algorithm>
#include <cmath>

#include "core/codec.h"
#include "detectors/maths/portable.h"

namespace driftd::detectors::evidence {
namespace {

constexpr std::int64_t kMostCount = std::int64_t{1} << 60;

// Of right-closed bins.
std::size_t bin_of(const std::vector<double>& edges, double value) {
  return static_cast<std::size_t>(std::lower_bound(edges.begin(), edges.end(), value) - edges.begin());
}

std::int64_t in_loss_units(double share) { return std::llround(share / kLossUnit); }

}  // namespace

PairLayout::PairLayout(const PairScale& scale, bool by_age)
    : buckets_(by_age ? scale.ages.buckets() : 1),
      deciles_(scale.scored ? scale.score_edges.size() + 1 : 0),
      residual_bins_(scale.task == Task::regression ? scale.residual_edges.size() + 1 : 0),
      regression_(scale.task == Task::regression) {
  if (scale.task == Task::multiclass) size_ = 2 * buckets_;
  if (scale.task == Task::binary) size_ = 2 * buckets_ * (3 + deciles_);
  if (scale.task == Task::regression) size_ = residual() + residual_bins_;
}

void PairCounts::add(const PairCounts& other, std::int64_t sign) {
  if (values.empty()) values.resize(other.values.size(), 0);
  for (std::size_t i = 0; i < other.values.size(); ++i) {
    // Modulo 2^64, as bytes that were restored may hold anything.
    const auto term = static_cast<std::uint64_t>(sign) * static_cast<std::uint64_t>(other.values[i]);
    values[i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(values[i]) + term);
  }
}

bool PairCounts::empty() const {
  return std::all_of(values.begin(), values.end(), [](std::int64_t value) { return value == 0; });
}

std::string PairCounts::encode() const {
  Encoder out;
  std::size_t next = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] == 0) continue;
    out.put_u64(i - next);
    out.put_i64(values[i]);
    next = i + 1;
  }
  return out.take();
}

Result<PairCounts> PairCounts::decode(const PairLayout& layout, std::string_view bytes) {
  PairCounts counts{std::vector<std::int64_t>(layout.size(), 0)};
  Decoder in(bytes);
  std::size_t next = 0;
  while (in.ok() && !in.at_end()) {
    const std::uint64_t gap = in.get_u64();
    const std::int64_t value = in.get_i64();
    if (gap >= layout.size() - next) {
      in.fail();
      break;
    }
    const std::size_t index = next + gap;
    const bool fits = value <= kMostCount && value >= (layout.is_bet(index) ? -kMostCount : 0);
    if (!fits || value == 0) in.fail();
    counts.values[index] = value;
    next = index + 1;
  }
  if (!in.ok()) return Error{ErrorCode::corrupt, "these bytes are no counts of pairs"};
  return counts;
}

std::array<std::int64_t, kBets> LossBets::stakes(std::size_t bucket, double x) const {
  std::array<std::int64_t, kBets> found{};
  for (std::size_t j = 0; j < kBets; ++j) {
    const double payoff = (1 - kBetFractions[j]) + kBetFractions[j] * x / means[bucket];
    found[j] = static_cast<std::int64_t>(std::floor(maths::portable_log(payoff) / kBetUnit));
  }
  return found;
}

PairCounts with_classes_swapped(const PairLayout& layout, const PairCounts& counts) {
  if (counts.values.empty()) return counts;
  PairCounts other = counts;
  std::vector<std::int64_t>& to = other.values;
  const std::vector<std::int64_t>& from = counts.values;
  for (std::size_t b = 0; b < layout.buckets(); ++b) {
    const std::size_t alarm = layout.false_alarm(b), miss = layout.miss(b);
    const std::int64_t true_negatives = from[layout.error(b)] - from[alarm];
    to[alarm] = to[miss] = true_negatives;
    to[alarm + 1] = from[miss + 1];
    to[miss + 1] = from[alarm + 1];
    for (std::size_t d = 0; d < layout.deciles(); ++d)
      std::swap(to[layout.positive(d, b)], to[layout.positive(d, b) + 1]);
  }
  return other;
}

PairCounter::PairCounter(PairScale scale, bool by_age, LossBets bets)
    : scale_(std::move(scale)), by_age_(by_age), bets_(std::move(bets)), layout_(scale_, by_age) {}

void PairCounter::add(PairCounts& counts, const LabelledPair& pair, std::int64_t sign) const {
  if (by_age_ && scale_.ages.known && pair.age > scale_.ages.oldest) return;
  const std::size_t bucket = by_age_ ? scale_.ages.bucket_of(pair.age) : 0;
  if (scale_.task == Task::regression) {
    add_loss(counts, pair, bucket, sign);
  } else if (scale_.task != Task::none) {
    add_class(counts, pair, bucket, sign);
  }
}

void PairCounter::add_class(PairCounts& counts, const LabelledPair& pair, std::size_t bucket,
                            std::int64_t sign) const {
  const auto answer = [&](std::size_t question, bool yes) {
    counts.values[question + (yes ? 1 : 0)] += sign;
  };
  answer(layout_.error(bucket), pair.loss != 0);
  if (scale_.task != Task::binary) return;
  if (pair.positive_predicted) answer(layout_.false_alarm(bucket), !pair.positive_actual);
  if (pair.positive_actual) answer(layout_.miss(bucket), !pair.positive_predicted);
  if (!scale_.scored || !pair.score || !std::isfinite(*pair.score)) return;
  answer(layout_.positive(bin_of(scale_.score_edges, *pair.score), bucket), pair.positive_actual);
}

void PairCounter::add_loss(PairCounts& counts, const LabelledPair& pair, std::size_t bucket,
                           std::int64_t sign) const {
  const bool clipped = pair.loss > scale_.loss_bound;
  // A reference that never erred has a bound of 0: any loss is then the largest.
  const double x = clipped ? 1 : scale_.loss_bound > 0 ? pair.loss / scale_.loss_bound : 0;
  counts.values[layout_.clipped(bucket) + (clipped ? 1 : 0)] += sign;
  counts.values[layout_.loss(bucket)] += sign * in_loss_units(x);
  counts.values[layout_.loss(bucket) + 1] += sign * in_loss_units(x * x);
  if (!bets_.means.empty() && bets_.means[bucket] > 0) {
    const auto stakes = bets_.stakes(bucket, x);
    for (std::size_t j = 0; j < kBets; ++j) counts.values[layout_.bets() + j] += sign * stakes[j];
  }
  counts.values[layout_.residual() + bin_of(scale_.residual_edges, pair.residual)] += sign;
}

}  // namespace driftd::detectors::evidence
