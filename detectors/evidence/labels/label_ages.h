// The ages at which labels come, and the buckets of them that evidence compares within (STATISTICS 9).
//
// 12 buckets, log-spaced between the 1 % and the 99 % age of the reference; what is younger or older joins
// the outer ones, up to its oldest label. Which buckets say nothing, because the reference had fewer than 30
// labels there, is for the monitors to know: it differs by question. Ages are durations of event time, never
// negative. Plain values.
#pragma once

#include <cstddef>
#include <vector>

#include "core/time.h"

namespace driftd::detectors::evidence {

inline constexpr std::size_t kAgeBuckets = 12;
inline constexpr std::int64_t kLeastStratumLabels = 30;

struct LabelAges {
  // Of kAgeBuckets + 1 ends, rising, the first of which is never reached from below; fewer where ages are
  // all but the same; none: ages are not known, or all the same, and there is one bucket.
  std::vector<Duration> ends;
  // Labels that are older than any of the reference's have no bucket: nothing is known of them.
  Duration oldest = 0;
  // The 95 % age: when a cohort of predictions is judged. None: ages are not known.
  Duration ripe = 0;
  bool known = false;

  [[nodiscard]] std::size_t buckets() const { return ends.size() < 2 ? 1 : ends.size() - 1; }
  // Bucket b holds ages in (ends[b], ends[b + 1]]; the outer ones are open.
  [[nodiscard]] std::size_t bucket_of(Duration age) const;
  // By when a label of bucket b has come, if it is not one of the last per cent.
  [[nodiscard]] Duration end_of(std::size_t bucket) const;

  friend bool operator==(const LabelAges&, const LabelAges&) = default;
};

// Of the labels of a reference, in any order; without any the ages are not known.
LabelAges label_ages(std::vector<Duration> ages);

}  // namespace driftd::detectors::evidence
