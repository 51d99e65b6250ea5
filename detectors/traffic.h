// The requests of one model version in a slot: how many it answered, how many it failed, how long the answers
// took. What rules on volume, error rate and latency look at (DESIGN 7.15).
//
// Latencies are counted in bins of a relative width of 1/64 at most, so that a percentile is exact to within
// 0.8 %, and counts merge and subtract exactly whatever their order (the layout of HdrHistogram: octaves cut
// into equal parts). Milliseconds; below a microsecond and above 2^30 ms they join the outermost bins.
// A value; no threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/codec.h"
#include "core/result.h"
#include "detectors/performance/slot_window.h"

namespace driftd::detectors {

class Traffic {
 public:
  void add_answers(std::int64_t count) { answered_ += count; }  // below 0: copies that count no more
  void add_failure() { ++failed_; }
  void add_latency(double milliseconds);  // of one answer; not a number, or below 0: nothing
  void merge(const Traffic& other) { combine(other, 1); }
  void subtract(const Traffic& other) { combine(other, -1); }

  [[nodiscard]] bool empty() const { return answered_ == 0 && failed_ == 0 && latencies_.empty(); }
  [[nodiscard]] std::int64_t answered() const { return answered_; }
  [[nodiscard]] std::int64_t failed() const { return failed_; }
  [[nodiscard]] std::int64_t timed() const;  // answers whose latency is known
  // Failed ones among all; nothing where there are none.
  [[nodiscard]] std::optional<double> error_rate() const;
  // The least latency that a share of `quantile` in (0, 1] did not exceed, in milliseconds.
  [[nodiscard]] std::optional<double> latency(double quantile) const;

  void save(Encoder& out) const;
  static Result<Traffic> load(Decoder& in);
  friend bool operator==(const Traffic&, const Traffic&) = default;

 private:
  using Bin = std::pair<std::int32_t, std::int64_t>;  // its number and count, never 0
  void combine(const Traffic& other, int sign);

  std::int64_t answered_ = 0;
  std::int64_t failed_ = 0;
  std::vector<Bin> latencies_;  // by rising number
};

using TrafficWindow = SlotWindow<Traffic>;

// What a rule may name as `metric` beside those of performance. Latencies are in milliseconds.
enum class TrafficMetric : std::uint8_t {
  volume,  // answered requests
  error_rate,
  latency_p50,
  latency_p90,
  latency_p95,
  latency_p99,
};
inline constexpr std::size_t kTrafficMetricCount = 6;
std::string_view name_of(TrafficMetric metric);
std::optional<TrafficMetric> traffic_metric_of(std::string_view name);

// Its value, where it is defined, and how many requests that is of.
struct TrafficValue {
  std::optional<double> value;
  std::int64_t n = 0;
};
TrafficValue value_of(const Traffic& traffic, TrafficMetric metric);

}  // namespace driftd::detectors
