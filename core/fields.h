// Field tables: a struct's keys declared once. From the table come parsing, defaults (those of a
// default-constructed struct), ranges, the refusal of unknown keys with the nearest known one, the
// printed form of the effective value, and the documentation.
//
//   struct Params { double delta = 0.002; std::int64_t clock = 32; };
//   const Fields<Params>& fields_of_params() {
//     static const Fields<Params> table = Fields<Params>()
//         .number("delta", &Params::delta, open_range(0.0, 1.0), "", "confidence of a cut")
//         .integer("clock", &Params::clock, {1, 1'000'000}, "values", "how often a cut is looked for");
//     return table;
//   }
//   Params p;  Faults faults;  fields_of_params().read(node, p, "detectors[0]", faults);
//
// Values are refused, never clamped: a member whose value is refused keeps its default and a Fault is
// added. All faults are found in one pass. A member may be a std::optional of the type: null when absent.
// `add` takes any FieldType (core/field_types.h): lists, maps by name, nested objects, or one's own.
// Tables are immutable once built and may be read from any thread.
#pragma once

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/field_types.h"
#include "core/node.h"

namespace driftd {

// The fault "unknown key X; did you mean Y?", or with the known keys where none is near.
std::string unknown_key_message(std::string_view key, const std::vector<std::string>& known);

template <class S>
class Fields {
 public:
  using Check = std::function<void(const S&, const Node&, const std::string& path, Faults&)>;

  template <class T>
  Fields& add(std::string name, T S::*member, FieldType<T> type, std::string text) {
    entries_.push_back(make_entry(std::move(name), member, std::move(type), std::move(text)));
    return *this;
  }
  template <class T>
  Fields& add(std::string name, std::optional<T> S::*member, FieldType<T> type, std::string text) {
    return add(std::move(name), member, optional_of(std::move(type)), std::move(text));
  }

  template <class M>  // double or optional<double>
  Fields& number(std::string name, M S::*member, Range<double> range, std::string unit, std::string text) {
    return add(std::move(name), member, number_type(range, std::move(unit)), std::move(text));
  }
  template <class M>  // any integer type, or an optional of one
  Fields& integer(std::string name, M S::*member, Range<std::int64_t> range, std::string unit,
                  std::string text) {
    return add(std::move(name), member, integer_type<Plain<M>>(range, std::move(unit)), std::move(text));
  }
  template <class M>  // Duration; the key is written "90s", "1h30m", "14d"
  Fields& duration(std::string name, M S::*member, Range<Duration> range, std::string text) {
    return add(std::move(name), member, duration_type(range), std::move(text));
  }
  template <class M>  // an integer of bytes; the key is written "8MB" = 8,388,608, or a plain number
  Fields& size(std::string name, M S::*member, Range<std::int64_t> range, std::string text) {
    return add(std::move(name), member, size_type<Plain<M>>(range), std::move(text));
  }
  template <class M>  // std::string
  Fields& text(std::string name, M S::*member, std::string text) {
    return add(std::move(name), member, text_type(), std::move(text));
  }
  template <class M>  // bool
  Fields& flag(std::string name, M S::*member, std::string text) {
    return add(std::move(name), member, flag_type(), std::move(text));
  }
  template <class M>  // a point of event time, RFC 3339
  Fields& time(std::string name, M S::*member, std::string text) {
    return add(std::move(name), member, time_type(), std::move(text));
  }
  template <class M>  // any enum, with the name of each of its values
  Fields& choice(std::string name, M S::*member, Choices<Plain<M>> choices, std::string text) {
    return add(std::move(name), member, choice_type(std::move(choices)), std::move(text));
  }
  template <class M>
  Fields& secret(std::string name, M S::*member, std::string text) {
    return add(std::move(name), member, secret_type(), std::move(text));
  }
  template <class T>
  Fields& list(std::string name, std::vector<T> S::*member, FieldType<T> item, std::string text) {
    return add(std::move(name), member, list_of(std::move(item)), std::move(text));
  }
  template <class T>
  Fields& map(std::string name, std::map<std::string, T> S::*member, FieldType<T> item, std::string text) {
    return add(std::move(name), member, map_of(std::move(item)), std::move(text));
  }
  template <class T>  // a nested struct with its own table, which must outlive this one
  Fields& object(std::string name, T S::*member, const Fields<T>& table, std::string text) {
    add(std::move(name), member, object_of(table), std::move(text));
    entries_.back().is_object = true;
    return *this;
  }

  // About the field added last.
  Fields& required() {
    entries_.back().doc.required = true;
    return *this;
  }
  Fields& shown_default(std::string words) {  // where the default depends on something else
    entries_.back().doc.standard = std::move(words);
    entries_.back().words_for_default = true;
    return *this;
  }

  // Keys that the design names and this version does not know yet: refused in other words.
  Fields& later(std::vector<std::string> names) {
    later_.insert(later_.end(), names.begin(), names.end());
    return *this;
  }
  // All of another table of the same struct.
  Fields& append(Fields other) {
    std::move(other.entries_.begin(), other.entries_.end(), std::back_inserter(entries_));
    std::move(other.checks_.begin(), other.checks_.end(), std::back_inserter(checks_));
    return later(std::move(other.later_));
  }
  // Rules across fields, called after all of them are read, also when some were faulty.
  Fields& check(Check check) {
    checks_.push_back(std::move(check));
    return *this;
  }

  // Reads a map (null counts as an empty one) into `out`, which holds the defaults beforehand.
  void read(const Node& node, S& out, std::string_view path, Faults& faults) const;
  // The value as a tree in the order of the table, secrets redacted, without what is absent or empty.
  // read() of it gives the same value, secrets apart.
  [[nodiscard]] Node show(const S& value) const;
  // One row for each key, nested ones with their whole path.
  [[nodiscard]] std::vector<FieldDoc> docs(std::string_view prefix = "") const;
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  struct Entry {
    FieldDoc doc;
    bool words_for_default = false;
    bool is_object = false;
    std::function<void(const Node&, S&, const std::string& path, Faults&)> read;
    std::function<Node(const S&)> show;
    std::function<std::vector<FieldDoc>(const std::string& path)> inner;
  };

  template <class T>
  static Entry make_entry(std::string name, T S::*member, FieldType<T> type, std::string text) {
    Entry entry;
    entry.doc = {std::move(name), type.name, "", type.range, type.unit, std::move(text), false, type.secret};
    entry.inner = type.inner;
    entry.read = [member, read = std::move(type.read)](const Node& node, S& out, const std::string& path,
                                                       Faults& faults) {
      read(node, out.*member, path, faults);
    };
    entry.show = [member, show = std::move(type.show)](const S& value) { return show(value.*member); };
    return entry;
  }
  const Entry* find(std::string_view name) const {
    for (const Entry& entry : entries_) {
      if (entry.doc.name == name) return &entry;
    }
    return nullptr;
  }

  std::vector<Entry> entries_;
  std::vector<std::string> later_;
  std::vector<Check> checks_;
};

template <class S>
void Fields<S>::read(const Node& node, S& out, std::string_view path, Faults& faults) const {
  if (!expect_map(node, path, faults)) return;
  for (const Node::Entry& given : node.entries) {
    const std::string key = join_path(path, given.key);
    if (const Entry* entry = find(given.key)) {
      entry->read(given.value, out, key, faults);
    } else if (std::find(later_.begin(), later_.end(), given.key) != later_.end()) {
      faults.push_back({"", given.line, key, "not supported by this version"});
    } else {
      faults.push_back({"", given.line, key, unknown_key_message(given.key, names())});
    }
  }
  for (const Entry& entry : entries_) {
    if (!entry.doc.required || node.find(entry.doc.name) != nullptr) continue;
    const std::string key = join_path(path, entry.doc.name);
    if (entry.is_object) {  // its own required keys say more
      Node empty = Node::map();
      empty.line = node.line;
      entry.read(empty, out, key, faults);
    } else {
      faults.push_back({"", node.line, key, "is required"});
    }
  }
  for (const Check& check : checks_) check(out, node, std::string(path), faults);
}

template <class S>
Node Fields<S>::show(const S& value) const {
  Node node = Node::map();
  for (const Entry& entry : entries_) {
    Node shown = entry.show(value);
    if (shown.kind != Node::Kind::null) node.set(entry.doc.name, std::move(shown));
  }
  return node;
}

template <class S>
std::vector<FieldDoc> Fields<S>::docs(std::string_view prefix) const {
  std::vector<FieldDoc> rows;
  const S defaults{};
  for (const Entry& entry : entries_) {
    FieldDoc row = entry.doc;
    row.name = join_path(prefix, entry.doc.name);
    std::vector<FieldDoc> inner;
    if (entry.inner) inner = entry.inner(row.name);
    if (!row.required && !entry.words_for_default && inner.empty()) {
      row.standard = one_line(entry.show(defaults));
    }
    rows.push_back(std::move(row));
    rows.insert(rows.end(), inner.begin(), inner.end());
  }
  return rows;
}

template <class S>
std::vector<std::string> Fields<S>::names() const {
  std::vector<std::string> names;
  for (const Entry& entry : entries_) names.push_back(entry.doc.name);
  return names;
}

template <class T>
FieldType<T> object_of(const Fields<T>& table) {
  FieldType<T> type;
  type.name = "object";
  type.read = [&table](const Node& node, T& out, const std::string& path, Faults& faults) {
    table.read(node, out, path, faults);
  };
  type.show = [&table](const T& value) { return table.show(value); };
  type.inner = [&table](const std::string& path) { return table.docs(path); };
  return type;
}

}  // namespace driftd
