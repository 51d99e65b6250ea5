// Calls that start retrainings, and those that only tell of them.
#include <gtest/gtest.h>

#include "alerts/outbox.h"

namespace driftd::alerts {
namespace {

using enum EventType;
using Calls = Outbox::Calls;

WebhookConfig hook(std::string name, std::vector<Action> actions = {Action::retrain}) {
  WebhookConfig webhook;
  webhook.name = std::move(name);
  webhook.url.text = "http://127.0.0.1:1/";
  webhook.actions = std::move(actions);
  return webhook;
}

IncidentEvent event(EventType type, Time time, const std::string& id, const std::string& model = "credit") {
  IncidentEvent out;
  out.type = type;
  out.time = time;
  out.incident.id = id;
  out.incident.key = {model, "7", IncidentKind::rule, id};
  out.incident.findings.action = Action::retrain;
  out.incident.opened_at = time;
  if (type == resolved) {
    out.incident.state = IncidentState::resolved;
    out.incident.resolved_at = time;
  }
  return out;
}

Outbox outbox_of(const std::vector<WebhookConfig>& webhooks) {
  Outbox outbox(OutboxOptions{});
  outbox.configure(webhooks, 0);
  return outbox;
}

// The names of the webhooks that are called now, each with the status.
std::string called(Outbox& outbox, int status = 200) {
  std::string names;
  for (const Attempt& attempt : outbox.due(0)) {
    names += attempt.webhook + " ";
    Answer answer;
    answer.status = status;
    outbox.report(attempt.id, answer, 0);
  }
  return names;
}

TEST(WebhookConfig, StartsRetrainingsWhereItAsksForNothingElse) {
  EXPECT_TRUE(hook("a").starts_retraining());
  EXPECT_FALSE(hook("a", {}).starts_retraining());
  EXPECT_FALSE(hook("a", {Action::retrain, Action::stop}).starts_retraining());
  WebhookConfig said = hook("a", {});
  said.retrains = true;
  EXPECT_TRUE(said.starts_retraining());
  WebhookConfig pipeline = hook("a", {});
  pipeline.target = "airflow3";
  EXPECT_TRUE(pipeline.starts_retraining());
  WebhookConfig people = hook("a");
  people.target = "slack";
  EXPECT_FALSE(people.starts_retraining()) << "it tells people, whatever it is filtered to";
}

TEST(OutboxRetraining, OnlyCallsThatStartOneWaitForTheOneUnderWay) {
  Outbox outbox = outbox_of({hook("pipeline"), hook("people", {})});
  outbox.enqueue(event(opened, kHour, "rule-1"), 0);
  ASSERT_EQ(outbox.take_requests().size(), 1U);
  EXPECT_EQ(called(outbox), "pipeline people ");
  outbox.enqueue(event(opened, 2 * kHour, "rule-2"), 0);
  EXPECT_EQ(called(outbox), "people ");
  EXPECT_EQ(outbox.behind("credit"), 1U);
  outbox.enqueue(event(opened, 2 * kHour, "rule-3", "fraud"), 0);
  EXPECT_EQ(called(outbox), "pipeline people ") << "another model's is its own";
}

TEST(OutboxRetraining, WhatWaitedGoesOutWhenTheModelIsIdleAgainOneByOne) {
  Outbox outbox = outbox_of({hook("pipeline")});
  for (const char* id : {"rule-1", "rule-2", "rule-3"}) outbox.enqueue(event(opened, kHour, id), 0);
  outbox.take_requests();
  EXPECT_EQ(called(outbox), "pipeline ");
  outbox.advance("credit", 9 * kHour, 0);
  EXPECT_EQ(called(outbox), "") << "time alone ends no retraining";
  outbox.set_retraining("credit", false);
  outbox.advance("credit", 9 * kHour, 0);
  const auto requests = outbox.take_requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].incident, "rule-2");
  EXPECT_EQ(requests[0].time, 9 * kHour);
  EXPECT_EQ(called(outbox), "pipeline ");
  EXPECT_EQ(outbox.behind("credit"), 1U);
}

TEST(OutboxRetraining, TwoPipelinesStartTheirPartsOfOneRetraining) {
  Outbox outbox = outbox_of({hook("train"), hook("validate")});
  outbox.enqueue(event(opened, kHour, "rule-1"), 0);
  EXPECT_EQ(outbox.take_requests().size(), 1U);
  EXPECT_EQ(called(outbox), "train validate ");
}

TEST(OutboxRetraining, WhatWaitsEndsWithItsIncidentOrWithADeployment) {
  Outbox outbox = outbox_of({hook("pipeline")});
  for (const char* id : {"rule-1", "rule-2", "rule-3"}) outbox.enqueue(event(opened, kHour, id), 0);
  outbox.enqueue(event(resolved, 2 * kHour, "rule-2"), 0);
  EXPECT_EQ(outbox.drop_behind("credit", 0), std::vector<std::string>{"rule-3"});
  EXPECT_EQ(outbox.behind("credit"), 0U);
  std::map<std::string, std::string> why;
  for (const DeliveryRecord* record : outbox.deliveries()) why[record->incident.id] = record->last_error;
  EXPECT_EQ(why["rule-2"], "the incident closed while another retraining was under way");
  EXPECT_EQ(why["rule-3"], "another retraining of the model was deployed meanwhile");
}

TEST(OutboxRetraining, SaysHowTheCallsFared) {
  Outbox outbox = outbox_of({hook("train"), hook("validate")});
  EXPECT_EQ(outbox.calls_for("rule-1"), Calls::none);
  outbox.enqueue(event(opened, kHour, "rule-1"), 0);
  EXPECT_EQ(outbox.calls_for("rule-1"), Calls::on_their_way);
  EXPECT_EQ(called(outbox, 404), "train validate ");
  EXPECT_EQ(outbox.calls_for("rule-1"), Calls::given_up);
  outbox.set_retraining("credit", false);
  outbox.enqueue(event(resolved, 2 * kHour, "rule-1"), 0);
  outbox.enqueue(event(opened, 3 * kHour, "rule-1"), 0);
  EXPECT_EQ(outbox.calls_for("rule-1"), Calls::on_their_way) << "it came back: the earlier calls are others";
  while (!called(outbox).empty()) {
  }
  EXPECT_EQ(outbox.calls_for("rule-1"), Calls::taken);
}

TEST(OutboxRetraining, AnAnswerEndsTheCallsThatAreStillOnTheirWay) {
  Outbox outbox = outbox_of({hook("pipeline")});
  outbox.enqueue(event(opened, kHour, "rule-1"), 0);
  EXPECT_EQ(called(outbox, 503), "pipeline ");
  outbox.end_calls("rule-1", 0);
  EXPECT_EQ(outbox.next_due(), kEndOfTime);
}

TEST(OutboxRetraining, WhoWaitsAndWhoStartsSurvivesARestart) {
  Outbox outbox = outbox_of({hook("pipeline")});
  for (const char* id : {"rule-1", "rule-2"}) outbox.enqueue(event(opened, kHour, id), 0);
  Outbox again(OutboxOptions{});
  outbox.take_changes([&](std::string_view key, std::optional<std::string_view> bytes) {
    ASSERT_TRUE(again.restore(key, *bytes).ok());
  });
  again.configure({hook("pipeline")}, 0);
  again.set_retraining("credit", true);
  EXPECT_EQ(again.behind("credit"), 1U);
  EXPECT_EQ(again.calls_for("rule-1"), Calls::on_their_way);
  EXPECT_EQ(called(again), "pipeline ");
}

}  // namespace
}  // namespace driftd::alerts
