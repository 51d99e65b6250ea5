#include "alerts/webhook_request.h"

#include <algorithm>

#include "alerts/signature.h"
#include "alerts/template.h"
#include "alerts/url.h"
#include "core/hash.h"

namespace driftd::alerts {

namespace {

struct Content {
  std::string type = "application/json";
  std::string body;
};

Content form_of(const NamedTemplates& fields, const TemplateContext& context) {
  Content content{"application/x-www-form-urlencoded", ""};
  for (const auto& [name, value] : fields) {
    if (!content.body.empty()) content.body += '&';
    content.body += escape(Place::url, name) + "=" +
                    escape(Place::url, render_template(value.text, Place::plain, context));
  }
  return content;
}

Content content_of(const WebhookConfig& webhook, const TemplateContext& context) {
  Content content;
  if (context.digest != nullptr) {
    content.body = webhook.digest_body ? render_template(webhook.digest_body->text, Place::json, context)
                                       : digest_json(*context.digest, context.base_url);
    return content;
  }
  const bool resolved = context.event == EventType::resolved;
  if (resolved && webhook.resolved_body) {
    content.body = render_template(webhook.resolved_body->text, Place::json, context);
  } else if (!webhook.form.empty()) {
    content = form_of(webhook.form, context);
  } else if (webhook.body) {
    content.body = render_template(webhook.body->text, Place::json, context);
  } else {
    content.body = event_json(context.event, context.event_time, *context.incident, context.base_url);
  }
  return content;
}

bool is_content_type(std::string_view name) {
  constexpr std::string_view kName = "content-type";
  return std::ranges::equal(name, kName, [](char a, char b) { return (a | 0x20) == b || a == b; });
}

}  // namespace

std::string webhook_id(std::string_view incident, EventType event, Time event_time,
                       std::string_view webhook) {
  Encoder canonical;
  canonical.put_text(incident);
  canonical.put_text(name_of(event));
  canonical.put_i64(event_time);
  canonical.put_text(webhook);
  return hex(sha256(canonical.bytes())).substr(0, 32);
}

namespace {

Result<HttpRequest> render(const WebhookConfig& webhook, const TemplateContext& context,
                           std::string_view subject, Time now) {
  HttpRequest request;
  request.url = render_template(webhook.url.text, Place::url, context);
  if (const auto url = parse_url(request.url); !url) return url.error();
  Content content = content_of(webhook, context);
  const bool typed =
      std::ranges::any_of(webhook.headers, [](const auto& header) { return is_content_type(header.first); });
  if (!typed) request.headers.emplace_back("content-type", content.type);
  for (const auto& [name, value] : webhook.headers)
    request.headers.emplace_back(name, render_template(value.text, Place::header, context));
  const std::string id = webhook_id(subject, context.event, context.event_time, webhook.name);
  const std::int64_t timestamp = slot_of(now, kSecond);
  request.headers.emplace_back("webhook-id", id);
  request.headers.emplace_back("webhook-timestamp", std::to_string(timestamp));
  if (!webhook.secrets.empty())
    request.headers.emplace_back("webhook-signature", sign(webhook.secrets, id, timestamp, content.body));
  request.body = std::move(content.body);
  request.access = static_cast<const HttpAccess&>(webhook);
  return request;
}

}  // namespace

Result<HttpRequest> render_request(const WebhookConfig& webhook, EventType event, Time event_time,
                                   const Incident& incident, std::string_view base_url, Time now) {
  return render(webhook, {event, event_time, &incident, base_url, nullptr}, incident.id, now);
}

Result<HttpRequest> render_request(const WebhookConfig& webhook, const DigestNotice& digest,
                                   std::string_view base_url, Time now) {
  return render(webhook, {EventType::digest, digest.at, nullptr, base_url, &digest}, digest.id, now);
}

namespace {

// What an incident of its kind has to say.
void describe_example(Incident& incident, Time opened_at) {
  Findings& findings = incident.findings;
  if (incident.key.kind == IncidentKind::rule) {
    incident.key.subject = "income-psi";
    findings.rule = "income-psi";
    findings.summary = "income-psi: psi of income is 0.31, above 0.25 for 30m";
  } else if (incident.key.kind == IncidentKind::schema) {
    incident.key.subject = "missing_column:income";
    findings.fault = "missing_column";
    findings.summary = "100 % of the last predictions have no column income, which the reference always had";
  } else {
    findings.evidence = EvidenceFacts{1.7, "certified", opened_at - 30 * kMinute, {1, 30 * kDay}};
    findings.columns.front().share = 1;
    findings.columns.front().change = "location up, +0.41 sd";
    findings.columns.front().shapes = {{"location", 1}};
    findings.summary = "income: location up, +0.41 sd";
  }
}

}  // namespace

Incident example_incident(const WebhookConfig& webhook, Time opened_at) {
  const auto first_or = [](const auto& list, auto fallback) {
    return list.empty() ? fallback : list.front();
  };
  Incident incident;
  incident.key.model = first_or(webhook.models, std::string("credit"));
  incident.key.version = "7";
  incident.key.kind = first_or(webhook.kinds, IncidentKind::rule);
  Findings& findings = incident.findings;
  findings.action = first_or(webhook.actions, Action::retrain);
  findings.severity = first_or(webhook.severities, severity_for(findings.action));
  findings.columns.push_back({"income", "", std::nullopt, {{"psi", 0.31}, {"ks", 0.22}}});
  describe_example(incident, opened_at);
  findings.performance.push_back({"accuracy", 0.91, 0.86});
  findings.coverage = Coverage{39'104, 8'706, 400, 0};
  incident.opened_at = opened_at;
  incident.id = incident_id(incident.key, "example", opened_at);
  return incident;
}

}  // namespace driftd::alerts
