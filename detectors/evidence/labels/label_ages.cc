#include "detectors/evidence/labels/label_ages.h"

#include <algorithm>
#include <cmath>

#include "detectors/maths/portable.h"

namespace driftd::detectors::evidence {
namespace {

constexpr Duration kLeastAge = kSecond;  // below it ages are one and the same

// The order statistic ceil(n share), of sorted ages.
Duration age_at(const std::vector<Duration>& sorted, std::size_t percent) {
  const std::size_t rank = (sorted.size() * percent + 99) / 100;
  return std::max(sorted[std::max<std::size_t>(rank, 1) - 1], kLeastAge);
}

}  // namespace

std::size_t LabelAges::bucket_of(Duration age) const {
  if (buckets() == 1) return 0;
  const auto inner = ends.begin() + 1;
  return static_cast<std::size_t>(std::lower_bound(inner, ends.end() - 1, age) - inner);
}

Duration LabelAges::end_of(std::size_t bucket) const { return ends[bucket + 1]; }

LabelAges label_ages(std::vector<Duration> ages) {
  LabelAges found;
  if (ages.empty()) return found;
  std::sort(ages.begin(), ages.end());
  const Duration low = age_at(ages, 1);
  const Duration high = age_at(ages, 99);
  found.known = true;
  found.ripe = age_at(ages, 95);
  found.oldest = std::max(ages.back(), kLeastAge);
  const double step = maths::portable_log(static_cast<double>(high) / static_cast<double>(low)) /
                      static_cast<double>(kAgeBuckets);
  for (std::size_t i = 0; i < kAgeBuckets; ++i) {
    const double factor = maths::portable_exp(step * static_cast<double>(i));
    found.ends.push_back(std::llround(static_cast<double>(low) * factor));
  }
  std::erase_if(found.ends, [high](Duration end) { return end >= high; });
  found.ends.push_back(high);
  found.ends.erase(std::unique(found.ends.begin(), found.ends.end()), found.ends.end());
  if (found.ends.size() == 1) found.ends.insert(found.ends.begin(), 0);
  return found;
}

}  // namespace driftd::detectors::evidence
