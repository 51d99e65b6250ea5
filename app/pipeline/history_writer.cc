#include "app/pipeline/history_writer.h"

#include "core/codec.h"
#include "detectors/sparse_tally.h"

namespace driftd::app {

namespace {

constexpr std::uint8_t kRows = 0;
constexpr std::uint8_t kPairs = 1;
constexpr std::uint8_t kScores = 2;

std::string encode(const PairHistory& value) {
  Encoder out;
  out.put_u8(kPairs);
  out.put_u64(value.layout);
  out.put_text(value.tally);
  Encoder performance;
  value.performance.save(performance);
  out.put_text(performance.bytes());
  return out.take();
}

// Precondition: the kind's byte has been read.
std::optional<PairHistory> decode_pairs(Decoder& in) {
  PairHistory value;
  value.layout = in.get_u64();
  value.tally = std::string(in.get_text());
  Decoder performance(in.get_text());
  auto tally = detectors::PairTally::load(performance);
  if (!in.ok() || !tally.ok()) return std::nullopt;
  value.performance = std::move(*tally);
  return value;
}

std::string add_rows_values(std::string_view existing, std::string_view added) {
  Decoder a(existing);
  Decoder b(added);
  a.get_u8();
  b.get_u8();
  const std::uint64_t layout = b.get_u64();
  if (a.get_u64() != layout || !a.ok()) return std::string(added);
  Encoder out;
  out.put_u8(kRows);
  out.put_u64(layout);
  out.put_text(detectors::add_encoded_tallies(a.get_text(), b.get_text()));
  return out.take();
}

std::string add_pairs_values(std::string_view existing, std::string_view added) {
  Decoder a(existing.substr(1));
  Decoder b(added.substr(1));
  auto sum = decode_pairs(a);
  auto more = decode_pairs(b);
  if (!more) return std::string(existing);
  if (!sum) return std::string(added);
  if (sum->performance.fits(more->performance))
    sum->performance.merge(more->performance);
  else
    sum->performance = more->performance;
  if (more->layout != 0) {
    sum->tally =
        sum->layout == more->layout ? detectors::add_encoded_tallies(sum->tally, more->tally) : more->tally;
    sum->layout = more->layout;
  }
  return encode(*sum);
}

std::string encode(std::uint64_t layout, const detectors::EstimateTally& scores) {
  Encoder out, tally;
  scores.save(tally);
  out.put_u8(kScores);
  out.put_u64(layout);
  out.put_text(tally.bytes());
  return out.take();
}

// Precondition: the kind's byte and the layout have been read.
std::optional<detectors::EstimateTally> decode_scores(Decoder& in) {
  Decoder bytes(in.get_text());
  auto tally = detectors::EstimateTally::load(bytes);
  if (!in.ok() || !tally.ok()) return std::nullopt;
  return *std::move(tally);
}

std::string add_scores_values(std::string_view existing, std::string_view added) {
  Decoder a(existing.substr(1));
  Decoder b(added.substr(1));
  const std::uint64_t layout = b.get_u64();
  const bool fits = a.get_u64() == layout;
  const auto more = decode_scores(b);
  if (!more) return std::string(existing);
  auto sum = fits ? decode_scores(a) : std::nullopt;
  if (!sum) return std::string(added);
  sum->merge(*more);
  return encode(layout, *sum);
}

}  // namespace

std::string add_history(std::string_view existing, std::string_view added) {
  if (existing.empty() || added.empty() || existing[0] != added[0])
    return std::string(added.empty() ? existing : added);
  switch (static_cast<std::uint8_t>(added[0])) {
    case kRows:
      return add_rows_values(existing, added);
    case kScores:
      return add_scores_values(existing, added);
    default:
      return add_pairs_values(existing, added);
  }
}

Status check_history(std::string_view value) {
  Decoder in(value);
  const std::uint8_t kind = in.get_u8();
  bool whole = false;
  if (kind == kRows) {
    in.get_u64();
    whole = detectors::SparseTally::decode(in.get_text()).ok();
  } else if (kind == kPairs) {
    whole = decode_pairs(in).has_value();
  } else if (kind == kScores) {
    in.get_u64();
    whole = decode_scores(in).has_value();
  }
  if (whole && in.ok() && in.at_end()) return success();
  return Error{ErrorCode::corrupt, "the counts of a slot do not end where they should"};
}

void HistoryWriter::add(const storage::HistoryKey& key, std::string value) {
  const auto [known, fresh] = gathered_.try_emplace(storage::to_bytes(key), std::move(value));
  if (!fresh) known->second = add_history(known->second, value);
}

void HistoryWriter::add_rows(std::uint32_t series, std::uint32_t segment, std::int64_t slot, const Plan& plan,
                             const detectors::Tally& tally) {
  Encoder out;
  out.put_u8(kRows);
  out.put_u64(plan.layout_id);
  out.put_text(tally.encode());
  add({series, storage::HistoryKind::prediction, segment, slot}, out.take());
}

void HistoryWriter::add_pairs(std::uint32_t series, std::uint32_t segment, std::int64_t slot,
                              const Plan* plan, const detectors::Tally* tally,
                              const detectors::PairTally& performance, int sign) {
  PairHistory value;
  if (plan != nullptr && tally != nullptr) {
    value.layout = plan->layout_id;
    detectors::Tally counted(plan->layout);
    if (sign > 0)
      counted.merge(*tally);
    else
      counted.subtract(*tally);
    value.tally = counted.encode();
  }
  if (sign > 0)
    value.performance.merge(performance);
  else
    value.performance.subtract(performance);
  add({series, storage::HistoryKind::pair, segment, slot}, encode(value));
}

void HistoryWriter::add_scores(std::uint32_t series, std::uint32_t segment, std::int64_t slot,
                               const Plan& plan, const detectors::EstimateTally& scores) {
  if (!scores.empty())
    add({series, storage::HistoryKind::score, segment, slot}, encode(plan.score_layout_id, scores));
}

void HistoryWriter::put(storage::WriteBatch& batch) const {
  for (const auto& [key, value] : gathered_) batch.add_counts(key, value);
}

void HistoryWriter::forget(std::uint32_t series) {
  std::erase_if(gathered_, [&](const auto& entry) {
    const auto key = storage::parse_history_key(entry.first);
    return key && key->series == series;
  });
}

Status HistoryWriter::for_each(
    const storage::Store& store, storage::HistoryKey key, std::int64_t end,
    const std::function<void(std::int64_t slot, std::string_view value)>& visit) const {
  std::map<std::int64_t, std::string> values;
  const Status read = storage::for_each_slot(store, key, end, [&](std::int64_t slot, std::string_view value) {
    values.emplace(slot, value);
    return true;
  });
  if (!read.ok()) return read;
  const std::string first = storage::to_bytes(key);
  key.slot = end;
  const std::string last = storage::to_bytes(key);
  for (auto it = gathered_.lower_bound(first); it != gathered_.end() && it->first < last; ++it) {
    const auto parsed = storage::parse_history_key(it->first);
    if (!parsed) continue;
    const auto [known, fresh] = values.try_emplace(parsed->slot, it->second);
    if (!fresh) known->second = add_history(known->second, it->second);
  }
  for (const auto& [slot, value] : values) visit(slot, value);
  return success();
}

Status HistoryWriter::for_each_rows(const storage::Store& store, std::uint32_t series, std::uint32_t segment,
                                    std::int64_t first, std::int64_t end, const Plan& plan,
                                    const std::function<void(std::int64_t, std::string_view)>& visit) const {
  return for_each(store, {series, storage::HistoryKind::prediction, segment, first}, end,
                  [&](std::int64_t slot, std::string_view value) {
                    Decoder in(value);
                    if (in.get_u8() == kRows && in.get_u64() == plan.layout_id) visit(slot, in.get_text());
                  });
}

Status HistoryWriter::for_each_pairs(
    const storage::Store& store, std::uint32_t series, std::uint32_t segment, std::int64_t first,
    std::int64_t end, const std::function<void(std::int64_t, const PairHistory&)>& visit) const {
  return for_each(store, {series, storage::HistoryKind::pair, segment, first}, end,
                  [&](std::int64_t slot, std::string_view value) {
                    Decoder in(value);
                    if (in.get_u8() != kPairs) return;
                    if (const auto pairs = decode_pairs(in)) visit(slot, *pairs);
                  });
}

Status HistoryWriter::for_each_scores(
    const storage::Store& store, std::uint32_t series, std::uint32_t segment, std::int64_t first,
    std::int64_t end, const Plan& plan,
    const std::function<void(std::int64_t, const detectors::EstimateTally&)>& visit) const {
  return for_each(store, {series, storage::HistoryKind::score, segment, first}, end,
                  [&](std::int64_t slot, std::string_view value) {
                    Decoder in(value);
                    if (in.get_u8() != kScores || in.get_u64() != plan.score_layout_id) return;
                    if (const auto scores = decode_scores(in)) visit(slot, *scores);
                  });
}

}  // namespace driftd::app
