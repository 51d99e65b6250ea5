#include "app/pipeline/limits.h"

namespace driftd::app {

namespace {

struct Words {
  const char* limit;
  const char* message;
  const char* where;
  const char* what;  // is counted
  const char* remedy;
};

constexpr std::array<Words, kLimitCount> kWords = {{
    {"limits.max_models", "events of models beyond the limit are rejected", "model", "events",
     "raise limits.max_models, name the model under models, or set unknown_models: ignore"},
    {"limits.max_versions", "events of versions beyond the limit are rejected", "model", "events",
     "send fewer version names, or raise limits.max_versions"},
    {"limits.max_columns", "events with columns beyond the limit are rejected", "model", "events",
     "send fewer columns, or raise limits.max_columns"},
    {"limits.max_record", "records beyond the limit are rejected", "topic", "records",
     "send smaller records, or raise limits.max_record"},
    {"join.max_waiting", "records of the join leave before their time", "model", "records",
     "raise join.max_waiting, or lower dedupe or the models' label_horizon"},
    {"segments", "events are counted without a segment of theirs", "model", "events",
     "take columns with fewer values for segments, or give cuts"},
    {"metrics.max_series", "series are left out of /metrics", "model", "series",
     "raise metrics.max_series, or show fewer metrics.statistics or segments"},
    {"http.max_connections", "connections are closed for newer ones", "url", "connections",
     "raise http.max_connections, or keep away who opens so many"},
    {"http.max_memory", "connections are closed for what newer ones send or read", "url", "connections",
     "raise http.max_memory, or keep away who sends or reads so slowly"},
    {"http.timeouts", "connections of slow clients are closed", "url", "connections",
     "mend the network, or keep away who sends or reads so slowly"},
    {"limits.max_text", "events with names or ids beyond the limit are rejected", "topic", "events",
     "send shorter ones, or raise limits.max_text"},
    {"limits.max_text", "of long texts the beginning counts and a hash", "topic", "texts",
     "send shorter ones, ignore such columns, or raise limits.max_text"},
    {"dead_letters", "nothing is read until the dead-letter topic takes what waits for it", "topic", "turns",
     "let kafka.dead_letter_topic exist, be writable and take records of this size"},
    {"alerts.max_pending", "the oldest deliveries are abandoned for newer ones", "webhook", "deliveries",
     "mend the receiver, let it be told of less, or raise alerts.max_pending"},
    {"alerts.max_closed", "the oldest closed incidents are forgotten", "of", "incidents",
     "raise alerts.max_closed, or have fewer rules that come and go"},
    {"join.max_memory", "records of the join leave before their time", "model", "records",
     "raise join.max_memory, or lower dedupe or the models' label_horizon"},
    {"limits.max_unbinned", "partitions that are ahead wait for the others", "topic", "rounds",
     "raise limits.max_unbinned, or give the models references from files"},
}};
static_assert(kWords.back().limit != nullptr);

}  // namespace

void LimitLog::note(Limit limit, std::uint64_t times, std::string_view where) {
  Bites& bites = of(limit);
  if (times > 0 && bites.times == 0) bites.where = where;
  bites.times += times;
  bites.total += times;
}

void LimitLog::set(Limit limit, std::uint64_t times, std::string_view where) {
  Bites& bites = of(limit);
  bites.times = times;
  if (times == 0) return;
  bites.where = where;
  ++bites.total;
}

std::map<std::string_view, std::uint64_t> LimitLog::totals() const {
  std::map<std::string_view, std::uint64_t> totals;
  for (std::size_t i = 0; i < kLimitCount; ++i) totals[kWords[i].limit] += bites_[i].total;
  return totals;
}

void LimitLog::note_rejection(Rejection reason, std::string_view model, std::string_view topic) {
  if (reason == Rejection::too_many_models) note(Limit::models, 1, model);
  if (reason == Rejection::too_many_columns) note(Limit::columns, 1, model);
  if (reason == Rejection::too_large) note(Limit::record, 1, topic);
}

void LimitLog::tell(const Logger& log, Time now) {
  for (std::size_t i = 0; i < kLimitCount; ++i) {
    Bites& bites = bites_[i];
    if (bites.times == 0 || !bites.told.allow(now)) continue;
    const Words& words = kWords[i];
    log.warn(words.message, {{"limit", words.limit},
                             {words.where, bites.where},
                             {words.what, bites.times},
                             {"remedy", words.remedy}});
    bites.times = 0;
  }
}

}  // namespace driftd::app
