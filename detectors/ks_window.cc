#include "detectors/ks_window.h"

#include <algorithm>
#include <cstdlib>

namespace driftd::detectors {

KsWindow::KsWindow(std::uint32_t size, std::uint32_t part)
    : values_(size), sorted_(size), slots_(size), marks_(size, 0), part_(part) {}

void KsWindow::clear() {
  std::fill(marks_.begin(), marks_.end(), std::int8_t{0});
  count_ = oldest_ = 0;
}

void KsWindow::push(double value) {
  if (!full()) {
    insert(value, count_++);
  } else {
    const std::uint32_t slot = oldest_;
    replace(value, slot);
    oldest_ = slot_of(1);
  }
  marks_[slot_of(count_ - 1)] = 1;
  if (count_ > part_) marks_[slot_of(count_ - 1 - part_)] = 0;
}

void KsWindow::insert(double value, std::uint32_t slot) {
  std::uint32_t place = slot;  // as many are there
  for (; place > 0 && sorted_[place - 1] > value; --place) {
    sorted_[place] = sorted_[place - 1];
    slots_[place] = slots_[place - 1];
  }
  sorted_[place] = value;
  slots_[place] = slot;
  values_[slot] = value;
}

// Between where the old value was and where the new one belongs, all move by one.
void KsWindow::replace(double value, std::uint32_t slot) {
  const auto from = std::lower_bound(sorted_.begin(), sorted_.end(), values_[slot]);
  auto place = static_cast<std::size_t>(from - sorted_.begin());
  while (slots_[place] != slot) ++place;
  if (value > values_[slot]) {
    const auto end = static_cast<std::size_t>(std::lower_bound(from, sorted_.end(), value) - sorted_.begin());
    const std::size_t last = end - 1;
    std::copy(sorted_.begin() + static_cast<std::ptrdiff_t>(place) + 1,
              sorted_.begin() + static_cast<std::ptrdiff_t>(end),
              sorted_.begin() + static_cast<std::ptrdiff_t>(place));
    std::copy(slots_.begin() + static_cast<std::ptrdiff_t>(place) + 1,
              slots_.begin() + static_cast<std::ptrdiff_t>(end),
              slots_.begin() + static_cast<std::ptrdiff_t>(place));
    place = last;
  } else {
    const auto first = std::lower_bound(sorted_.begin(), from, value);
    const auto begin = static_cast<std::ptrdiff_t>(first - sorted_.begin());
    const auto end = static_cast<std::ptrdiff_t>(place);
    std::copy_backward(sorted_.begin() + begin, sorted_.begin() + end, sorted_.begin() + end + 1);
    std::copy_backward(slots_.begin() + begin, slots_.begin() + end, slots_.begin() + end + 1);
    place = static_cast<std::size_t>(begin);
  }
  sorted_[place] = value;
  slots_[place] = slot;
  values_[slot] = value;
}

std::uint32_t KsWindow::distance(std::span<const std::uint32_t> sampled) {
  for (const std::uint32_t place : sampled) marks_[slot_of(place)] = -1;
  std::int32_t difference = 0;
  std::int32_t most = 0;
  for (std::uint32_t i = 0; i + 1 < count_; ++i) {
    difference += marks_[slots_[i]];
    // The two steps of equal values are one.
    const std::int32_t seen = sorted_[i] == sorted_[i + 1] ? 0 : std::abs(difference);
    most = std::max(most, seen);
  }
  for (const std::uint32_t place : sampled) marks_[slot_of(place)] = 0;
  return static_cast<std::uint32_t>(most);
}

std::size_t KsWindow::bytes() const {
  return (values_.capacity() + sorted_.capacity()) * sizeof(double) +
         slots_.capacity() * sizeof(std::uint32_t) + marks_.capacity();
}

// 2 * sum over k of (-1)^(k-1) C(2n, n - k h) / C(2n, n), from the last term inwards: each term is the one
// before times a product below 1, so that nothing overflows and little cancels.
double two_sample_ks_p(std::uint32_t part, std::uint32_t h) {
  if (h == 0) return 1.0;
  const auto n = static_cast<double>(part);
  double sum = 0;
  for (std::uint32_t k = part / h; k >= 1; --k) {
    const double begun = static_cast<double>(k - 1) * h;
    double ratio = 1;
    for (std::uint32_t j = 0; j < h; ++j) ratio *= (n - begun - j) / (n + begun + j + 1);
    sum = ratio * (1 - sum);
  }
  return std::min(1.0, std::max(0.0, 2 * sum));
}

}  // namespace driftd::detectors
