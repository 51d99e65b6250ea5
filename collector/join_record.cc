#include "collector/join_record.h"

#include <algorithm>
#include <limits>

namespace driftd::collector::join {

namespace {

constexpr std::uint32_t kNewest = std::numeric_limits<std::uint32_t>::max();

// What of a prediction is there: one byte of flags, a second one of what was predicted.
constexpr int kLate = 1;
constexpr int kCounts = 2;
constexpr int kExpired = 4;
constexpr int kJoined = 8;
constexpr int kHasNewest = 16;
constexpr int kHasEarliest = 32;
constexpr int kEvidenceGiven = 64;

constexpr int kLabel = 1;
constexpr int kValue = 2;
constexpr int kScore = 4;
constexpr int kScores = 8;

void put_fixed(std::uint64_t value, Encoder& out) {
  char bytes[8];
  for (char& byte : bytes) {
    byte = static_cast<char>(value);
    value >>= 8;
  }
  out.put_raw({bytes, sizeof(bytes)});
}

std::uint64_t get_fixed(Decoder& in) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 8) value |= static_cast<std::uint64_t>(in.get_u8()) << shift;
  return value;
}

std::uint32_t get_u32(Decoder& in) {
  const std::uint64_t value = in.get_u64();
  if (value > kNewest) in.fail();
  return static_cast<std::uint32_t>(value);
}

Time get_time(Decoder& in) { return in.get_within(kEarliestTime, kLatestTime); }

void put_rank(const Rank& rank, Encoder& out) {
  out.put_i64(rank.time);
  put_fixed(rank.content_hash, out);
}

Rank get_rank(Decoder& in) {
  Rank rank;
  rank.time = get_time(in);
  rank.content_hash = get_fixed(in);
  return rank;
}

void put_name(const VerdictName& name, Encoder& out) {
  put_rank(name.rank, out);
  out.put_u64(name.series ? std::uint64_t{*name.series} + 1 : 0);
}

VerdictName get_name(Decoder& in) {
  VerdictName name{.rank = get_rank(in), .series = std::nullopt};
  const std::uint64_t series = in.get_u64();
  if (series > std::uint64_t{kNewest} + 1) in.fail();
  if (series > 0) name.series = static_cast<std::uint32_t>(series - 1);
  return name;
}

void put_predicted(const Predicted& predicted, Encoder& out) {
  out.put_u8(static_cast<std::uint8_t>((predicted.label ? kLabel : 0) | (predicted.value ? kValue : 0) |
                                       (predicted.score ? kScore : 0) |
                                       (predicted.scores.empty() ? 0 : kScores)));
  if (predicted.label) out.put_text(*predicted.label);
  if (predicted.value) out.put_double(*predicted.value);
  if (predicted.score) out.put_double(*predicted.score);
  if (predicted.scores.empty()) return;
  out.put_u64(predicted.scores.size());
  for (const auto& [label, score] : predicted.scores) {
    out.put_text(label);
    out.put_double(score);
  }
}

Predicted get_predicted(Decoder& in) {
  Predicted predicted;
  const std::uint8_t said = in.get_u8();
  if (said > (kLabel | kValue | kScore | kScores)) in.fail();
  if (said & kLabel) predicted.label = in.get_text();
  if (said & kValue) predicted.value = in.get_double();
  if (said & kScore) predicted.score = in.get_double();
  if (!(said & kScores)) return predicted;
  const std::size_t count = in.get_count(9);
  if (count == 0) in.fail();
  predicted.scores.reserve(count);
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    std::string label(in.get_text());
    predicted.scores.emplace_back(std::move(label), in.get_double());
  }
  return predicted;
}

// Everything of a prediction that never changes while it waits, and its flags.
struct Plain {
  std::uint32_t series;
  std::uint8_t flags;
  std::string_view variant;
  Rank rank;
  const Predicted& predicted;
  std::span<const std::uint32_t> segments;
  std::string_view cells;
};

void put_plain(const Plain& plain, Encoder& out) {
  out.put_u64(plain.series);
  out.put_u8(plain.flags);
  out.put_text(plain.variant);
  put_rank(plain.rank, out);
  put_predicted(plain.predicted, out);
  out.put_u64(plain.segments.size());
  for (const std::uint32_t segment : plain.segments) out.put_u64(segment);
  out.put_text(plain.cells);
}

void put_prediction(const WaitingPrediction& p, Encoder& out) {
  const int flags = (p.late ? kLate : 0) | (p.counts ? kCounts : 0) | (p.expired ? kExpired : 0) |
                    (p.joined ? kJoined : 0) | (p.newest ? kHasNewest : 0) | (p.earliest ? kHasEarliest : 0) |
                    (p.evidence_given ? kEvidenceGiven : 0);
  put_plain({p.series, static_cast<std::uint8_t>(flags), p.variant, p.rank, p.predicted, p.segments, p.cells},
            out);
  if (p.newest) put_name(*p.newest, out);
  if (!p.earliest) return;
  put_name(*p.earliest, out);
  out.put_i64(p.evidence_time);
}

WaitingPrediction get_prediction(Decoder& in) {
  WaitingPrediction p;
  p.series = get_u32(in);
  const std::uint8_t flags = in.get_u8();
  if (flags >= 2 * kEvidenceGiven) in.fail();
  p.late = flags & kLate;
  p.counts = flags & kCounts;
  p.expired = flags & kExpired;
  p.joined = flags & kJoined;
  p.evidence_given = flags & kEvidenceGiven;
  p.variant = in.get_text();
  p.rank = get_rank(in);
  p.predicted = get_predicted(in);
  for (std::size_t left = in.get_count(); left > 0 && in.ok(); --left) p.segments.push_back(get_u32(in));
  p.cells = in.get_text();
  if (flags & kHasNewest) p.newest = get_name(in);
  if (flags & kHasEarliest) {
    p.earliest = get_name(in);
    p.evidence_time = get_time(in);
  }
  return p;
}

void put_verdict(const WaitingVerdict& v, Encoder& out) {
  put_name(v.name, out);
  out.put_i64(v.floor - v.name.rank.time);
  out.put_u8(static_cast<std::uint8_t>((v.verdict.label ? 1 : 0) | (v.verdict.value ? 2 : 0) |
                                       (v.was_joined ? 4 : 0)));
  if (v.verdict.label) out.put_text(*v.verdict.label);
  if (v.verdict.value) out.put_double(*v.verdict.value);
}

WaitingVerdict get_verdict(Decoder& in) {
  WaitingVerdict v;
  v.name = get_name(in);
  const std::int64_t ahead = in.get_within(0, kLatestTime - kEarliestTime);
  v.floor = in.ok() ? v.name.rank.time + ahead : 0;
  const std::uint8_t flags = in.get_u8();
  if (flags > 7) in.fail();
  if (flags & 1) v.verdict.label = in.get_text();
  if (flags & 2) v.verdict.value = in.get_double();
  v.was_joined = flags & 4;
  return v;
}

bool before(const WaitingPrediction& a, const WaitingPrediction& b) {
  return std::tie(a.series, a.variant, a.rank) < std::tie(b.series, b.variant, b.rank);
}

// In strict order, and every verdict that a prediction has taken up and may give back is there.
bool consistent(const Waiting& waiting) {
  const auto& predictions = waiting.predictions;
  const auto& verdicts = waiting.verdicts;
  for (std::size_t i = 1; i < predictions.size(); ++i) {
    if (!before(predictions[i - 1], predictions[i])) return false;
  }
  for (std::size_t i = 1; i < verdicts.size(); ++i) {
    if (!(verdicts[i - 1].name < verdicts[i].name)) return false;
  }
  return !waiting.empty();
}

}  // namespace

std::size_t Waiting::pending() const {
  return static_cast<std::size_t>(
      std::count_if(predictions.begin(), predictions.end(),
                    [](const WaitingPrediction& p) { return p.counts && !p.joined && !p.expired; }));
}

const WaitingVerdict* Waiting::find(const VerdictName& name) const {
  const auto at = std::lower_bound(verdicts.begin(), verdicts.end(), name,
                                   [](const WaitingVerdict& v, const VerdictName& n) { return v.name < n; });
  return at != verdicts.end() && at->name == name ? &*at : nullptr;
}

std::string encode_key(std::uint32_t model, std::string_view id) {
  Encoder out;
  out.put_u64(model);
  out.put_raw(id);
  return out.take();
}

Result<Key> decode_key(std::string_view key) {
  Decoder in(key);
  Key decoded;
  decoded.model = get_u32(in);
  decoded.id = in.rest();
  if (!in.ok() || decoded.id.empty()) return Error{ErrorCode::corrupt, "a key of the join is cut short"};
  return decoded;
}

void encode_body(const Waiting& waiting, Encoder& out) {
  out.put_u64(waiting.predictions.size());
  for (const WaitingPrediction& prediction : waiting.predictions) put_prediction(prediction, out);
  for (const WaitingVerdict& verdict : waiting.verdicts) put_verdict(verdict, out);
}

void encode_first(const JoinPrediction& p, Encoder& out) {
  out.put_u64(1);
  put_plain({p.series,
             static_cast<std::uint8_t>(kCounts | (p.late ? kLate : 0)),
             p.variant,
             {p.time, p.content_hash},
             *p.predicted,
             p.segments,
             p.cells},
            out);
}

Result<Waiting> decode(std::string_view key, std::string_view body) {
  const auto named = decode_key(key);
  if (!named) return named.error();
  Waiting waiting{.model = named->model, .id = std::string(named->id), .predictions = {}, .verdicts = {}};
  Decoder in(body);
  const std::size_t count = in.get_count(14);
  waiting.predictions.reserve(count);
  for (std::size_t i = 0; i < count && in.ok(); ++i) waiting.predictions.push_back(get_prediction(in));
  while (in.ok() && !in.at_end()) waiting.verdicts.push_back(get_verdict(in));
  if (!in.ok() || !consistent(waiting)) {
    return Error{ErrorCode::corrupt, "what waits in the join for id " + waiting.id + " contradicts itself"};
  }
  return waiting;
}

}  // namespace driftd::collector::join
