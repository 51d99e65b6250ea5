#include "detectors/derived/fourier_features.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numbers>
#include <string>
#include <utility>

#include "core/hash.h"
#include "detectors/counter_random.h"
#include "detectors/maths/portable.h"

namespace driftd::detectors::derived {
namespace {

constexpr std::size_t kBlock = 16;     // features whose sums stay in registers while the items go by
constexpr std::size_t kAngles = 8192;  // of a turn
constexpr double kSteps = FourierFeatures::kCodes - 1;

// Two independent normal numbers at a time, out of a stream of its own.
class NormalStream {
 public:
  explicit NormalStream(std::uint64_t key) : key_(key) {}

  double next() {
    if (waiting_) return *std::exchange(waiting_, std::nullopt);
    while (true) {
      const double x = 2 * counter_uniform(key_, counter_++) - 1;
      const double y = 2 * counter_uniform(key_, counter_++) - 1;
      const double square = x * x + y * y;
      if (square >= 1 || square == 0) continue;
      const double radius = std::sqrt(-2 * maths::portable_log(square) / square);
      waiting_ = y * radius;
      return x * radius;
    }
  }

 private:
  std::uint64_t key_;
  std::uint64_t counter_ = 0;
  std::optional<double> waiting_;
};

// No cosine of these angles is within rounding of the border of two steps.
std::vector<std::uint8_t> make_codes_of_angles() {
  std::vector<std::uint8_t> codes;
  for (std::size_t i = 0; i < kAngles; ++i) {
    const double turns = (static_cast<double>(i) + 0.5) / kAngles;
    const double step = std::floor((std::cos(2 * std::numbers::pi * turns) + 1) / 2 * kSteps);
    codes.push_back(static_cast<std::uint8_t>(1 + std::clamp(step, 0.0, kSteps - 1)));
  }
  return codes;
}

std::span<const std::uint8_t> codes_of_angles() {
  static const std::vector<std::uint8_t> codes = make_codes_of_angles();
  return codes;
}

using Two = double __attribute__((vector_size(16)));
using Sums = std::array<double, kBlock>;

void sum_block(std::span<const float> items, const double* weights, Sums& sums) {
  std::array<Two, kBlock / 2> sum{};
  for (const float item : items) {
    const auto factor = static_cast<double>(item);
    for (std::size_t i = 0; i < sum.size(); ++i) {
      Two two;
      std::memcpy(&two, weights + 2 * i, sizeof two);
      sum[i] += two * factor;
    }
    weights += kBlock;
  }
  std::memcpy(sums.data(), sum.data(), sizeof sum);
}

}  // namespace

FourierFeatures::FourierFeatures(const Embedding& embedding, std::string_view name, std::uint64_t seed)
    : size_(embedding.features), code_of_angle_(codes_of_angles()) {
  const std::size_t length = embedding.length;
  const double turns = 1 / (2 * std::numbers::pi * embedding.scale);
  weights_.resize((size_ + kBlock - 1) / kBlock * kBlock * length, 0);
  for (std::size_t feature = 0; feature < size_; ++feature) {
    const std::uint64_t key = hash64("fourier " + std::to_string(feature), hash64(name, seed));
    phases_.push_back(counter_uniform(hash64("phase", key), 0));
    NormalStream normal(key);
    double* weight = weights_.data() + feature / kBlock * kBlock * length + feature % kBlock;
    for (std::size_t item = 0; item < length; ++item, weight += kBlock) *weight = normal.next() * turns;
  }
}

void FourierFeatures::code(std::span<const float> items, std::span<std::uint8_t> codes) const {
  Sums sums;  // NOLINT(cppcoreguidelines-pro-type-member-init): sum_block() sets all
  for (std::size_t first = 0; first < size_; first += kBlock) {
    sum_block(items, weights_.data() + first * items.size(), sums);
    for (std::size_t i = 0; i < std::min(kBlock, size_ - first); ++i) {
      const double turns = sums[i] + phases_[first + i];
      const double angle = (turns - std::floor(turns)) * kAngles;
      // Items so far out that their sum is no number have any angle.
      const bool inside = angle >= 0 && angle < kAngles;
      codes[first + i] = code_of_angle_[inside ? static_cast<std::size_t>(angle) : 0];
    }
  }
}

std::optional<double> FourierFeatures::value(std::uint32_t code) {
  if (code == kMissing) return std::nullopt;
  return (static_cast<double>(code) - 0.5) / kSteps * 2 - 1;
}

}  // namespace driftd::detectors::derived
