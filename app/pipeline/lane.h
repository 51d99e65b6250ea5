// A lane: the owner of one input partition (DESIGN 1).
//
// take() decodes a batch and bins its predictions; the id shards then say which of those with an id
// count; count() folds what counts into the lane's open slots. A lane shares nothing but the registry
// (which guards itself) and its own entry of the clocks, so lanes run side by side.
//
// Between two rounds the engine reads what a lane has left: rejections, counters, model events, open
// slots that the clocks passed, and corrections of slots that are closed already.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/pipeline/counters.h"
#include "app/pipeline/open_slot.h"
#include "app/pipeline/registry.h"
#include "app/pipeline/row_binning.h"
#include "app/pipeline/text_arena.h"
#include "collector/clock.h"
#include "collector/decoder.h"
#include "collector/join.h"
#include "collector/record.h"
#include "collector/source.h"

namespace driftd::app {

// What lanes take from the configuration; changes with a reload.
struct LaneSettings {
  Duration slot = kMinute;
  std::size_t max_columns = 2000;
  collector::DecoderOptions decoder;
};

class Lane {
 public:
  Lane(std::uint32_t partition, collector::PartitionInfo info, const LaneSettings& settings);

  // A prediction of this round, decoded and binned.
  struct TakenRow {
    Version* version = nullptr;
    VersionCounters* counters = nullptr;  // the lane's of that version
    const Plan* plan = nullptr;           // null: kept whole, the reference is being learnt
    Time time = 0;
    Time watermark = kNoTime;  // of the partition, when it came
    bool late = false;
    bool counts = true;
    std::uint64_t hash = 0;
    std::string_view id;
    std::string_view variant;
    std::size_t cells = 0;  // into cells_: as many cells as the plan has columns, then as many places
    std::size_t predicted = 0;
    std::size_t segments = 0, segments_end = 0;  // into segments_
    std::size_t notes = 0, notes_end = 0;        // into notes_
    std::size_t values = 0, values_end = 0;      // into values_
    std::size_t scores = 0, scores_end = 0;      // into scores_
    std::size_t raw = 0;                         // into raw_, where plan is null
  };
  struct Dealt {
    bool feedback = false;
    std::uint32_t index = 0;  // into rows or feedback
  };
  struct Rejected {
    const collector::Record* record = nullptr;
    Rejection reason = Rejection::undecodable;
    std::string message;
    std::string model;  // of too_many_models and too_many_columns
  };
  struct HeardModelEvent {
    std::string model, version, metadata;
    Time time = 0;
    Lifecycle event = Lifecycle::registered;
    friend auto operator<=>(const HeardModelEvent&, const HeardModelEvent&) = default;
  };

  // Phase A.
  void take(const collector::PartitionBatch& batch, Registry& registry, collector::Clocks& clocks);
  // Phase B, for each shard: what was dealt to it, in the order of arrival.
  [[nodiscard]] const std::vector<Dealt>& dealt(std::size_t shard) const { return dealt_[shard]; }
  collector::Standing join_row(std::uint32_t index, collector::IdShard& shard,
                               const collector::JoinContext& context, collector::ShardOutput& out);
  void join_feedback(std::uint32_t index, collector::IdShard& shard, const collector::JoinContext& context,
                     collector::ShardOutput& out) const;
  // Phase A2.
  void count();

  void set(const LaneSettings& settings);
  [[nodiscard]] const collector::PartitionInfo& info() const { return info_; }
  [[nodiscard]] std::uint32_t partition() const { return partition_; }

  // For the engine, between two rounds. It clears what it takes.
  std::map<SlotKey, OpenSlot> open;
  std::map<SlotKey, OpenSlot> corrections;  // late rows
  std::vector<Rejected> rejected;
  std::vector<HeardModelEvent> model_events;
  std::uint64_t shortened = 0;  // texts beyond limits.max_text
  bool kept_whole = false;      // some row, for its version learns its reference
  TopicCounters counters;
  std::map<Model*, ModelCounters> model_counters;
  std::map<Version*, VersionCounters> version_counters;

 private:
  void take_event(const PredictionEvent& event, const collector::Record& record, Registry& registry,
                  collector::Clocks& clocks);
  void take_event(const FeedbackEvent& event, const collector::Record& record, Registry& registry,
                  collector::Clocks& clocks);
  void take_event(const ModelEvent& event, const collector::Record& record, Registry& registry,
                  collector::Clocks& clocks);
  // nullptr: rejected, or counted and to be ignored.
  Model* admit(EventKind kind, std::string_view model, const collector::Record& record, Registry& registry);
  // nullptr: rejected, for the model has too many versions.
  Version* version_of(Model& model, std::string_view version, const collector::Record& record,
                      Registry& registry);
  void reject_version(const Model& model, std::string_view version, const collector::Record& record);
  // False: rejected, for the columns of what is being learnt are too many with this event's.
  bool fits(const PredictionEvent& event, const collector::Record& record, Version& version);
  void count_event(EventKind kind) { ++counters.events[static_cast<std::size_t>(kind)]; }
  void reject(const collector::Record& record, Rejection reason, std::string message,
              std::string_view model = {});
  // Of an open slot, of what its events say besides their row.
  detectors::Traffic& traffic_of(const Version& version, Time time);
  void bin(const PredictionEvent& event, const Predicted& predicted, TakenRow& row);
  void keep_raw(const PredictionEvent& event, const Predicted& predicted, TakenRow& row);
  void count_row(const TakenRow& row);
  void derive_later(OpenSlot& slot, const Plan& plan, const std::uint8_t* cells);
  void derive_now();

  struct TakenFeedback {
    std::uint32_t model = 0;
    std::optional<std::uint32_t> series;
    std::string_view id;
    Time time = 0;
    Time watermark = kNoTime;
    std::uint64_t hash = 0;
    Verdict verdict;
  };

  std::uint32_t partition_;
  collector::PartitionInfo info_;
  LaneSettings settings_;
  collector::EventDecoder decoder_;

  // Of this round alone.
  std::vector<TakenRow> rows_;
  std::vector<TakenFeedback> feedback_;
  std::array<std::vector<Dealt>, collector::kShards> dealt_;
  std::vector<Predicted> predicted_;
  std::vector<std::uint8_t> cells_;
  std::vector<std::uint32_t> segments_;
  std::vector<std::pair<std::uint32_t, std::string_view>> notes_;  // new categories
  std::vector<std::pair<std::uint32_t, double>> values_;
  std::vector<detectors::ScoreCode> scores_;
  std::vector<std::pair<std::vector<std::string>, detectors::RawRow>> raw_;  // names, row
  TextArena texts_;

  // Look-ups that mostly give what they gave last time.
  struct Recent {
    Model* model = nullptr;
    Version* version = nullptr;
    VersionCounters* counters = nullptr;  // the lane's of that version
    const Plan* plan = nullptr;
    detectors::BinnerHints hints;
    SlotKey key;
    OpenSlot* slot = nullptr;  // under `key`, of this round
  } recent_;
  BinnedRow binned_;
  // Counted rows of the whole model whose derived columns are not yet: all of one slot and plan.
  struct Underived {
    OpenSlot* slot = nullptr;
    const Plan* plan = nullptr;
    std::vector<const std::uint8_t*> rows;  // their cells
  } underived_;
  detectors::derived::DerivedRows derived_;
};

}  // namespace driftd::app
