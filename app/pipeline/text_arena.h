// Texts that live as long as a round: appended one by one, released together.
#pragma once

#include <cstring>
#include <memory_resource>
#include <string_view>

namespace driftd::app {

class TextArena {
 public:
  // A copy of `text` that stays where it is until release().
  std::string_view keep(std::string_view text) {
    if (text.empty()) return {};
    auto* bytes = static_cast<char*>(memory_.allocate(text.size(), 1));
    std::memcpy(bytes, text.data(), text.size());
    return {bytes, text.size()};
  }
  void release() { memory_.release(); }

 private:
  std::pmr::monotonic_buffer_resource memory_{64 * 1024};
};

}  // namespace driftd::app
