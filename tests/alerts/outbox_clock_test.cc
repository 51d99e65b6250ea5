// The wall clock is set while deliveries wait, or while nobody runs.
#include <gtest/gtest.h>

#include "alerts/outbox.h"
#include "stored_entries.h"

namespace driftd::alerts {
namespace {

constexpr Time kNow = 1'790'000'000 * kSecond;

WebhookConfig patient_hook() {
  WebhookConfig webhook;
  webhook.name = "hook";
  webhook.url.text = "http://127.0.0.1:1/";
  webhook.retry.give_up_after = 30 * kMinute;
  return webhook;
}

IncidentEvent opening() {
  IncidentEvent event;
  event.type = EventType::opened;
  event.incident.id = "rule-1";
  event.incident.key = {"credit", "7", IncidentKind::rule, "rule-1"};
  return event;
}

void fail_an_attempt(Outbox& outbox, Time now) {
  Answer answer;
  answer.status = 500;
  const auto attempts = outbox.due(now);
  ASSERT_EQ(attempts.size(), 1U);
  outbox.report(attempts[0].id, answer, now);
}

// An outbox whose only delivery has failed once, just now.
Outbox failed_once() {
  Outbox outbox{OutboxOptions{}};
  outbox.configure({patient_hook()}, kNow);
  outbox.enqueue(opening(), kNow);
  fail_an_attempt(outbox, kNow);
  return outbox;
}

TEST(OutboxClock, NothingWaitsLongerOrShorterBecauseItWasSet) {
  for (const Duration by : {kHour, -kHour}) {
    Outbox outbox = failed_once();
    const Duration wait = outbox.next_due() - kNow;
    outbox.clock_was_set(by);
    EXPECT_EQ(outbox.next_due(), kNow + by + wait);
    EXPECT_TRUE(outbox.due(kNow + by + wait - 1).empty());
    fail_an_attempt(outbox, kNow + by + wait);
    EXPECT_EQ(outbox.pending("hook"), 1U) << "half an hour is not over";
  }
}

TEST(OutboxClock, WhatWasStoredBeforeItWasSetBackWaitsAsLongAsIfThatWereNow) {
  Outbox before = failed_once();
  const Duration wait = before.next_due() - kNow;
  Entries entries;
  store(before, entries);
  for (const auto& [now, due] : {std::pair{kNow - kDay, kNow - kDay + wait}, {kNow + kDay, kNow + wait}}) {
    Outbox after{OutboxOptions{}};
    for (const auto& [key, bytes] : entries) ASSERT_TRUE(after.restore(key, bytes).ok());
    after.configure({patient_hook()}, now);
    EXPECT_EQ(after.next_due(), due);
  }
}

}  // namespace
}  // namespace driftd::alerts
