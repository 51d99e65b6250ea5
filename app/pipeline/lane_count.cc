// A lane's phase A2: rows that count, into its open slots.
#include <algorithm>
#include <span>
#include <tuple>
#include <utility>

#include "app/pipeline/lane.h"
#include "app/pipeline/predicted.h"

namespace driftd::app {

namespace {

// Rows of one slot and segment, to be counted by score.
struct ScoredRow {
  SlotKey key;
  std::uint32_t segment = 0;
  std::span<const detectors::ScoreCode> codes;

  [[nodiscard]] bool same_tally(const ScoredRow& other) const {
    return key == other.key && segment == other.segment;
  }
};

// In the order of their scores, since counts by score are sorted: a new one then goes to the end.
void count_scores(std::vector<ScoredRow> rows, std::map<SlotKey, OpenSlot>& open) {
  std::sort(rows.begin(), rows.end(), [](const ScoredRow& a, const ScoredRow& b) {
    return std::tie(a.key, a.segment, a.codes[0].code) < std::tie(b.key, b.segment, b.codes[0].code);
  });
  detectors::EstimateTally batch;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    batch.add(rows[i].codes);
    if (i + 1 < rows.size() && rows[i].same_tally(rows[i + 1])) continue;
    auto& scores = open[rows[i].key].scores;
    if (rows[i].segment >= scores.size()) scores.resize(rows[i].segment + 1);
    scores[rows[i].segment].merge(batch);
    batch = {};
  }
}

}  // namespace

void Lane::count() {
  std::vector<ScoredRow> scored, late;
  for (const TakenRow& row : rows_) {
    if (!row.counts) continue;
    count_row(row);
    if (row.scores == row.scores_end) continue;
    const SlotKey key{slot_of(row.time, settings_.slot), row.version->series};
    for (std::size_t i = row.segments; i < row.segments_end; ++i)
      (row.late ? late : scored)
          .push_back(
              {key, segments_[i], std::span(scores_).subspan(row.scores, row.scores_end - row.scores)});
  }
  derive_now();
  count_scores(std::move(scored), open);
  count_scores(std::move(late), corrections);
  rows_.clear();
  feedback_.clear();
  for (auto& list : dealt_) list.clear();
  predicted_.clear();
  cells_.clear();
  segments_.clear();
  notes_.clear();
  values_.clear();
  scores_.clear();
  raw_.clear();
  texts_.release();
}

void Lane::count_row(const TakenRow& row) {
  if (row.id.empty()) ++row.counters->predictions;
  if (row.late) ++model_counters[row.version->model].late;
  const SlotKey key{slot_of(row.time, settings_.slot), row.version->series};
  if (!row.late && !row.id.empty())
    open[key].add_identified(std::span(segments_).subspan(row.segments, row.segments_end - row.segments), 1);
  if (row.plan == nullptr) {
    if (row.late) return;
    OpenSlot& slot = open[key];
    slot.traffic.add_answers(1);
    add_row(slot.raw, std::move(raw_[row.raw].first), std::move(raw_[row.raw].second));
    kept_whole = true;
    return;
  }
  OpenSlot& slot = row.late ? corrections[key] : open[key];
  if (!row.late) slot.traffic.add_answers(1);
  const std::size_t columns = row.plan->binner.columns();
  const std::span<const std::uint8_t> cells(cells_.data() + row.cells, columns);
  const std::span<const std::uint8_t> places(cells_.data() + row.cells + row.plan->row_cells(), columns);
  for (std::size_t i = row.segments; i < row.segments_end; ++i) {
    detectors::Tally& tally = slot.tally(segments_[i], row.plan->layout);
    tally.add(cells, places);
    if (segments_[i] == 0) derive_later(slot, *row.plan, cells.data());
  }
  for (std::size_t n = row.notes; n < row.notes_end; ++n)
    slot.note({notes_[n].first,
               row.time,
               row.late ? std::string() : std::string(row.id),  // what is in the history stays there
               row.hash,
               {segments_.begin() + static_cast<std::ptrdiff_t>(row.segments),
                segments_.begin() + static_cast<std::ptrdiff_t>(row.segments_end)},
               std::string(notes_[n].second)});
  if (row.late) return;
  for (std::size_t v = row.values; v < row.values_end; ++v)
    slot.values.push_back({values_[v].first, row.time, std::string(row.id), values_[v].second, row.hash});
}

// Derived columns follow from the cells, and many rows at once take a third of the time.
void Lane::derive_later(OpenSlot& slot, const Plan& plan, const std::uint8_t* cells) {
  if (plan.deriver.columns() == 0) return;
  if (underived_.slot != &slot || underived_.plan != &plan) derive_now();
  underived_.slot = &slot;
  underived_.plan = &plan;
  underived_.rows.push_back(cells);
}

void Lane::derive_now() {
  if (underived_.rows.empty()) return;
  const Plan& plan = *underived_.plan;
  plan.deriver.count(underived_.rows, underived_.slot->tally(0, plan.layout), derived_);
  underived_.slot = nullptr;
  underived_.plan = nullptr;
  underived_.rows.clear();
}

}  // namespace driftd::app
