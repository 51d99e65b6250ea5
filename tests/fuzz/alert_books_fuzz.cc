// Entries of the three books of alerts as the store may give them back: refused, or lived with: told,
// delivered, answered, forgotten. An input is entries of a key and an unsealed value, as core/codec.h writes
// texts; the seal, whose checksum no fuzzer finds, is put on here.
#include <nlohmann/json.hpp>
#include <set>

#include "alerts/incident_book.h"
#include "alerts/outbox.h"
#include "alerts/retraining_book.h"
#include "tests/fuzz/round_trip.h"

namespace {

using namespace driftd;
using namespace driftd::alerts;
using namespace driftd::fuzz;

struct Books {
  IncidentBook incidents;
  Outbox outbox{OutboxOptions{"http://d", 2, 3, 3}};
  RetrainingBook retrainings;
};

std::vector<WebhookConfig> webhooks() {
  WebhookConfig hook;
  hook.name = "hook";
  hook.url.text = "http://receiver/";
  hook.cooldown = kHour;
  hook.retrains = true;
  return {hook};
}

void restore(Books& books, std::string_view bytes) {
  Decoder in(bytes);
  std::set<std::string_view> keys;  // of a store: each once
  while (in.ok() && !in.at_end()) {
    const std::string_view key = in.get_text();
    const std::string_view value = in.get_text();
    if (!in.ok()) return;
    if (!keys.insert(key).second) continue;
    (void)books.incidents.restore(key, seal("incident", 2, value));
    (void)books.incidents.restore(key, seal("incident totals", 2, value));
    (void)books.outbox.restore(key, seal("outbox", 2, value));
    (void)books.retrainings.restore(key, seal("retraining", 1, value));
  }
}

void deliver(Outbox& outbox, Time now) {
  for (const Attempt& attempt : outbox.due(now)) {
    Answer answer;
    answer.status = attempt.id.size() % 2 == 0 ? 200 : 503;
    outbox.report(attempt.id, answer, now);
  }
  require(nlohmann::json::accept(outbox.deliveries_json()), "deliveries are JSON");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Books books;
  restore(books, {reinterpret_cast<const char*>(data), size});
  const Time now = 1795248000 * kSecond;
  books.outbox.configure(webhooks(), now);
  std::vector<Incident> known;
  for (const Incident* incident : books.incidents.all()) known.push_back(*incident);
  for (const Incident& incident : known) {
    require(books.incidents.find(incident.id) != nullptr, "an incident is found by its id");
    if (const auto event = books.incidents.resolve(incident.id, now)) books.outbox.enqueue(*event, now);
    if (const auto event = books.incidents.open(incident.key, "", incident.findings, now))
      books.outbox.enqueue(*event, now);
  }
  for (const Time later : {now, now + kHour, now + 2 * kDay}) {
    for (const auto& [model, entry] : books.retrainings.all()) (void)books.retrainings.due(model, {}, later);
    deliver(books.outbox, later);
    for (const Incident& incident : known) books.outbox.advance(incident.key.model, later, later);
  }
  const auto ignore = [](std::string_view, std::optional<std::string_view>) {};
  books.incidents.prune(now + kDay);
  for (const Incident& incident : known) {
    books.incidents.forget_model(incident.key.model);
    books.outbox.forget_model(incident.key.model, now);
    books.retrainings.forget_model(incident.key.model);
  }
  books.incidents.take_changes(ignore);
  books.outbox.take_changes(ignore);
  books.retrainings.take_changes(ignore);
  require(known.empty() || books.incidents.all().empty(), "models that are forgotten leave no incidents");
  return 0;
}
