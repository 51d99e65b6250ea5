// A digest on its way to a webhook: who gets it, its bytes, and how it is kept.
#include "alerts/digest_notice.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "alerts/outbox.h"
#include "alerts/signature.h"
#include "alerts/template.h"
#include "alerts/webhook_request.h"

namespace driftd::alerts {
namespace {

constexpr Time kAt = 1'795'248'000 * kSecond;  // 2026-11-21T08:00:00Z

WebhookConfig hook(std::string name, std::vector<EventType> events) {
  WebhookConfig webhook;
  webhook.name = std::move(name);
  webhook.url.text = "http://127.0.0.1:1/";
  webhook.events = std::move(events);
  return webhook;
}

std::string header(const HttpRequest& request, const std::string& name) {
  for (const auto& [key, value] : request.headers)
    if (key == name) return value;
  return "(none)";
}

std::vector<Fault> faults_of(const Node& node) {
  WebhookConfig webhook;
  Faults faults;
  fields_of_webhook().read(node, webhook, "webhooks[0]", faults);
  return faults;
}

Answer answered(int status) {
  Answer answer;
  answer.status = status;
  return answer;
}

TEST(DigestNotice, IsToldInTheEnvelopeOfEvents) {
  const DigestNotice digest = digest_notice(kAt, R"({"at":"2026-11-21T08:00:00Z","hypotheses":3})");
  EXPECT_EQ(digest_json(digest, "http://d"),
            R"({"type":"drift.digest","timestamp":"2026-11-21T08:00:00Z","data":{"digest":")" + digest.id +
                R"(","at":"2026-11-21T08:00:00Z","hypotheses":3,"url":"http://d/api/v1/digest"}})");
  EXPECT_EQ(digest_notice(kAt, digest.data).id, digest.id);
  EXPECT_NE(digest_notice(kAt, "{}").id, digest.id);
  EXPECT_NE(digest_notice(kAt + 1, digest.data).id, digest.id);
}

TEST(DigestNotice, FillsTemplatesWithNamesOfItsOwn) {
  const DigestNotice digest = example_digest(kAt);
  const TemplateContext context{EventType::digest, kAt, nullptr, "http://d", &digest};
  const auto rendered = [&](const std::string& text) { return render_template(text, Place::json, context); };
  EXPECT_EQ(
      rendered("{{type}} {{event}} {{timestamp}} {{timestamp_ms}} {{at}} {{alpha}} {{hypotheses}} {{url}}"),
      "drift.digest digest 2026-11-21T08:00:00Z 1795248000000 2026-11-21T08:00:00Z 0.1 12 "
      "http://d/api/v1/digest");
  EXPECT_EQ(
      rendered("{{#discoveries}}{{model}} {{version}} {{kind}} {{evidence}}{{#columns}} {{column}} {{share}}"
               "{{/columns}}{{/discoveries}}{{^others}} no others{{/others}}"),
      "credit 7 data 4210.7 income 0.93 no others");
  EXPECT_EQ(template_fault("{{summary}}{{#discoveries}}{{model}}{{/discoveries}}", Subject::digest),
            std::nullopt);
  EXPECT_EQ(template_fault("{{incident}}", Subject::digest).value().substr(0, 38),
            "unknown name `incident` in a template;");
  EXPECT_TRUE(template_fault("{{model}}", Subject::digest)) << "only within discoveries and others";
  EXPECT_TRUE(template_fault("{{discoveries}}", Subject::incident));
}

TEST(DigestNotice, MakesASignedRequestThatIsTheSameAtEveryAttempt) {
  WebhookConfig webhook = hook("weekly", {EventType::digest});
  webhook.secrets = {Secret("whsec_" + base64(std::string(32, 'k')))};
  webhook.body = TemplateText{"of incidents", false};
  const DigestNotice digest = example_digest(kAt);
  const auto request = render_request(webhook, digest, "http://d", kAt + kMinute);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->body, digest_json(digest, "http://d"));
  EXPECT_EQ(header(*request, "content-type"), "application/json");
  const std::string id = header(*request, "webhook-id");
  EXPECT_EQ(id, webhook_id(digest.id, EventType::digest, kAt, "weekly"));
  EXPECT_EQ(header(*request, "webhook-signature"),
            sign(webhook.secrets, id, (kAt + kMinute) / kSecond, request->body));
  EXPECT_EQ(header(*render_request(webhook, digest, "http://d", kAt + kHour), "webhook-id"), id);
  webhook.digest_body = TemplateText{"[{{summary}}]", false};
  EXPECT_EQ(render_request(webhook, digest, "http://d", 0)->body, "[1 of 12 moved: credit 7 data (income)]");
}

TEST(DigestNotice, WantsABodyWhereATargetIsToldOfIt) {
  Node node = from_assignments({"name=w", "url=https://hooks.slack.com/services/x", "target=slack"});
  node.set("events", Node::list({Node::scalar("opened"), Node::scalar("digest")}));
  ASSERT_EQ(faults_of(node).size(), 1U);
  EXPECT_EQ(faults_of(node)[0].key, "webhooks[0].digest_body");
  node.set("digest_body", Node::quoted_text(R"({"text": "{{summary}}"})"));
  EXPECT_TRUE(faults_of(node).empty());
  Node wrong = from_assignments({"name=w", "url=http://x/"});
  wrong.set("digest_body", Node::quoted_text("{{incident}}"));
  EXPECT_EQ(faults_of(wrong).size(), 1U);
}

TEST(OutboxOfDigests, TellsThoseThatNameItWhateverTheirFiltersAndNobodyElse) {
  WebhookConfig filtered = hook("filtered", {EventType::digest});
  filtered.models = {"another"};
  filtered.actions = {Action::retrain};
  Outbox outbox({.base_url = "http://d"});
  outbox.configure({hook("all", {}), filtered, hook("both", {EventType::opened, EventType::digest})}, 0);
  const DigestNotice digest = example_digest(kAt);
  outbox.enqueue(digest, 5);
  outbox.enqueue(digest, 6);  // made again after a crash: the same
  const auto attempts = outbox.due(5);
  ASSERT_EQ(attempts.size(), 2U);
  EXPECT_EQ(attempts[0].webhook, "filtered");
  EXPECT_EQ(attempts[1].webhook, "both");
  EXPECT_EQ(attempts[0].request.body, digest_json(digest, "http://d"));
  outbox.report(attempts[0].id, answered(503), 5);
  outbox.report(attempts[1].id, answered(204), 5);
  const auto again = outbox.due(5 + kHour);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].id, attempts[0].id);
  const auto shown = nlohmann::json::parse(outbox.deliveries_json())["deliveries"];
  EXPECT_EQ(shown[1]["event"], "digest");
  EXPECT_EQ(shown[1]["incident"], nullptr);
  EXPECT_EQ(shown[1]["state"], "pending");
}

TEST(OutboxOfDigests, KeepsThemOverARestart) {
  Outbox outbox({});
  outbox.configure({hook("w", {EventType::digest})}, 0);
  outbox.enqueue(example_digest(kAt), 1);
  std::map<std::string, std::string> stored;
  outbox.take_changes([&](std::string_view key, std::optional<std::string_view> bytes) {
    stored[std::string(key)] = std::string(bytes.value());
  });
  ASSERT_EQ(stored.size(), 1U);
  Outbox again({});
  for (const auto& [key, bytes] : stored) ASSERT_TRUE(again.restore(key, bytes).ok());
  again.configure({hook("w", {EventType::digest})}, 0);
  const auto before = outbox.due(1), after = again.due(1);
  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(after[0].id, before[0].id);
  EXPECT_EQ(after[0].request.body, before[0].request.body);
}

}  // namespace
}  // namespace driftd::alerts
