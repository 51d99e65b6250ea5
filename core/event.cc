#include "core/event.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace driftd {

namespace {

constexpr std::array<std::string_view, kRejectionCount> kRejections = {
    "empty",         "too_large",       "not_utf8",         "not_json",   "too_deep", "not_an_object",
    "no_type",       "unknown_type",    "no_model",         "bad_field",  "bad_time", "too_far_ahead",
    "unknown_model", "too_many_models", "too_many_columns", "undecodable"};

constexpr std::array<std::string_view, 7> kLifecycle = {
    "registered",  "deployed", "retraining_started", "retraining_finished", "retraining_failed",
    "rolled_back", "retired"};

}  // namespace

std::string_view shortest_text(const Value& value, std::span<char> buffer) {
  switch (value.kind) {
    case Value::Kind::number: {
      const double number = value.number == 0 ? 0.0 : value.number;
      const double size = std::abs(number);
      const auto form =
          size == 0 || (size >= 1e-6 && size < 1e21) ? std::chars_format::fixed : std::chars_format::general;
      const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, form);
      return {buffer.data(), static_cast<std::size_t>(written.ptr - buffer.data())};
    }
    case Value::Kind::boolean:
    case Value::Kind::text:
      return value.text;
    default:
      return {};
  }
}

std::string shortest_text(double number) {
  std::array<char, 32> buffer{};
  return std::string(shortest_text(Value{Value::Kind::number, number, {}}, buffer));
}

std::string_view name_of(Rejection reason) { return kRejections[static_cast<std::size_t>(reason)]; }
std::string_view name_of(Lifecycle event) { return kLifecycle[static_cast<std::size_t>(event)]; }

std::optional<Lifecycle> lifecycle_of(std::string_view name) {
  for (std::size_t i = 0; i < kLifecycle.size(); ++i)
    if (kLifecycle[i] == name) return static_cast<Lifecycle>(i);
  return std::nullopt;
}

}  // namespace driftd
