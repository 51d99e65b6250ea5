// When to look at what waits: (time, key hash) in order of time, cheap at millions.
//
// Far ahead, looks lie unsorted in buckets of an hour; only the first bucket is kept as a heap. A look
// may be stale (its entry is gone or has another time by now): whoever takes it compares. Values.
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "core/time.h"

namespace driftd::collector::join {

class Timeline {
 public:
  struct Look {
    Time time = 0;
    std::uint64_t hash = 0;
    auto operator<=>(const Look&) const = default;  // NOLINT(modernize-use-nullptr): a fault of the linter's
  };

  void add(const Look& look) {
    Bucket& bucket = buckets_[slot_of(look.time, kHour)];
    bucket.looks.push_back(look);
    if (bucket.heap) std::push_heap(bucket.looks.begin(), bucket.looks.end(), std::greater<>());
  }

  [[nodiscard]] bool empty() const { return buckets_.empty(); }

  // The earliest; of equal times the smaller hash. Precondition: not empty().
  const Look& first() {
    Bucket& bucket = buckets_.begin()->second;
    if (!bucket.heap) std::make_heap(bucket.looks.begin(), bucket.looks.end(), std::greater<>());
    bucket.heap = true;
    return bucket.looks.front();
  }

  void pop() {
    first();
    std::vector<Look>& looks = buckets_.begin()->second.looks;
    std::pop_heap(looks.begin(), looks.end(), std::greater<>());
    looks.pop_back();
    if (looks.empty()) buckets_.erase(buckets_.begin());
  }

  template <class Visit>
  void for_each(Visit visit) const {
    for (const auto& [hour, bucket] : buckets_) {
      for (const Look& look : bucket.looks) visit(look);
    }
  }

  [[nodiscard]] std::size_t memory() const {
    std::size_t bytes = 0;
    for (const auto& [hour, bucket] : buckets_) bytes += 96 + bucket.looks.capacity() * sizeof(Look);
    return bytes;
  }

 private:
  struct Bucket {
    std::vector<Look> looks;
    bool heap = false;
  };
  std::map<std::int64_t, Bucket> buckets_;  // by hour; none is empty
};

}  // namespace driftd::collector::join
