#include "detectors/recent_tallies.h"

#include <optional>
#include <utility>

namespace driftd::detectors {

void RecentTallies::push(std::int64_t slot, std::string encoded) {
  if (levels_.empty()) levels_.emplace_back();
  levels_[0].push_back({slot, std::move(encoded)});
  // A block leaves its level once the level's newest is kKept blocks further on, so that what is merged is
  // a function of slot numbers, empty slots included.
  for (std::size_t level = 0; level < levels_.size() && level + 1 < kLevels; ++level) merge_oldest(level);
}

void RecentTallies::merge_oldest(std::size_t level) {
  const std::int64_t newest = levels_[0].back().number >> level;
  const auto keep_from = ((newest >> 1) - static_cast<std::int64_t>(kKept / 2)) * 2;
  while (!levels_[level].empty() && levels_[level].front().number < keep_from) {
    if (level + 1 == levels_.size()) levels_.emplace_back();
    Block oldest = std::move(levels_[level].front());
    levels_[level].pop_front();
    std::deque<Block>& above = levels_[level + 1];
    const std::int64_t number = oldest.number >> 1;
    if (!above.empty() && above.back().number == number) {
      above.back().tally = add_encoded_tallies(above.back().tally, oldest.tally);
    } else {
      above.push_back({number, std::move(oldest.tally)});
    }
  }
}

void RecentTallies::since(std::int64_t slot, Tally& out) const {
  each_since(slot, [&](std::int64_t, std::int64_t, const std::string& tally) {
    (void)out.merge_encoded(tally);
  });  // our own bytes
}

std::string RecentTallies::since(std::int64_t slot) const {
  std::string sum;
  each_since(slot, [&](std::int64_t, std::int64_t, const std::string& tally) {
    sum = sum.empty() ? tally : add_encoded_tallies(sum, tally);
  });
  return sum;
}

void RecentTallies::save(Encoder& out) const {
  out.put_u64(levels_.size());
  for (const auto& level : levels_) {
    out.put_u64(level.size());
    for (const Block& block : level) {
      out.put_i64(block.number);
      out.put_text(block.tally);
    }
  }
}

Result<RecentTallies> RecentTallies::load(const std::shared_ptr<const TallyLayout>& layout, Duration slot,
                                          Decoder& in) {
  RecentTallies recent;
  std::optional<Tally> checked;
  if (layout) checked.emplace(layout);
  const auto is_sane = [&](const std::string& bytes) {
    return checked ? checked->merge_encoded(bytes).ok() : SparseTally::decode(bytes).ok();
  };
  const std::size_t levels = in.get_count();
  if (levels > kLevels) in.fail();
  for (std::size_t level = 0; level < levels && in.ok(); ++level) {
    auto& blocks = recent.levels_.emplace_back();
    for (std::size_t n = in.get_count(2); n > 0 && in.ok(); --n) {
      Block block{in.get_within((kLeastTime / slot) >> level, (kMostTime / slot) >> level),
                  std::string(in.get_text())};
      const bool rises = blocks.empty() || blocks.back().number < block.number;
      if (!rises || !is_sane(block.tally)) in.fail();
      blocks.push_back(std::move(block));
    }
  }
  const bool begun = !recent.levels_.empty() && !recent.levels_[0].empty();
  if (!in.ok() || begun != !recent.levels_.empty())
    return Error{ErrorCode::corrupt, "these bytes are no recent tallies of this profile"};
  return recent;
}

}  // namespace driftd::detectors
