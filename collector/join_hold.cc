// The shard's bounds and its bytes at rest: eviction of the oldest, what changed, and putting it back.
#include <algorithm>
#include <queue>
#include <tuple>

#include "collector/join_state.h"

namespace driftd::collector {

using join::Table;
using join::Timeline;
using join::Waiting;

std::optional<Time> IdShard::oldest() const {
  std::optional<Time> oldest;
  for (auto at = state_->timelines.begin(); at != state_->timelines.end();) {
    auto& [model, timeline] = *at;
    while (!timeline.empty() && !state_->is_current(timeline.first(), model)) timeline.pop();
    if (timeline.empty()) {
      at = state_->timelines.erase(at);
      continue;
    }
    oldest = std::min(oldest.value_or(kEndOfTime), timeline.first().time);
    ++at;
  }
  return oldest;
}

void IdShard::evict_oldest(const JoinContext& context, ShardOutput& out) {
  const std::optional<Time> time = oldest();
  if (!time) return;
  for (auto& [model, timeline] : state_->timelines) {
    if (timeline.first().time != *time) continue;
    const Timeline::Look look = timeline.first();
    timeline.pop();
    state_->at_look(look, model, context, [&](Waiting& group) { join::drop_oldest(group, context, out); });
    return;
  }
}

void IdShard::for_each_dirty(
    const std::function<void(std::string_view key, std::optional<std::string_view> value)>& tell) {
  for (const std::string& key : state_->gone) {
    if (state_->table.find(join::key_hash(key), key) == nullptr) tell(key, std::nullopt);
  }
  for (const std::uint64_t hash : state_->dirty) {
    state_->table.for_each_of(hash, [&](Table::Entry& entry) {
      if (!entry.head().dirty) return;
      tell(entry.key(), entry.body());
      entry.head().dirty = false;
      entry.head().stored = true;
    });
  }
  state_->gone.clear();
  state_->dirty = {};
}

Status IdShard::restore(std::string_view key, std::string_view value) {
  const auto group = join::decode(key, value);
  if (!group) return group.error();
  const std::uint64_t hash = join::key_hash(key);
  if (const Table::Entry* known = state_->table.find(hash, key)) {
    state_->account(State::open(*known).group, -1);
  }
  Table::Entry& entry = state_->table.put(hash, key, value);
  entry.head().stored = true;
  state_->account(*group, +1);
  Time look = kEndOfTime;
  for (const auto& prediction : group->predictions) look = std::min(look, prediction.rank.time);
  for (const auto& verdict : group->verdicts) look = std::min(look, verdict.name.rank.time);
  state_->schedule(entry, hash, group->model, look);
  return success();
}

JoinBound hold_within(std::span<IdShard> shards, const JoinBounds& most, const JoinContext& context,
                      std::span<ShardOutput> outputs) {
  std::size_t records = 0, bytes = 0;
  for (const IdShard& shard : shards) {
    records += shard.held();
    bytes += shard.bytes();
  }
  const auto is_too_much = [&] { return records > most.records || bytes > most.bytes; };
  if (!is_too_much()) return JoinBound::none;
  const JoinBound bound = records > most.records ? JoinBound::records : JoinBound::bytes;
  using Oldest = std::pair<Time, std::size_t>;  // and the shard
  std::priority_queue<Oldest, std::vector<Oldest>, std::greater<>> queue;
  const auto line_up = [&](std::size_t i) {
    if (const auto oldest = shards[i].oldest()) queue.emplace(*oldest, i);
  };
  for (std::size_t i = 0; i < shards.size(); ++i) line_up(i);
  while (is_too_much() && !queue.empty()) {
    const std::size_t i = queue.top().second;
    queue.pop();
    records -= shards[i].held();
    bytes -= shards[i].bytes();
    shards[i].evict_oldest(context, outputs[i]);
    records += shards[i].held();
    bytes += shards[i].bytes();
    line_up(i);
  }
  return bound;
}

}  // namespace driftd::collector
