#include "app/config/show.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "app/config/fields.h"
#include "app/config/secret_names.h"
#include "app/config/yaml.h"

namespace driftd::app {
namespace {

// Shorter ones are redacted only where they are the whole value: "1" must not eat every 1.
constexpr std::size_t kShortestPart = 5;

std::string redacted(std::string text, const std::vector<std::string>& secrets) {
  for (const std::string& secret : secrets) {
    if (text == secret) return kRedacted;
    if (secret.size() < kShortestPart) continue;
    for (std::size_t i = text.find(secret); i != std::string::npos; i = text.find(secret, i)) {
      text.replace(i, secret.size(), kRedacted);
      i += std::string_view(kRedacted).size();
    }
  }
  return text;
}

// `name`: the key that the value stands under. Headers and the like have names that no table knows.
void redact(Node& node, std::string_view name, const std::vector<std::string>& secrets) {
  if (node.kind == Node::Kind::scalar) {
    node.text = redacted(std::move(node.text), secrets);
    if (node.secret || (names_secret(name) && !node.text.empty())) node.text = kRedacted;
  }
  for (Node& item : node.items) redact(item, name, secrets);
  for (Node::Entry& entry : node.entries) redact(entry.value, entry.key, secrets);
}

nlohmann::ordered_json json_of(const Node& node) {
  using nlohmann::ordered_json;
  switch (node.kind) {
    case Node::Kind::null:
      return nullptr;
    case Node::Kind::scalar:
      if (node.quoted) return node.text;
      if (node.text == "true") return true;
      if (node.text == "false") return false;
      if (const auto integer = parse_integer(node.text)) return *integer;
      if (const auto number = parse_number(node.text)) return *number;
      return node.text;
    case Node::Kind::list: {
      ordered_json list = ordered_json::array();
      for (const Node& item : node.items) list.push_back(json_of(item));
      return list;
    }
    case Node::Kind::map: {
      ordered_json map = ordered_json::object();
      for (const Node::Entry& entry : node.entries) map[entry.key] = json_of(entry.value);
      return map;
    }
  }
  return nullptr;
}

}  // namespace

Node shown(const Config& config) {
  std::vector<std::string> secrets;
  for (const Secret& secret : config.secrets) {
    if (!secret.empty()) secrets.push_back(secret.reveal());
  }
  // The longest first: a secret that is a part of another must not leave the rest of it standing.
  std::sort(secrets.begin(), secrets.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  Node node = fields_of_config().show(config);
  redact(node, "", secrets);
  return node;
}

std::string config_as_yaml(const Config& config) { return to_yaml(shown(config)); }

std::string config_as_json(const Config& config) {
  return json_of(shown(config)).dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace driftd::app
