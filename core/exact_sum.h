// The exact sum of doubles, whatever their order.
//
// Every finite double is an integer multiple of 2^-1074, so a sum kept in fixed point over the whole
// exponent range loses nothing (U. Kulisch, "Computer Arithmetic and Validity", 2008): add, subtract
// and merge commute and associate to the bit, and a sum from which everything was subtracted again
// equals an empty one. Only the limbs between the lowest and the highest set bit are held: a sum of
// losses takes three to five of them, the worst case is 600 bytes.
//
// Terms that are not finite are counted apart: value() is then what IEEE addition gives (infinity, or
// NaN), and subtracting them takes them back. Exact up to 2^62 terms. A value: no threads, no I/O.
#pragma once

#include <cstdint>
#include <vector>

#include "core/codec.h"
#include "core/result.h"

namespace driftd {

class ExactSum {
 public:
  void add(double term) { add_signed(term, 1); }
  void subtract(double term) { add_signed(term, -1); }
  // Adds the exact product a * b, not its rounding; sign is +1 or -1. Exact unless |a * b| < 2^-960.
  void add_product(double a, double b, int sign = 1);
  void merge(const ExactSum& other);
  void remove(const ExactSum& other);  // the inverse of merge

  // The sum rounded once, to nearest, ties to even.
  [[nodiscard]] double value() const;
  [[nodiscard]] bool empty() const;  // the sum is exactly 0

  // Equal sums have equal bytes, however they were come by.
  void save(Encoder& out) const;
  static Result<ExactSum> load(Decoder& in);

  friend bool operator==(const ExactSum& a, const ExactSum& b);

 private:
  struct Magnitude {  // the canonical form: sign and digits of 32 bits without zeros at either end
    bool negative = false;
    std::int64_t first = 0;
    std::vector<std::uint32_t> digits;
    friend bool operator==(const Magnitude&, const Magnitude&) = default;
  };

  void add_signed(double term, int sign);
  void add_scaled(const ExactSum& other, std::int64_t sign);
  void reserve_limbs(std::int64_t first, std::int64_t count);
  void propagate();
  [[nodiscard]] Magnitude magnitude() const;

  // The sum is the sum of limbs_[i] * 2^(32 * (first_ + i) - 1074). Limbs are signed and may exceed
  // 32 bits by at most `pending_` carries of 2^32 each.
  std::int64_t first_ = 0;
  std::int64_t pending_ = 0;
  std::vector<std::int64_t> limbs_;
  std::int64_t positive_infinities_ = 0;
  std::int64_t negative_infinities_ = 0;
  std::int64_t not_numbers_ = 0;
};

}  // namespace driftd
