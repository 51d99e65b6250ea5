#include "detectors/learner.h"

#include <algorithm>

namespace driftd::detectors {
namespace {

Error corrupt() { return {ErrorCode::corrupt, "these bytes are no reference that is being learnt"}; }

}  // namespace

void Learner::add_slot(std::int64_t slot, const RowTable& rows) {
  advance(slot - 1);
  if (complete()) return;  // the slot lies beyond the duration
  advance(slot);
  if (rows.rows.empty()) return;
  if (!first_) {
    first_ = slot;
    closed_ = slot;
  }
  row_count_ += static_cast<std::int64_t>(rows.rows.size());
  blocks_[slot] = encode_rows(rows);
  new_blocks_.push_back(slot);
}

void Learner::advance(std::int64_t closed_slot) {
  // The end of the input closes all slots; from here times are reckoned.
  if (first_) closed_ = std::max(closed_, std::min(closed_slot, kMostTime / slot_length_));
}

bool Learner::complete() const {
  if (!first_) return false;
  if (rule_.kind != ReferenceRule::Kind::first_duration) return row_count_ >= rule_.rows;
  return slot_end(closed_, slot_length_) - slot_start(*first_, slot_length_) >= rule_.duration;
}

double Learner::progress() const {
  if (!first_) return 0;
  const bool by_rows = rule_.kind != ReferenceRule::Kind::first_duration;
  const double done =
      by_rows ? static_cast<double>(row_count_)
              : static_cast<double>(slot_end(closed_, slot_length_) - slot_start(*first_, slot_length_));
  const double wanted = static_cast<double>(by_rows ? rule_.rows : rule_.duration);
  return wanted > 0 ? std::min(done / wanted, 1.0) : 1;
}

Status Learner::for_each_row(const RowVisit& visit) const {
  for (const auto& [slot, bytes] : blocks_) {
    if (Status read = decode_rows(bytes, visit); !read.ok()) return read;
  }
  return success();
}

Result<RowTable> Learner::all_rows() const {
  RowTable all;
  RowTable slot;
  for (const auto& [number, bytes] : blocks_) {
    const Status read = decode_rows(bytes, [&slot](const std::vector<std::string>& names, const RawRow& row) {
      slot.names = names;
      slot.rows.push_back(row);
    });
    if (!read.ok()) return read.error();
    all.append(std::move(slot));
    slot = {};
  }
  return all;
}

// By columns at once: rows with their texts would take several times the memory.
Result<Table> Learner::table() const {
  Table table;
  std::map<std::string, TableColumn> columns;
  const Status read = for_each_row([&](const std::vector<std::string>& names, const RawRow& row) {
    for (std::size_t i = 0; i < row.values.size(); ++i) {
      const auto [found, added] = columns.try_emplace(names[i], names[i]);
      found->second.fill(table.size());
      found->second.push({row.values[i].kind, row.values[i].number, row.values[i].text});
    }
    table.times.push_back(row.time);
    table.ids.push_back(row.id);
    table.hashes.push_back(row.hash);
    table.predicted.push_back(row.predicted);
    table.verdicts.push_back(row.verdict);
    table.push_pair_times(row.pair_times);
    const auto number = static_cast<std::uint32_t>(table.size() - 1);
    for (const std::string& segment : row.segments) table.segments[segment].push_back(number);
  });
  if (!read.ok()) return read.error();
  for (auto& [name, column] : columns) {
    column.fill(table.size());
    table.features.push_back(std::move(column));
  }
  return table;
}

Result<Profile> Learner::finish(
    const ProfileOptions& options, ProfileParts parts,
    std::map<std::string, std::map<std::int64_t, std::int64_t>> predictions) const {
  Result<Table> rows = table();
  if (!rows.ok()) return rows.error();
  rows->cohorts = std::move(predictions[""]);
  predictions.erase("");
  rows->segment_cohorts = std::move(predictions);
  rows->slot = slot_length_;
  return build_profile(*rows, options, parts);
}

std::vector<std::pair<std::int64_t, std::string_view>> Learner::take_new_blocks() {
  std::vector<std::pair<std::int64_t, std::string_view>> taken;
  for (const std::int64_t slot : new_blocks_) taken.emplace_back(slot, blocks_.at(slot));
  new_blocks_.clear();
  return taken;
}

void Learner::save_head(Encoder& out) const {
  out.put_u8(static_cast<std::uint8_t>(rule_.kind));
  out.put_i64(rule_.rows);
  out.put_i64(rule_.duration);
  out.put_i64(slot_length_);
  out.put_bool(first_.has_value());
  out.put_i64(first_.value_or(0));
  out.put_i64(closed_);
}

Result<Learner> Learner::load_head(Decoder& in) {
  ReferenceRule rule;
  const std::uint8_t kind = in.get_u8();
  if (kind > static_cast<std::uint8_t>(ReferenceRule::Kind::first_duration)) in.fail();
  rule.kind = in.ok() ? static_cast<ReferenceRule::Kind>(kind) : ReferenceRule::Kind::automatic;
  rule.rows = in.get_i64();
  rule.duration = in.get_i64();
  Learner learner(rule, in.get_within(1, kMostTime));
  const bool any = in.get_bool();
  const std::int64_t first = in.get_slot(learner.slot_length_);
  if (any) learner.first_ = first;
  learner.closed_ = in.get_slot(learner.slot_length_);
  if (!in.ok()) return corrupt();
  return learner;
}

Status Learner::restore_block(std::int64_t slot, std::string_view bytes) {
  std::int64_t rows = 0;
  const Status read = decode_rows(bytes, [&rows](const std::vector<std::string>&, const RawRow&) { ++rows; });
  if (!read.ok() || rows == 0 || blocks_.contains(slot)) return corrupt();
  row_count_ += rows;
  blocks_[slot] = bytes;
  return success();
}

void Learner::save(Encoder& out) const {
  save_head(out);
  out.put_u64(blocks_.size());
  for (const auto& [slot, bytes] : blocks_) {
    out.put_i64(slot);
    out.put_text(bytes);
  }
}

Result<Learner> Learner::load(Decoder& in) {
  Result<Learner> learner = load_head(in);
  if (!learner.ok()) return learner;
  const std::size_t size = in.get_count(2);
  for (std::size_t i = 0; i < size && in.ok(); ++i) {
    const std::int64_t slot = in.get_slot(learner->slot_length_);
    if (Status restored = learner->restore_block(slot, in.get_text()); !restored.ok())
      return restored.error();
  }
  if (!in.ok()) return corrupt();
  return learner;
}

}  // namespace driftd::detectors
