#include "app/config/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

namespace driftd::app {
namespace {

constexpr int kDeepest = 50;
constexpr int kMostValues = 200'000;

// `${VAR:-a, b}` may stand bare anywhere, also in `{…}` and `[…]`, where YAML would take its braces,
// commas and colons for its own. They travel through the parser as private characters. Lines stay.
constexpr std::string_view kSyntax = "{}[],:#";
constexpr std::string_view kPrivate = "\xEE\x80";  // and one byte more: U+E000 and on
constexpr char kFirst = '\x80';

std::string shielded(std::string_view text) {
  std::string result;
  if (text.find(kPrivate) != std::string_view::npos) return std::string(text);
  while (!text.empty()) {
    const std::size_t begin = std::min(text.find("${"), text.size());
    const std::size_t end = text.find_first_of("}\n", begin);
    result += text.substr(0, begin);
    text.remove_prefix(begin);
    if (end == std::string_view::npos || text[end - begin] == '\n') {
      const std::size_t rest = std::min<std::size_t>(text.size(), 2);
      result += text.substr(0, rest);
      text.remove_prefix(rest);
      continue;
    }
    for (const char c : text.substr(0, end - begin + 1)) {
      const std::size_t index = kSyntax.find(c);
      if (index == std::string_view::npos) {
        result += c;
      } else {
        result.append(kPrivate).push_back(static_cast<char>(kFirst + static_cast<char>(index)));
      }
    }
    text.remove_prefix(end - begin + 1);
  }
  return result;
}

std::string unshielded(std::string text) {
  for (std::size_t i = text.find(kPrivate); i != std::string::npos; i = text.find(kPrivate, i + 1)) {
    const auto index = static_cast<std::size_t>(static_cast<unsigned char>(text[i + 2]) - 0x80U);
    if (index < kSyntax.size()) text.replace(i, 3, 1, kSyntax[index]);
  }
  return text;
}

class Converter {
 public:
  Converter(const Surroundings& surroundings, Faults& faults)
      : surroundings_(surroundings), faults_(faults) {}

  // `line` is that of the key, which a value is known by.
  Node convert(const YAML::Node& yaml, const std::string& path, int line, int depth) {
    Node node;
    node.line = line;
    if (!within_bounds(depth, path, line)) return node;
    if (yaml.IsScalar()) {
      fill_scalar(yaml, path, node);
    } else if (yaml.IsSequence()) {
      node.kind = Node::Kind::list;
      for (const YAML::Node& item : yaml) {
        const std::string item_key = item_path(path, node.items.size());
        node.items.push_back(convert(item, item_key, line_of(item, line), depth + 1));
      }
    } else if (yaml.IsMap()) {
      fill_map(yaml, path, depth, node);
    }
    return node;
  }

  std::vector<std::string> take_secrets() { return std::move(secrets_); }

 private:
  static int line_of(const YAML::Node& yaml, int otherwise) {
    return yaml.Mark().is_null() ? otherwise : yaml.Mark().line + 1;
  }

  bool within_bounds(int depth, const std::string& path, int line) {
    const bool deep = depth > kDeepest;
    if (!deep && ++values_ <= kMostValues) return true;
    if (!std::exchange(told_, true)) {
      faults_.push_back({"", line, path, deep ? "is nested too deeply" : "the file holds too many values"});
    }
    return false;
  }

  void fill_scalar(const YAML::Node& yaml, const std::string& path, Node& node) {
    node.kind = Node::Kind::scalar;
    node.quoted = yaml.Tag() == "!";
    Result<Interpolated> text = interpolate(unshielded(yaml.Scalar()), surroundings_);
    if (!text.ok()) return faults_.push_back({"", node.line, path, text.error().message});
    node.text = std::move(text->text);
    node.secret = !text->secrets.empty();
    if (!node.secret) return;
    secrets_.push_back(node.text);
    for (std::string& secret : text->secrets) secrets_.push_back(std::move(secret));
  }

  void fill_map(const YAML::Node& yaml, const std::string& path, int depth, Node& node) {
    node.kind = Node::Kind::map;
    std::set<std::string> seen;
    for (const auto& entry : yaml) {
      const int line = line_of(entry.first, node.line);
      if (!entry.first.IsScalar()) {
        faults_.push_back({"", line, path, "a key must be a plain text"});
        continue;
      }
      const std::string key = unshielded(entry.first.Scalar());
      const std::string key_path = join_path(path, key);
      if (!seen.insert(key).second) {
        faults_.push_back({"", line, key_path, "stands twice"});
        continue;
      }
      node.entries.push_back({key, line, convert(entry.second, key_path, line, depth + 1)});
    }
  }

  const Surroundings& surroundings_;
  Faults& faults_;
  std::vector<std::string> secrets_;
  int values_ = 0;
  bool told_ = false;
};

// Where documents begin, as far as the second. (YAML::LoadAll does not come to an end of some texts that are
// no YAML: a document that begins with a comma begins for ever.)
class Beginnings final : public YAML::EventHandler {
 public:
  // False: there is no document.
  bool find(const std::string& text) {
    std::istringstream in(text);
    YAML::Parser parser(in);
    while (marks_.size() < 2 && parser.HandleNextDocument(*this)) {
    }
    return !marks_.empty();
  }
  [[nodiscard]] std::optional<YAML::Mark> second() const {
    return marks_.size() < 2 ? std::nullopt : std::optional(marks_[1]);
  }

  void OnDocumentStart(const YAML::Mark& mark) override { marks_.push_back(mark); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
  }
  void OnMapEnd() override {}

 private:
  std::vector<YAML::Mark> marks_;
};

void emit(const Node& node, YAML::Emitter& out) {
  switch (node.kind) {
    case Node::Kind::null:
      out << YAML::Null;
      break;
    case Node::Kind::scalar:
      if (node.quoted) out << YAML::DoubleQuoted;
      out << node.text;
      break;
    case Node::Kind::list:
      if (node.items.empty()) out << YAML::Flow;
      out << YAML::BeginSeq;
      for (const Node& item : node.items) emit(item, out);
      out << YAML::EndSeq;
      break;
    case Node::Kind::map:
      if (node.entries.empty()) out << YAML::Flow;
      out << YAML::BeginMap;
      for (const Node::Entry& entry : node.entries) {
        out << YAML::Key << entry.key << YAML::Value;
        emit(entry.value, out);
      }
      out << YAML::EndMap;
      break;
  }
}

}  // namespace

YamlDocument parse_yaml(std::string_view text, const Surroundings& surroundings, Faults& faults) {
  YamlDocument document;
  document.root.line = 1;
  try {
    const std::string whole = shielded(text);
    Beginnings beginnings;
    if (!beginnings.find(whole)) return document;
    if (const auto& second = beginnings.second()) {
      faults.push_back({"", second->line + 1, "", "there is more than one document"});
      return document;
    }
    Converter converter(surroundings, faults);
    document.root = converter.convert(YAML::Load(whole), "", 1, 0);
    document.secrets = converter.take_secrets();
  } catch (const YAML::Exception& error) {
    const int line = error.mark.is_null() ? 0 : error.mark.line + 1;
    faults.push_back({"", line, "", "no YAML: " + error.msg});
  }
  return document;
}

std::string to_yaml(const Node& node) {
  YAML::Emitter out;
  emit(node, out);
  return std::string(out.c_str()) + "\n";
}

}  // namespace driftd::app
