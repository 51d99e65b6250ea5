// Random Fourier features of an embedding: cos(w.x + b) with w ~ N(0, I/l^2) and b uniform over a turn, so
// that the mean over features of 2 cos(w.x+b) cos(w.y+b) is the kernel exp(-|x-y|^2 / 2 l^2), and the means
// of all features move when, and only when, the distribution of x does.
//
// Each is told as a code of 255 even steps from -1 to 1. Weights are drawn for (seed, column's name, feature,
// item) and not kept. Sums are made in the order of the items, in double precision and in turns instead of
// radians, and cosines are looked up: the same bits on every machine. Immutable once made; any thread.
// A row costs as many multiplications as there are weights.
//
// Source: A. Rahimi, B. Recht, "Random features for large-scale kernel machines" (NIPS 2007); normal numbers
// by G. Marsaglia's polar method.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "detectors/derived/definitions.h"

namespace driftd::detectors::derived {

class FourierFeatures {
 public:
  static constexpr std::uint32_t kCodes = 256;
  static constexpr std::uint8_t kMissing = 0;  // the code of a row without the embedding

  // `name` is the column's.
  FourierFeatures(const Embedding& embedding, std::string_view name, std::uint64_t seed);

  [[nodiscard]] std::size_t size() const { return size_; }  // features
  // Precondition: as many items as the embedding has, and size() codes.
  void code(std::span<const float> items, std::span<std::uint8_t> codes) const;
  // The middle of a code's step; none: missing.
  static std::optional<double> value(std::uint32_t code);

 private:
  std::size_t size_ = 0;
  std::vector<double> weights_;  // turns; by block of features, item, feature of the block
  std::vector<double> phases_;   // turns; by feature
  std::span<const std::uint8_t> code_of_angle_;
};

}  // namespace driftd::detectors::derived
