#include "alerts/outbox.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace driftd::alerts {
namespace {

using enum EventType;

WebhookConfig hook(std::string name = "hook") {
  WebhookConfig webhook;
  webhook.name = std::move(name);
  webhook.url.text = "http://127.0.0.1:1/{{model}}";
  return webhook;
}

IncidentEvent event(EventType type, Time time, Action action = Action::retrain,
                    const std::string& id = "rule-1", const std::string& model = "credit") {
  IncidentEvent out;
  out.type = type;
  out.time = time;
  out.incident.id = id;
  out.incident.key = {model, "7", IncidentKind::rule, id};
  out.incident.findings.action = action;
  out.incident.findings.severity = Severity::warning;
  out.incident.opened_at = time;
  if (type == resolved) {
    out.incident.state = IncidentState::resolved;
    out.incident.resolved_at = time;
  }
  return out;
}

Outbox outbox_of(std::vector<WebhookConfig> webhooks, OutboxOptions options = {}) {
  Outbox outbox(std::move(options));
  outbox.configure(std::move(webhooks), 0);
  return outbox;
}

Answer answered(int status) {
  Answer answer;
  answer.status = status;
  return answer;
}

// The events told to one webhook, in order, as letters; each is delivered at once.
std::string told(Outbox& outbox, Time now = 0) {
  std::string letters;
  for (auto attempts = outbox.due(now); !attempts.empty(); attempts = outbox.due(now))
    for (const Attempt& attempt : attempts) {
      for (const DeliveryRecord* record : outbox.deliveries())
        if (record->id == attempt.id) letters += name_of(record->event).front();
      outbox.report(attempt.id, answered(200), now);
    }
  return letters;
}

const DeliveryRecord& only(const Outbox& outbox) { return *outbox.deliveries().at(0); }

TEST(Outbox, TellsTheWholeLifeOfAnIncident) {
  Outbox outbox = outbox_of({hook()});
  outbox.enqueue(event(opened, kHour), 0);
  outbox.enqueue(event(escalated, 2 * kHour), 0);
  outbox.enqueue(event(resolved, 3 * kHour), 0);
  EXPECT_EQ(told(outbox), "oer");
}

TEST(Outbox, OwnBodiesAreToldOfOpeningsOnly) {
  WebhookConfig own = hook();
  own.body = TemplateText{"{}", false};
  Outbox outbox = outbox_of({own});
  outbox.enqueue(event(opened, kHour), 0);
  outbox.enqueue(event(resolved, 3 * kHour), 0);
  EXPECT_EQ(told(outbox), "o");
  own.resolved_body = TemplateText{"{}", false};
  Outbox with_end = outbox_of({own});
  with_end.enqueue(event(opened, kHour), 0);
  with_end.enqueue(event(resolved, 3 * kHour), 0);
  EXPECT_EQ(told(with_end), "or");
}

TEST(Outbox, FiltersByActionModelKindAndSeverity) {
  WebhookConfig filtered = hook();
  filtered.actions = {Action::retrain};
  filtered.models = {"credit"};
  filtered.kinds = {IncidentKind::rule};
  filtered.severities = {Severity::warning};
  Outbox outbox = outbox_of({filtered});
  outbox.enqueue(event(opened, kHour, Action::notify), 0);
  outbox.enqueue(event(opened, kHour, Action::retrain, "rule-2", "fraud"), 0);
  IncidentEvent other = event(opened, kHour, Action::retrain, "rule-3");
  other.incident.key.kind = IncidentKind::schema;
  outbox.enqueue(other, 0);
  other = event(opened, kHour, Action::retrain, "rule-4");
  other.incident.findings.severity = Severity::critical;
  outbox.enqueue(other, 0);
  other = event(opened, kHour, Action::retrain, "rule-5");
  other.muted = true;
  outbox.enqueue(other, 0);
  EXPECT_TRUE(outbox.deliveries().empty());
  outbox.enqueue(event(opened, kHour), 0);
  EXPECT_EQ(outbox.deliveries().size(), 1U);
}

TEST(Outbox, FirstMatchByEscalationIsToldAsOpened) {
  WebhookConfig retrain = hook("retrain");
  retrain.actions = {Action::retrain};
  WebhookConfig pager = hook("pager");
  pager.actions = {Action::stop};
  Outbox outbox = outbox_of({retrain, pager});
  outbox.enqueue(event(opened, kHour, Action::notify), 0);
  EXPECT_EQ(told(outbox), "");
  outbox.enqueue(event(escalated, 2 * kHour, Action::retrain), 0);
  EXPECT_EQ(told(outbox), "o");
  outbox.enqueue(event(resolved, 3 * kHour, Action::retrain), 0);
  EXPECT_EQ(told(outbox), "r") << "the pager, which was never told of it, is not told of its end";
}

TEST(Outbox, ReopenedIsToldAsOpenedAgainUnderAnotherId) {
  Outbox outbox = outbox_of({hook()});
  outbox.enqueue(event(opened, kHour), 0);
  outbox.enqueue(event(resolved, 2 * kHour), 0);
  outbox.enqueue(event(opened, 3 * kHour), 0);
  EXPECT_EQ(told(outbox), "oro");
  outbox.enqueue(event(opened, 3 * kHour), 0);
  EXPECT_EQ(told(outbox), "") << "the same event twice is one delivery";
}

TEST(Outbox, CoolDownHoldsBackRetrainingOnly) {
  WebhookConfig cool = hook();
  cool.cooldown = 6 * kHour;
  Outbox outbox = outbox_of({cool});
  outbox.enqueue(event(opened, kHour, Action::retrain, "rule-1"), 0);
  outbox.enqueue(event(opened, 2 * kHour, Action::notify, "rule-2"), 0);
  outbox.enqueue(event(opened, 2 * kHour, Action::retrain, "rule-3", "fraud"), 0);
  EXPECT_EQ(told(outbox), "ooo") << "per model, and not for notify";
  outbox.enqueue(event(opened, 3 * kHour, Action::retrain, "rule-4"), 0);
  outbox.enqueue(event(opened, 4 * kHour, Action::retrain, "rule-5"), 0);
  EXPECT_EQ(told(outbox), "");
  EXPECT_EQ(outbox.pending("hook"), 2U);
  outbox.advance("credit", 7 * kHour - 1, 0);
  EXPECT_EQ(told(outbox), "");
  outbox.advance("credit", 7 * kHour, 0);
  EXPECT_EQ(told(outbox), "o") << "one, and a new cool-down begins";
  outbox.enqueue(event(resolved, 9 * kHour, Action::retrain, "rule-5"), 0);
  EXPECT_EQ(told(outbox), "") << "what closed while it was held back is dropped whole";
  EXPECT_EQ(outbox.counters().at("hook").abandoned, 1U);
  EXPECT_EQ(outbox.pending("hook"), 0U);
}

TEST(Outbox, WhatWasDueBeforeTheEndIsSentBeforeIt) {
  WebhookConfig cool = hook();
  cool.cooldown = kHour;
  Outbox outbox = outbox_of({cool});
  outbox.enqueue(event(opened, kHour, Action::retrain, "rule-1"), 0);
  outbox.enqueue(event(opened, kHour, Action::retrain, "rule-2"), 0);
  outbox.enqueue(event(resolved, 5 * kHour, Action::retrain, "rule-2"), 0);
  EXPECT_EQ(told(outbox), "oor") << "the cool-down was over at 2 h, whether or not somebody said so then";
}

TEST(Outbox, EscalationReplacesWhatIsHeldBack) {
  WebhookConfig cool = hook();
  cool.cooldown = 6 * kHour;
  Outbox outbox = outbox_of({cool});
  outbox.enqueue(event(opened, kHour, Action::retrain, "rule-1"), 0);
  outbox.enqueue(event(opened, 2 * kHour, Action::retrain, "rule-2"), 0);
  outbox.enqueue(event(escalated, 3 * kHour, Action::stop, "rule-2"), 0);
  EXPECT_EQ(told(outbox), "oo") << "stop does not wait, and is news";
  EXPECT_EQ(outbox.counters().at("hook").abandoned, 0U);
}

TEST(Outbox, RetriesWithBackOffUntilItGivesUp) {
  WebhookConfig patient = hook();
  patient.retry.give_up_after = kHour;
  Outbox outbox = outbox_of({patient});
  outbox.enqueue(event(opened, 0), 0);
  Time now = 0;
  int attempts = 0;
  while (outbox.next_due() != kEndOfTime) {
    EXPECT_GE(outbox.next_due(), now);
    now = outbox.next_due();
    for (const Attempt& attempt : outbox.due(now)) {
      ++attempts;
      outbox.report(attempt.id, answered(503), now);
    }
  }
  EXPECT_EQ(now, kHour) << "the last attempt is where the time is over";
  EXPECT_GT(attempts, 10);
  EXPECT_LT(attempts, 30);
  EXPECT_EQ(only(outbox).state, DeliveryState::abandoned);
  EXPECT_EQ(only(outbox).last_status, 503);
  const WebhookCounters& counters = outbox.counters().at("hook");
  EXPECT_EQ(counters.attempts, static_cast<std::uint64_t>(attempts));
  EXPECT_EQ(counters.failures.at("server_error"), counters.attempts);
  EXPECT_EQ(counters.abandoned, 1U);
}

TEST(Outbox, HonoursRetryAfter) {
  Outbox outbox = outbox_of({hook()});
  outbox.enqueue(event(opened, 0), 0);
  Answer busy = answered(429);
  busy.retry_after = "120";
  outbox.report(outbox.due(0).at(0).id, busy, kSecond);
  EXPECT_EQ(outbox.next_due(), 121 * kSecond);
}

TEST(Outbox, GivesUpAtOnceAndSendsAgainWhenAsked) {
  Outbox outbox = outbox_of({hook()});
  outbox.enqueue(event(opened, 0), 0);
  const std::string id = outbox.due(0).at(0).id;
  EXPECT_EQ(outbox.retry(id, 0).error().code, ErrorCode::refused) << "under way";
  outbox.report(id, answered(404), 0);
  EXPECT_EQ(only(outbox).state, DeliveryState::abandoned);
  EXPECT_TRUE(outbox.retry(id, kHour).ok());
  ASSERT_EQ(outbox.due(kHour).size(), 1U);
  outbox.report(id, answered(200), kHour);
  EXPECT_EQ(only(outbox).state, DeliveryState::delivered);
  EXPECT_EQ(outbox.counters().at("hook").last_success, kHour);
  EXPECT_EQ(outbox.retry(id, kHour).error().code, ErrorCode::refused);
  EXPECT_EQ(outbox.retry("other", kHour).error().code, ErrorCode::not_found);
}

TEST(Outbox, GoneDisablesTheWebhookUntilAReload) {
  Outbox outbox = outbox_of({hook("gone"), hook("well")});
  outbox.enqueue(event(opened, 0), 0);
  for (const Attempt& attempt : outbox.due(0))
    outbox.report(attempt.id, answered(attempt.webhook == "gone" ? 410 : 200), 0);
  outbox.enqueue(event(opened, kHour, Action::retrain, "rule-2"), 0);
  ASSERT_EQ(outbox.due(0).size(), 1U) << "only the other one";
  EXPECT_EQ(outbox.pending("gone"), 1U) << "kept for the time after the reload";
  outbox.configure({hook("gone"), hook("well")}, 0);
  EXPECT_EQ(outbox.due(0).size(), 1U);
}

TEST(Outbox, KeepsTheOrderOfAnIncidentAndBoundsWhatIsUnderWay) {
  Outbox outbox = outbox_of({hook()}, {"", 2, 1000, 10'000});
  outbox.enqueue(event(opened, 0, Action::notify, "rule-1"), 0);
  outbox.enqueue(event(resolved, 1, Action::notify, "rule-1"), 0);
  outbox.enqueue(event(opened, 2, Action::notify, "rule-2"), 0);
  outbox.enqueue(event(opened, 3, Action::notify, "rule-3"), 0);
  const auto first = outbox.due(0);
  ASSERT_EQ(first.size(), 2U);
  EXPECT_TRUE(outbox.due(0).empty());
  outbox.report(first[0].id, answered(500), 0);
  const auto second = outbox.due(0);
  ASSERT_EQ(second.size(), 1U) << "rule-3; the end of rule-1 waits for its opening";
  EXPECT_NE(second[0].id, webhook_id("rule-1", resolved, 1, "hook"));
}

TEST(Outbox, BoundsWhatItKeeps) {
  Outbox outbox = outbox_of({hook()}, {"", 4, 5, 3});
  for (int i = 0; i < 20; ++i)
    outbox.enqueue(event(opened, i, Action::notify, "rule-" + std::to_string(i)), 0);
  EXPECT_EQ(outbox.pending("hook"), 3U);
  EXPECT_EQ(outbox.deliveries().size(), 3U + 5U);
  EXPECT_EQ(outbox.counters().at("hook").abandoned, 17U);
}

TEST(Outbox, SaysHowManyDeliveriesNewerOnesCrowdedOut) {
  Outbox outbox = outbox_of({hook("stalled"), hook("other")});
  outbox.set_max_pending(3);
  for (int i = 0; i < 10; ++i)
    outbox.enqueue(event(opened, i, Action::notify, "rule-" + std::to_string(i)), i);
  EXPECT_EQ(outbox.pending("stalled"), 3U);
  const std::map<std::string, std::uint64_t> expected = {{"other", 7}, {"stalled", 7}};
  EXPECT_EQ(outbox.take_crowded_out(), expected);
  EXPECT_TRUE(outbox.take_crowded_out().empty());
  EXPECT_EQ(outbox.counters().at("stalled").abandoned, 7U);
}

TEST(Outbox, RemovedWebhooksEndTheirDeliveries) {
  Outbox outbox = outbox_of({hook("old")});
  outbox.enqueue(event(opened, 0), 0);
  const std::string id = outbox.due(0).at(0).id;
  outbox.configure({hook("new")}, kSecond);
  EXPECT_EQ(only(outbox).state, DeliveryState::abandoned);
  outbox.report(id, answered(200), kSecond);
  EXPECT_EQ(only(outbox).state, DeliveryState::abandoned) << "a late answer changes nothing";
  EXPECT_FALSE(outbox.counters().contains("old"));
}

TEST(Outbox, DeletedModelsAreForgotten) {
  Outbox outbox = outbox_of({hook()});
  outbox.enqueue(event(opened, 0), 0);
  outbox.enqueue(event(opened, 0, Action::notify, "rule-2", "fraud"), 0);
  outbox.forget_model("credit", 0);
  EXPECT_EQ(outbox.pending("hook"), 1U);
}

TEST(Outbox, ShowsItsDeliveriesWithoutSecrets) {
  WebhookConfig secretive = hook();
  secretive.url = {"http://127.0.0.1:1/hunter2", true};
  Outbox outbox = outbox_of({secretive});
  outbox.enqueue(event(opened, 0), 0);
  outbox.report(outbox.due(0).at(0).id, answered(404), 0);
  const std::string text = outbox.deliveries_json();
  EXPECT_EQ(text.find("hunter2"), std::string::npos);
  const auto json = nlohmann::json::parse(text)["deliveries"][0];
  EXPECT_EQ(json["state"], "abandoned");
  EXPECT_EQ(json["status"], 404);
  EXPECT_EQ(json["incident"], "rule-1");
  EXPECT_EQ(json["error"], "the receiver answered 404");
}

}  // namespace
}  // namespace driftd::alerts
