#include "alerts/retraining_book.h"

namespace driftd::alerts {

namespace {

constexpr std::uint64_t kVersion = 1;

}  // namespace

std::optional<RetrainingStep> RetrainingBook::apply(std::string_view model, RetrainingInput input, Time time,
                                                    std::string_view by, std::string_view version) {
  const auto known = entries_.find(model);
  if (known == entries_.end() && find_transition(RetrainingState::idle, input) == nullptr)
    return std::nullopt;
  RetrainingEntry& entry = known == entries_.end() ? entries_[std::string(model)] : known->second;
  RetrainingStep step{nullptr, entry.now, {}};
  const bool answered = entry.now.answers;
  step.row = entry.now.apply(input, time, by, version);
  if (step.row == nullptr) return std::nullopt;
  step.after = entry.now;
  if (step.row->outcome != RetrainingOutcome::none)
    ++entry.ended.at(static_cast<std::size_t>(step.row->outcome));
  if (step.row->effect != RetrainingEffect::hold || answered != entry.now.answers)
    dirty_.insert(std::string(model));
  return step;
}

void RetrainingBook::set_patience(std::string_view model, Duration patience) {
  const auto found = entries_.find(model);
  if (found == entries_.end()) return;
  found->second.now.patience = patience;
  dirty_.insert(found->first);
}

std::optional<RetrainingBook::Due> RetrainingBook::due(std::string_view model, const RetrainingConfig& config,
                                                       Time clock) const {
  const RetrainingEntry* entry = find(model);
  if (entry == nullptr) return std::nullopt;
  const std::optional<Time> deadline = entry->now.deadline(config);
  if (!deadline || clock < *deadline) return std::nullopt;
  return Due{entry->now.end_of_time(config), *deadline};
}

const RetrainingEntry* RetrainingBook::find(std::string_view model) const {
  const auto found = entries_.find(model);
  return found == entries_.end() ? nullptr : &found->second;
}

void RetrainingBook::forget_model(std::string_view model) {
  const auto found = entries_.find(model);
  if (found == entries_.end()) return;
  dirty_.insert(found->first);
  entries_.erase(found);
}

void RetrainingBook::take_changes(const EntryWriter& write) {
  for (const std::string& model : dirty_) {
    const std::string key = std::string(kRetrainingPrefix) + model;
    const RetrainingEntry* entry = find(model);
    if (entry == nullptr) {
      write(key, std::nullopt);
      continue;
    }
    Encoder out;
    entry->now.save(out);
    for (const std::uint64_t count : entry->ended) out.put_u64(count);
    write(key, seal("retraining", kVersion, out.bytes()));
  }
  dirty_.clear();
}

Status RetrainingBook::restore(std::string_view key, std::string_view bytes) {
  const auto unsealed = unseal("retraining", kVersion, bytes);
  if (!unsealed) return unsealed.error();
  Decoder in(*unsealed);
  auto now = Retraining::load(in);
  if (!now) return now.error();
  RetrainingEntry entry{*std::move(now)};
  for (std::uint64_t& count : entry.ended) count = in.get_u64();
  if (!in.ok() || !in.at_end() || !key.starts_with(kRetrainingPrefix))
    return Error{ErrorCode::corrupt, "the retraining under " + std::string(key) + " is damaged"};
  entries_[std::string(key.substr(kRetrainingPrefix.size()))] = std::move(entry);
  return success();
}

}  // namespace driftd::alerts
