// The join of predictions and feedback, and the judgement of copies (DESIGN 7.3-7.5): one id shard.
//
// The pipeline deals records to shards by shard_of(model, id). A shard is told of predictions and
// feedback one by one and answers with *changes*: which rows no longer count (or count again), which
// pairs come and go, and counters. The answer is a function of what is there, not of the order in
// which it came, as long as no event is behind its partition's watermark: of copies the smallest
// counts from the first one on, of verdicts the smallest (time, hash) is evidence and the largest
// history, and whatever was said before and is no longer true is taken back in the same call.
// Taking back is possible while the slot is open; what is closed stays.
//
// To the letter, where the design leaves a choice:
// - Copies: predictions of one (model, version, variant, id) are put in order of (time, content hash);
//   the first counts, all within `dedupe` after it are its copies, the next one counts, and so on. A
//   row whose slot has closed (slot end <= prediction clock) or whose evidence has stays as it is.
// - To a record everything has closed that its own partition's watermark had passed when it came: the clocks
//   move between rounds, and what a partition says may not depend on how its records fall into these.
// - A prediction and a feedback of its id can meet if each lies before the other's expiry (time +
//   label horizon). Where (version, variant, id) was used more than once, feedback belongs to the latest
//   use that is not after it, else to the earliest one after it.
// - Evidence is the verdict with the smallest (time, hash) that is there before its evidence slot
//   closes (slot end <= feedback clock). No other verdict becomes evidence afterwards.
// - Feedback is "equal", and counted as a duplicate, if a verdict of the same content and the same
//   named version lies less than a label horizon before it; equal in time too, it is not even kept.
// - Pending are predictions that wait and were never joined. matched + expired + evicted + pending is
//   the number of predictions with an id. Joined ones stay for corrections until they expire.
//
// Memory: about 200 bytes a prediction of 25 columns. Per copy and verdict of one id there is a bound
// (kMostCopies, kMostUses, kMostVerdicts), so that an id that never changes cannot stop the stream; a limit
// that bites is exempt from the promise of order. Threads: a shard belongs to one thread at a time. No clock,
// no I/O, no randomness.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/pair.h"
#include "core/result.h"
#include "core/time.h"

namespace driftd::collector {

inline constexpr std::size_t kShards = 64;
inline constexpr std::size_t kMostCopies = 64;    // differing copies kept of one (model, id)
inline constexpr std::size_t kMostUses = 64;      // predictions that count kept of one (model, id)
inline constexpr std::size_t kMostVerdicts = 64;  // feedback kept of one (model, id)

// Which shard owns (model, id). Stable: shards persist what they hold. `model` is the registry's number.
std::size_t shard_of(std::uint32_t model, std::string_view id);

// What stands still while a batch is joined.
struct JoinContext {
  Time prediction_clock = kNoTime;
  Time feedback_clock = kNoTime;
  Duration slot = kMinute;
  Duration dedupe = kHour;
  Duration label_horizon = 30 * kDay;        // of models without an entry in `label_horizons`
  std::span<const Duration> label_horizons;  // by model number

  [[nodiscard]] Duration horizon(std::uint32_t model) const {
    return model < label_horizons.size() ? label_horizons[model] : label_horizon;
  }
  [[nodiscard]] bool row_slot_closed(Time time) const {
    return slot_end(slot_of(time, slot), slot) <= prediction_clock;
  }
  [[nodiscard]] bool pair_slot_closed(Time time) const {
    return slot_end(slot_of(time, slot), slot) <= feedback_clock;
  }
};

// A prediction with an id. Views need to live for the call only.
struct JoinPrediction {
  std::uint32_t series = 0;  // (model, version)
  std::uint32_t model = 0;
  std::string_view id;  // not empty
  std::string_view variant;
  Time time = 0;
  std::uint64_t content_hash = 0;
  Time partition_watermark = kNoTime;    // of its own partition, when it arrived
  bool late = false;                     // handed back in Row: its row gave no evidence
  const Predicted* predicted = nullptr;  // not null
  std::span<const std::uint32_t> segments;
  std::string_view cells;  // cells, then places; empty while the reference is being learnt
};

struct JoinFeedback {
  std::uint32_t model = 0;
  std::optional<std::uint32_t> series;  // the version it names, if any
  std::string_view id;                  // not empty
  Time time = 0;
  Time partition_watermark = kNoTime;  // of its own partition, when it arrived
  std::uint64_t content_hash = 0;
  Verdict verdict;
};

enum class Standing : std::uint8_t {
  counts,
  duplicate,
};

// A counted row whose standing changed: enough to find its tallies (or the learner's row).
struct Row {
  std::uint32_t series = 0;
  std::int64_t slot = 0;
  Time time = 0;
  std::uint64_t content_hash = 0;
  bool late = false;
  std::string id;
  std::string variant;
  std::vector<std::uint32_t> segments;
  std::string cells;
  Predicted predicted;
  bool operator==(const Row&) const = default;
};

struct PairChange {
  int sign = 1;           // +1 add, -1 take away what was added before (the very same pair)
  bool evidence = false;  // in its evidence slot, which is open
  bool history = false;   // in the prediction's slot
  Pair pair;
};

// One more (or one less) observation of driftd_feedback_delay_seconds: of the earliest verdict.
struct DelayChange {
  int sign = 1;
  std::uint32_t series = 0;
  Duration delay = 0;  // never negative
};

// What happened since clear(). Counts are changes: they may be negative in one call, never in sum.
struct ShardOutput {
  struct SeriesCounts {
    std::int64_t predictions = 0;  // accepted and no duplicate
    std::int64_t matched = 0;
    std::int64_t expired = 0;  // predictions never joined
  };
  struct ModelCounts {
    std::int64_t duplicates = 0;  // predictions and feedback
    std::int64_t unmatched = 0;   // feedback that expired without its prediction
    std::int64_t evicted = 0;     // never-joined predictions and unmatched feedback beyond max_waiting
  };

  std::vector<Row> replaced;  // count no more: to be subtracted; their slots are open
  std::vector<Row> restored;  // had been replaced, count again: to be added
  std::vector<PairChange> pairs;
  std::vector<DelayChange> delays;
  std::map<std::uint32_t, SeriesCounts> series;
  std::map<std::uint32_t, ModelCounts> models;

  void clear();
  [[nodiscard]] bool empty() const;
};

class IdShard {
 public:
  IdShard();
  IdShard(IdShard&&) noexcept;
  IdShard& operator=(IdShard&&) noexcept;
  ~IdShard();

  // `counts`: the row counts from now on, and the caller tallies it. Changes of other rows, and the pairs
  // with feedback that was already there, are in `out`.
  Standing predict(const JoinPrediction& prediction, const JoinContext& round, ShardOutput& out);
  void feedback(const JoinFeedback& feedback, const JoinContext& round, ShardOutput& out);

  // Lets go what the clocks of `context` have passed. Once a round. With both clocks at kEndOfTime
  // everything goes (DESIGN 7.14).
  void expire(const JoinContext& context, ShardOutput& out);

  // A learnt reference was fixed: gives a counted row its cells. Its pairs are taken back without and
  // made anew with them. False: no such row waits (any more).
  struct RowName {
    std::uint32_t series = 0;
    std::uint32_t model = 0;
    std::string_view id;
    std::string_view variant;
    Time time = 0;
  };
  bool set_cells(const RowName& row, std::string_view cells, const JoinContext& context, ShardOutput& out);

  [[nodiscard]] std::size_t held() const;  // records in memory: predictions, copies and feedback
  [[nodiscard]] std::size_t pending(std::uint32_t model) const;        // driftd_join_pending
  [[nodiscard]] std::map<std::uint32_t, std::size_t> pending() const;  // models with any
  [[nodiscard]] std::size_t memory() const;                            // bytes, about
  [[nodiscard]] std::size_t bytes() const;                             // of the records alone

  // The time of the oldest record held, and its removal; with it go copies that only it kept silent.
  [[nodiscard]] std::optional<Time> oldest() const;
  void evict_oldest(const JoinContext& context, ShardOutput& out);

  void forget_model(std::uint32_t model);  // DELETE /api/v1/models/{model}

  // Every key that changed since the last call, each once: its bytes, or none where it is gone. Keys are
  // unique within the shard and the same in every run. What a call told is not told again.
  void for_each_dirty(
      const std::function<void(std::string_view key, std::optional<std::string_view> value)>& tell);
  // Puts back what for_each_dirty told. Hostile bytes: `corrupt`, and the shard is unchanged.
  Status restore(std::string_view key, std::string_view value);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// What all shards together may hold: join.max_waiting and join.max_memory.
struct JoinBounds {
  std::size_t records = std::numeric_limits<std::size_t>::max();
  std::size_t bytes = std::numeric_limits<std::size_t>::max();
};
enum class JoinBound : std::uint8_t { none, records, bytes };

// Drops the oldest records over all shards until at most that is held; which bound asked for it. The changes
// of shard i go to outputs[i].
JoinBound hold_within(std::span<IdShard> shards, const JoinBounds& most, const JoinContext& context,
                      std::span<ShardOutput> outputs);

}  // namespace driftd::collector
