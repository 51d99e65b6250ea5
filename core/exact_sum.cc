#include "core/exact_sum.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace driftd {
namespace {

constexpr int kLimbBits = 32;
constexpr std::int64_t kLimb = std::int64_t{1} << kLimbBits;
constexpr int kLeastExponent = -1074;          // of the smallest subnormal
constexpr std::int64_t kMaxLimbs = 70;         // 2098 bits of a double and 62 of headroom
constexpr std::int64_t kMaxPending = 1 << 30;  // carries that an int64 limb holds with ease

struct Parts {
  std::uint64_t mantissa = 0;  // |term| = mantissa * 2^(shift - 1074)
  int shift = 0;
};

Parts parts_of(double term) {
  const auto bits = std::bit_cast<std::uint64_t>(term);
  const auto exponent = static_cast<int>((bits >> 52) & 0x7ff);
  const std::uint64_t fraction = bits & ((std::uint64_t{1} << 52) - 1);
  if (exponent == 0) return {fraction, 0};
  return {fraction | (std::uint64_t{1} << 52), exponent - 1};
}

// Digits [at, at + 64) of the number, counted in bits from the lowest digit.
std::uint64_t bits_at(const std::vector<std::uint32_t>& digits, std::int64_t at) {
  std::uint64_t result = 0;
  const auto limb = at / kLimbBits;
  const auto offset = static_cast<int>(at % kLimbBits);
  for (int i = 0; i < 3; ++i) {
    const auto index = static_cast<std::size_t>(limb + i);
    if (index >= digits.size()) break;
    const std::uint64_t digit = digits[index];
    const int place = kLimbBits * i - offset;
    if (place >= 0) {
      result |= place < 64 ? digit << place : 0;
    } else {
      result |= digit >> -place;
    }
  }
  return result;
}

bool any_below(const std::vector<std::uint32_t>& digits, std::int64_t at) {
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const auto start = static_cast<std::int64_t>(i) * kLimbBits;
    if (start >= at) return false;
    const std::uint32_t mask =
        at - start >= kLimbBits ? ~std::uint32_t{0} : (std::uint32_t{1} << (at - start)) - 1;
    if ((digits[i] & mask) != 0) return true;
  }
  return false;
}

}  // namespace

void ExactSum::reserve_limbs(std::int64_t first, std::int64_t count) {
  if (limbs_.empty()) {
    first_ = first;
    limbs_.resize(static_cast<std::size_t>(count));
    return;
  }
  if (first < first_) {
    limbs_.insert(limbs_.begin(), static_cast<std::size_t>(first_ - first), 0);
    first_ = first;
  }
  const auto needed = static_cast<std::size_t>(first + count - first_);
  if (needed > limbs_.size()) limbs_.resize(needed);
}

void ExactSum::add_signed(double term, int sign) {
  if (!std::isfinite(term)) {
    (std::isnan(term) ? not_numbers_ : term > 0 ? positive_infinities_ : negative_infinities_) += sign;
    return;
  }
  if (term == 0) return;
  const Parts parts = parts_of(term);
  const std::int64_t first = parts.shift / kLimbBits;
  const int offset = parts.shift % kLimbBits;
  if (++pending_ > kMaxPending) propagate();
  reserve_limbs(first, 3);
  const bool negative = std::signbit(term) != (sign < 0);
  const std::uint64_t low = parts.mantissa << offset;
  const std::uint64_t high = offset == 0 ? 0 : parts.mantissa >> (64 - offset);
  std::int64_t* limb = limbs_.data() + (first - first_);
  const std::int64_t pieces[3] = {static_cast<std::int64_t>(low & (kLimb - 1)),
                                  static_cast<std::int64_t>(low >> kLimbBits),
                                  static_cast<std::int64_t>(high)};
  for (int i = 0; i < 3; ++i) limb[i] += negative ? -pieces[i] : pieces[i];
}

void ExactSum::add_product(double a, double b, int sign) {
  const double rounded = a * b;
  add_signed(rounded, sign);
  if (std::isfinite(rounded)) add_signed(std::fma(a, b, -rounded), sign);
}

void ExactSum::add_scaled(const ExactSum& other, std::int64_t sign) {
  positive_infinities_ += sign * other.positive_infinities_;
  negative_infinities_ += sign * other.negative_infinities_;
  not_numbers_ += sign * other.not_numbers_;
  if (other.limbs_.empty()) return;
  if (pending_ + other.pending_ > kMaxPending) {
    propagate();
    if (other.pending_ > kMaxPending / 2) {
      ExactSum settled = other;
      settled.propagate();
      settled.positive_infinities_ = settled.negative_infinities_ = settled.not_numbers_ = 0;
      return add_scaled(settled, sign);
    }
  }
  reserve_limbs(other.first_, static_cast<std::int64_t>(other.limbs_.size()));
  std::int64_t* limb = limbs_.data() + (other.first_ - first_);
  for (std::size_t i = 0; i < other.limbs_.size(); ++i) limb[i] += sign * other.limbs_[i];
  pending_ += other.pending_;
}

void ExactSum::merge(const ExactSum& other) {
  if (&other == this) return merge(ExactSum(other));
  add_scaled(other, 1);
}

void ExactSum::remove(const ExactSum& other) {
  if (&other == this) return remove(ExactSum(other));
  add_scaled(other, -1);
}

// Every limb but the highest becomes a digit of 32 bits.
void ExactSum::propagate() {
  std::int64_t carry = 0;
  for (std::int64_t& limb : limbs_) {
    const std::int64_t total = limb + carry;
    carry = total >> kLimbBits;  // floor, also of negative numbers
    limb = total & (kLimb - 1);
  }
  if (carry != 0) limbs_.push_back(carry);
  pending_ = 2;
}

ExactSum::Magnitude ExactSum::magnitude() const {
  std::vector<std::int64_t> digits = limbs_;
  const auto settle = [&digits] {
    std::int64_t carry = 0;
    for (std::int64_t& digit : digits) {
      const std::int64_t total = digit + carry;
      carry = total >> kLimbBits;
      digit = total & (kLimb - 1);
    }
    return carry;
  };
  Magnitude result;
  std::int64_t carry = settle();
  if (carry < 0) {
    result.negative = true;
    for (std::int64_t& digit : digits) digit = -digit;
    carry = -carry + settle();
  }
  for (; carry != 0; carry >>= kLimbBits) digits.push_back(carry & (kLimb - 1));
  while (!digits.empty() && digits.back() == 0) digits.pop_back();
  std::size_t zeros = 0;
  while (zeros < digits.size() && digits[zeros] == 0) ++zeros;
  result.first = digits.empty() ? 0 : first_ + static_cast<std::int64_t>(zeros);
  for (std::size_t i = zeros; i < digits.size(); ++i) {
    result.digits.push_back(static_cast<std::uint32_t>(digits[i]));
  }
  return result;
}

double ExactSum::value() const {
  if (not_numbers_ != 0 || (positive_infinities_ != 0 && negative_infinities_ != 0)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (positive_infinities_ != 0) return std::numeric_limits<double>::infinity();
  if (negative_infinities_ != 0) return -std::numeric_limits<double>::infinity();
  const Magnitude sum = magnitude();
  if (sum.digits.empty()) return 0.0;
  const auto length =
      static_cast<std::int64_t>(sum.digits.size()) * kLimbBits - std::countl_zero(sum.digits.back());
  const auto unit = static_cast<int>(sum.first * kLimbBits) + kLeastExponent;
  constexpr std::int64_t kPrecision = 53;
  const std::int64_t cut = std::max<std::int64_t>(length - kPrecision, 0);
  std::uint64_t mantissa = bits_at(sum.digits, cut) & ((std::uint64_t{1} << kPrecision) - 1);
  if (cut > 0) {
    const bool half = (bits_at(sum.digits, cut - 1) & 1) != 0;
    if (half && ((mantissa & 1) != 0 || any_below(sum.digits, cut - 1))) ++mantissa;
  }
  const double size = std::ldexp(static_cast<double>(mantissa), static_cast<int>(cut) + unit);
  return sum.negative ? -size : size;
}

bool ExactSum::empty() const {
  return positive_infinities_ == 0 && negative_infinities_ == 0 && not_numbers_ == 0 &&
         magnitude().digits.empty();
}

void ExactSum::save(Encoder& out) const {
  const Magnitude sum = magnitude();
  const bool odd = positive_infinities_ != 0 || negative_infinities_ != 0 || not_numbers_ != 0;
  out.put_u64(sum.digits.size() << 2 | (sum.negative ? 2U : 0U) | (odd ? 1U : 0U));
  if (!sum.digits.empty()) out.put_u64(static_cast<std::uint64_t>(sum.first));
  for (const std::uint32_t digit : sum.digits) out.put_u64(digit);
  if (!odd) return;
  out.put_i64(positive_infinities_);
  out.put_i64(negative_infinities_);
  out.put_i64(not_numbers_);
}

Result<ExactSum> ExactSum::load(Decoder& in) {
  ExactSum sum;
  const std::uint64_t head = in.get_u64();
  const std::uint64_t count = head >> 2;
  const bool negative = (head & 2) != 0;
  const std::uint64_t first = count != 0 ? in.get_u64() : 0;
  const Error corrupt{ErrorCode::corrupt, "an exact sum is out of its bounds"};
  if (!in.ok() || count > kMaxLimbs || first > kMaxLimbs - count) return corrupt;
  sum.first_ = static_cast<std::int64_t>(first);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t digit = in.get_u64();
    const bool end = i == 0 || i + 1 == count;
    if (digit >= static_cast<std::uint64_t>(kLimb) || (end && digit == 0)) return corrupt;
    sum.limbs_.push_back(negative ? -static_cast<std::int64_t>(digit) : static_cast<std::int64_t>(digit));
  }
  sum.pending_ = 1;
  if ((head & 1) != 0) {
    for (std::int64_t* odd : {&sum.positive_infinities_, &sum.negative_infinities_, &sum.not_numbers_})
      *odd = in.get_amount();
  }
  if (!in.ok() || (count == 0 && negative)) return corrupt;
  return sum;
}

bool operator==(const ExactSum& a, const ExactSum& b) {
  return a.positive_infinities_ == b.positive_infinities_ &&
         a.negative_infinities_ == b.negative_infinities_ && a.not_numbers_ == b.not_numbers_ &&
         a.magnitude() == b.magnitude();
}

}  // namespace driftd
