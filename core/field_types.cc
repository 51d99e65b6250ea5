#include "core/field_types.h"

#include <array>
#include <charconv>
#include <cmath>

#include "core/event.h"
#include "core/nearest.h"

namespace driftd {
namespace {

template <class T, class Format>
std::string range_text(const Range<T>& range, Format format) {
  const bool has_least = range.least != std::numeric_limits<T>::lowest();
  const bool has_most = range.most != std::numeric_limits<T>::max();
  if (has_least && has_most) {
    return (range.least_open ? "(" : "[") + format(range.least) + ", " + format(range.most) +
           (range.most_open ? ")" : "]");
  }
  if (has_least) return (range.least_open ? "> " : ">= ") + format(range.least);
  if (has_most) return (range.most_open ? "< " : "<= ") + format(range.most);
  return "";
}

// A type whose values are one scalar: parse, then the range.
template <class T, class Parse, class Format>
FieldType<T> scalar_type(std::string name, std::string what, Range<T> range, std::string unit, Parse parse,
                         Format format) {
  FieldType<T> type;
  type.name = std::move(name);
  type.range = range_text(range, format);
  type.unit = std::move(unit);
  type.read = [what = std::move(what), range, range_words = type.range, parse](
                  const Node& node, T& out, const std::string& path, Faults& faults) {
    const auto text = expect_scalar(node, what, path, faults);
    if (!text) return;
    const std::optional<T> value = parse(*text);
    if (!value) return add_fault(faults, node, path, "expected " + what + ", not " + describe(node));
    if (!range.contains(*value)) {
      return add_fault(faults, node, path, describe(node) + " is out of range: " + range_words);
    }
    out = *value;
  };
  type.show = [format](const T& value) { return Node::scalar(format(value)); };
  return type;
}

template <class T>
std::optional<T> parse_whole(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string integer_text(std::int64_t value) { return std::to_string(value); }
std::string number_text(double value) { return shortest_text(value); }

struct Unit {
  std::string_view name;
  std::int64_t bytes;
};
constexpr std::array<Unit, 5> kUnits = {
    {{"TB", 1LL << 40}, {"GB", 1LL << 30}, {"MB", 1LL << 20}, {"KB", 1LL << 10}, {"B", 1}}};

}  // namespace

std::string describe(const Node& node) {
  if (node.secret) return kRedacted;
  switch (node.kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::scalar:
      return "\"" + node.text.substr(0, 80) + (node.text.size() > 80 ? "…\"" : "\"");
    case Node::Kind::list:
      return "a list";
    case Node::Kind::map:
      return "a map";
  }
  return "";
}

void add_fault(Faults& faults, const Node& node, std::string_view path, std::string message) {
  faults.push_back({"", node.line, std::string(path), std::move(message)});
}

std::optional<std::string> expect_scalar(const Node& node, std::string_view what, std::string_view path,
                                         Faults& faults) {
  if (node.kind == Node::Kind::scalar) return node.text;
  add_fault(faults, node, path, "expected " + std::string(what) + ", not " + describe(node));
  return std::nullopt;
}

bool expect_map(const Node& node, std::string_view path, Faults& faults) {
  if (node.kind == Node::Kind::map || node.kind == Node::Kind::null) return true;
  add_fault(faults, node, path, "expected keys with values, not " + describe(node));
  return false;
}

bool expect_list(const Node& node, std::string_view path, Faults& faults) {
  if (node.kind == Node::Kind::list || node.kind == Node::Kind::null) return true;
  add_fault(faults, node, path, "expected a list, not " + describe(node));
  return false;
}

std::optional<double> parse_number(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  const auto value = parse_whole<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<std::int64_t> parse_integer(std::string_view text) { return parse_whole<std::int64_t>(text); }

std::optional<std::int64_t> parse_size(std::string_view text) {
  std::int64_t factor = 1;
  for (const Unit& unit : kUnits) {
    if (!text.ends_with(unit.name)) continue;
    text.remove_suffix(unit.name.size());
    factor = unit.bytes;
    break;
  }
  const auto count = parse_integer(text);
  if (!count || *count < 0 || *count > std::numeric_limits<std::int64_t>::max() / factor) return std::nullopt;
  return *count * factor;
}

std::string format_size(std::int64_t bytes) {
  for (const Unit& unit : kUnits) {
    if (bytes >= unit.bytes && bytes % unit.bytes == 0) {
      return std::to_string(bytes / unit.bytes) + std::string(unit.name);
    }
  }
  return std::to_string(bytes) + "B";
}

FieldType<double> number_type(Range<double> range, std::string unit) {
  return scalar_type<double>("number", "a number", range, std::move(unit), parse_number, number_text);
}

FieldType<std::int64_t> int64_type(Range<std::int64_t> range, std::string unit) {
  return scalar_type<std::int64_t>("integer", "an integer", range, std::move(unit), parse_integer,
                                   integer_text);
}

FieldType<std::int64_t> bytes_type(Range<std::int64_t> range) {
  return scalar_type<std::int64_t>("size", "a size such as 8MB", range, "bytes", parse_size, format_size);
}

FieldType<Duration> duration_type(Range<Duration> range) {
  return scalar_type<Duration>("duration", "a duration such as 90s, 5m or 14d", range, "", parse_duration,
                               format_duration);
}

FieldType<Time> time_type() {
  return scalar_type<Time>("time", "a time such as 2026-11-20T08:00:00Z", {}, "", parse_rfc3339,
                           format_rfc3339);
}

FieldType<bool> flag_type() {
  const auto parse = [](std::string_view text) -> std::optional<bool> {
    if (text == "true") return true;
    if (text == "false") return false;
    return std::nullopt;
  };
  const auto format = [](bool value) { return std::string(value ? "true" : "false"); };
  FieldType<bool> type = scalar_type<bool>("flag", "true or false", {}, "", parse, format);
  type.range.clear();
  return type;
}

FieldType<std::string> text_type() {
  FieldType<std::string> type;
  type.name = "text";
  type.read = [](const Node& node, std::string& out, const std::string& path, Faults& faults) {
    const auto text = expect_scalar(node, "a text", path, faults);
    if (!text) return;
    if (text->empty()) return add_fault(faults, node, path, "must not be empty");
    out = *text;
  };
  type.show = [](const std::string& value) { return value.empty() ? Node{} : Node::quoted_text(value); };
  return type;
}

FieldType<Secret> secret_type() {
  FieldType<Secret> type;
  type.name = "secret";
  type.secret = true;
  type.read = [](const Node& node, Secret& out, const std::string& path, Faults& faults) {
    if (node.kind == Node::Kind::scalar) {
      out = Secret(node.text);
    } else {
      add_fault(faults, node, path, "expected a text");
    }
  };
  type.show = [](const Secret& value) {
    if (value.empty()) return Node{};
    Node node = Node::quoted_text(kRedacted);
    node.secret = true;
    return node;
  };
  return type;
}

std::string choice_name(const std::vector<std::string>& names) {
  std::string result = "one of ";
  for (std::size_t i = 0; i < names.size(); ++i) result += (i ? ", " : "") + names[i];
  return result;
}

std::optional<std::size_t> read_choice(const Node& node, const std::vector<std::string>& names,
                                       const std::string& path, Faults& faults) {
  const auto text = expect_scalar(node, choice_name(names), path, faults);
  if (!text) return std::nullopt;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == *text) return i;
  }
  std::string message = "expected " + choice_name(names) + ", not " + describe(node);
  const std::string* near = node.secret ? nullptr : nearest(*text, names);
  if (near != nullptr) message += "; did you mean " + *near + "?";
  add_fault(faults, node, path, std::move(message));
  return std::nullopt;
}

}  // namespace driftd
