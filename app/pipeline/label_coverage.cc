#include "app/pipeline/label_coverage.h"

#include <algorithm>

#include "detectors/profile.h"

namespace driftd::app {

namespace ev = detectors::evidence;

void LabelCoverage::add_pair(Time prediction_time, Duration slot) {
  ++joined_[ev::cohort_of(prediction_time, slot)];
}

std::int64_t LabelCoverage::without_label(const std::pair<const std::int64_t, std::int64_t>& cohort) const {
  const auto joined = joined_.find(cohort.first);
  return std::max<std::int64_t>(cohort.second - (joined == joined_.end() ? 0 : joined->second), 0);
}

void LabelCoverage::forget_before(std::int64_t cohort, const ev::Cohorts& predictions) {
  for (auto at = predictions.begin(); at != predictions.end() && at->first < cohort; ++at)
    expired_before_ += without_label(*at);
  const auto last = joined_.lower_bound(cohort);
  for (auto at = joined_.begin(); at != last; ++at) joined_before_ += at->second;
  joined_.erase(joined_.begin(), last);
}

alerts::Coverage LabelCoverage::at(Time clock, Duration horizon, const ev::Cohorts& predictions,
                                   std::uint64_t evicted) const {
  alerts::Coverage coverage{joined_before_, 0, expired_before_, static_cast<std::int64_t>(evicted)};
  for (const auto& [cohort, joined] : joined_) coverage.joined += joined;
  for (const auto& cohort : predictions) {
    const Time end = slot_end(cohort.first, detectors::kProfileBlock);
    if (end > clock) break;
    (end + horizon <= clock ? coverage.expired : coverage.waiting) += without_label(cohort);
  }
  return coverage;
}

void LabelCoverage::save(Encoder& out) const {
  out.put_i64(joined_before_);
  out.put_i64(expired_before_);
  out.put_u64(joined_.size());
  for (const auto& [cohort, joined] : joined_) {
    out.put_i64(cohort);
    out.put_i64(joined);
  }
}

void LabelCoverage::load(Decoder& in) {
  joined_.clear();
  joined_before_ = in.get_amount();
  expired_before_ = in.get_amount();
  for (std::size_t n = in.get_count(2); n > 0 && in.ok(); --n) {
    const std::int64_t cohort = in.get_slot(detectors::kProfileBlock);
    joined_[cohort] = in.get_amount();
  }
}

}  // namespace driftd::app
