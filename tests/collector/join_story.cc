#include "tests/collector/join_story.h"

#include <gtest/gtest.h>

namespace driftd::collector::story {

// One model has all series, so that a row names its model: series / 10.
Predicted predicted_of(const Prediction& p) {
  return {.label = "label-" + std::to_string(p.hash),
          .value = std::nullopt,
          .score = static_cast<double>(p.hash),
          .scores = {{p.variant, static_cast<double>(p.time)}}};
}

std::string cells_of(const Prediction& p) { return p.variant + '\0' + std::to_string(p.time); }

Verdict verdict_of(const Feedback& f) {
  return {.label = std::to_string(f.hash),
          .value = f.series ? std::optional<double>(*f.series) : std::nullopt};
}

std::vector<std::uint32_t> segments_of(const Prediction& p) { return {p.series, 7}; }

Standing give(IdShard& shard, const Prediction& p, const JoinContext& context, ShardOutput& out) {
  const Predicted predicted = predicted_of(p);
  const std::string cells = cells_of(p);
  const std::vector<std::uint32_t> segments = segments_of(p);
  return shard.predict({.series = p.series,
                        .model = p.model,
                        .id = p.id,
                        .variant = p.variant,
                        .time = p.time,
                        .content_hash = p.hash,
                        .late = false,
                        .predicted = &predicted,
                        .segments = segments,
                        .cells = cells},
                       context, out);
}

void give(IdShard& shard, const Feedback& f, Time watermark, const JoinContext& context, ShardOutput& out) {
  shard.feedback({.model = f.model,
                  .series = f.series,
                  .id = f.id,
                  .time = f.time,
                  .partition_watermark = watermark,
                  .content_hash = f.hash,
                  .verdict = verdict_of(f)},
                 context, out);
}

namespace {

Prediction prediction_of(const Row& row) {
  return {row.series / 10, row.series, row.id, row.variant, row.time, row.content_hash};
}

PairName name_of(const Pair& pair) {
  const Prediction p{pair.series / 10,
                     pair.series,
                     pair.id,
                     pair.predicted.scores.at(0).first,
                     pair.prediction_time,
                     static_cast<std::uint64_t>(*pair.predicted.score)};
  Feedback f{p.model, std::nullopt, pair.id, pair.feedback_time, std::stoull(*pair.verdict.label)};
  if (pair.verdict.value) f.series = static_cast<std::uint32_t>(*pair.verdict.value);
  EXPECT_EQ(pair.predicted, predicted_of(p));
  EXPECT_EQ(pair.cells, cells_of(p));
  EXPECT_EQ(pair.segments, segments_of(p));
  return {p, f, pair.evidence_time};
}

}  // namespace

void Listener::take(ShardOutput& out, const JoinContext& context) {
  for (const Row& row : out.replaced) {
    EXPECT_FALSE(context.row_slot_closed(row.time));
    EXPECT_EQ(row.slot, slot_of(row.time, context.slot));
    EXPECT_EQ(row.cells, cells_of(prediction_of(row)));
    add(rows_, prediction_of(row), -1);
  }
  for (const Row& row : out.restored) {
    EXPECT_FALSE(context.row_slot_closed(row.time));
    EXPECT_EQ(row.cells, cells_of(prediction_of(row)));
    add(rows_, prediction_of(row), +1);
  }
  for (const PairChange& change : out.pairs) {
    EXPECT_TRUE(change.history || change.evidence);
    if (change.evidence) {
      EXPECT_FALSE(context.pair_slot_closed(change.pair.evidence_time));
    }
    if (change.history) add(history_, name_of(change.pair), change.sign);
    if (change.evidence) add(evidence_, name_of(change.pair), change.sign);
  }
  for (const DelayChange& change : out.delays) add(delays_, {change.series, change.delay}, change.sign);
  for (const auto& [series, counts] : out.series) {
    counts_.predictions[series] += counts.predictions;
    counts_.matched[series] += counts.matched;
    counts_.expired[series] += counts.expired;
  }
  for (const auto& [model, counts] : out.models) {
    EXPECT_GE(counts.duplicates, 0);
    EXPECT_GE(counts.unmatched, 0);
    EXPECT_EQ(counts.evicted, 0);
    counts_.duplicates[model] += counts.duplicates;
    counts_.unmatched[model] += counts.unmatched;
  }
  out.clear();
}

Truth Listener::sum() const {
  Truth truth = counts_;
  const auto once = [](const auto& counts, auto& set) {
    for (const auto& [key, count] : counts) {
      EXPECT_EQ(count, 1);
      set.insert(key);
    }
  };
  once(rows_, truth.rows);
  once(history_, truth.history);
  once(evidence_, truth.evidence);
  for (const auto& [delay, count] : delays_) {
    for (int i = 0; i < count; ++i) truth.delays.insert(delay);
  }
  return truth;
}

}  // namespace driftd::collector::story
