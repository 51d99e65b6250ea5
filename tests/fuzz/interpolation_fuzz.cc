// `${…}` in values: text without a dollar stays as it is, what is secret stands in the result, and no fault
// tells a value. YAML that is read and written reads back the same.
#include <algorithm>

#include "app/config/interpolation.h"
#include "app/config/yaml.h"
#include "collector/decoders/json_index.h"
#include "tests/fuzz/round_trip.h"

namespace {

using namespace driftd;
using namespace driftd::app;
using driftd::fuzz::require;

constexpr const char* kValue = "Zq7-value-of-outside";

Surroundings surroundings() {
  return {[](const std::string& name) -> std::optional<std::string> {
            return name.size() % 2 == 0 ? std::optional<std::string>(kValue) : std::nullopt;
          },
          [](const std::string& path) -> Result<std::string> {
            if (path.size() % 2 == 0) return std::string(kValue) + "\n";
            return Error{ErrorCode::io, path + " is not there"};
          }};
}

void check_yaml(std::string_view text) {
  Surroundings none;
  none.variable = [](const std::string&) { return std::nullopt; };
  none.file = [](const std::string&) -> Result<std::string> { return Error{ErrorCode::io, "none"}; };
  Faults faults;
  const YamlDocument document = parse_yaml(text, none, faults);
  for (const Fault& fault : faults) require(!fault.message.empty(), "a fault says what is wrong");
  // Control characters and what is no UTF-8 are taken as they are, but not written so.
  const bool plain = collector::is_utf8(text) &&
                     std::ranges::all_of(text, [](char c) { return c == '\n' || !(c >= 0 && c < ' '); });
  if (!faults.empty() || !plain || text.find('$') != std::string_view::npos) return;
  const std::string written = to_yaml(document.root);
  const YamlDocument again = parse_yaml(written, none, faults);
  require(faults.empty(), "what was written reads back");
  require(to_yaml(again.root) == written, "and is the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto result = interpolate(text, surroundings());
  if (!result.ok()) {
    require(result.error().message.find(kValue) == std::string::npos, "no fault tells a value");
  } else {
    if (text.find('$') == std::string_view::npos)
      require(result->text == text, "text without a dollar stays");
    for (const std::string& secret : result->secrets)
      require(!secret.empty() && result->text.find(secret) != std::string::npos,
              "a secret is part of the text");
  }
  check_yaml(text);
  return 0;
}
