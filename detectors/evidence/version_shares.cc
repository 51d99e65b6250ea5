#include "detectors/evidence/version_shares.h"

#include <algorithm>
#include <limits>

namespace driftd::detectors::evidence {

void VersionShares::tell(std::int64_t slot, std::vector<Change>& changes) const {
  for (const auto& [version, last] : last_)
    changes.push_back({slot, version, 1 / static_cast<double>(last_.size())});
}

void VersionShares::advance(std::int64_t slot, Duration slot_length, std::vector<Change>& changes) {
  const std::int64_t day = (kDay + slot_length - 1) / slot_length;  // slots for which a prediction counts
  while (true) {
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    for (const auto& [version, last] : last_) first = std::min(first, last + day);
    if (first > slot || last_.empty()) return;
    for (auto it = last_.begin(); it != last_.end();) {
      if (it->second + day != first) {
        ++it;
        continue;
      }
      changes.push_back({first, it->first, 0});
      it = last_.erase(it);
    }
    tell(first, changes);
  }
}

void VersionShares::predicted(std::int64_t slot, Duration slot_length, std::uint32_t version,
                              std::vector<Change>& changes) {
  advance(slot - 1, slot_length, changes);
  const bool fresh = last_.insert_or_assign(version, slot).second;
  if (fresh) tell(slot, changes);
}

void VersionShares::save(Encoder& out) const {
  out.put_u64(last_.size());
  for (const auto& [version, last] : last_) {
    out.put_u64(version);
    out.put_i64(last);
  }
}

void VersionShares::load(Decoder& in) {
  last_.clear();
  for (std::size_t n = in.get_count(2); n > 0 && in.ok(); --n) {
    const auto version = static_cast<std::uint32_t>(in.get_u64());
    last_[version] = in.get_time();
  }
}

}  // namespace driftd::detectors::evidence
