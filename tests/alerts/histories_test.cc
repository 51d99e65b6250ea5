// Random histories of book and outbox together, broken off by crashes: what must hold in all of them.
#include <gtest/gtest.h>

#include <random>

#include "alerts/incident_book.h"
#include "alerts/outbox.h"
#include "tests/alerts/stored_entries.h"

namespace driftd::alerts {
namespace {

template <class T>
void restore(T& part, const Entries& entries) {
  for (const auto& [key, bytes] : entries) {
    const Status status = part.restore(key, bytes);
    ASSERT_TRUE(status.ok()) << status.error().message;
  }
}

std::vector<WebhookConfig> webhooks() {
  std::vector<WebhookConfig> list(3);
  list[0].name = "all";
  list[1].name = "retrain";
  list[1].actions = {Action::retrain};
  list[1].cooldown = 3 * kHour;
  list[1].retrains = false;  // with whom it is under way: tests/app/retraining_histories_test.cc
  list[2].name = "critical";
  list[2].severities = {Severity::critical};
  list[2].retry.give_up_after = 10 * kMinute;
  for (WebhookConfig& webhook : list) webhook.url.text = "http://receiver/" + webhook.name;
  return list;
}

class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed), outbox_(OutboxOptions{}) {
    outbox_.configure(webhooks(), now_);
    book_.set_mute_windows({{"a", 50 * kHour, 55 * kHour}});
  }

  void step() {
    clock_ += static_cast<Time>(pick(3)) * 20 * kMinute;
    now_ += static_cast<Time>(pick(120)) * kSecond;
    IncidentKey key{pick(2) == 0 ? "a" : "b", "", IncidentKind::rule, std::to_string(pick(3))};
    Findings findings;
    findings.severity = static_cast<Severity>(pick(3));
    findings.action = static_cast<Action>(pick(3));
    if (pick(2) == 0)
      tell(book_.open(key, "digest", findings, clock_));
    else
      tell(book_.close(key, clock_));
    for (const char* model : {"a", "b"}) outbox_.advance(model, clock_, now_);
    attempt(pick(3) != 0);
    check_book();
    if (pick(20) == 0) crash();
  }

  void finish() {
    for (int i = 0; i < 10'000 && outbox_.next_due() != kEndOfTime; ++i) {
      now_ = std::max(now_, outbox_.next_due());
      attempt(true);
    }
    for (const char* model : {"a", "b"}) outbox_.advance(model, clock_ + 1000 * kHour, now_);
    for (int i = 0; i < 10'000 && outbox_.next_due() != kEndOfTime; ++i) {
      now_ = std::max(now_, outbox_.next_due());
      attempt(true);
    }
    for (const DeliveryRecord* record : outbox_.deliveries())
      EXPECT_TRUE(record->state == DeliveryState::delivered || record->state == DeliveryState::abandoned)
          << record->webhook << " " << name_of(record->state);
  }

 private:
  std::uint64_t pick(std::uint64_t n) { return random_() % n; }

  void tell(const std::optional<IncidentEvent>& event) {
    if (event) outbox_.enqueue(*event, now_);
  }

  void attempt(bool answer) {
    for (const Attempt& attempt : outbox_.due(now_)) {
      constexpr std::array<int, 8> kStatus = {200, 200, 200, 500, 429, 404, 0, 401};
      Answer back;
      back.status = kStatus.at(pick(kStatus.size()));
      if (answer) outbox_.report(attempt.id, back, now_);
    }
    if (!answer) crash();  // what was under way is lost with its outcome
  }

  void check_book() {
    std::set<IncidentKey> open;
    for (const Incident* incident : book_.all()) {
      const bool first = !incident->is_open() || open.insert(incident->key).second;
      EXPECT_TRUE(first) << "two open under one key";
      EXPECT_EQ(incident->is_open(), !incident->resolved_at.has_value());
      EXPECT_LE(incident->id.size(), 40U);
    }
  }

  // Stores, drops everything, restores; both worlds must then say the same.
  void crash() {
    store(book_, book_entries_);
    store(outbox_, outbox_entries_);
    IncidentBook book;
    restore(book, book_entries_);
    book.set_mute_windows({{"a", 50 * kHour, 55 * kHour}});
    ASSERT_EQ(book.all().size(), book_.all().size());
    for (const Incident* incident : book_.all()) EXPECT_EQ(*book.find(incident->id), *incident);
    EXPECT_EQ(book.totals(), book_.totals());
    Outbox outbox{OutboxOptions{}};
    restore(outbox, outbox_entries_);
    outbox.configure(webhooks(), now_);
    EXPECT_EQ(outbox.deliveries_json(), outbox_.deliveries_json());
    book_ = std::move(book);
    outbox_ = std::move(outbox);
  }

  std::mt19937_64 random_;
  IncidentBook book_;
  Outbox outbox_;
  Entries book_entries_;
  Entries outbox_entries_;
  Time clock_ = 40 * kHour;
  Time now_ = 1'000'000 * kSecond;
};

TEST(Histories, NeverTwoOpenAndEveryDeliveryEnds) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    History history(seed);
    for (int step = 0; step < 150; ++step) history.step();
    history.finish();
    if (testing::Test::HasFailure()) FAIL() << "seed " << seed;
  }
}

}  // namespace
}  // namespace driftd::alerts
