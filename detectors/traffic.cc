#include "detectors/traffic.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace driftd::detectors {

namespace {

constexpr int kParts = 64;  // of an octave
constexpr int kLeastExponent = -10;
constexpr int kLargestExponent = 31;
// milliseconds = fraction * 2^exponent with fraction in [.5, 1).
std::int32_t bin_of(double milliseconds) {
  int exponent = 0;
  const double fraction = std::frexp(milliseconds, &exponent);
  if (milliseconds <= 0 || exponent < kLeastExponent) return 0;
  if (exponent >= kLargestExponent) return (kLargestExponent - kLeastExponent) * kParts - 1;
  return (exponent - kLeastExponent) * kParts + static_cast<int>((fraction * 2 - 1) * kParts);
}

double middle_of(std::int32_t bin) {
  const int exponent = bin / kParts + kLeastExponent;
  const double part = bin % kParts + .5;
  return std::ldexp((part / kParts + 1) / 2, exponent);
}

constexpr std::array<std::pair<std::string_view, double>, kTrafficMetricCount> kMetrics = {
    {{"volume", 0},
     {"error_rate", 0},
     {"latency_p50", .5},
     {"latency_p90", .9},
     {"latency_p95", .95},
     {"latency_p99", .99}}};

}  // namespace

void Traffic::add_latency(double milliseconds) {
  if (std::isnan(milliseconds) || milliseconds < 0) return;
  const std::int32_t bin = bin_of(milliseconds);
  const auto place = std::ranges::lower_bound(latencies_, bin, {}, &Bin::first);
  if (place != latencies_.end() && place->first == bin)
    ++place->second;
  else
    latencies_.insert(place, {bin, 1});
}

void Traffic::combine(const Traffic& other, int sign) {
  answered_ += sign * other.answered_;
  failed_ += sign * other.failed_;
  if (other.latencies_.empty()) return;
  std::vector<Bin> sum;
  sum.reserve(latencies_.size() + other.latencies_.size());
  auto own = latencies_.begin();
  for (const auto& [bin, count] : other.latencies_) {
    for (; own != latencies_.end() && own->first < bin; ++own) sum.push_back(*own);
    std::int64_t total = sign * count;
    if (own != latencies_.end() && own->first == bin) total += (own++)->second;
    if (total != 0) sum.emplace_back(bin, total);
  }
  sum.insert(sum.end(), own, latencies_.end());
  latencies_ = std::move(sum);
}

std::int64_t Traffic::timed() const {
  std::int64_t n = 0;
  for (const auto& [bin, count] : latencies_) n += count;
  return n;
}

std::optional<double> Traffic::error_rate() const {
  const std::int64_t requests = answered_ + failed_;
  if (requests <= 0) return std::nullopt;
  return static_cast<double>(failed_) / static_cast<double>(requests);
}

std::optional<double> Traffic::latency(double quantile) const {
  const std::int64_t n = timed();
  if (n <= 0) return std::nullopt;
  const auto rank = static_cast<std::int64_t>(std::ceil(quantile * static_cast<double>(n)));
  std::int64_t below = 0;
  for (const auto& [bin, count] : latencies_)
    if ((below += count) >= rank) return middle_of(bin);
  return middle_of(latencies_.back().first);
}

void Traffic::save(Encoder& out) const {
  out.put_i64(answered_);
  out.put_i64(failed_);
  out.put_u64(latencies_.size());
  for (const auto& [bin, count] : latencies_) {
    out.put_i64(bin);
    out.put_i64(count);
  }
}

Result<Traffic> Traffic::load(Decoder& in) {
  Traffic loaded;
  loaded.answered_ = in.get_amount();
  loaded.failed_ = in.get_amount();
  for (std::size_t n = in.get_count(2); n > 0 && in.ok(); --n) {
    const std::int64_t bin = in.get_within(0, std::int64_t{kLargestExponent - kLeastExponent} * kParts - 1);
    const std::int64_t count = in.get_amount();
    if (count == 0) in.fail();
    if (!loaded.latencies_.empty() && bin <= loaded.latencies_.back().first) in.fail();
    loaded.latencies_.emplace_back(static_cast<std::int32_t>(bin), count);
  }
  if (!in.ok()) return Error{ErrorCode::corrupt, "counts of requests are damaged"};
  return loaded;
}

std::string_view name_of(TrafficMetric metric) { return kMetrics.at(static_cast<std::size_t>(metric)).first; }

std::optional<TrafficMetric> traffic_metric_of(std::string_view name) {
  for (std::size_t i = 0; i < kMetrics.size(); ++i)
    if (kMetrics.at(i).first == name) return static_cast<TrafficMetric>(i);
  return std::nullopt;
}

TrafficValue value_of(const Traffic& traffic, TrafficMetric metric) {
  if (metric == TrafficMetric::volume) return {static_cast<double>(traffic.answered()), traffic.answered()};
  if (metric == TrafficMetric::error_rate)
    return {traffic.error_rate(), traffic.answered() + traffic.failed()};
  return {traffic.latency(kMetrics.at(static_cast<std::size_t>(metric)).second), traffic.timed()};
}

}  // namespace driftd::detectors
