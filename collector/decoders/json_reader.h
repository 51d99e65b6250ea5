// A strict pull reader of JSON over a JsonIndex: forward only, no tree, every byte checked.
//
// How to use it: an object is entered, then next_field() gives name after name until it is false; each
// field's value is taken by exactly one of read(), enter_object(), enter_array() or skip(). The same with
// next_item() for arrays. After the first fault everything returns false and nothing moves, so that
// callers look at fault() once, at the end.
//
// Texts without escapes are views into the index's buffer, the others into the reader's own; both
// are valid until the next open(). Inline, for this is the hot path of everything.
#pragma once

#include <cmath>
#include <cstring>
#include <string>
#include <string_view>

#include "collector/decoder.h"
#include "collector/decoders/json_index.h"
#include "collector/decoders/json_number.h"
#include "collector/decoders/json_string.h"
#include "core/event.h"

namespace driftd::collector {

enum class JsonFault { none, malformed, too_deep };

class JsonReader {
 public:
  // The index must live, unchanged, as long as this reader reads and its texts are used.
  void open(const JsonIndex& index) {
    text_ = index.text().data();
    size_ = index.text().size();
    next_ = index.tokens().data();
    end_ = next_ + index.tokens().size();
    depth_ = 0;
    fresh_ = false;
    fault_ = JsonFault::none;
    unescaped_.clear();
    has_escapes_ = std::memchr(text_, '\\', size_) != nullptr;
    // Never longer than the text: appending cannot move what views point to.
    if (has_escapes_) unescaped_.reserve(size_);
  }

  [[nodiscard]] JsonFault fault() const { return fault_; }
  [[nodiscard]] std::size_t fault_position() const { return fault_position_; }
  [[nodiscard]] bool at_end() const { return next_ == end_; }
  // The first byte of the next token; 0 at the end.
  [[nodiscard]] char peek() const { return next_ == end_ ? '\0' : text_[*next_]; }

  bool enter_object() { return enter('{'); }
  bool enter_array() { return enter('['); }

  bool next_field(std::string_view& name) {
    if (!next_entry('}')) return false;
    if (peek() != '"' || !take_text(name)) return fail();
    return peek() == ':' ? ++next_ != end_ || fail() : fail();
  }
  // The usual case of next_field() and read() at one go: no escapes, a scalar, nothing but white space
  // behind the colon and the comma. False where the case is another one; then nothing has moved.
  [[gnu::always_inline]] bool next_plain_field(std::string_view& name, Value& value) {
    const std::uint32_t* at = next_;
    if (has_escapes_ || end_ - at < 5) return false;
    if (!fresh_ && text_[*at++] != ',') return false;
    const char* const open = text_ + at[0];
    const char* const colon = text_ + at[1];
    if (*open != '"' || *colon != ':' || colon[-1] != '"') return false;
    name = {open + 1, static_cast<std::size_t>(colon - open - 2)};
    if (!take_plain(text_ + at[2], text_ + at[3], value)) return false;
    fresh_ = false;
    next_ = at + 3;
    return true;
  }

  bool next_item() { return next_entry(']'); }

  // A scalar with its value; an array or object is skipped, and of an object only the kind is told, of an
  // array its text as it is written. `raw`, where given, becomes the value's text as it is written.
  bool read(Value& value, std::string_view* raw = nullptr) {
    fresh_ = false;
    const char* const begin = next_ == end_ ? "" : text_ + *next_;
    bool good = false;
    switch (*begin) {
      case '"':
        value.kind = Value::Kind::text;
        value.number = 0;
        good = take_text(value.text);
        break;
      case '{':
      case '[':
        value = {.kind = *begin == '{' ? Value::Kind::object : Value::Kind::array, .text = {}};
        good = skip_container();
        if (good && *begin == '[') value.text = trimmed(begin);
        break;
      case 't':
        value = {.kind = Value::Kind::boolean, .text = "true"};
        good = take_literal("true");
        break;
      case 'f':
        value = {.kind = Value::Kind::boolean, .text = "false"};
        good = take_literal("false");
        break;
      case 'n':
        value = {.kind = Value::Kind::null, .text = {}};
        good = take_literal("null");
        break;
      default:
        good = take_number(value);
    }
    if (!good) return fail();
    if (raw != nullptr) *raw = trimmed(begin);
    return true;
  }

  bool skip() {
    Value ignored;
    return read(ignored);
  }

  // Makes the rest of the text count as checked: after the last value nothing may follow.
  bool finish() { return fault_ == JsonFault::none && (next_ == end_ || fail()); }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

  bool fail(JsonFault fault = JsonFault::malformed) {
    if (fault_ == JsonFault::none) {
      fault_ = fault;
      fault_position_ = next_ == end_ ? size_ : *next_;
      next_ = end_;
    }
    return false;
  }

  bool enter(char bracket) {
    if (peek() != bracket) return fail();
    if (depth_ == kMaxNesting) return fail(JsonFault::too_deep);
    ++next_;
    ++depth_;
    fresh_ = true;
    return true;
  }

  bool next_entry(char closing) {
    const char token = peek();
    const bool first = fresh_;
    fresh_ = false;
    if (token == closing) {
      ++next_;
      --depth_;
      return false;
    }
    if (first) return fault_ == JsonFault::none;
    if (token != ',') return fail();
    ++next_;
    return true;
  }

  // The scalar that fills [begin, end) wholly, if there is one.
  [[gnu::always_inline]] static bool take_plain(const char* begin, const char* end, Value& value) {
    if (*begin == '"') {
      if (end[-1] != '"') return false;
      value = {Value::Kind::text, 0, {begin + 1, static_cast<std::size_t>(end - begin - 2)}};
      return true;
    }
    const std::string_view token(begin, static_cast<std::size_t>(end - begin));
    if (*begin == 't' || *begin == 'f') {
      value = {Value::Kind::boolean, 0, token == "true" ? "true" : "false"};
      return token == "true" || token == "false";
    }
    if (*begin == 'n') {
      value = {Value::Kind::null, 0, {}};
      return token == "null";
    }
    value = {Value::Kind::number, 0, {}};
    if (parse_short_number(begin, end, value.number)) return true;
    const JsonNumber number = parse_number(begin);
    value = {kind_of(number.value), number.value, {}};
    return number.end == end;
  }

  static Value::Kind kind_of(double number) {
    return std::isfinite(number) ? Value::Kind::number : Value::Kind::not_finite;
  }

  // The end of the token that begins at the cursor: the next token's start (the text's end after the
  // last, which the index holds too), less white space.
  [[nodiscard]] const char* token_end() const {
    const char* end = text_ + next_[1];
    while (is_space(end[-1])) --end;
    return end;
  }
  // From `begin` to the end of the token before the cursor.
  [[nodiscard]] std::string_view trimmed(const char* begin) const {
    const char* end = text_ + *next_;
    while (is_space(end[-1])) --end;
    return {begin, static_cast<std::size_t>(end - begin)};
  }

  // The index ends a string's token behind its closing quote: nothing else may follow it but white space.
  bool take_text(std::string_view& text) {
    const char* const begin = text_ + *next_ + 1;
    const char* const end = token_end() - 1;
    if (end < begin || *end != '"') return false;
    const std::string_view inside(begin, static_cast<std::size_t>(end - begin));
    if (has_escapes_ && inside.find('\\') != std::string_view::npos) {
      const std::size_t start = unescaped_.size();
      if (!append_unescaped(inside, unescaped_)) return false;
      text = std::string_view(unescaped_).substr(start);
    } else {
      text = inside;
    }
    ++next_;
    return true;
  }

  bool take_literal(std::string_view literal) {
    const char* const begin = text_ + *next_;
    if (std::string_view(begin, static_cast<std::size_t>(token_end() - begin)) != literal) return false;
    ++next_;
    return true;
  }

  bool take_number(Value& value) {
    if (next_ == end_) return false;
    const JsonNumber number = parse_number(text_ + *next_);
    // Most texts are compact: the number ends where the next token begins.
    if (number.end == nullptr || (number.end != text_ + next_[1] && number.end != token_end())) return false;
    value = {kind_of(number.value), number.value, {}};
    ++next_;
    return true;
  }

  bool skip_container() {
    std::string_view name;
    if (peek() == '{') {
      if (!enter_object()) return false;
      while (next_field(name) && skip()) {
      }
    } else {
      if (!enter_array()) return false;
      while (next_item() && skip()) {
      }
    }
    return fault_ == JsonFault::none;
  }

  const char* text_ = nullptr;
  std::size_t size_ = 0;
  const std::uint32_t* next_ = nullptr;  // the token that is read next
  const std::uint32_t* end_ = nullptr;
  int depth_ = 0;
  bool fresh_ = false;  // a container was just entered
  bool has_escapes_ = false;
  JsonFault fault_ = JsonFault::none;
  std::size_t fault_position_ = 0;
  std::string unescaped_;
};

}  // namespace driftd::collector
