#include "collector/decoders/long_texts.h"

#include <array>
#include <charconv>

#include "core/hash.h"

namespace driftd::collector {
namespace {

constexpr std::string_view kEllipsis = "\xE2\x80\xA6";
constexpr std::size_t kDigits = 16;

}  // namespace

void LongTexts::shorten(EventFields& fields, std::size_t most) {
  for (Feature& feature : fields.features) shorten(feature.value, most);
  for (ClassScore& score : fields.scores) shorten(score.label, most);
  for (Value* value : {&fields.prediction.bare, &fields.prediction.label, &fields.label.value})
    shorten(*value, most);
}

// Not in the midst of a character of UTF-8.
std::string_view LongTexts::shortened(std::string_view text, std::size_t most) {
  std::size_t end = most - kEllipsis.size() - kDigits;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  std::string& kept = kept_.emplace_back(text.substr(0, end));
  kept += kEllipsis;
  std::array<char, kDigits> digits{};
  const auto [last, fault] = std::to_chars(digits.data(), digits.data() + kDigits, hash64(text), 16);
  kept.append(kDigits - static_cast<std::size_t>(last - digits.data()), '0');
  kept.append(digits.data(), last);
  return kept;
}

}  // namespace driftd::collector
