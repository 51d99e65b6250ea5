#include "detectors/champion/open_block.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <tuple>

namespace driftd::detectors::champion {

namespace {

using Losses = std::span<const ArmLoss>;

double mean(Losses losses) {
  double sum = 0;
  for (const ArmLoss& one : losses) sum += one.loss;
  return sum / static_cast<double>(losses.size());
}

std::size_t champions_in(Losses same) {
  return static_cast<std::size_t>(
      std::count_if(same.begin(), same.end(), [](const ArmLoss& l) { return l.arm == Arm::champion; }));
}

// Of one id, champion's first. One difference, also where an arm has scored the id more than once: which of
// its losses to take would be a choice by losses.
bool match_id(Losses same, DifferenceCounts& out) {
  const std::size_t champions = champions_in(same);
  if (champions == 0 || champions == same.size()) return false;
  out.add(mean(same.first(champions)), mean(same.subspan(champions)));
  return true;
}

// Of one stratum, champion's first.
void match_stratum(Losses same, DifferenceCounts& out) {
  const std::size_t champions = champions_in(same);
  const std::size_t challengers = same.size() - champions;
  if (champions == 0 || challengers == 0) return;
  const std::size_t groups = std::min(champions, challengers);
  const std::size_t of_champion = std::min(kMostPerGroup, champions / groups);
  const std::size_t of_challenger = std::min(kMostPerGroup, challengers / groups);
  for (std::size_t i = 0; i < groups; ++i)
    out.add(mean(same.subspan(i * of_champion, of_champion)),
            mean(same.subspan(champions + i * of_challenger, of_challenger)));
}

// Calls `take` for each stretch of equal `key`.
template <class Key, class Take>
void each_run(Losses losses, Key key, Take take) {
  for (std::size_t begin = 0; begin < losses.size();) {
    std::size_t end = begin + 1;
    while (end < losses.size() && key(losses[end]) == key(losses[begin])) ++end;
    take(losses.subspan(begin, end - begin));
    begin = end;
  }
}

}  // namespace

void OpenBlock::add(std::vector<ArmLoss> losses, bool by_id, DifferenceCounts& out) {
  std::sort(losses.begin(), losses.end());
  const auto before = static_cast<std::ptrdiff_t>(waiting_.size());
  waiting_.insert(waiting_.end(), losses.begin(), losses.end());
  std::inplace_merge(waiting_.begin(), waiting_.begin() + before, waiting_.end());
  if (!by_id) return;
  std::vector<ArmLoss> left;
  each_run(
      waiting_, [](const ArmLoss& l) { return l.id; },
      [&](Losses same) {
        if (match_id(same, out))
          ++matched_;
        else
          left.insert(left.end(), same.begin(), same.end());
      });
  waiting_ = std::move(left);
}

void OpenBlock::close(bool by_id, bool by_strata, DifferenceCounts& out) {
  const std::size_t champions = champions_in(waiting_);
  const std::uint64_t smaller = matched_ + std::min(champions, waiting_.size() - champions);
  const bool shadow = by_id && matched_ > 0 && 2 * matched_ >= smaller;
  if (by_strata && !shadow) {
    std::sort(waiting_.begin(), waiting_.end(), [](const ArmLoss& a, const ArmLoss& b) {
      return std::tie(a.stratum, a.arm, a.id, a.loss) < std::tie(b.stratum, b.arm, b.id, b.loss);
    });
    each_run(
        waiting_, [](const ArmLoss& l) { return l.stratum; }, [&](Losses same) { match_stratum(same, out); });
  }
  *this = {};
}

void OpenBlock::save(Encoder& out) const {
  out.put_u64(matched_);
  out.put_u64(waiting_.size());
  for (const ArmLoss& one : waiting_) {
    out.put_u64(one.id);
    out.put_u8(static_cast<std::uint8_t>(one.arm));
    out.put_double(one.loss);
    out.put_u64(one.stratum);
  }
}

Result<OpenBlock> OpenBlock::load(Decoder& in) {
  OpenBlock loaded;
  loaded.matched_ = in.get_u64();
  for (std::size_t n = in.get_count(11); n > 0 && in.ok(); --n) {
    ArmLoss& one = loaded.waiting_.emplace_back();
    one.id = in.get_u64();
    const std::uint8_t arm = in.get_u8();
    one.loss = in.get_double();
    one.stratum = in.get_u64();
    if (arm > 1 || !(one.loss >= 0 && one.loss <= 1)) in.fail();
    one.arm = static_cast<Arm>(arm);
  }
  if (!in.ok() || !std::is_sorted(loaded.waiting_.begin(), loaded.waiting_.end()))
    return Error{ErrorCode::corrupt, "what waits in a comparison is out of its bounds"};
  return loaded;
}

}  // namespace driftd::detectors::champion
