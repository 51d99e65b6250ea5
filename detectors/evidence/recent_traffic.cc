#include "detectors/evidence/recent_traffic.h"

#include <algorithm>

namespace driftd::detectors::evidence {
namespace {

constexpr std::int64_t kHours = 168;

}  // namespace

RecentTraffic::RecentTraffic(std::size_t monitors, Duration slot)
    : slot_(slot), hours_(static_cast<std::size_t>(kHours) * monitors), totals_(monitors) {}

std::size_t RecentTraffic::place(std::int64_t hour, std::size_t monitor) const {
  const std::int64_t turn = ((hour % kHours) + kHours) % kHours;
  return static_cast<std::size_t>(turn) * totals_.size() + monitor;
}

void RecentTraffic::advance(std::int64_t slot) {
  if (!first_) {
    first_ = slot;
    last_ = slot;
  }
  const std::int64_t hour = hour_of(slot);
  const std::int64_t gone = std::min(hour - hour_of(last_), kHours);
  for (std::int64_t h = hour - gone + 1; h <= hour; ++h) {
    for (std::size_t monitor = 0; monitor < totals_.size(); ++monitor) {
      std::int64_t& count = hours_[place(h, monitor)];
      totals_[monitor] -= count;
      count = 0;
    }
  }
  last_ = std::max(last_, slot);
}

void RecentTraffic::add(std::size_t monitor, std::int64_t values) {
  hours_[place(hour_of(last_), monitor)] += values;
  totals_[monitor] += values;
}

double RecentTraffic::per_slot(std::size_t monitor) const {
  if (!first_) return 0;
  const Time oldest = (hour_of(last_) - kHours + 1) * kHour;
  const std::int64_t first = std::max(*first_, slot_of(oldest - 1, slot_) + 1);
  const std::int64_t slots = std::max<std::int64_t>(last_ - first + 1, 1);
  return static_cast<double>(totals_[monitor]) / static_cast<double>(slots);
}

void RecentTraffic::save(Encoder& out) const {
  out.put_bool(first_.has_value());
  if (!first_) return;
  out.put_i64(*first_);
  out.put_i64(last_);
  for (const std::int64_t count : hours_) out.put_i64(count);
}

bool RecentTraffic::load(Decoder& in) {
  first_.reset();
  if (!in.get_bool()) return in.ok();
  first_ = in.get_slot(slot_);
  last_ = in.get_slot(slot_);
  if (*first_ > last_) in.fail();
  std::fill(totals_.begin(), totals_.end(), 0);
  for (std::size_t i = 0; i < hours_.size() && in.ok(); ++i) {
    hours_[i] = in.get_within(0, kMostAmount);
    totals_[i % totals_.size()] += hours_[i];
  }
  return in.ok();
}

}  // namespace driftd::detectors::evidence
