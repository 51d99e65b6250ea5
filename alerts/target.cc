#include "alerts/target.h"

#include <algorithm>

#include "alerts/template.h"
#include "alerts/url.h"
#include "core/fields.h"

namespace driftd::alerts {

namespace {

bool same_header(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

const TemplateText* find(const NamedTemplates& named, std::string_view name) {
  for (const auto& [key, value] : named)
    if (key == name) return &value;
  return nullptr;
}

bool names(std::string_view text, std::string_view setting) {
  return text.find("<" + std::string(setting) + ">") != std::string_view::npos;
}

// "https://host" and "https://host/" have no path of their own.
bool is_bare(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return false;
  const std::size_t path = url.find_first_of("/?#", scheme + 3);
  return path == std::string_view::npos || (path + 1 == url.size() && url[path] == '/');
}

bool takes_path(const WebhookConfig& webhook, const Target& target) {
  return !target.path.empty() && (webhook.url.text.empty() || is_bare(webhook.url.text));
}

// Whether what the row says of it is used: a text that the webhook states itself takes its place.
bool is_needed(const WebhookConfig& webhook, const Target& target, const TargetSetting& setting) {
  if (takes_path(webhook, target) && names(target.path, setting.name)) return true;
  if (webhook.body || !webhook.form.empty()) return false;
  return names(target.body, setting.name) || std::ranges::any_of(target.form, [&](const auto& field) {
           return names(field.second, setting.name);
         });
}

// Everything outside of {{tags}} as the place wants it; what they render to is escaped then.
std::string escaped_around_tags(Place place, std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find("{{"), text.size());
    out += escape(place, text.substr(0, open));
    const std::size_t close = text.find("}}", open);
    const std::size_t end = close == std::string_view::npos ? text.size() : close + 2;
    out += text.substr(open, end - open);
    text.remove_prefix(end);
  }
  return out;
}

// Of a path the slash stands as it is: OWNER/NAME.
std::string escaped_in_url(std::string_view text) {
  std::string out;
  while (true) {
    const std::size_t slash = std::min(text.find('/'), text.size());
    out += escaped_around_tags(Place::url, text.substr(0, slash));
    if (slash == text.size()) return out;
    out += '/';
    text.remove_prefix(slash + 1);
  }
}

// A text of the row with the settings in their places.
TemplateText with_settings(const WebhookConfig& webhook, const Target& target, std::string_view text,
                           Place place) {
  TemplateText out{std::string(text), false};
  for (const TargetSetting& setting : target.with) {
    const std::string mark = "<" + std::string(setting.name) + ">";
    const TemplateText* given = find(webhook.with, setting.name);
    const std::string value = given != nullptr ? given->text : std::string(setting.standard);
    const std::string placed =
        place == Place::url ? escaped_in_url(value) : escaped_around_tags(place, value);
    for (std::size_t at = out.text.find(mark); at != std::string::npos;
         at = out.text.find(mark, at + placed.size())) {
      out.text.replace(at, mark.size(), placed);
      out.secret = out.secret || (given != nullptr && given->secret);
    }
  }
  return out;
}

void fill_in_url(WebhookConfig& out, const Target& target) {
  if (!takes_path(out, target)) return;
  const TemplateText path = with_settings(out, target, target.path, Place::url);
  std::string base = out.url.text.empty() ? std::string(target.home) : out.url.text;
  if (base.ends_with('/')) base.pop_back();
  out.url = {base + path.text, out.url.secret || path.secret};
}

void fill_in_content(WebhookConfig& out, const Target& target) {
  if (!out.body && out.form.empty()) {
    if (!target.body.empty()) out.body = with_settings(out, target, target.body, Place::json);
    for (const auto& [name, value] : target.form)
      out.form.emplace_back(name, with_settings(out, target, value, Place::plain));
  }
  if (!out.resolved_body && !target.resolved_body.empty())
    out.resolved_body = with_settings(out, target, target.resolved_body, Place::json);
}

bool is_integer(std::string_view text) {
  return !text.empty() && text.size() < 19 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<std::string> setting_names(const Target& target) {
  std::vector<std::string> list;
  for (const TargetSetting& setting : target.with) list.emplace_back(setting.name);
  return list;
}

// `url: ${URL:-}` with nothing behind it is none.
bool has_no_url(const Node& node) {
  const Node* url = node.find("url");
  return url == nullptr || (url->kind == Node::Kind::scalar && url->text.empty());
}

}  // namespace

void check_target(const WebhookConfig& webhook, const Node& node, const std::string& path, Faults& faults) {
  const Node* with = node.find("with");
  const std::string with_path = join_path(path, "with");
  const Target* target = find_target(webhook.target);
  if (target == nullptr) {
    if (!webhook.with.empty() && node.find("target") == nullptr)
      add_fault(faults, *with, with_path, "stands beside `target`, which is missing");
    if (has_no_url(node)) add_fault(faults, node, join_path(path, "url"), "is required");
    return;
  }
  for (const auto& [name, value] : webhook.with) {
    const auto known = std::ranges::find_if(
        target->with, [&key = name](const TargetSetting& each) { return each.name == key; });
    const Node* at = with->find(name);
    if (known == target->with.end())
      add_fault(faults, *at, join_path(with_path, name), unknown_key_message(name, setting_names(*target)));
    else if (known->number && !is_integer(value.text))
      add_fault(faults, *at, join_path(with_path, name), "is a whole number");
  }
  for (const TargetSetting& setting : target->with) {
    if (!setting.standard.empty() || find(webhook.with, setting.name) != nullptr) continue;
    if (is_needed(webhook, *target, setting))
      add_fault(faults, with == nullptr ? node : *with, join_path(with_path, std::string(setting.name)),
                "is required by the target " + std::string(target->name) + ": " + std::string(setting.text));
  }
  if (has_no_url(node) && target->home.empty())
    add_fault(faults, node, join_path(path, "url"),
              "is required: the target " + std::string(target->name) + " has no address of its own");
}

WebhookConfig fill_in_target(const WebhookConfig& webhook) {
  const Target* target = find_target(webhook.target);
  if (target == nullptr) return webhook;
  WebhookConfig out = webhook;
  out.events = webhook.effective_events();
  out.retrains = webhook.starts_retraining();
  fill_in_url(out, *target);
  fill_in_content(out, *target);
  for (const auto& [name, value] : target->headers) {
    const bool own = std::ranges::any_of(
        webhook.headers, [&key = name](const auto& header) { return same_header(header.first, key); });
    if (!own) out.headers.emplace_back(name, with_settings(webhook, *target, value, Place::header));
  }
  if (out.success.codes.empty()) out.success.codes = target->codes;
  if (out.success.contains.empty()) out.success.contains = target->contains;
  out.target.clear();
  out.with.clear();
  return out;
}

}  // namespace driftd::alerts
