// A text that must not be seen: it prints as `<secret>` wherever it is shown. `reveal` is for the
// one place that has to use it.
#pragma once

#include <ostream>
#include <string>
#include <utility>

namespace driftd {

inline constexpr const char* kRedacted = "<secret>";

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] const std::string& reveal() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }

  friend bool operator==(const Secret&, const Secret&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Secret&) { return out << kRedacted; }

 private:
  std::string text_;
};

}  // namespace driftd
