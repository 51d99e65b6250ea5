// Copies: predictions of one (model, version, variant, id) within `dedupe` (DESIGN 7.5).
#include <algorithm>
#include <cstdlib>
#include <span>

#include "collector/join_steps.h"

namespace driftd::collector::join {

namespace {

// The predictions of one (version, variant), by rank. Valid until the group's vector changes.
std::span<WaitingPrediction> copies_of(Waiting& group, std::uint32_t series, std::string_view variant) {
  auto first = std::find_if(group.predictions.begin(), group.predictions.end(),
                            [&](const WaitingPrediction& p) { return p.same_key(series, variant); });
  auto last = std::find_if_not(first, group.predictions.end(),
                               [&](const WaitingPrediction& p) { return p.same_key(series, variant); });
  return {first, last};
}

WaitingPrediction& insert(Waiting& group, WaitingPrediction arrived) {
  const auto at =
      std::lower_bound(group.predictions.begin(), group.predictions.end(), arrived,
                       [](const WaitingPrediction& a, const WaitingPrediction& b) {
                         return std::tie(a.series, a.variant, a.rank) < std::tie(b.series, b.variant, b.rank);
                       });
  return *group.predictions.insert(at, std::move(arrived));
}

// What was said of it cannot be taken back any more, or cannot be said any more.
bool settled(const WaitingPrediction& p, const JoinContext& context) {
  return context.row_slot_closed(p.rank.time) ||
         (p.evidence_given && context.pair_slot_closed(p.evidence_time));
}

bool near(const WaitingPrediction& a, const WaitingPrediction& b, Duration dedupe) {
  return std::abs(a.rank.time - b.rank.time) <= dedupe;
}

// The closed ones stay; of the others the first counts, and the next that is no copy of it, and so on.
// `arrived` is judged even if its own slot is closed: it has no standing yet.
std::vector<bool> judge(std::span<const WaitingPrediction> copies, const WaitingPrediction& arrived,
                        const JoinContext& context) {
  std::vector<bool> counts(copies.size());
  std::vector<const WaitingPrediction*> fixed;
  for (const WaitingPrediction& p : copies) {
    if (&p != &arrived && p.counts && settled(p, context)) fixed.push_back(&p);
  }
  const WaitingPrediction* begin = nullptr;
  for (std::size_t i = 0; i < copies.size(); ++i) {
    const WaitingPrediction& p = copies[i];
    if (&p != &arrived && settled(p, context)) {
      counts[i] = p.counts;
    } else {
      counts[i] = !(begin != nullptr && near(*begin, p, context.dedupe)) &&
                  std::none_of(fixed.begin(), fixed.end(),
                               [&](const auto* q) { return near(*q, p, context.dedupe); });
    }
    if (counts[i]) begin = &p;
  }
  return counts;
}

Row row_of(const Waiting& group, const WaitingPrediction& p, const JoinContext& context) {
  return {.series = p.series,
          .slot = slot_of(p.rank.time, context.slot),
          .time = p.rank.time,
          .content_hash = p.rank.content_hash,
          .late = p.late,
          .id = group.id,
          .variant = p.variant,
          .segments = p.segments,
          .cells = p.cells,
          .predicted = p.predicted};
}

void stop_counting(Waiting& group, WaitingPrediction& p, const JoinContext& context, ShardOutput& out) {
  out.replaced.push_back(row_of(group, p, context));
  if (p.expired && !p.joined) --out.series[p.series].expired;
  withdraw_pairs(group, p, context, out);
  p.counts = false;
}

// A copy is kept while the one that it copies may still be replaced by an earlier one, which would
// let it count. Nothing earlier than the prediction clock comes any more.
bool needless(const WaitingPrediction& p, const Waiting& group, const JoinContext& context) {
  if (p.counts) return false;
  if (p.expired || context.row_slot_closed(p.rank.time)) return true;
  return std::any_of(group.predictions.begin(), group.predictions.end(), [&](const WaitingPrediction& q) {
    return q.counts && q.same_key(p.series, p.variant) && q.rank.time < context.prediction_clock &&
           near(q, p, context.dedupe);
  });
}

void drop_needless(Waiting& group, const JoinContext& context) {
  // One that does not count is judged by those that do, and these stay.
  for (std::size_t i = group.predictions.size(); i-- > 0;) {
    if (needless(group.predictions[i], group, context)) {
      group.predictions.erase(group.predictions.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
}

}  // namespace

Standing add_prediction(Waiting& group, WaitingPrediction arrived, const JoinContext& context,
                        ShardOutput& out) {
  const std::uint32_t series = arrived.series;
  const Rank rank = arrived.rank;
  const std::string variant = arrived.variant;
  for (const WaitingPrediction& p : copies_of(group, series, variant)) {
    if (p.rank != rank) continue;
    ++out.models[group.model].duplicates;
    return Standing::duplicate;
  }
  arrived.counts = false;
  const WaitingPrediction& placed = insert(group, std::move(arrived));
  const std::span<WaitingPrediction> copies = copies_of(group, series, variant);
  const std::vector<bool> counts = judge(copies, placed, context);
  Standing standing = Standing::duplicate;
  int more = 0;
  for (std::size_t i = 0; i < copies.size(); ++i) {
    if (copies[i].counts == counts[i]) continue;
    more += counts[i] ? 1 : -1;
    if (!counts[i]) {
      stop_counting(group, copies[i], context, out);
    } else if (copies[i].rank == rank) {
      copies[i].counts = true;
      standing = Standing::counts;
    } else {
      copies[i].counts = true;
      out.restored.push_back(row_of(group, copies[i], context));
    }
  }
  if (more != 0) out.series[series].predictions += more;
  if (more != 1) out.models[group.model].duplicates += 1 - more;
  drop_needless(group, context);
  return standing;
}

}  // namespace driftd::collector::join
