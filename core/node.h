// A tree of names, lists and scalars with the line each came from: what a configuration file, a
// `k=v` list of the command line, or the parameters of a detector are read from (core/fields.h), and
// what an effective configuration is printed from. Plain values; no file format is known here.
//
// Lines count from 1; 0 means that the value came from no file. The value of a key carries the key's
// line. `quoted` tells a scalar that was written in quotes, and so is a text whatever it looks like.
// `secret` marks text that came from a secret place: it is never printed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace driftd {

struct Node {
  enum class Kind : std::uint8_t { null, scalar, list, map };
  struct Entry;

  Kind kind = Kind::null;
  bool quoted = false;
  bool secret = false;
  int line = 0;
  std::string text;            // scalar
  std::vector<Node> items;     // list
  std::vector<Entry> entries;  // map, in the order of the file; keys are unique

  // The value of `key`; nullptr where this is no map or does not have it.
  [[nodiscard]] const Node* find(std::string_view key) const;

  static Node scalar(std::string text, int line = 0);  // as if written bare
  static Node quoted_text(std::string text);           // as if written in quotes
  static Node list();
  static Node list(std::vector<Node> items);
  static Node map();
  void set(std::string key, Node value);  // appends an entry; makes a map of a null
};

struct Node::Entry {
  std::string key;
  int line = 0;
  Node value;
};

// `over` laid over `base`: maps key by key, everything else replaced whole. A null `over` changes nothing.
Node merged(const Node& base, const Node& over);

// One line as YAML would write it: `[a, b]`, `{k: 1}`, `text`; secrets as `<secret>`.
std::string one_line(const Node& node);

// The map of `k=v` assignments as the command line gives them; the first '=' parts key and value.
// An assignment without '=' yields an entry with a null value.
Node from_assignments(const std::vector<std::string>& assignments);

// One thing wrong with a configuration. `key` is the whole path ("models.credit.rules[2].name").
struct Fault {
  std::string file;  // filled in by whoever knows it
  int line = 0;
  std::string key;
  std::string message;

  friend bool operator==(const Fault&, const Fault&) = default;
};
using Faults = std::vector<Fault>;

// "FILE:LINE: KEY: MESSAGE", leaving out what is not known.
std::string to_text(const Fault& fault);

// "a" and "b" make "a.b"; an empty parent leaves "b".
std::string join_path(std::string_view parent, std::string_view key);
std::string item_path(std::string_view parent, std::size_t index);  // "a[3]"

}  // namespace driftd
