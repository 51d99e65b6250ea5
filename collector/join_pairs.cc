// Pairs: which verdict belongs to which prediction, what of it is evidence and what history
// (DESIGN 7.3, 7.4).
#include <algorithm>
#include <utility>

#include "collector/join_steps.h"

namespace driftd::collector::join {

namespace {

bool can_meet(const WaitingPrediction& p, const WaitingVerdict& v, Duration horizon) {
  const Time predicted = p.rank.time;
  const Time judged = v.name.rank.time;
  return p.counts && (!v.name.series || *v.name.series == p.series) && judged < predicted + horizon &&
         predicted < judged + horizon;
}

Time evidence_time(const WaitingPrediction& p, const WaitingVerdict& v) {
  return std::max(p.rank.time, v.floor);
}

Duration delay(const WaitingPrediction& p, const VerdictName& name) {
  return std::max<Duration>(0, name.rank.time - p.rank.time);
}

Pair pair_of(const Waiting& group, const WaitingPrediction& p, const WaitingVerdict& v) {
  return {.series = p.series,
          .id = group.id,
          .prediction_time = p.rank.time,
          .feedback_time = v.name.rank.time,
          .evidence_time = evidence_time(p, v),
          .predicted = p.predicted,
          .verdict = v.verdict,
          .segments = p.segments,
          .cells = p.cells,
          .variant = p.variant};
}

// What is said of a prediction's pairs at one moment.
struct Said {
  std::optional<VerdictName> history;
  std::optional<VerdictName> evidence;  // only what was given

  explicit Said(const WaitingPrediction& p)
      : history(p.newest), evidence(p.evidence_given ? p.earliest : std::nullopt) {}
  Said() = default;
};

void tell(int sign, const Waiting& group, const WaitingPrediction& p,
          const std::optional<VerdictName>& history, const std::optional<VerdictName>& evidence,
          ShardOutput& out) {
  const auto add = [&](const VerdictName& name, bool as_evidence, bool as_history) {
    const WaitingVerdict* v = group.find(name);
    if (v == nullptr) return;  // it has left with its label horizon: the pair is final
    out.pairs.push_back(
        {.sign = sign, .evidence = as_evidence, .history = as_history, .pair = pair_of(group, p, *v)});
  };
  if (history && history == evidence) return add(*history, true, true);
  if (history) add(*history, false, true);
  if (evidence) add(*evidence, true, false);
}

// Takes back what is no longer said, then adds what is said anew.
void tell_difference(const Waiting& group, const WaitingPrediction& p, const Said& before, const Said& after,
                     ShardOutput& out) {
  const bool history = before.history != after.history;
  const bool evidence = before.evidence != after.evidence;
  const std::optional<VerdictName> none;
  tell(-1, group, p, history ? before.history : none, evidence ? before.evidence : none, out);
  tell(+1, group, p, history ? after.history : none, evidence ? after.evidence : none, out);
}

void set_joined(WaitingPrediction& p, bool joined, ShardOutput& out) {
  if (p.joined == joined) return;
  p.joined = joined;
  out.series[p.series].matched += joined ? 1 : -1;
}

void set_earliest(WaitingPrediction& p, const WaitingVerdict* v, const JoinContext& context,
                  ShardOutput& out) {
  if (p.earliest) out.delays.push_back({-1, p.series, delay(p, *p.earliest)});
  p.earliest.reset();
  p.evidence_given = false;
  if (v == nullptr) return;
  p.earliest = v->name;
  p.evidence_time = evidence_time(p, *v);
  p.evidence_given = !context.pair_slot_closed(p.evidence_time);
  out.delays.push_back({+1, p.series, delay(p, v->name)});
}

// `own` are the verdicts that belong to it, by name.
void choose_evidence(const Waiting& group, WaitingPrediction& p, const std::vector<std::size_t>& own,
                     const JoinContext& context, ShardOutput& out) {
  const WaitingVerdict* smallest = own.empty() ? nullptr : &group.verdicts[own.front()];
  if (p.earliest) {
    if (context.pair_slot_closed(p.evidence_time)) return;  // what is closed stays
    if (smallest != nullptr && smallest->name == *p.earliest) return;
    const bool still = std::any_of(own.begin(), own.end(),
                                   [&](std::size_t v) { return group.verdicts[v].name == *p.earliest; });
    if (still && context.pair_slot_closed(evidence_time(p, *smallest))) return;  // came too late to be it
  }
  set_earliest(p, smallest, context, out);
}

// How many of these ascending times do not repeat one that lies less than `reach` before them.
std::size_t beginnings(const std::vector<Time>& times, Duration reach) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (i == 0 || times[i] - times[i - 1] >= reach) ++count;
  }
  return count;
}

// How many more verdicts repeat an equal one, with this one: it may repeat one, and a later one it.
std::int64_t repetitions(const Waiting& group, const WaitingVerdict& arrived, Duration horizon) {
  std::vector<Time> times;
  for (const WaitingVerdict& v : group.verdicts) {
    if (v.name.series == arrived.name.series && v.name.rank.content_hash == arrived.name.rank.content_hash) {
      times.push_back(v.name.rank.time);
    }
  }
  const std::size_t before = beginnings(times, horizon);
  times.insert(std::upper_bound(times.begin(), times.end(), arrived.name.rank.time), arrived.name.rank.time);
  return 1 + static_cast<std::int64_t>(before) - static_cast<std::int64_t>(beginnings(times, horizon));
}

}  // namespace

Belongings belongings(const Waiting& group, Duration horizon) {
  const auto& predictions = group.predictions;
  Belongings own(predictions.size());
  for (std::size_t v = 0; v < group.verdicts.size(); ++v) {
    const WaitingVerdict& verdict = group.verdicts[v];
    std::optional<std::size_t> use;
    for (std::size_t p = 0; p < predictions.size(); ++p) {  // by key, then by rank
      const bool first_of_key =
          p == 0 || !predictions[p].same_key(predictions[p - 1].series, predictions[p - 1].variant);
      if (first_of_key && use) own[*std::exchange(use, std::nullopt)].push_back(v);
      if (!can_meet(predictions[p], verdict, horizon)) continue;
      if (!use || predictions[p].rank.time <= verdict.name.rank.time) use = p;
    }
    if (use) own[*use].push_back(v);
  }
  return own;
}

bool add_verdict(Waiting& group, WaitingVerdict arrived, const JoinContext& context, ShardOutput& out) {
  if (group.find(arrived.name) != nullptr) {
    ++out.models[group.model].duplicates;
    return false;
  }
  if (const std::int64_t more = repetitions(group, arrived, context.horizon(group.model)); more > 0) {
    out.models[group.model].duplicates += more;
  }
  const auto at =
      std::lower_bound(group.verdicts.begin(), group.verdicts.end(), arrived.name,
                       [](const WaitingVerdict& v, const VerdictName& name) { return v.name < name; });
  group.verdicts.insert(at, std::move(arrived));
  return true;
}

void settle_pairs(Waiting& group, const JoinContext& context, ShardOutput& out) {
  const Belongings own = belongings(group, context.horizon(group.model));
  for (std::size_t i = 0; i < own.size(); ++i) {
    WaitingPrediction& p = group.predictions[i];
    if (!p.counts || p.expired) continue;
    for (const std::size_t v : own[i]) group.verdicts[v].was_joined = true;
    const Said before(p);
    set_joined(p, !own[i].empty(), out);
    p.newest.reset();
    if (!own[i].empty()) p.newest = group.verdicts[own[i].back()].name;
    choose_evidence(group, p, own[i], context, out);
    tell_difference(group, p, before, Said(p), out);
  }
}

void withdraw_pairs(Waiting& group, WaitingPrediction& p, const JoinContext& context, ShardOutput& out) {
  const auto index = static_cast<std::size_t>(&p - group.predictions.data());
  const Belongings own = belongings(group, context.horizon(group.model));
  for (const std::size_t v : own[index]) {
    group.verdicts[v].was_joined = false;
  }
  tell_difference(group, p, Said(p), Said(), out);
  set_joined(p, false, out);
  p.newest.reset();
  set_earliest(p, nullptr, context, out);
}

void replace_cells(const Waiting& group, WaitingPrediction& p, std::string_view cells,
                   const JoinContext& context, ShardOutput& out) {
  Said said(p);
  if (context.pair_slot_closed(p.evidence_time)) said.evidence.reset();
  tell_difference(group, p, said, Said(), out);
  p.cells = cells;
  tell_difference(group, p, Said(), said, out);
}

}  // namespace driftd::collector::join
