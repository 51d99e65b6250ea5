// Event time: the watermarks of the partitions and the two clocks (DESIGN 7.2).
//
// Each partition has a watermark: the largest event time seen in it, less `lateness`. The prediction
// clock is the smallest watermark of the active partitions of predictions and models, else the largest
// of theirs; the feedback clock the smallest of the active feedback partitions' and, while a
// partition of the first kind is active, of the prediction clock; if none is active, the largest of all.
// Active means neither idle nor finished. A clock never falls; kNoTime until the first watermark
// that decides it.
//
// A pure value: wall time is an argument of the calls that need it and is used for idleness alone. A
// caller without a wall clock (replay) passes the same number always, and no partition gets idle.
// Not thread-safe. Between two advance() calls both clocks stand still.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "collector/record.h"
#include "core/codec.h"
#include "core/result.h"
#include "core/time.h"

namespace driftd::collector {

struct ClockOptions {
  Duration slot = kMinute;
  Duration lateness = 30 * kSecond;
  Duration idle_after = kMinute;  // wall time
  Duration max_skew = kHour;
};

class Clocks {
 public:
  explicit Clocks(const ClockOptions& options) : options_(options) {}

  // Appends a partition; the indexes are those of Source::partitions(). One that the loaded state
  // remembers (by topic and number) goes on with its watermark.
  void add(const PartitionInfo& info, Time wall_now);

  // Whether a prediction of this time is late (DESIGN 7.2): behind its own partition's watermark, or
  // its slot is closed. To be asked before observe() of the same event.
  [[nodiscard]] bool is_late(std::uint32_t partition, Time event_time) const;

  // An accepted event of a kind that moves the watermark: predictions and feedback anywhere, `model`
  // events only in topics that are listed as models' (moves_watermark).
  void observe(std::uint32_t partition, Time event_time);
  [[nodiscard]] static bool model_event_moves_watermark(unsigned roles) {
    return has_role(roles, TopicRole::models);
  }

  // What became of the partition in this round: whether a record came, and whether it is processed to
  // its last stable offset (false while that is not known).
  void report(std::uint32_t partition, bool records_came, bool caught_up, Time wall_now);
  void finish(std::uint32_t partition);  // its end was reached and processed: nothing comes any more

  // Judges idleness, moves both clocks, decides pauses. Once a round, after all observe() and report().
  void advance(Time wall_now);

  // Largest event time less lateness; kNoTime before the first event.
  [[nodiscard]] Time watermark(std::uint32_t partition) const;
  [[nodiscard]] Time prediction_clock() const { return prediction_clock_; }
  [[nodiscard]] Time feedback_clock() const { return feedback_clock_; }

  // As of the last advance(). A partition is to be paused while it is more than max_skew ahead of the
  // smallest watermark of the other active partitions. Another one without any event yet holds it
  // back only while that one is not known to have been read to its end.
  [[nodiscard]] bool paused(std::uint32_t partition) const { return partitions_[partition].paused; }
  // Too much waits for slots of predictions to close: from the next advance() on, partitions of them are
  // paused that are more than a slot ahead of the others, so that what is read closes slots. Not state.
  void hold_close(bool close) { close_ = close; }
  [[nodiscard]] bool holds_close() const { return close_; }
  // Some partition is paused for that reason alone.
  [[nodiscard]] bool held_close() const { return held_close_; }
  [[nodiscard]] bool idle(std::uint32_t partition) const { return partitions_[partition].idle; }
  [[nodiscard]] bool finished(std::uint32_t partition) const { return partitions_[partition].finished; }
  [[nodiscard]] bool all_finished() const;
  // Every partition of predictions or models is idle or finished (DESIGN 7.13, silence).
  [[nodiscard]] bool predictions_idle() const;
  [[nodiscard]] std::size_t size() const { return partitions_.size(); }

  // The wall clock was set by so much: no partition was silent for longer, or less long, by that.
  void clock_was_set(Duration by);

  // For a reload: what changes is judged from the next call on.
  void set_options(const ClockOptions& options) { options_ = options; }

  // The state: both clocks and the largest event time of every partition, by topic and number.
  // Idleness begins anew after a restart, as wall time does.
  void save(Encoder& out) const;
  static Result<Clocks> load(Decoder& in, const ClockOptions& options);

 private:
  using Name = std::pair<std::string, std::int32_t>;  // topic, partition

  struct Partition {
    Name name;
    unsigned roles = 0;
    Time largest = kNoTime;  // event time seen
    Time heard = 0;          // wall time of the last record, of the beginning, or while paused
    bool caught_up = false;
    bool idle = false;
    bool finished = false;
    bool paused = false;

    [[nodiscard]] bool active() const { return !idle && !finished; }
    [[nodiscard]] bool predicts() const {
      return has_role(roles, TopicRole::predictions) || has_role(roles, TopicRole::models);
    }
    [[nodiscard]] bool judges() const { return has_role(roles, TopicRole::feedback); }
  };

  struct Hindmost;
  [[nodiscard]] Time mark(const Partition& partition) const;
  void move_clocks();
  void decide_pauses();

  ClockOptions options_;
  std::vector<Partition> partitions_;
  std::map<Name, Time> remembered_;  // of partitions that were loaded and not (yet) added again
  Time prediction_clock_ = kNoTime;
  Time feedback_clock_ = kNoTime;
  bool close_ = false;
  bool held_close_ = false;
};

}  // namespace driftd::collector
