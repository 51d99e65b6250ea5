#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "alerts/signature.h"
#include "alerts/webhook_config.h"
#include "alerts/webhook_request.h"

namespace driftd::alerts {
namespace {

Node node_of(const std::vector<std::string>& assignments) { return from_assignments(assignments); }

WebhookConfig read(const Node& node, Faults& faults) {
  WebhookConfig webhook;
  fields_of_webhook().read(node, webhook, "webhooks[0]", faults);
  return webhook;
}

std::string header(const HttpRequest& request, const std::string& name) {
  for (const auto& [key, value] : request.headers)
    if (key == name) return value;
  return "(none)";
}

TEST(WebhookConfigTable, ReadsTheWebhookOfTheDesign) {
  Node node = node_of({"name=retrain", "url=https://airflow.example/api/v2/dags/retrain_credit/dagRuns",
                       "cooldown=6h", "timeout=15s", "secret="});
  node.set("actions", Node::list({Node::scalar("retrain")}));
  node.set("models", Node::list({Node::scalar("credit")}));
  node.set("kinds", Node::list({Node::scalar("concept"), Node::scalar("performance")}));
  node.set("events", Node::list({Node::scalar("opened")}));
  node.set("success", node_of({}));
  node.entries.back().value.set("codes", Node::list({Node::scalar("200"), Node::scalar("409")}));
  node.set("retry", node_of({"for=24h"}));
  node.set(
      "body",
      Node::quoted_text(
          R"({"logical_date": null, "dag_run_id": "driftd-{{ incident }}", "conf": {"model": "{{ model }}"}})"));
  Faults faults;
  const WebhookConfig webhook = read(node, faults);
  ASSERT_TRUE(faults.empty()) << to_text(faults.front());
  EXPECT_EQ(webhook.kinds, (std::vector{IncidentKind::concept_drift, IncidentKind::performance}));
  EXPECT_EQ(webhook.success.codes, (std::vector{200, 409}));
  EXPECT_EQ(webhook.retry.give_up_after, kDay);
  EXPECT_TRUE(webhook.secrets.empty()) << "an empty secret is none";
}

TEST(WebhookConfigTable, RefusesEachFaultByItsKey) {
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"url=ftp://x", "webhooks[0].url"},
      {"url=http://u:p@x/", "webhooks[0].url"},
      {"url=http://x/{{modle}}", "webhooks[0].url"},
      {"body={{nope}}", "webhooks[0].body"},
      {"secret=hunter2", "webhooks[0].secret"},
      {"timeout=0s", "webhooks[0].timeout"},
      {"authorization=x", "webhooks[0].authorization"},
      {"target=airflow9", "webhooks[0].target"},
      {"boddy=x", "webhooks[0].boddy"}};
  for (const auto& [assignment, key] : bad) {
    Node node = node_of({"name=a", assignment});
    if (node.find("url") == nullptr) node.set("url", Node::scalar("http://x/"));
    Faults faults;
    (void)read(node, faults);
    ASSERT_EQ(faults.size(), 1U) << assignment;
    EXPECT_EQ(faults[0].key, key);
    EXPECT_EQ(to_text(faults[0]).find("hunter2"), std::string::npos);
  }
}

TEST(WebhookConfigTable, RefusesHeadersThatAreNone) {
  for (const char* bad :
       {"Host=x", "webhook-id=x", "Content-Length=1", "a b=x", "X=a\r\nY: b", "Webhook-Signature=x"}) {
    Node node = node_of({"name=a", "url=http://x/"});
    node.set("headers", node_of({bad}));
    Faults faults;
    (void)read(node, faults);
    EXPECT_EQ(faults.size(), 1U) << bad;
  }
}

TEST(WebhookConfigTable, ShowsNoSecret) {
  Node node = node_of({"name=a", "url=http://x/"});
  node.set("headers", node_of({"Authorization=Bearer hunter2", "X-Team=ml"}));
  node.set("secret", Node::scalar("whsec_" + base64(std::string(32, 'k'))));
  Node body = Node::quoted_text("hunter2");
  body.secret = true;
  node.set("body", body);
  Faults faults;
  const std::string shown = one_line(fields_of_webhook().show(read(node, faults)));
  EXPECT_TRUE(faults.empty());
  EXPECT_EQ(shown.find("hunter2"), std::string::npos) << shown;
  EXPECT_EQ(shown.find("whsec_"), std::string::npos) << shown;
  EXPECT_NE(shown.find("ml"), std::string::npos) << shown;
}

TEST(WebhookConfigTable, QuotesNoSecretInAFault) {
  for (const char* text : {"{{ hunter2 }}", "{{#hunter2}} x", "{{{hunter2"}) {
    Node node = node_of({"name=a", "url=http://x/"});
    Node body = Node::quoted_text(text);
    body.secret = true;
    node.set("body", body);
    Faults faults;
    (void)read(node, faults);
    ASSERT_EQ(faults.size(), 1U) << text;
    EXPECT_EQ(to_text(faults[0]).find("hunter2"), std::string::npos) << to_text(faults[0]);
  }
}

TEST(WebhookConfigTable, FormAndBodyExcludeEachOther) {
  Node node = node_of({"name=a", "url=http://x/", "body={}"});
  node.set("form", node_of({"a=b"}));
  Faults faults;
  (void)read(node, faults);
  EXPECT_EQ(faults.size(), 1U);
}

TEST(WebhookRequest, SendsTheWholeAlertSigned) {
  WebhookConfig webhook;
  webhook.name = "all";
  webhook.url.text = "http://x/{{model}}";
  webhook.secrets = {Secret("whsec_" + base64(std::string(32, 'k')))};
  Incident incident = example_incident(webhook, kHour);
  incident.key.model = "a/b c";
  const Time now = 1'700'000'000'999'999;
  const auto request = render_request(webhook, EventType::opened, incident.opened_at, incident, "", now);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->url, "http://x/a%2Fb%20c");
  EXPECT_EQ(header(*request, "content-type"), "application/json");
  EXPECT_EQ(nlohmann::json::parse(request->body)["data"]["model"], "a/b c");
  const std::string id = header(*request, "webhook-id");
  EXPECT_EQ(id.size(), 32U);
  EXPECT_EQ(id.find('.'), std::string::npos);
  EXPECT_EQ(header(*request, "webhook-timestamp"), "1700000000");
  EXPECT_EQ(header(*request, "webhook-signature"), sign(webhook.secrets, id, 1'700'000'000, request->body));
  const auto later =
      render_request(webhook, EventType::opened, incident.opened_at, incident, "", now + kHour);
  EXPECT_EQ(header(*later, "webhook-id"), id) << "the same at every attempt";
  EXPECT_EQ(later->body, request->body);
  const auto end = render_request(webhook, EventType::resolved, incident.opened_at, incident, "", now);
  EXPECT_NE(header(*end, "webhook-id"), id);
}

TEST(WebhookRequest, EncodesFormsWhole) {
  WebhookConfig webhook;
  webhook.name = "gitlab";
  webhook.url.text = "http://x/";
  webhook.form = {{"token", {"a&b", true}}, {"variables[MODEL]", {"{{model}} & co", false}}};
  Incident incident = example_incident(webhook, kHour);
  incident.key.model = "c=d";
  const auto request = render_request(webhook, EventType::opened, 0, incident, "", 0);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->body, "token=a%26b&variables%5BMODEL%5D=c%3Dd%20%26%20co");
  EXPECT_EQ(header(*request, "content-type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(header(*request, "webhook-signature"), "(none)");
}

TEST(WebhookRequest, HeadersCannotBeBrokenAndTypesAreTheUsers) {
  WebhookConfig webhook;
  webhook.name = "a";
  webhook.url.text = "http://x/";
  webhook.body = TemplateText{"{{summary}}", false};
  webhook.resolved_body = TemplateText{"over", false};
  webhook.headers = {{"Content-Type", {"text/plain", false}}, {"X-Model", {"{{model}}", false}}};
  Incident incident = example_incident(webhook, kHour);
  incident.key.model = "a\r\nX-Evil: 1";
  const auto request = render_request(webhook, EventType::opened, 0, incident, "", 0);
  EXPECT_EQ(header(*request, "X-Model"), "a  X-Evil: 1");
  EXPECT_EQ(header(*request, "Content-Type"), "text/plain");
  EXPECT_EQ(header(*request, "content-type"), "(none)");
  EXPECT_EQ(render_request(webhook, EventType::resolved, 0, incident, "", 0)->body, "over");
}

TEST(WebhookRequest, ExamplesMatchTheirWebhook) {
  WebhookConfig webhook;
  webhook.models = {"fraud"};
  webhook.actions = {Action::stop};
  webhook.kinds = {IncidentKind::schema};
  webhook.severities = {Severity::info};
  const Incident incident = example_incident(webhook, kHour);
  EXPECT_EQ(incident.key.model, "fraud");
  EXPECT_EQ(incident.key.kind, IncidentKind::schema);
  EXPECT_EQ(incident.findings.action, Action::stop);
  EXPECT_EQ(incident.findings.severity, Severity::info);
}

}  // namespace
}  // namespace driftd::alerts
