#include "collector/decoders/distinct_names.h"

#include "core/hash.h"

namespace driftd::collector {
namespace {

void enter(std::vector<std::uint32_t>& slots, std::uint64_t key, std::size_t place) {
  const std::size_t mask = slots.size() - 1;
  std::size_t at = key & mask;
  while (slots[at] != 0) at = (at + 1) & mask;
  slots[at] = static_cast<std::uint32_t>(place + 1);
}

}  // namespace

std::uint64_t DistinctNames::hash(std::string_view name) { return hash64(name); }

void DistinctNames::start_index() {
  indexed_ = true;
  hashes_.clear();
  slots_.assign(64, 0);
  ends_.resize(count_);
  text_.resize(count_ == 0 ? 0 : ends_.back());
}

void DistinctNames::insert(std::uint64_t key) {
  hashes_.push_back(key);
  if (hashes_.size() * 2 <= slots_.size()) return enter(slots_, key, hashes_.size() - 1);
  slots_.assign(slots_.size() * 2, 0);
  for (std::size_t place = 0; place < hashes_.size(); ++place) enter(slots_, hashes_[place], place);
}

void DistinctNames::remember(std::string_view name) {
  text_.append(name);
  ends_.push_back(text_.size());
}

}  // namespace driftd::collector
