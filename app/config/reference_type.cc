// `reference`: auto | {file: PROFILE} | {first: 20000} | {first: 14d}.
#include "app/config/fields.h"

namespace driftd::app {
namespace {

using Source = ReferenceConfig::Source;

struct Keys {
  std::optional<std::string> file;
  std::optional<std::string> first;
};

const Fields<Keys>& fields_of_reference() {
  static const Fields<Keys> table = Fields<Keys>()
                                        .text("file", &Keys::file, "a profile that `driftd profile` made")
                                        .text("first", &Keys::first, "so many events, or so long a stretch")
                                        .later({"trust"});
  return table;
}

void read_first(const Node& node, const std::string& text, ReferenceConfig& out, const std::string& path,
                Faults& faults) {
  if (const auto rows = parse_integer(text)) {
    if (*rows < 1) return add_fault(faults, node, path, describe(node) + " is out of range: >= 1");
    out = {Source::first_rows, "", *rows, 0};
  } else if (const auto duration = parse_duration(text)) {
    if (*duration < 1) return add_fault(faults, node, path, describe(node) + " is out of range: > 0s");
    out = {Source::first_duration, "", 0, *duration};
  } else {
    add_fault(faults, node, path,
              "expected a number of events such as 20000 or a duration such as 14d, not " + describe(node));
  }
}

void read_reference(const Node& node, ReferenceConfig& out, const std::string& path, Faults& faults) {
  if (node.kind == Node::Kind::scalar && node.text == "auto") {
    out = {};
    return;
  }
  if (node.kind != Node::Kind::map) {
    return add_fault(faults, node, path, "expected auto, {file: …} or {first: …}, not " + describe(node));
  }
  Keys keys;
  const std::size_t before = faults.size();
  fields_of_reference().read(node, keys, path, faults);
  if (faults.size() > before) return;
  if (keys.file.has_value() == keys.first.has_value()) {
    return add_fault(faults, node, path, "needs exactly one of file and first");
  }
  if (keys.file) {
    out = {Source::file, *keys.file, 0, 0};
  } else {
    read_first(*node.find("first"), *keys.first, out, join_path(path, "first"), faults);
  }
}

Node show_reference(const ReferenceConfig& reference) {
  Node node = Node::map();
  switch (reference.source) {
    case Source::automatic:
      return Node::scalar("auto");
    case Source::file:
      node.set("file", Node::quoted_text(reference.file));
      break;
    case Source::first_rows:
      node.set("first", Node::scalar(std::to_string(reference.rows)));
      break;
    case Source::first_duration:
      node.set("first", Node::scalar(format_duration(reference.duration)));
      break;
  }
  return node;
}

}  // namespace

FieldType<ReferenceConfig> reference_type() {
  FieldType<ReferenceConfig> type;
  type.name = "auto, {file: PROFILE}, {first: EVENTS} or {first: DURATION}";
  type.read = read_reference;
  type.show = show_reference;
  return type;
}

}  // namespace driftd::app
