// Monitor: bets on one question about a column ("has its law moved?", "are more values missing?") that
// are fair as long as the reference holds (STATISTICS 3).
//
// A monitor reads the counts of a slot over its own few symbols and gives, for each of its components c,
// log L_c before tempering: sum_k n_k log g_c(k) - N log Z_c, with the floors inside Z_c. E[L_c | past]
// <= 1 while every event's law lies within the floor of the reference of its calendar cell.
//
// Immutable but for a cache of what the last calendar cell needs, hence one thread. The weights of the
// components of a monitor sum to 1. Floating point: a fixed order of summation, no fused multiply-add,
// logarithms and exponentials of detectors/maths/portable.h, so that the same counts give the same bits
// everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace driftd::detectors::evidence {

// What a component would see, in the words that incidents use.
enum class Shape : std::uint8_t {
  location,  // tilts of degree 1 to 4
  scale,
  skew,
  tails,
  distribution,  // the cdf family: somewhere the share below a value changed
  value,         // one bin or one category more or less frequent
  missing,
  not_a_number,
  below,  // the reference's minimum
  above,
  new_category,
  rate,  // errors, false alarms among positives, misses ...: a 0/1 question
  mean,  // of a bounded loss
};
std::string_view name_of(Shape shape);

struct Component {
  Shape shape = Shape::location;
  std::int8_t direction = 0;  // +1 up, -1 down
  std::uint16_t symbol = 0;   // shapes value and rate: the bin, category or stratum; distribution: the edge
  double parameter = 0;       // theta, q, odds factor or lambda
  double weight = 0;          // of all components of the monitor, which sum to 1
};

class Monitor {
 public:
  virtual ~Monitor() = default;
  Monitor() = default;
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  [[nodiscard]] virtual std::span<const Component> components() const = 0;
  // How many integers a slot gives it.
  [[nodiscard]] virtual std::size_t width() const = 0;
  // Values behind these counts: N. 0 means that the slot says nothing, every L is 1.
  [[nodiscard]] virtual std::int64_t events(std::span<const std::int64_t> counts) const = 0;
  // out[c] = log L_c, untempered. Preconditions: the sizes; `cell` is one of the calendar's.
  virtual void log_likelihoods(std::span<const std::int64_t> counts, std::size_t cell,
                               std::span<double> out) const = 0;
};

}  // namespace driftd::detectors::evidence
