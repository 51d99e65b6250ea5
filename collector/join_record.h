// What the join keeps of one (model, id): its predictions, their copies, and the feedback.
//
// A Waiting group is decoded from compact bytes when an event touches its id, changed, and encoded
// again; at rest only the bytes exist (collector/join_table.h), and they are what the store holds.
// Values; no threads, no clock.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/join.h"
#include "core/codec.h"

namespace driftd::collector::join {

// The order of copies and of verdicts (DESIGN 7.4, 7.5).
struct Rank {
  Time time = 0;
  std::uint64_t content_hash = 0;
  auto operator<=>(const Rank&) const = default;  // NOLINT(modernize-use-nullptr): a fault of the linter's
};

// Which verdict a prediction has taken up. A verdict is named by its rank and the version it named.
struct VerdictName {
  Rank rank;
  std::optional<std::uint32_t> series;
  auto operator<=>(const VerdictName&) const =
      default;  // NOLINT(modernize-use-nullptr): a fault of the linter's
};

struct WaitingVerdict {
  VerdictName name;
  Time floor = 0;  // the larger of its time and of its partition's watermark when it came
  Verdict verdict;
  bool was_joined = false;  // with a prediction that is gone
};

struct WaitingPrediction {
  std::uint32_t series = 0;
  std::string variant;
  Rank rank;
  bool late = false;
  bool counts = true;                   // else a copy that would count if the one before it went
  bool expired = false;                 // its label horizon is over: takes no verdict any more
  bool joined = false;                  // a verdict belongs to it
  std::optional<VerdictName> newest;    // what history has
  std::optional<VerdictName> earliest;  // what evidence has; while its slot is open a smaller one takes over
  Time evidence_time = 0;               // of `earliest`
  bool evidence_given = false;          // false: its evidence slot was closed already
  Predicted predicted;
  std::vector<std::uint32_t> segments;
  std::string cells;

  [[nodiscard]] bool same_key(std::uint32_t other_series, std::string_view other_variant) const {
    return series == other_series && variant == other_variant;
  }
};

struct Waiting {
  std::uint32_t model = 0;
  std::string id;
  std::vector<WaitingPrediction> predictions;  // by (series, variant, rank)
  std::vector<WaitingVerdict> verdicts;        // by name

  [[nodiscard]] bool empty() const { return predictions.empty() && verdicts.empty(); }
  [[nodiscard]] std::size_t records() const { return predictions.size() + verdicts.size(); }
  [[nodiscard]] std::size_t pending() const;  // predictions that count, not joined, not expired
  [[nodiscard]] const WaitingVerdict* find(const VerdictName& name) const;
};

// The key: model, then the id's bytes.
std::string encode_key(std::uint32_t model, std::string_view id);
void encode_body(const Waiting& waiting, Encoder& out);
// The body of one prediction that has met nothing: what almost every event makes, without a Waiting.
void encode_first(const JoinPrediction& prediction, Encoder& out);

// Both treat their input as hostile; `corrupt` where it contradicts itself.
struct Key {
  std::uint32_t model = 0;
  std::string_view id;  // a view into the bytes
};
Result<Key> decode_key(std::string_view key);
Result<Waiting> decode(std::string_view key, std::string_view body);

}  // namespace driftd::collector::join
