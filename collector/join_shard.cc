// The id shard: finds the group an event belongs to, has the steps applied, keeps the books.
#include <algorithm>
#include <iterator>

#include "collector/join_state.h"
#include "core/hash.h"

namespace driftd::collector {

using join::Table;
using join::Timeline;
using join::Waiting;

std::size_t shard_of(std::uint32_t model, std::string_view id) {
  return hash64(id, 0x5851F42D4C957F2DULL + model) % kShards;
}

void ShardOutput::clear() {
  replaced.clear();
  restored.clear();
  pairs.clear();
  delays.clear();
  series.clear();
  models.clear();
}

bool ShardOutput::empty() const {
  return replaced.empty() && restored.empty() && pairs.empty() && delays.empty() && series.empty() &&
         models.empty();
}

namespace {

// What the record's own partition has passed is closed to it, whether or not a round has ended since.
JoinContext as_seen_from(const JoinContext& context, Time watermark) {
  JoinContext seen = context;
  seen.prediction_clock = std::max(context.prediction_clock, watermark);
  seen.feedback_clock = std::max(context.feedback_clock, watermark);
  return seen;
}

}  // namespace

IdShard::IdShard() : state_(std::make_unique<State>()) {}
IdShard::IdShard(IdShard&&) noexcept = default;
IdShard& IdShard::operator=(IdShard&&) noexcept = default;
IdShard::~IdShard() = default;

Standing IdShard::predict(const JoinPrediction& prediction, const JoinContext& round, ShardOutput& out) {
  const std::string key = join::encode_key(prediction.model, prediction.id);
  const std::uint64_t hash = join::key_hash(key);
  if (state_->table.find(hash, key) == nullptr) {
    ++out.series[prediction.series].predictions;
    state_->add_first(prediction, key, hash);
    return Standing::counts;
  }
  const JoinContext context = as_seen_from(round, prediction.partition_watermark);
  State::Loan loan = state_->borrow(prediction.model, prediction.id);
  join::WaitingPrediction arrived;
  arrived.series = prediction.series;
  arrived.variant = prediction.variant;
  arrived.rank = {prediction.time, prediction.content_hash};
  arrived.late = prediction.late;
  arrived.predicted = *prediction.predicted;
  arrived.segments.assign(prediction.segments.begin(), prediction.segments.end());
  arrived.cells = prediction.cells;
  const Standing standing = join::add_prediction(loan.group, std::move(arrived), context, out);
  join::settle_pairs(loan.group, context, out);
  join::hold_bounds(loan.group, context, out);
  state_->commit(loan, prediction.time);
  return standing;
}

void IdShard::feedback(const JoinFeedback& feedback, const JoinContext& round, ShardOutput& out) {
  const JoinContext context = as_seen_from(round, feedback.partition_watermark);
  State::Loan loan = state_->borrow(feedback.model, feedback.id);
  join::WaitingVerdict arrived;
  arrived.name = {{feedback.time, feedback.content_hash}, feedback.series};
  arrived.floor = std::max(feedback.time, feedback.partition_watermark);
  arrived.verdict = feedback.verdict;
  if (join::add_verdict(loan.group, std::move(arrived), context, out)) {
    join::settle_pairs(loan.group, context, out);
    join::hold_bounds(loan.group, context, out);
  }
  state_->commit(loan, feedback.time);
}

void IdShard::expire(const JoinContext& context, ShardOutput& out) {
  if (context.feedback_clock == kNoTime) return;
  for (auto at = state_->timelines.begin(); at != state_->timelines.end();) {
    auto& [model, timeline] = *at;
    const Duration horizon = context.horizon(model);
    while (!timeline.empty() && timeline.first().time + horizon <= context.feedback_clock) {
      const Timeline::Look look = timeline.first();
      timeline.pop();
      state_->at_look(look, model, context, [&](Waiting& group) { join::let_go(group, context, out); });
    }
    at = timeline.empty() ? state_->timelines.erase(at) : std::next(at);
  }
}

bool IdShard::set_cells(const RowName& row, std::string_view cells, const JoinContext& context,
                        ShardOutput& out) {
  State::Loan loan = state_->borrow(row.model, row.id);
  if (!loan.known) return false;
  join::WaitingPrediction* found = nullptr;
  for (join::WaitingPrediction& p : loan.group.predictions) {
    if (!p.same_key(row.series, row.variant) || p.rank.time != row.time) continue;
    if (found == nullptr || p.counts) found = &p;
  }
  if (found != nullptr) join::replace_cells(loan.group, *found, cells, context, out);
  state_->commit(loan, kEndOfTime);
  return found != nullptr;
}

std::size_t IdShard::held() const { return state_->held; }

std::size_t IdShard::pending(std::uint32_t model) const {
  const auto at = state_->pending.find(model);
  return at == state_->pending.end() ? 0 : at->second;
}

std::map<std::uint32_t, std::size_t> IdShard::pending() const { return state_->pending; }

std::size_t IdShard::bytes() const { return state_->table.bytes(); }

std::size_t IdShard::memory() const {
  std::size_t bytes = state_->table.memory() + state_->dirty.capacity() * sizeof(std::uint64_t);
  for (const auto& [model, timeline] : state_->timelines) bytes += timeline.memory();
  return bytes;
}

void IdShard::forget_model(std::uint32_t model) {
  const auto at = state_->timelines.find(model);
  if (at == state_->timelines.end()) return;
  at->second.for_each([&](const Timeline::Look& look) {
    std::vector<std::string> keys;
    state_->table.for_each_of(look.hash, [&](Table::Entry& entry) {
      if (State::model_of(entry) == model) keys.emplace_back(entry.key());
    });
    for (const std::string& key : keys) {
      Table::Entry* entry = state_->table.find(look.hash, key);
      state_->account(State::open(*entry).group, -1);
      state_->drop(*entry);
    }
  });
  state_->timelines.erase(at);
}

}  // namespace driftd::collector
