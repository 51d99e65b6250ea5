// What the clocks have passed leaves: label horizons, the reach of copies, and bounds (DESIGN 7.4).
#include <algorithm>

#include "collector/join_steps.h"

namespace driftd::collector::join {

namespace {

bool passed(Time time, Duration reach, Time clock) { return clock != kNoTime && time + reach <= clock; }

bool over(const WaitingVerdict& v, const Waiting& group, const JoinContext& context) {
  return passed(v.name.rank.time, context.horizon(group.model), context.feedback_clock);
}

// An expired prediction marks its use of the id for the feedback that is still there, and holds its place
// against copies for as long as any can come.
bool still_marks(const WaitingPrediction& p, const std::vector<std::size_t>& own,
                 const std::vector<bool>& stays, const JoinContext& context) {
  if (!p.counts || context.feedback_clock == kEndOfTime) return false;
  return !passed(p.rank.time, context.dedupe + 1, context.prediction_clock) ||
         std::any_of(own.begin(), own.end(), [&](std::size_t v) { return stays[v]; });
}

bool taken_up(const Waiting& group, const WaitingVerdict& v) {
  return std::any_of(group.predictions.begin(), group.predictions.end(),
                     [&](const WaitingPrediction& p) { return p.newest == v.name || p.earliest == v.name; });
}

void mark_expired(Waiting& group, const JoinContext& context, ShardOutput& out) {
  for (WaitingPrediction& p : group.predictions) {
    if (p.expired || !passed(p.rank.time, context.horizon(group.model), context.feedback_clock)) continue;
    p.expired = true;
    if (p.counts && !p.joined) ++out.series[p.series].expired;
  }
}

void evict(const WaitingPrediction& p, const Waiting& group, ShardOutput& out) {
  if (p.counts && !p.joined && !p.expired) ++out.models[group.model].evicted;
}

void evict(const WaitingVerdict& v, const Waiting& group, ShardOutput& out) {
  if (!v.was_joined) ++out.models[group.model].evicted;
}

std::size_t count_copies(const Waiting& group) {
  return static_cast<std::size_t>(std::count_if(group.predictions.begin(), group.predictions.end(),
                                                [](const WaitingPrediction& p) { return !p.counts; }));
}

using Predictions = std::vector<WaitingPrediction>;

Predictions::iterator oldest_prediction(Waiting& group) {
  return std::min_element(
      group.predictions.begin(), group.predictions.end(),
      [](const WaitingPrediction& a, const WaitingPrediction& b) { return a.rank < b.rank; });
}

// Its copies go with it, which may not count in its stead, and its verdicts, which may not go to a later use.
void evict_prediction(Waiting& group, Predictions::iterator at, const JoinContext& context,
                      ShardOutput& out) {
  evict(*at, group, out);
  const auto index = static_cast<std::size_t>(at - group.predictions.begin());
  const Belongings own = belongings(group, context.horizon(group.model));
  std::vector<VerdictName> names;
  for (const std::size_t v : own[index]) {
    names.push_back(group.verdicts[v].name);
  }
  const WaitingPrediction gone = std::move(*at);
  group.predictions.erase(at);
  std::erase_if(group.predictions, [&](const WaitingPrediction& p) {
    return gone.counts && !p.counts && p.same_key(gone.series, gone.variant) &&
           p.rank.time - gone.rank.time <= context.dedupe;
  });
  std::erase_if(group.verdicts, [&](const WaitingVerdict& v) {
    return std::binary_search(names.begin(), names.end(), v.name) && !taken_up(group, v);
  });
}

}  // namespace

void let_go(Waiting& group, const JoinContext& context, ShardOutput& out) {
  mark_expired(group, context, out);
  const Belongings own = belongings(group, context.horizon(group.model));
  // Each is judged by all the others: none is dropped before all are judged. Feedback whose own time is over
  // stays while a prediction that has it may be corrected.
  std::vector<bool> stays;
  for (const WaitingVerdict& v : group.verdicts) stays.push_back(!over(v, group, context));
  for (std::size_t p = 0; p < own.size(); ++p) {
    if (group.predictions[p].expired) continue;
    for (const std::size_t v : own[p]) stays[v] = true;
  }
  std::vector<bool> marks;
  for (std::size_t p = 0; p < own.size(); ++p) {
    const WaitingPrediction& prediction = group.predictions[p];
    marks.push_back(!prediction.expired || still_marks(prediction, own[p], stays, context));
  }
  for (std::size_t v = 0; v < stays.size(); ++v) {
    if (!stays[v] && !group.verdicts[v].was_joined) ++out.models[group.model].unmatched;
  }
  std::size_t i = 0;
  std::erase_if(group.predictions, [&](const WaitingPrediction&) { return !marks[i++]; });
  i = 0;
  std::erase_if(group.verdicts, [&](const WaitingVerdict&) { return !stays[i++]; });
}

Time next_look(const Waiting& group, const JoinContext& context) {
  const Duration horizon = context.horizon(group.model);
  std::optional<Time> look;
  const auto sooner = [&](Time time) { look = std::min(look.value_or(time), time); };
  for (const WaitingPrediction& p : group.predictions) {
    if (!p.expired) {
      sooner(p.rank.time);
    } else if (const Time reach = p.rank.time + context.dedupe + 1 - horizon;
               !passed(reach, horizon, context.feedback_clock)) {
      sooner(reach);
    }
  }
  for (const WaitingVerdict& v : group.verdicts) {
    if (!over(v, group, context)) sooner(v.name.rank.time);
  }
  // Only the prediction clock, which stands still while the feedback clock goes on, keeps it.
  if (!look) return context.feedback_clock + std::max(context.dedupe, kMinute) - horizon;
  return *look;
}

void drop_oldest(Waiting& group, const JoinContext& context, ShardOutput& out) {
  const auto verdict = std::find_if(group.verdicts.begin(), group.verdicts.end(),
                                    [&](const WaitingVerdict& v) { return !taken_up(group, v); });
  const auto prediction = oldest_prediction(group);
  if (verdict != group.verdicts.end() &&
      (prediction == group.predictions.end() || verdict->name.rank < prediction->rank)) {
    evict(*verdict, group, out);
    group.verdicts.erase(verdict);
  } else if (prediction != group.predictions.end()) {
    evict_prediction(group, prediction, context, out);
  }
}

void hold_bounds(Waiting& group, const JoinContext& context, ShardOutput& out) {
  while (count_copies(group) > kMostCopies) {
    group.predictions.erase(std::find_if(group.predictions.begin(), group.predictions.end(),
                                         [](const auto& p) { return !p.counts; }));
  }
  while (group.predictions.size() - count_copies(group) > kMostUses) {
    evict_prediction(group, oldest_prediction(group), context, out);
  }
  for (auto at = group.verdicts.begin();
       group.verdicts.size() > kMostVerdicts && at != group.verdicts.end();) {
    if (taken_up(group, *at)) {
      ++at;
      continue;
    }
    evict(*at, group, out);
    at = group.verdicts.erase(at);
  }
}

}  // namespace driftd::collector::join
