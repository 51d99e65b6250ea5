#include "alerts/webhook_config.h"

#include <algorithm>
#include <array>

#include "alerts/http_token.h"
#include "alerts/signature.h"
#include "alerts/target.h"
#include "alerts/template.h"
#include "alerts/url.h"
#include "alerts/vocabulary_fields.h"
#include "alerts/webhook_request.h"

namespace driftd::alerts {

namespace {

FieldType<TemplateText> template_type(Subject subject = Subject::incident) {
  FieldType<TemplateText> type;
  type.name = "template";
  type.read = [subject](const Node& node, TemplateText& out, const std::string& path, Faults& faults) {
    const auto text = expect_scalar(node, "a text", path, faults);
    if (!text) return;
    if (const auto fault = template_fault(*text, subject)) {
      const std::string unsaid = "is no template; what is wrong is not said, since a part of it is secret";
      return add_fault(faults, node, path, node.secret ? unsaid : *fault);
    }
    out = {*text, node.secret};
  };
  type.show = [](const TemplateText& value) {
    Node node = Node::quoted_text(value.text);
    node.secret = value.secret;
    return node;
  };
  return type;
}

// Header lines that carry credentials by their very name.
bool tells_a_secret(std::string name) {
  for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  constexpr std::array<std::string_view, 7> kSigns = {"auth",   "token",    "key",       "secret",
                                                      "cookie", "password", "credential"};
  return std::ranges::any_of(kSigns, [&](auto sign) { return name.find(sign) != std::string::npos; });
}

std::optional<std::string> header_fault(std::string_view name, const TemplateText& value) {
  if (!is_http_token(name)) return "is no name of a header";
  constexpr std::array<std::string_view, 8> kOwn = {
      "host",   "content-length", "transfer-encoding", "connection",
      "expect", "webhook-id",     "webhook-timestamp", "webhook-signature"};
  std::string lower(name);
  for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  if (std::ranges::find(kOwn, lower) != kOwn.end()) return "is a header that driftd writes itself";
  const bool one_line = std::ranges::none_of(
      value.text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (!one_line) return "a header's value is one line without control characters";
  return std::nullopt;
}

enum class Named : std::uint8_t { headers, form, settings };

FieldType<NamedTemplates> named_templates_type(Named what) {
  const FieldType<TemplateText> item = template_type();
  FieldType<NamedTemplates> type;
  type.name = "map of template";
  type.read = [read = item.read, what](const Node& node, NamedTemplates& out, const std::string& path,
                                       Faults& faults) {
    if (!expect_map(node, path, faults)) return;
    NamedTemplates values;
    for (const Node::Entry& entry : node.entries) {
      TemplateText value;
      const std::string key = join_path(path, entry.key);
      read(entry.value, value, key, faults);
      if (what != Named::form) value.secret = value.secret || tells_a_secret(entry.key);
      if (what == Named::headers)
        if (const auto fault = header_fault(entry.key, value)) add_fault(faults, entry.value, key, *fault);
      values.emplace_back(entry.key, std::move(value));
    }
    out = std::move(values);
  };
  type.show = [show = item.show](const NamedTemplates& values) {
    Node node = Node::map();
    for (const auto& [name, value] : values) node.set(name, show(value));
    return node;
  };
  return type;
}

// A secret that is empty (its variable is not set) is none.
FieldType<std::vector<Secret>> secrets_type() {
  FieldType<std::vector<Secret>> type = one_or_list_of(secret_type());
  type.read = [read = type.read](const Node& node, std::vector<Secret>& out, const std::string& path,
                                 Faults& faults) {
    std::vector<Secret> secrets;
    read(node, secrets, path, faults);
    std::erase_if(secrets, [](const Secret& secret) { return secret.empty(); });
    for (const Secret& secret : secrets)
      if (const auto key = key_of(secret); !key) add_fault(faults, node, path, key.error().message);
    out = std::move(secrets);
  };
  return type;
}

const Fields<WebhookSuccess>& fields_of_success() {
  static const Fields<WebhookSuccess> table =
      Fields<WebhookSuccess>()
          .list("codes", &WebhookSuccess::codes, integer_type<int>({200, 599}),
                "status codes that mean it was done")
          .shown_default("every 2xx")
          .text("contains", &WebhookSuccess::contains, "text that the answer must hold besides")
          .shown_default("any answer");
  return table;
}

const Fields<WebhookRetry>& fields_of_retry() {
  static const Fields<WebhookRetry> table = Fields<WebhookRetry>().duration(
      "for", &WebhookRetry::give_up_after, {0, 365 * kDay}, "how long to try again; wall time");
  return table;
}

void check_whole(const WebhookConfig& webhook, const Node& node, const std::string& path, Faults& faults) {
  if (webhook.body && !webhook.form.empty())
    add_fault(faults, node, join_path(path, "form"), "stands instead of `body`, not beside it");
  if (!webhook.target.empty() && !webhook.digest_body &&
      std::ranges::count(webhook.events, EventType::digest) > 0)
    add_fault(faults, node, join_path(path, "digest_body"),
              "is required where a target is told of digests: what it takes for an incident does not fit");
  check_access(webhook, node, path, faults);
  const std::size_t before = faults.size();
  check_target(webhook, node, path, faults);
  if (faults.size() > before) return;
  const Node* url = node.find("url");
  if (url != nullptr && webhook.url.text.empty()) return;  // refused already
  const WebhookConfig whole = fill_in_target(webhook);
  const Incident example = example_incident(webhook, 0);
  const TemplateContext context{EventType::opened, example.opened_at, &example, ""};
  const auto parsed = parse_url(render_template(whole.url.text, Place::url, context));
  if (!parsed)
    add_fault(faults, url == nullptr ? node : *url, join_path(path, "url"), parsed.error().message);
}

std::vector<std::pair<std::string, std::string>> target_choices() {
  std::vector<std::pair<std::string, std::string>> choices;
  for (const Target& target : targets()) choices.emplace_back(target.name, target.name);
  return choices;
}

// A member of the base, as one of the webhook.
template <class T>
T WebhookConfig::*own(T HttpAccess::*member) {
  return member;
}

Fields<WebhookConfig> make_fields() {
  using W = WebhookConfig;
  Fields<W> table;
  table.text("name", &W::name, "names the webhook in metrics and in `driftd webhook`; unique")
      .required()
      .choice("target", &W::target, target_choices(),
              "fills url, headers, body or form, and success with what that receiver wants "
              "(docs/targets.md); what is "
              "set here stands")
      .shown_default("none")
      .add("with", &W::with, named_templates_type(Named::settings), "the target's settings")
      .add("url", &W::url, template_type(),
           "where to send; http or https. Without a path the target appends its own; required but for "
           "targets with an "
           "address of their own")
      .list("actions", &W::actions, choice_type(incident_action_choices()),
            "only incidents that ask for one of these")
      .shown_default("every action")
      .list("models", &W::models, text_type(), "only these models")
      .shown_default("every model")
      .list("kinds", &W::kinds, choice_type(kind_choices()), "only these kinds of incident")
      .shown_default("every kind")
      .list("severities", &W::severities, choice_type(severity_choices()), "only these severities")
      .shown_default("every severity")
      .list("events", &W::events, choice_type(event_choices()),
            "what to tell; `digest`: the digests of `alerts.digest`, whole whatever the filters")
      .shown_default(
          "opened, escalated, resolved; opened where body, form or target is set and no resolved_body")
      .flag(
          "retrains", &W::retrains,
          "whether an `opened` with action retrain starts a retraining; then none is sent for a model while "
          "one is under way (docs/retraining.md)")
      .shown_default("true where the target is a pipeline, or there is none and actions is [retrain]")
      .add("secret", &W::secrets, secrets_type(),
           "`whsec_` and Base64 of 24 to 64 bytes; signs the body; a list while it is being changed")
      .add("headers", &W::headers, named_templates_type(Named::headers), "further headers")
      .add("body", &W::body, template_type(), "the body; JSON unless a content-type header says otherwise")
      .shown_default("the whole alert")
      .add("resolved_body", &W::resolved_body, template_type(), "the body of `resolved`")
      .shown_default("body")
      .add("digest_body", &W::digest_body, template_type(Subject::digest),
           "the body of `digest`; its names are those of docs/digest.md")
      .shown_default("the whole digest")
      .add("form", &W::form, named_templates_type(Named::form), "fields of a form to send instead of a body")
      .object("success", &W::success, fields_of_success(), "when the receiver has done it")
      .duration("cooldown", &W::cooldown, {0, 3660 * kDay},
                "between two `opened` with action retrain of a model; event time")
      .duration("timeout", &W::timeout, {100 * kMillisecond, 10 * kMinute}, "for a whole attempt; wall time")
      .object("retry", &W::retry, fields_of_retry(), "what happens when it was not done")
      .add("authorization", own(&W::authorization), object_of(fields_of_authorization()),
           "an Authorization header; of this, basic_auth and oauth2 at most one")
      .add("basic_auth", own(&W::basic_auth), object_of(fields_of_basic_auth()), "a user and a password")
      .add("oauth2", own(&W::oauth2), object_of(fields_of_oauth2()),
           "a token of the client credentials grant, fetched when it is needed")
      .add("tls_config", own(&W::tls_config), object_of(fields_of_tls_files()), "certificates of one's own")
      .text("proxy_url", own(&W::proxy_url), "an HTTP proxy to go through, `http://host:port`")
      .check(check_whole);
  return table;
}

}  // namespace

std::vector<EventType> WebhookConfig::effective_events() const {
  if (!events.empty()) return events;
  const Target* row = find_target(target);
  const bool tells_end = resolved_body.has_value() || (row != nullptr && row->tells_end);
  if ((body || !form.empty() || row != nullptr) && !tells_end) return {EventType::opened};
  return {EventType::opened, EventType::escalated, EventType::resolved};
}

bool WebhookConfig::starts_retraining() const {
  if (retrains) return *retrains;
  if (const Target* row = find_target(target); row != nullptr) return row->pipeline;
  return actions == std::vector{Action::retrain};
}

const Fields<WebhookConfig>& fields_of_webhook() {
  static const Fields<WebhookConfig> table = make_fields();
  return table;
}

}  // namespace driftd::alerts
