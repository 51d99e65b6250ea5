#include "detectors/labelled_rows.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "detectors/binning.h"
#include "detectors/performance/slice_columns.h"

namespace driftd::detectors {

bool has_verdict(const Table& table, std::uint32_t row) {
  const auto& verdict = table.verdicts[row];
  return verdict && (verdict->label || verdict->value);
}

evidence::LabelSource label_source_of(const Table& table, const TaskSpec& task, const RowIndexes& rows) {
  evidence::LabelSource source;
  source.task = task.task;
  source.slot = table.slot;
  for (const std::uint32_t row : rows) {
    if (!has_verdict(table, row)) continue;
    const auto pair = resolve(table.predicted[row], *table.verdicts[row], task);
    if (!pair) continue;
    const PairTimes times = row < table.pair_times.size() ? table.pair_times[row] : PairTimes{};
    const bool known = times.prediction != kNoTime && times.feedback != kNoTime;
    source.ages_known = source.ages_known && known && table.times[row] != kNoTime;
    const Time evidence_time =
        known ? std::max({table.times[row], times.prediction, times.feedback}) : table.times[row];
    source.pairs.push_back(
        known ? evidence::labelled_pair(*pair, times.prediction, times.feedback, evidence_time)
              : evidence::labelled_pair(*pair, 0, 0, evidence_time));
  }
  return source;
}

std::map<std::int64_t, std::int64_t> cohorts_of(const Table& table, const RowIndexes& rows) {
  std::map<std::int64_t, std::int64_t> cohorts;
  for (const std::uint32_t row : rows)
    if (table.times[row] != kNoTime && !table.ids[row].empty())
      ++cohorts[evidence::cohort_of(table.times[row], table.slot)];
  return cohorts;
}

std::optional<LossModel> expected_loss(const Profile& profile, const Table& table,
                                       std::span<const ColumnSource> sources, const RowIndexes& pairs) {
  const SliceColumns columns(profile);
  const Binner binner(profile, Side::predictions);
  SlicedRows sliced;
  sliced.columns = columns.size();
  std::vector<std::uint8_t> cells(binner.columns()), odd, bins(columns.size());
  RowIndexes rows = edge_rows(table, pairs);
  std::sort(rows.begin(), rows.end());
  for (const std::uint32_t row : rows) {
    const auto pair = resolve(table.predicted[row], *table.verdicts[row], profile.task);
    if (!pair || !std::isfinite(loss_of(*pair))) continue;
    for (std::uint32_t k = 0; k < cells.size(); ++k) cells[k] = binner.cell_of(k, sources[k].value(row)).cell;
    if (!columns.bin(cells, bins)) return std::nullopt;
    sliced.bins.insert(sliced.bins.end(), bins.begin(), bins.end());
    sliced.losses.push_back(loss_of(*pair));
    sliced.labels.push_back(pair->actual_value);
    const auto block = block_of(table, row);
    odd.push_back(block ? LossModel::is_odd(*block) : sampling_hash(table, row) % 2 != 0);
  }
  return LossModel::fit(columns.id(), columns.bins(), sliced, odd);
}

}  // namespace driftd::detectors
