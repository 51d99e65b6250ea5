// The seeds of the fuzz targets of what alerts keep, and of every target of webhooks (tests/fuzz/seeds.h).
#include <gtest/gtest.h>

#include "alerts/drift_episode.h"
#include "alerts/outbox.h"
#include "alerts/retraining_book.h"
#include "alerts/rules.h"
#include "alerts/schema_facts.h"
#include "alerts/silence.h"
#include "alerts/target.h"
#include "tests/alerts/stored_entries.h"
#include "tests/fuzz/seeds.h"

namespace driftd::alerts {
namespace {

using fuzz::chosen_seed;
using fuzz::Seeds;

constexpr Time kNow = 1795248000 * kSecond;

Incident incident() {
  Incident incident = example_incident({}, kNow);
  incident.reference = "sha256:ab";
  Findings& findings = incident.findings;
  findings.metadata = R"({"run_id":"7"})";
  findings.slices = {{"country = FR", 40, 0.1, 0.5, 0.25}};
  findings.evidence = EvidenceFacts{1.5, "certified", kNow - kHour, {1, 30 * kDay}};
  return incident;
}

SchemaFacts facts() {
  SchemaFacts facts(std::vector<std::array<double, kSchemaFaults.size()>>(2));
  (void)facts.close_slot(60, std::vector<FaultCounts>{{50, 0, 1}, {0, 60, 0}});
  return facts;
}

Seeds record_seeds() {
  DeliveryRecord delivery;
  delivery.id = "0123456789abcdef0123456789abcdef";
  delivery.webhook = "hook";
  delivery.incident = incident();
  delivery.sequence = 3;
  delivery.attempts = 2;
  delivery.last_error = "503";
  DeliveryRecord digest = delivery;
  digest.event = EventType::digest;
  digest.digest = example_digest(kNow);
  Retraining retraining;
  retraining.apply(RetrainingInput::requested, kNow, "rule-1", "7");
  RuleState rule;
  (void)rule.occurred(true);
  Silence silence;
  (void)silence.close_slot(kNow, true);
  return {{"alert_record/incident", chosen_seed(0, incident())},
          {"alert_record/delivery", chosen_seed(1, delivery)},
          {"alert_record/digest_delivery", chosen_seed(1, digest)},
          {"alert_record/retraining", chosen_seed(2, retraining)},
          {"alert_record/rule", chosen_seed(3, rule)},
          {"alert_record/silence", chosen_seed(4, silence)},
          {"alert_record/schema_facts", chosen_seed(5, facts())},
          {"alert_record/drift_episode", chosen_seed(6, DriftEpisode(kNow, 0.5))},
          {"alert_record/digest", chosen_seed(7, example_digest(kNow))}};
}

// Entries without their seals, as the target puts them on.
std::string written(const Entries& entries) {
  Encoder out;
  for (const auto& [key, value] : entries)
    for (const char* kind : {"incident", "incident totals", "outbox", "retraining"})
      if (const auto record = unseal(kind, kNewestFormat, value)) {
        out.put_text(key);
        out.put_text(record->payload);
      }
  return out.take();
}

Seeds book_seeds() {
  IncidentBook book;
  WebhookConfig hook;
  hook.name = "hook";
  hook.url.text = "http://receiver/";
  hook.cooldown = kHour;
  hook.retrains = true;
  Outbox outbox{OutboxOptions{}};
  outbox.configure({hook}, kNow);
  RetrainingBook retrainings;
  for (const char* version : {"7", "8"})
    if (const auto event =
            book.open({"credit", version, IncidentKind::data, ""}, "sha256:ab", incident().findings, kNow))
      outbox.enqueue(*event, kNow);
  retrainings.apply("credit", RetrainingInput::requested, kNow, "rule-1", "7");
  Entries entries;
  store(book, entries);
  store(outbox, entries);
  store(retrainings, entries);
  return {{"alert_books/all", written(entries)}};
}

// Every setting that has no default, of every target.
Seeds target_seeds() {
  Seeds seeds;
  std::size_t number = 0;
  for (const Target& target : targets()) {
    std::string yaml = "url: https://receiver.example\nwith:\n";
    for (const TargetSetting& setting : target.with)
      yaml += "  " + std::string(setting.name) + ": " + (setting.number ? "7" : "a/{{ model }}") + "\n";
    if (target.with.empty()) yaml = "url: https://receiver.example/x?y={{ model }}\n";
    seeds["webhook_target/" + std::string(target.name)] = static_cast<char>(number++) + yaml;
  }
  return seeds;
}

TEST(FuzzSeeds, AreWhatIsWrittenToday) {
  const std::filesystem::path corpus = std::filesystem::path(DRIFTD_SOURCE_DIR) / "tests/fuzz/corpus";
  for (const Seeds& some : {record_seeds(), book_seeds(), target_seeds()}) fuzz::expect_seeds(some, corpus);
}

}  // namespace
}  // namespace driftd::alerts
