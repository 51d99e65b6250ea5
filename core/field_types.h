// The types of configuration values: how each is read from a Node, refused, shown, and documented.
// core/fields.h makes tables of them. `read` leaves its target untouched where it adds a Fault.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/node.h"
#include "core/secret.h"
#include "core/time.h"

namespace driftd {

template <class S>
class Fields;

// What a value may be. The ends belong to the range unless `open`.
template <class T>
struct Range {
  T least = std::numeric_limits<T>::lowest();
  T most = std::numeric_limits<T>::max();
  bool least_open = false;
  bool most_open = false;

  [[nodiscard]] bool contains(T value) const {
    return (least_open ? value > least : value >= least) && (most_open ? value < most : value <= most);
  }
};
template <class T>
Range<T> open_range(T least, T most) {
  return {least, most, true, true};
}
template <class T>
Range<T> above(T least) {
  return {least, std::numeric_limits<T>::max(), true, false};
}
template <class T>
Range<T> at_least(T least) {
  return {least};
}

// One row of the documentation.
struct FieldDoc {
  std::string name;      // whole path: "kafka.brokers", "models.NAME.rules[].above"
  std::string type;      // "number", "duration", "one of a, b", "list of text", ...
  std::string standard;  // the default, as YAML; empty where there is none
  std::string range;     // "[1, 64]", ">= 1", "(0, 1)"; empty: any
  std::string unit;
  std::string text;
  bool required = false;
  bool secret = false;
};

template <class T>
struct FieldType {
  std::string name;
  std::string range;
  std::string unit;
  bool secret = false;
  std::function<void(const Node&, T& out, const std::string& path, Faults&)> read;
  std::function<Node(const T&)> show;
  std::function<std::vector<FieldDoc>(const std::string& path)> inner;  // rows of nested keys; may be empty
};

// For one's own types: a scalar's text; a fault "expected WHAT, ..." and empty where it is none.
std::optional<std::string> expect_scalar(const Node& node, std::string_view what, std::string_view path,
                                         Faults& faults);
bool expect_map(const Node& node, std::string_view path, Faults& faults);   // null passes as an empty map
bool expect_list(const Node& node, std::string_view path, Faults& faults);  // null passes as an empty list
void add_fault(Faults& faults, const Node& node, std::string_view path, std::string message);
// What stands there, for a message: `"abc"`, `a list`, `nothing`, `<secret>`.
std::string describe(const Node& node);

std::optional<double> parse_number(std::string_view text);  // finite decimals only
std::optional<std::int64_t> parse_integer(std::string_view text);
std::optional<std::int64_t> parse_size(std::string_view text);  // B, KB, MB, GB, TB by 1024
std::string format_size(std::int64_t bytes);

FieldType<double> number_type(Range<double> range = {}, std::string unit = "");
FieldType<Duration> duration_type(Range<Duration> range = {0});
FieldType<Time> time_type();
FieldType<bool> flag_type();
FieldType<std::string> text_type();  // not empty
FieldType<Secret> secret_type();     // may be empty
FieldType<std::int64_t> int64_type(Range<std::int64_t> range, std::string unit);
FieldType<std::int64_t> bytes_type(Range<std::int64_t> range);

template <class M>
struct PlainOf {
  using type = M;
};
template <class T>
struct PlainOf<std::optional<T>> {
  using type = T;
};
template <class M>
using Plain = typename PlainOf<M>::type;

// A type of std::int64_t as one of a narrower integer, whose own limits bound the range too.
template <class I>
FieldType<I> narrowed(FieldType<std::int64_t> wide) {
  FieldType<I> type{wide.name, wide.range, wide.unit, wide.secret, {}, {}, {}};
  type.read = [read = std::move(wide.read)](const Node& node, I& out, const std::string& path,
                                            Faults& faults) {
    auto value = static_cast<std::int64_t>(out);
    read(node, value, path, faults);
    out = static_cast<I>(value);
  };
  type.show = [show = std::move(wide.show)](const I& value) {
    return show(static_cast<std::int64_t>(value));
  };
  return type;
}
template <class I>
Range<std::int64_t> within(Range<std::int64_t> range) {
  if constexpr (!std::is_same_v<I, std::int64_t> && !std::is_same_v<I, std::uint64_t>) {
    range.least = std::max(range.least, static_cast<std::int64_t>(std::numeric_limits<I>::lowest()));
    range.most = std::min(range.most, static_cast<std::int64_t>(std::numeric_limits<I>::max()));
  } else if constexpr (std::is_same_v<I, std::uint64_t>) {
    range.least = std::max<std::int64_t>(range.least, 0);
  }
  return range;
}
template <class I>
FieldType<I> integer_type(Range<std::int64_t> range = {}, std::string unit = "") {
  return narrowed<I>(int64_type(within<I>(range), std::move(unit)));
}
template <class I>
FieldType<I> size_type(Range<std::int64_t> range = {0}) {
  return narrowed<I>(bytes_type(within<I>(range)));
}

template <class E>
using Choices = std::vector<std::pair<std::string, E>>;

// "inherit, learn": for the message and the documentation; the position of `text` in `names`, or empty
// with a fault that names the nearest.
std::optional<std::size_t> read_choice(const Node& node, const std::vector<std::string>& names,
                                       const std::string& path, Faults& faults);
std::string choice_name(const std::vector<std::string>& names);

template <class E>
FieldType<E> choice_type(Choices<E> choices) {
  std::vector<std::string> names;
  for (const auto& [name, value] : choices) names.push_back(name);
  FieldType<E> type;
  type.name = choice_name(names);
  type.read = [choices, names](const Node& node, E& out, const std::string& path, Faults& faults) {
    if (const auto index = read_choice(node, names, path, faults)) out = choices[*index].second;
  };
  type.show = [choices](const E& value) {
    for (const auto& [name, known] : choices) {
      if (known == value) return Node::scalar(name);
    }
    return Node{};
  };
  return type;
}

template <class T>
FieldType<std::optional<T>> optional_of(FieldType<T> plain) {
  FieldType<std::optional<T>> type{plain.name, plain.range, plain.unit, plain.secret, {}, {}, plain.inner};
  type.read = [read = std::move(plain.read)](const Node& node, std::optional<T>& out, const std::string& path,
                                             Faults& faults) {
    T value = out.value_or(T{});
    const std::size_t before = faults.size();
    read(node, value, path, faults);
    if (faults.size() == before) out = std::move(value);
  };
  type.show = [show = std::move(plain.show)](const std::optional<T>& value) {
    return value ? show(*value) : Node{};
  };
  return type;
}

template <class T>
FieldType<std::vector<T>> list_of(FieldType<T> item) {
  FieldType<std::vector<T>> type{"list of " + item.name, item.range, item.unit, item.secret, {}, {}, {}};
  type.read = [read = item.read](const Node& node, std::vector<T>& out, const std::string& path,
                                 Faults& faults) {
    if (!expect_list(node, path, faults)) return;
    std::vector<T> values;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      T value{};
      read(node.items[i], value, item_path(path, i), faults);
      values.push_back(std::move(value));
    }
    out = std::move(values);
  };
  type.show = [show = item.show](const std::vector<T>& values) {
    Node node = Node::list();
    for (const T& value : values) node.items.push_back(show(value));
    return node;
  };
  if (item.inner) {
    type.inner = [inner = item.inner](const std::string& path) { return inner(path + "[]"); };
  }
  return type;
}

// A list that may also be written as its only item.
template <class T>
FieldType<std::vector<T>> one_or_list_of(FieldType<T> item) {
  FieldType<std::vector<T>> type = list_of(item);
  type.name = item.name + ", or a list of them";
  type.read = [one = item.read, many = type.read](const Node& node, std::vector<T>& out,
                                                  const std::string& path, Faults& faults) {
    if (node.kind == Node::Kind::list || node.kind == Node::Kind::null) return many(node, out, path, faults);
    T value{};
    one(node, value, path, faults);
    out = {std::move(value)};
  };
  return type;
}

// Names of the file's choice to values: std::map, so that nothing depends on the order of the file.
template <class T>
FieldType<std::map<std::string, T>> map_of(FieldType<T> item) {
  FieldType<std::map<std::string, T>> type{
      "map of " + item.name, item.range, item.unit, item.secret, {}, {}, {}};
  type.read = [read = item.read](const Node& node, std::map<std::string, T>& out, const std::string& path,
                                 Faults& faults) {
    if (!expect_map(node, path, faults)) return;
    std::map<std::string, T> values;
    for (const Node::Entry& entry : node.entries) {
      read(entry.value, values[entry.key], join_path(path, entry.key), faults);
    }
    out = std::move(values);
  };
  type.show = [show = item.show](const std::map<std::string, T>& values) {
    Node node = Node::map();
    for (const auto& [key, value] : values) node.set(key, show(value));
    return node;
  };
  if (item.inner) {
    type.inner = [inner = item.inner](const std::string& path) { return inner(path + ".NAME"); };
  }
  return type;
}

}  // namespace driftd
