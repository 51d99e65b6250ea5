// Random histories of incidents, pipelines and people, broken off by crashes: a model has one retraining at a
// time, no request is lost, and every retraining ends.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <random>
#include <set>

#include "app/pipeline/alert_desk.h"
#include "tests/alerts/stored_entries.h"

namespace driftd::app {
namespace {

using alerts::Action;
using alerts::DeliveryRecord;
using alerts::DeliveryState;
using alerts::Entries;
using alerts::EventType;
using alerts::IncidentKey;
using alerts::IncidentKind;
using alerts::RetrainingState;

constexpr std::array kModels = {"a", "b"};

std::vector<alerts::WebhookConfig> webhooks() {
  std::vector<alerts::WebhookConfig> list(3);
  list[0].name = "people";
  list[1].name = "pipeline";
  list[1].actions = {Action::retrain};
  list[1].retry.give_up_after = 30 * kMinute;
  list[2].name = "slow-pipeline";
  list[2].actions = {Action::retrain};
  list[2].kinds = {IncidentKind::concept_drift, IncidentKind::rule};
  list[2].cooldown = 5 * kHour;
  for (alerts::WebhookConfig& webhook : list) webhook.url.text = "http://receiver/" + webhook.name;
  return list;
}

class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed), desk_(fresh()) {}

  void step() {
    clock_ += static_cast<Time>(pick(4)) * 20 * kMinute;
    now_ += static_cast<Time>(pick(1200)) * kSecond;
    desk_->wall_now = now_;
    switch (pick(6)) {
      case 0:
      case 1:
        open();
        break;
      case 2:
        desk_->close(key(), clock_);
        break;
      case 3:
        say_something();
        break;
      case 4:
        person();
        break;
      default:
        break;
    }
    advance();
    deliver();
    if (pick(15) == 0) crash();
  }

  // Nobody says anything any more, and receivers answer.
  void finish() {
    well_ = true;
    for (int i = 0; i < 2000; ++i) {
      clock_ += kHour;
      now_ += kHour;
      desk_->wall_now = now_;
      advance();
      deliver();
    }
    for (const auto& [model, entry] : desk_->retrainings.all())
      EXPECT_EQ(entry.now.state, RetrainingState::idle) << model;
    for (const DeliveryRecord* record : desk_->outbox.deliveries())
      EXPECT_TRUE(record->state == DeliveryState::delivered || record->state == DeliveryState::abandoned)
          << record->webhook << " " << name_of(record->state);
    for (const auto& [incident, why] : asked_)
      EXPECT_TRUE(heard_of(incident)) << incident << " asked for a retraining and was lost: " << why;
  }
  [[nodiscard]] int calls() const { return calls_; }

 private:
  std::uint64_t pick(std::uint64_t n) { return random_() % n; }
  const char* model() { return kModels.at(pick(kModels.size())); }
  IncidentKey key() {
    constexpr std::array kKinds = {IncidentKind::data, IncidentKind::concept_drift, IncidentKind::rule};
    const IncidentKind kind = kKinds.at(pick(3));
    return {model(), pick(2) == 0 ? "7" : "8", kind, kind == IncidentKind::rule ? "r" : ""};
  }
  static std::unique_ptr<AlertDesk> fresh() {
    auto desk =
        std::make_unique<AlertDesk>(alerts::OutboxOptions{.base_url = "http://test", .max_ended = 100'000});
    desk->outbox.configure(webhooks(), 0);
    return desk;
  }

  void open() {
    alerts::Findings findings;
    findings.action = static_cast<Action>(pick(3));
    findings.severity = static_cast<alerts::Severity>(1 + pick(2));
    desk_->open(key(), "digest", findings, clock_);
    note_requests();
  }
  void note_requests() {
    for (const alerts::IncidentEvent& event : std::exchange(desk_->events, {}))
      if (event.type == EventType::opened && event.incident.findings.action == Action::retrain)
        asked_[event.incident.id] = format_rfc3339(event.time);
  }
  void say_something() {
    const std::string about = model();
    const alerts::RetrainingEntry* entry = desk_->retrainings.find(about);
    std::string incident;
    if (entry != nullptr && pick(3) != 0) incident = entry->now.incident;
    const auto event = static_cast<Lifecycle>(pick(7));
    if (const auto resolved = desk_->book.answer(event, incident, clock_)) desk_->tell(*resolved);
    desk_->hear(event, about, pick(2) == 0 ? "8" : "9", incident, clock_);
    note_requests();
  }
  void person() {
    const auto incidents = desk_->book.all();
    if (incidents.empty()) return;
    const std::string id = incidents[pick(incidents.size())]->id;
    switch (pick(3)) {
      case 0:
        (void)desk_->resolve(id, clock_);
        break;
      case 1:
        (void)desk_->acknowledge(id, clock_);
        break;
      default: {
        alerts::Findings findings;
        findings.action = Action::retrain;
        (void)desk_->ask_to_retrain(model(), "7", "digest", findings, clock_);
      }
    }
    note_requests();
  }
  void advance() {
    const alerts::RetrainingConfig config{pick(2) == 0 ? std::optional<Duration>(2 * kHour) : std::nullopt,
                                          6 * kHour, static_cast<Duration>(pick(3)) * kHour};
    for (const char* name : kModels) desk_->advance(name, config, pick(4) == 0, clock_);
    note_requests();
  }

  // What a call that starts a retraining must meet: its own request, of which nothing has been heard yet.
  void deliver() {
    for (const alerts::Attempt& attempt : desk_->outbox.due(now_)) {
      const DeliveryRecord* record = nullptr;
      for (const DeliveryRecord* one : desk_->outbox.deliveries())
        if (one->id == attempt.id) record = one;
      ASSERT_NE(record, nullptr);
      if (record->starts) {
        ++calls_;
        const alerts::RetrainingEntry* entry = desk_->retrainings.find(record->incident.key.model);
        ASSERT_NE(entry, nullptr);
        EXPECT_EQ(entry->now.incident, record->incident.id) << "a second retraining beside the first";
        EXPECT_TRUE(entry->now.is_waiting_for_an_answer()) << name_of(entry->now.state);
      }
      alerts::Answer answer;
      constexpr std::array<int, 6> kStatus = {200, 200, 500, 404, 0, 429};
      answer.status = well_ ? 200 : kStatus.at(pick(kStatus.size()));
      if (well_ || pick(5) != 0)
        desk_->outbox.report(attempt.id, answer, now_);
      else
        crash();  // what was under way is lost with its outcome
    }
  }

  // Delivered or given up to somebody who starts retrainings, or answered by another one.
  bool heard_of(const std::string& incident) {
    return std::ranges::any_of(desk_->outbox.deliveries(), [&](const DeliveryRecord* record) {
      return record->incident.id == incident && record->webhook != "people";
    });
  }

  void crash() {
    store(desk_->book, incidents_);
    store(desk_->retrainings, incidents_);
    store(desk_->outbox, outbox_);
    auto again =
        std::make_unique<AlertDesk>(alerts::OutboxOptions{.base_url = "http://test", .max_ended = 100'000});
    for (const auto& [key, bytes] : incidents_)
      ASSERT_TRUE((key.starts_with(alerts::kRetrainingPrefix) ? again->retrainings.restore(key, bytes)
                                                              : again->book.restore(key, bytes))
                      .ok());
    for (const auto& [key, bytes] : outbox_) ASSERT_TRUE(again->outbox.restore(key, bytes).ok());
    again->outbox.configure(webhooks(), now_);
    again->resume();
    again->wall_now = now_;
    EXPECT_EQ(again->retrainings.all(), desk_->retrainings.all());
    EXPECT_EQ(again->outbox.deliveries_json(), desk_->outbox.deliveries_json());
    desk_ = std::move(again);
  }

  std::mt19937_64 random_;
  std::unique_ptr<AlertDesk> desk_;
  Entries incidents_, outbox_;
  std::map<std::string, std::string> asked_;  // incidents that asked, and when
  Time clock_ = 40 * kHour;
  Time now_ = 1'000'000 * kSecond;
  bool well_ = false;
  int calls_ = 0;
};

TEST(RetrainingHistories, OneAtATimeNoneIsLostEveryOneEnds) {
  int calls = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    History history(seed);
    for (int step = 0; step < 200; ++step) history.step();
    history.finish();
    calls += history.calls();
    if (::testing::Test::HasFailure()) FAIL() << "seed " << seed;
  }
  EXPECT_GT(calls, 600) << "the histories start too few retrainings to show anything";
}

}  // namespace
}  // namespace driftd::app
