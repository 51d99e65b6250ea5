// Keeps a list of named entries free of duplicates: the last value wins, at the place of the first.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/same_text.h"

namespace driftd::collector {

// Events of one model name their features in one order. The names of the event before are remembered;
// as long as names come as they came then, they are distinct, as those were. Only where they do not
// are they looked up, in a table that is built then. No allocation once warm. Not thread-safe.
class DistinctNames {
 public:
  void clear() {
    count_ = 0;
    indexed_ = false;
  }

  // The place of `name` among those given since clear(): the number of distinct names before it, or the
  // place where it was given already. `name_at(i)` gives back the name at place i.
  template <class NameAt>
  std::size_t place(std::string_view name, const NameAt& name_at) {
    if (!indexed_) {
      if (count_ < ends_.size() && same_text(known(count_), name)) return count_++;
      start_index();
      for (std::size_t i = 0; i < count_; ++i) insert(hash(name_at(i)));
    }
    const std::uint64_t key = hash(name);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = key & mask; slots_[at] != 0; at = (at + 1) & mask) {
      const std::size_t found = slots_[at] - 1;
      if (hashes_[found] == key && name_at(found) == name) return found;
    }
    insert(key);
    remember(name);
    return count_++;
  }

 private:
  [[nodiscard]] std::string_view known(std::size_t place) const {
    const std::size_t begin = place == 0 ? 0 : ends_[place - 1];
    return {text_.data() + begin, ends_[place] - begin};
  }

  static std::uint64_t hash(std::string_view name);
  void start_index();              // also forgets the remembered names that did not come
  void insert(std::uint64_t key);  // the next place
  void remember(std::string_view name);

  std::string text_;  // the remembered names, one behind the other
  std::vector<std::size_t> ends_;
  std::size_t count_ = 0;
  bool indexed_ = false;
  std::vector<std::uint32_t> slots_;   // open addressing, place + 1; 0 is free
  std::vector<std::uint64_t> hashes_;  // by place
};

}  // namespace driftd::collector
