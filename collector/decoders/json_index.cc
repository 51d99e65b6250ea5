#include "collector/decoders/json_index.h"

#include <simdjson.h>

#include <bit>
#include <cstring>
#include <stdexcept>

namespace driftd::collector {

struct JsonIndex::Scanner {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;
};

JsonIndex::JsonIndex() : scanner_(std::make_unique<Scanner>()) {}
JsonIndex::~JsonIndex() = default;

void JsonIndex::grow(std::size_t size) {
  capacity_ = std::bit_ceil(size < 4096 ? std::size_t{4096} : size);
  buffer_ = std::make_unique<char[]>(capacity_ + kPadding);
  // The depth is the concern of the second stage, which is not used.
  const auto error =
      simdjson::get_active_implementation()->create_dom_parser_implementation(capacity_, 1, scanner_->stage);
  if (error != simdjson::SUCCESS) throw std::bad_alloc();
}

JsonIndex::Outcome JsonIndex::build(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.size() >= capacity_) grow(text.size() + 1);
  std::memcpy(buffer_.get(), text.data(), text.size());
  std::memset(buffer_.get() + text.size(), 0, kPadding);
  text_ = {buffer_.get(), text.size()};
  tokens_ = {};
  if (text.empty()) return Outcome::not_json;

  auto& stage = *scanner_->stage;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(buffer_.get());
  const auto error = stage.stage1(bytes, text.size(), simdjson::stage1_mode::regular);
  // Which of two faults stage 1 reports depends on the processor; what we report must not.
  if (error != simdjson::SUCCESS) return is_utf8(text_) ? Outcome::not_json : Outcome::not_utf8;
  stage.structural_indexes[stage.n_structural_indexes] = static_cast<std::uint32_t>(text.size());
  tokens_ = {stage.structural_indexes.get(), stage.n_structural_indexes};
  return Outcome::ok;
}

bool is_utf8(std::string_view bytes) { return simdjson::validate_utf8(bytes.data(), bytes.size()); }

}  // namespace driftd::collector
