#include "collector/join_state.h"

#include <stdexcept>

namespace driftd::collector {

using join::Table;
using join::Timeline;
using join::Waiting;

namespace {

// Our own bytes, checked when they were restored: memory is damaged, or the code wrong.
[[noreturn]] void broken() { throw std::logic_error("join: what waits cannot be read back"); }

}  // namespace

std::uint32_t IdShard::State::model_of(const Table::Entry& entry) {
  const auto key = join::decode_key(entry.key());
  if (!key) broken();
  return key->model;
}

IdShard::State::Loan IdShard::State::open(const Table::Entry& entry) {
  auto group = join::decode(entry.key(), entry.body());
  if (!group) broken();
  return {.key = std::string(entry.key()), .hash = 0, .group = std::move(*group), .known = true};
}

IdShard::State::Loan IdShard::State::borrow(std::uint32_t model, std::string_view id) {
  std::string key = join::encode_key(model, id);
  const std::uint64_t hash = join::key_hash(key);
  const Table::Entry* entry = table.find(hash, key);
  if (entry == nullptr) {
    Waiting group{.model = model, .id = std::string(id), .predictions = {}, .verdicts = {}};
    return {.key = std::move(key), .hash = hash, .group = std::move(group), .known = false};
  }
  Loan loan = open(*entry);
  loan.hash = hash;
  account(loan.group, -1);
  return loan;
}

void IdShard::State::account(const Waiting& group, int sign) {
  held += static_cast<std::size_t>(sign) * group.records();
  const std::size_t waits = group.pending();
  if (waits == 0) return;
  const auto at = pending.try_emplace(group.model, 0).first;
  at->second += static_cast<std::size_t>(sign) * waits;
  if (at->second == 0) pending.erase(at);
}

void IdShard::State::mark_dirty(Table::Entry& entry, std::uint64_t hash) {
  if (entry.head().dirty) return;
  entry.head().dirty = true;
  dirty.push_back(hash);
}

void IdShard::State::drop(Table::Entry& entry) {
  if (entry.head().stored) gone.emplace_back(entry.key());
  table.erase(entry);
}

void IdShard::State::schedule(Table::Entry& entry, std::uint64_t hash, std::uint32_t model, Time look) {
  entry.head().look = look;
  timelines[model].add({look, hash});
}

void IdShard::State::commit(Loan& loan, Time look) {
  if (loan.group.empty()) {
    if (Table::Entry* entry = table.find(loan.hash, loan.key)) drop(*entry);
    return;
  }
  Encoder body;
  join::encode_body(loan.group, body);
  Table::Entry& entry = table.put(loan.hash, loan.key, body.bytes());
  account(loan.group, +1);
  mark_dirty(entry, loan.hash);
  // A later look would only make the one that is planned needless; it finds that by itself.
  if (!loan.known || look < entry.head().look) schedule(entry, loan.hash, loan.group.model, look);
}

void IdShard::State::add_first(const JoinPrediction& prediction, std::string_view key, std::uint64_t hash) {
  Encoder body;
  join::encode_first(prediction, body);
  Table::Entry& entry = table.put(hash, key, body.bytes());
  ++held;
  ++pending[prediction.model];
  mark_dirty(entry, hash);
  schedule(entry, hash, prediction.model, prediction.time);
}

bool IdShard::State::is_current(const Timeline::Look& look, std::uint32_t model) {
  bool current = false;
  table.for_each_of(look.hash, [&](Table::Entry& entry) {
    current = current || (entry.head().look == look.time && model_of(entry) == model);
  });
  return current;
}

}  // namespace driftd::collector
