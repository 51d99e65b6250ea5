// `reference`: auto | {file: PROFILE} | {first: 20000} | {first: 14d}, each with `trust`.
#include "app/config/fields.h"

namespace driftd::app {
namespace {

using Source = ReferenceConfig::Source;

struct Keys {
  std::optional<std::string> file;
  std::optional<std::string> first;
  bool trust = false;
  std::vector<std::string> regimes;
};

const Fields<Keys>& fields_of_reference() {
  static const Fields<Keys> table =
      Fields<Keys>()
          .text("file", &Keys::file, "a profile that `driftd profile` made")
          .text("first", &Keys::first, "so many events, or so long a stretch")
          .flag("trust", &Keys::trust,
                "let evidence be critical, and ask for more than a notice, also against a reference of under "
                "14 "
                "days")
          .list("regimes", &Keys::regimes, text_type(),
                "beside `file`: profiles of other states that recur and are normal too, made with `profile "
                "--like`");
  return table;
}

void read_first(const Node& node, const std::string& text, ReferenceConfig& out, const std::string& path,
                Faults& faults) {
  if (const auto rows = parse_integer(text)) {
    if (*rows < 1) return add_fault(faults, node, path, describe(node) + " is out of range: >= 1");
    out.source = Source::first_rows;
    out.rows = *rows;
  } else if (const auto duration = parse_duration(text)) {
    if (*duration < 1) return add_fault(faults, node, path, describe(node) + " is out of range: > 0s");
    out.source = Source::first_duration;
    out.duration = *duration;
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
  if (keys.file && keys.first) {
    return add_fault(faults, node, path, "needs one of file and first, not both");
  }
  if (!keys.regimes.empty() && !keys.file) {
    return add_fault(faults, *node.find("regimes"), join_path(path, "regimes"), "needs file");
  }
  if (!keys.file && !keys.first && !keys.trust) {
    return add_fault(faults, node, path, "needs one of file and first");
  }
  out = {};
  if (keys.file) {
    out.source = Source::file;
    out.file = *keys.file;
    out.regimes = std::move(keys.regimes);
  } else if (keys.first) {
    read_first(*node.find("first"), *keys.first, out, join_path(path, "first"), faults);
  }
  out.trust = keys.trust;
}

Node show_reference(const ReferenceConfig& reference) {
  Node node = Node::map();
  switch (reference.source) {
    case Source::automatic:
      if (!reference.trust) return Node::scalar("auto");
      break;
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
  if (reference.trust) node.set("trust", Node::scalar("true"));
  if (!reference.regimes.empty()) node.set("regimes", list_of(text_type()).show(reference.regimes));
  return node;
}

}  // namespace

FieldType<ReferenceConfig> reference_type() {
  FieldType<ReferenceConfig> type;
  type.name = "auto, {file: PROFILE}, {first: EVENTS} or {first: DURATION}";
  type.read = read_reference;
  type.show = show_reference;
  type.inner = [](const std::string& path) { return fields_of_reference().docs(path); };
  return type;
}

}  // namespace driftd::app
