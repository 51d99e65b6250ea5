#include "core/node.h"

#include "core/secret.h"

namespace driftd {

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

Node Node::scalar(std::string text, int line) {
  Node node;
  node.kind = Kind::scalar;
  node.text = std::move(text);
  node.line = line;
  return node;
}

Node Node::quoted_text(std::string text) {
  Node node = scalar(std::move(text));
  node.quoted = true;
  return node;
}

Node Node::list() { return list(std::vector<Node>()); }

Node Node::list(std::vector<Node> items) {
  Node node;
  node.kind = Kind::list;
  node.items = std::move(items);
  return node;
}

Node Node::map() {
  Node node;
  node.kind = Kind::map;
  return node;
}

void Node::set(std::string key, Node value) {
  kind = Kind::map;
  const int value_line = value.line;
  entries.push_back({std::move(key), value_line, std::move(value)});
}

Node merged(const Node& base, const Node& over) {
  if (over.kind == Node::Kind::null) return base;
  if (base.kind != Node::Kind::map || over.kind != Node::Kind::map) return over;
  Node result = over;
  for (const Node::Entry& inherited : base.entries) {
    bool found = false;
    for (Node::Entry& own : result.entries) {
      if (own.key != inherited.key) continue;
      own.value = merged(inherited.value, own.value);
      found = true;
    }
    if (!found) result.entries.push_back(inherited);
  }
  return result;
}

namespace {

bool needs_quotes(const Node& node) {
  if (!node.quoted) return false;
  if (node.text.empty()) return true;
  if (node.text == "null" || node.text == "~" || node.text == "true" || node.text == "false") return true;
  if (node.text.front() == ' ' || node.text.back() == ' ') return true;
  return node.text.find_first_of(",[]{}#&*!|>'\"%@`\n") != std::string::npos ||
         node.text.find(": ") != std::string::npos;
}

std::string in_quotes(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result.push_back('\\');
    if (c == '\n') {
      result += "\\n";
    } else {
      result.push_back(c);
    }
  }
  return result + "\"";
}

}  // namespace

std::string one_line(const Node& node) {
  if (node.secret) return kRedacted;
  switch (node.kind) {
    case Node::Kind::null:
      return "";
    case Node::Kind::scalar:
      return needs_quotes(node) ? in_quotes(node.text) : node.text;
    case Node::Kind::list: {
      std::string result = "[";
      for (const Node& item : node.items) result += (result.size() > 1 ? ", " : "") + one_line(item);
      return result + "]";
    }
    case Node::Kind::map: {
      std::string result = "{";
      for (const Node::Entry& entry : node.entries) {
        result += (result.size() > 1 ? ", " : "") + entry.key + ": " + one_line(entry.value);
      }
      return result + "}";
    }
  }
  return "";
}

Node from_assignments(const std::vector<std::string>& assignments) {
  Node node = Node::map();
  for (const std::string& assignment : assignments) {
    const std::size_t equals = assignment.find('=');
    if (equals == std::string::npos) {
      node.set(assignment, Node{});
    } else {
      node.set(assignment.substr(0, equals), Node::scalar(assignment.substr(equals + 1)));
    }
  }
  return node;
}

std::string to_text(const Fault& fault) {
  std::string text = fault.file;
  if (fault.line > 0) text += (text.empty() ? "line " : ":") + std::to_string(fault.line);
  if (!fault.key.empty()) text += (text.empty() ? "" : ": ") + fault.key;
  return text + (text.empty() ? "" : ": ") + fault.message;
}

std::string join_path(std::string_view parent, std::string_view key) {
  std::string path(parent);
  if (!path.empty()) path += '.';
  return path.append(key);
}

std::string item_path(std::string_view parent, std::size_t index) {
  return std::string(parent) + "[" + std::to_string(index) + "]";
}

}  // namespace driftd
