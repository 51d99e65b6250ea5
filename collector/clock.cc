#include "collector/clock.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace driftd::collector {

void Clocks::add(const PartitionInfo& info, Time wall_now) {
  Partition partition{.name = {info.topic, info.partition}, .roles = info.roles, .heard = wall_now};
  if (const auto known = remembered_.find(partition.name); known != remembered_.end()) {
    partition.largest = known->second;
    remembered_.erase(known);
  }
  partitions_.push_back(std::move(partition));
}

Time Clocks::mark(const Partition& partition) const {
  return partition.largest == kNoTime ? kNoTime : partition.largest - options_.lateness;
}

Time Clocks::watermark(std::uint32_t partition) const { return mark(partitions_[partition]); }

bool Clocks::is_late(std::uint32_t partition, Time event_time) const {
  return event_time < watermark(partition) ||
         slot_end(slot_of(event_time, options_.slot), options_.slot) <= prediction_clock_;
}

void Clocks::observe(std::uint32_t partition, Time event_time) {
  Time& largest = partitions_[partition].largest;
  largest = std::max(largest, event_time);
}

void Clocks::report(std::uint32_t partition, bool records_came, bool caught_up, Time wall_now) {
  partitions_[partition].caught_up = caught_up;
  if (records_came) partitions_[partition].heard = wall_now;
}

void Clocks::clock_was_set(Duration by) {
  for (Partition& partition : partitions_) partition.heard += by;
}

void Clocks::finish(std::uint32_t partition) { partitions_[partition].finished = true; }

void Clocks::advance(Time wall_now) {
  for (Partition& partition : partitions_) {
    // One that was paused could not be heard: its silence is counted from the end of the pause.
    if (partition.paused) partition.heard = wall_now;
    partition.idle =
        partition.caught_up && !partition.paused && wall_now - partition.heard >= options_.idle_after;
  }
  move_clocks();
  decide_pauses();
}

namespace {

// Smallest of the active ones, largest of all.
struct Extent {
  std::optional<Time> smallest_active;
  Time largest = kNoTime;

  void see(Time watermark, bool active) {
    largest = std::max(largest, watermark);
    if (active) smallest_active = std::min(smallest_active.value_or(watermark), watermark);
  }
};

}  // namespace

void Clocks::move_clocks() {
  Extent predictions;
  Extent feedback;
  Time largest = kNoTime;
  for (const Partition& partition : partitions_) {
    const Time watermark = mark(partition);
    largest = std::max(largest, watermark);
    if (partition.predicts()) predictions.see(watermark, partition.active());
    if (partition.judges()) feedback.see(watermark, partition.active());
  }
  prediction_clock_ = std::max(prediction_clock_, predictions.smallest_active.value_or(predictions.largest));
  if (predictions.smallest_active) feedback.see(prediction_clock_, true);
  feedback_clock_ = std::max(feedback_clock_, feedback.smallest_active.value_or(largest));
}

// The two smallest, so that each partition can be compared with the smallest of the others.
struct Clocks::Hindmost {
  const Partition* first = nullptr;
  const Partition* second = nullptr;

  void see(const Clocks& clocks, const Partition& partition) {
    if (first == nullptr || clocks.mark(partition) < clocks.mark(*first)) {
      second = std::exchange(first, &partition);
    } else if (second == nullptr || clocks.mark(partition) < clocks.mark(*second)) {
      second = &partition;
    }
  }
  // Whether the partition is ahead of the others by more than that.
  [[nodiscard]] bool is_behind(const Clocks& clocks, const Partition& partition, Duration most) const {
    const Partition* other = &partition == first ? second : first;
    return other != nullptr &&
           (other->largest == kNoTime || clocks.mark(partition) > clocks.mark(*other) + most);
  }
};

void Clocks::decide_pauses() {
  Hindmost all;
  Hindmost predicting;
  for (const Partition& partition : partitions_) {
    if (!partition.active() || (partition.largest == kNoTime && partition.caught_up)) continue;
    all.see(*this, partition);
    if (partition.predicts()) predicting.see(*this, partition);
  }
  held_close_ = false;
  const Duration close = std::min(options_.slot, options_.max_skew);
  for (Partition& partition : partitions_) {
    const bool reads = !partition.finished && partition.largest != kNoTime;
    partition.paused = reads && all.is_behind(*this, partition, options_.max_skew);
    if (!close_ || !reads || partition.paused || !partition.predicts()) continue;
    partition.paused = predicting.is_behind(*this, partition, close);
    held_close_ |= partition.paused;
  }
}

bool Clocks::all_finished() const {
  return std::all_of(partitions_.begin(), partitions_.end(), [](const Partition& p) { return p.finished; });
}

bool Clocks::predictions_idle() const {
  return std::none_of(partitions_.begin(), partitions_.end(),
                      [](const Partition& p) { return p.predicts() && p.active(); });
}

void Clocks::save(Encoder& out) const {
  std::map<Name, Time> largest = remembered_;
  for (const Partition& partition : partitions_) {
    if (partition.largest != kNoTime) largest[partition.name] = partition.largest;
  }
  out.put_i64(prediction_clock_);
  out.put_i64(feedback_clock_);
  out.put_u64(largest.size());
  for (const auto& [name, time] : largest) {
    out.put_text(name.first);
    out.put_i64(name.second);
    out.put_i64(time);
  }
}

Result<Clocks> Clocks::load(Decoder& in, const ClockOptions& options) {
  Clocks clocks(options);
  clocks.prediction_clock_ = in.get_time_or_none();
  clocks.feedback_clock_ = in.get_time_or_none();
  for (std::size_t left = in.get_count(3); left > 0; --left) {
    std::string topic(in.get_text());
    const auto number = static_cast<std::int32_t>(
        in.get_within(std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()));
    clocks.remembered_[{std::move(topic), number}] = in.get_time_or_none();
  }
  if (!in.ok()) return Error{ErrorCode::corrupt, "the stored clocks contradict themselves"};
  return clocks;
}

}  // namespace driftd::collector
