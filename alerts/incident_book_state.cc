// The book's stored entries: "incident/ID" for each incident, "totals" for the counters.
#include "alerts/incident_book.h"

namespace driftd::alerts {

namespace {
constexpr std::string_view kPrefix = "incident/";
constexpr std::string_view kTotals = "totals";
constexpr std::uint64_t kVersion = 2;
}  // namespace

void IncidentBook::take_changes(const EntryWriter& write) {
  for (const std::string& id : dirty_) {
    const std::string key = std::string(kPrefix) + id;
    const Incident* incident = find(id);
    if (incident == nullptr) {
      write(key, std::nullopt);
      continue;
    }
    Encoder out;
    incident->save(out);
    write(key, seal("incident", kVersion, out.bytes()));
  }
  dirty_.clear();
  if (totals_dirty_) write(kTotals, encode_totals());
  totals_dirty_ = false;
}

std::string IncidentBook::encode_totals() const {
  Encoder out;
  out.put_u64(totals_.size());
  for (const auto& [series, count] : totals_) {
    out.put_text(series.model);
    out.put_text(series.version);
    out.put_u8(static_cast<std::uint8_t>(series.kind));
    out.put_u8(static_cast<std::uint8_t>(series.severity));
    out.put_u64(count);
  }
  return seal("incident totals", kVersion, out.bytes());
}

Status IncidentBook::restore_totals(std::string_view bytes) {
  const auto unsealed = unseal("incident totals", kVersion, bytes);
  if (!unsealed) return unsealed.error();
  Decoder in(*unsealed);
  std::map<Series, std::uint64_t> totals;
  for (std::size_t rest = in.get_count(5); rest > 0 && in.ok(); --rest) {
    Series series;
    series.model = in.get_text();
    series.version = in.get_text();
    const std::uint8_t kind = in.get_u8();
    const std::uint8_t severity = in.get_u8();
    if (kind >= kIncidentKinds.size() || severity > static_cast<std::uint8_t>(Severity::critical)) in.fail();
    series.kind = static_cast<IncidentKind>(kind);
    series.severity = static_cast<Severity>(severity);
    totals[std::move(series)] = in.get_u64();
  }
  if (!in.ok() || !in.at_end()) return Error{ErrorCode::corrupt, "the counters of incidents are damaged"};
  totals_ = std::move(totals);
  return success();
}

Status IncidentBook::restore(std::string_view key, std::string_view bytes) {
  if (key == kTotals) return restore_totals(bytes);
  const auto unsealed = unseal("incident", kVersion, bytes);
  if (!unsealed) return unsealed.error();
  Decoder in(*unsealed);
  auto incident = Incident::load(in);
  if (!incident) return incident.error();
  if (!in.at_end() || key != std::string(kPrefix) + incident->id)
    return Error{ErrorCode::corrupt, "the incident under " + std::string(key) + " is another one"};
  // Of several under one key the last is the one that opened last.
  const auto [latest, first] = latest_.try_emplace(incident->key, incident->id);
  if (!first && latest->second != incident->id) {
    const Incident& other = incidents_.at(latest->second);
    if (other.is_open() && incident->is_open())
      return Error{ErrorCode::corrupt,
                   "two incidents are open under one key: " + other.id + ", " + incident->id};
    if (incident->opened_at >= other.opened_at) latest->second = incident->id;
  }
  Incident& kept = incidents_[incident->id];
  kept = *std::move(incident);
  return success();
}

}  // namespace driftd::alerts
