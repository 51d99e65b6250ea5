// The engine: one event's way from a batch of records to statistics, incidents and the store.
//
// It works in rounds (DESIGN 1; docs/decisions/0001-rounds.md). A round takes one batch and leaves a
// consistent cut behind it:
//
//   A   lanes, side by side by partition:  decode, bin, deal rows and feedback to the id shards
//   B   id shards, side by side:           copies and the join; which rows count, which pairs exist
//   A2  lanes, side by side:               count the rows that count into their open slots
//   C   the engine's thread:               clocks advance; slots that they passed are judged
//
// Nothing is shared between two lanes or two shards, so no phase needs a lock, and what comes out
// does not depend on the number of threads. HTTP, checkpoints and deliveries happen between rounds.
//
// Owned by one thread. Errors of the store end the program; bad input never does.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "app/config/config.h"
#include "app/log.h"
#include "app/pipeline/adopted_reference.h"
#include "app/pipeline/alert_desk.h"
#include "app/pipeline/digests.h"
#include "app/pipeline/history_writer.h"
#include "app/pipeline/judge.h"
#include "app/pipeline/lane.h"
#include "app/pipeline/limits.h"
#include "app/pipeline/reference_book.h"
#include "app/pipeline/registry.h"
#include "app/pipeline/workers.h"
#include "collector/clock.h"
#include "collector/dead_letters.h"
#include "collector/join.h"
#include "collector/source.h"
#include "storage/store.h"

namespace driftd::app {

struct EngineParts {
  const Config* config = nullptr;  // all of them outlive the engine
  storage::Store* store = nullptr;
  collector::Source* source = nullptr;
  collector::DeadLetterSink* dead_letters = nullptr;
  Logger log;
  bool replay = false;   // no wall time: no idleness, no max_ahead
  bool deliver = true;   // incidents go to the outbox
  std::string base_url;  // of the service, for links in alerts
  Time wall_now = 0;     // when it is opened; a replay has none
};

class Engine {
 public:
  // Loads the stored state and seeks the source to the stored offsets.
  static Result<std::unique_ptr<Engine>> open(EngineParts parts);

  // One round over `batch`. `wall_now` is wall time; a replay passes the same number always.
  Status round(const collector::Batch& batch, Time wall_now);
  // The wall clock was set by so much since the last round: what waits for it, or by it, is moved along.
  void clock_was_set(Duration by);
  // The end of all input (DESIGN 7.14): what is still open closes, what waits expires.
  Status finish();

  // One atomic write of all that changed since the last one; what a failed one held is in the next.
  // Precondition: no dead letter is pending.
  Status checkpoint();
  [[nodiscard]] std::size_t unwritten_bytes() const { return unwritten_.bytes(); }
  // Deliveries wait for the checkpoint that holds them.
  [[nodiscard]] bool has_unsaved_deliveries() const { return state_.desk.unsaved; }
  // The next record of every partition.
  [[nodiscard]] std::vector<collector::PartitionOffset> offsets() const;
  // What is shown over `window` ends at the newest closed slot. To be called before it is read.
  void advance_windows();

  // For a reload: takes effect from the next round on. `config` must outlive the engine. Where a reference
  // that it names cannot be read, that is the answer, and nothing has changed.
  Status reconfigure(const Config& config, Time wall_now);
  Status forget_model(std::string_view model);
  // Puts a reference in force for a version of this engine, from the next round on, and stores that. What was
  // judged against the one before it is over, as it is where a reload names another file.
  Status adopt(Version& version, const AdoptedReference& reference);

  // What the pages of HTTP and the report read. Between rounds only.
  struct State {
    State(const EngineParts& parts, ReferenceShelf shelf);

    const Config* config;
    collector::Clocks clocks;
    Registry registry;
    ReferenceBook references;
    AlertDesk desk;
    HistoryWriter history;
    Digests digests;
    std::array<collector::IdShard, collector::kShards> shards;
    std::map<std::string, TopicCounters> topics;
    LimitLog limits;
  };
  [[nodiscard]] State& state() { return state_; }
  [[nodiscard]] const collector::Source& source() const { return *parts_.source; }
  [[nodiscard]] const collector::DeadLetterSink& dead_letters() const { return *parts_.dead_letters; }
  [[nodiscard]] storage::Store& store() { return *parts_.store; }
  [[nodiscard]] const std::string& base_url() const { return parts_.base_url; }

 private:
  Engine(EngineParts parts, ReferenceShelf shelf);
  Status load();
  Status check_slot_length();
  Status load_versions();
  Status load_version_state(Version& version);
  void supersede(Version& version, const std::shared_ptr<const Plan>& file,
                 const std::shared_ptr<const Plan>& pair_file,
                 ReferenceOrigin origin = ReferenceOrigin::file);
  void exchange(Version& version, const std::shared_ptr<const Plan>& plan, const KnownCategories& known);
  void choose(const Version& version, const AdoptedReference& reference);
  void settle_superseded();
  void empty_open_slots(const Version& version);
  void renew_plan(Version& version);
  Status load_blocks(std::uint32_t series, const char* part, std::optional<detectors::Learner>& learner);
  void put_blocks(std::uint32_t series, const char* part, std::optional<detectors::Learner>& learner,
                  bool& outdated);
  Status load_joins();
  Status load_alerts();
  Status load_open_slots();
  Status load_positions();
  Status load_digests();
  Status load_model_numbers();
  void put_versions();
  void put_model_numbers();
  void put_joins();
  void put_alerts();
  void put_digests();
  void put_open_slots();
  void put_positions();
  void forget_history();
  void meet_partitions(Time wall_now);
  void take_records(const collector::Batch& batch);
  void join_records();
  [[nodiscard]] bool is_too_long(const collector::Record& record) const;
  void send_dead_letters(const collector::Batch& batch);
  void gather(const collector::Batch& batch, Time wall_now);
  void apply_joins(Limit evicted_by = Limit::waiting);
  void advance_clocks(const collector::Batch& batch, Time wall_now);
  [[nodiscard]] std::size_t unbinned_values() const;
  void watch_unbinned();
  void close_slots();
  void hand_over(Time clock);
  void prune_incidents(Time clock);
  void gather_open_slots(const Version& version);
  void tell_cells(const Version& version, const detectors::RawRow& row, std::string_view cells);
  [[nodiscard]] collector::JoinContext join_context() const;

  EngineParts parts_;
  State state_;
  Workers workers_;
  Judge judge_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // by partition
  std::array<collector::ShardOutput, collector::kShards> outputs_;
  std::vector<Duration> horizons_;
  std::map<std::uint32_t, std::int64_t> offsets_;     // next record, by partition
  std::set<std::string, std::less<>> letters_about_;  // models of which a letter about a limit was sent
  Time next_forgetting_ = kNoTime;
  Time pruned_ = kNoTime;
  std::size_t numbered_ = 0;  // models whose numbers are stored
  std::map<std::uint32_t, std::shared_ptr<const detectors::TallyLayout>>
      outdated_;                             // in the store, by series
  std::map<std::uint32_t, bool> overtaken_;  // series whose reference is another; true: that of pairs too
  storage::WriteBatch unwritten_;            // changes of state that no checkpoint holds yet
};

// What the clocks and the lanes take from the configuration.
collector::ClockOptions clock_options(const Config& config);
LaneSettings lane_settings(const Config& config, bool replay);

}  // namespace driftd::app
