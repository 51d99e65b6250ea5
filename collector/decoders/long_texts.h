// Texts that are values (categories, class labels) and too long to be kept by the thousand.
//
// What is longer than the limit becomes its beginning, `…` and 16 hex digits of a hash of the whole: within
// the limit, the same for the same text and another for another one. Not thread-safe.
#pragma once

#include <cstddef>
#include <deque>
#include <string>

#include "collector/decoders/event_fields.h"

namespace driftd::collector {

class LongTexts {
 public:
  void clear() { kept_.clear(); }
  // Of the features, of what was predicted and of the feedback. The new texts live until clear().
  void shorten(EventFields& fields, std::size_t most);
  [[nodiscard]] std::size_t count() const { return kept_.size(); }

 private:
  void shorten(Value& value, std::size_t most) {
    if (value.kind == Value::Kind::text) shorten(value.text, most);
  }
  void shorten(std::string_view& text, std::size_t most) {
    if (text.size() > most) text = shortened(text, most);
  }
  std::string_view shortened(std::string_view text, std::size_t most);

  std::deque<std::string> kept_;
};

}  // namespace driftd::collector
