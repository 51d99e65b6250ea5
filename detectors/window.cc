#include "detectors/window.h"

#include <limits>
#include <utility>

namespace driftd::detectors {
namespace {

// The first slot of a stretch of `slots` that ends at `newest`, without overflow.
std::int64_t first_of(std::int64_t newest, std::int64_t slots) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  return newest < kLeast + slots ? kLeast : newest - slots + 1;
}

}  // namespace

Window::Window(std::shared_ptr<const TallyLayout> layout, std::int64_t slots)
    : slots_(slots), newest_(std::numeric_limits<std::int64_t>::min()), total_(std::move(layout)) {}

void Window::push(std::int64_t slot, const Tally& tally) {
  advance(slot);
  if (tally.empty()) return;
  entries_.push_back({slot, tally.encode()});
  total_.merge(tally);
  total_.clear_new_categories();
}

void Window::advance(std::int64_t newest) {
  if (newest > newest_) newest_ = newest;
  evict();
}

void Window::resize(std::int64_t slots) {
  slots_ = slots;
  evict();
}

void Window::evict() {
  const std::int64_t first = first_of(newest_, slots_);
  while (!entries_.empty() && entries_.front().slot < first) {
    (void)total_.merge_encoded(entries_.front().tally, -1);  // our own bytes
    entries_.pop_front();
    total_.clear_new_categories();
  }
}

Tally Window::with_new_categories() const {
  Tally sum(total_.layout());
  for (const Entry& entry : entries_) (void)sum.merge_encoded(entry.tally);
  return sum;
}

Tally Window::last(std::int64_t slots) const {
  if (slots >= slots_) return total_;
  Tally sum(total_.layout());
  const std::int64_t first = first_of(newest_, slots);
  for (auto entry = entries_.rbegin(); entry != entries_.rend() && entry->slot >= first; ++entry) {
    (void)sum.merge_encoded(entry->tally);
  }
  sum.clear_new_categories();
  return sum;
}

void Window::save(Encoder& out) const {
  out.put_i64(newest_);
  out.put_u64(entries_.size());
  for (const Entry& entry : entries_) {
    out.put_i64(entry.slot);
    out.put_text(entry.tally);
  }
}

Result<Window> Window::load(std::shared_ptr<const TallyLayout> layout, std::int64_t slots, Decoder& in) {
  Window window(std::move(layout), slots);
  const std::int64_t newest = in.get_i64();
  const std::size_t size = in.get_count(2);
  for (std::size_t i = 0; i < size && in.ok(); ++i) {
    Entry entry{in.get_i64(), std::string(in.get_text())};
    const bool rises = window.entries_.empty() || window.entries_.back().slot < entry.slot;
    if (!rises || entry.slot > newest || !window.total_.merge_encoded(entry.tally).ok()) in.fail();
    window.entries_.push_back(std::move(entry));
  }
  if (!in.ok()) return Error{ErrorCode::corrupt, "these bytes are no window of this profile"};
  window.total_.clear_new_categories();
  window.advance(newest);
  return window;
}

}  // namespace driftd::detectors
