#include "detectors/champion/difference_counts.h"

#include <cmath>

namespace driftd::detectors::champion {

namespace {

constexpr double kUnit = 16'777'216;                          // of sums of losses: 2^24
constexpr std::uint64_t kMostPairs = std::uint64_t{1} << 39;  // their sums fit

std::uint64_t in_units(double loss) { return static_cast<std::uint64_t>(std::llround(loss * kUnit)); }

double mean_of(std::uint64_t sum, std::uint64_t total) {
  return total == 0 ? 0 : static_cast<double>(sum) / kUnit / static_cast<double>(total);
}

}  // namespace

void DifferenceCounts::add(double champion_loss, double challenger_loss, std::uint64_t times) {
  counts_[static_cast<std::int32_t>(std::lround((challenger_loss - champion_loss) * kLattice))] += times;
  total_ += times;
  champion_ += in_units(champion_loss) * times;
  challenger_ += in_units(challenger_loss) * times;
}

void DifferenceCounts::merge(const DifferenceCounts& other) {
  for (const auto& [difference, times] : other.counts_) counts_[difference] += times;
  total_ += other.total_;
  champion_ += other.champion_;
  challenger_ += other.challenger_;
}

double DifferenceCounts::mean() const {
  std::int64_t sum = 0;
  for (const auto& [difference, times] : counts_) sum += difference * static_cast<std::int64_t>(times);
  return total_ == 0 ? 0 : static_cast<double>(sum) / kLattice / static_cast<double>(total_);
}

double DifferenceCounts::champion_mean() const { return mean_of(champion_, total_); }
double DifferenceCounts::challenger_mean() const { return mean_of(challenger_, total_); }

std::vector<DifferenceCounts::Cell> DifferenceCounts::cells() const {
  std::vector<Cell> cells;
  cells.reserve(counts_.size());
  for (const auto& [difference, times] : counts_)
    cells.push_back({static_cast<double>(difference) / kLattice, static_cast<double>(times)});
  return cells;
}

void DifferenceCounts::save(Encoder& out) const {
  out.put_u64(counts_.size());
  for (const auto& [difference, times] : counts_) {
    out.put_i64(difference);
    out.put_u64(times);
  }
  out.put_u64(champion_);
  out.put_u64(challenger_);
}

Result<DifferenceCounts> DifferenceCounts::load(Decoder& in) {
  DifferenceCounts loaded;
  for (std::size_t n = in.get_count(2); n > 0 && in.ok(); --n) {
    const std::int64_t difference = in.get_within(-kLattice, kLattice);
    const std::uint64_t times = in.get_u64();
    if (times == 0 || times > kMostPairs) in.fail();
    if (!in.ok() || !loaded.counts_.emplace(static_cast<std::int32_t>(difference), times).second) in.fail();
    loaded.total_ += times;
  }
  loaded.champion_ = in.get_u64();
  loaded.challenger_ = in.get_u64();
  if (!in.ok() || loaded.total_ > kMostPairs)
    return Error{ErrorCode::corrupt, "the counts of a comparison are out of their bounds"};
  return loaded;
}

}  // namespace driftd::detectors::champion
