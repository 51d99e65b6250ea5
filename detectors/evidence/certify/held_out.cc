#include "detectors/evidence/certify/held_out.h"

#include <algorithm>
#include <utility>

#include "detectors/evidence/column_counts.h"
#include "detectors/evidence/column_monitors.h"

namespace driftd::detectors::evidence {
namespace {

ColumnBlocks without(const ColumnBlocks& blocks, std::size_t width, Time begin, Time end) {
  ColumnBlocks kept;
  for (std::size_t i = 0; i < blocks.starts.size(); ++i) {
    if (blocks.starts[i] >= begin && blocks.starts[i] < end) continue;
    kept.starts.push_back(blocks.starts[i]);
    const auto first = blocks.counts.begin() + static_cast<std::ptrdiff_t>(i * width);
    kept.counts.insert(kept.counts.end(), first, first + static_cast<std::ptrdiff_t>(width));
  }
  return kept;
}

}  // namespace

MonitorReferences laws_by_fold(const MonitorReferences& references, const ColumnInProfiles& column,
                               const ReferenceDays& days, const MeasureOptions& options) {
  MonitorReferences found = references;
  for (MonitorReference& reference : found) {
    reference.per_slot = 0;
    for (Regime& regime : reference.regimes) regime.cells.clear();
  }
  MeasureOptions laws_alone = options;
  laws_alone.measure = false;
  for (std::size_t number = 0; number < days.folds; ++number) {
    const ReferenceDays::Fold fold = days.fold(number);
    const ColumnProfile& profile = *column.columns[fold.profile];
    const MonitorReferences rest = references_of(
        profile, without(*column.blocks[fold.profile], counts_of(profile), fold.begin, fold.end), laws_alone);
    for (std::size_t m = 0; m < found.size(); ++m) {
      for (std::size_t r = 0; r < found[m].regimes.size(); ++r) {
        const auto& laws = r == fold.profile ? rest[m].regimes.front().cells : references[m].regimes[r].cells;
        std::vector<CellLaw>& all = found[m].regimes[r].cells;
        all.insert(all.end(), laws.begin(), laws.end());
      }
    }
  }
  return found;
}

MonitorReferences laws_of_fold(const MonitorReferences& by_fold, std::size_t fold, std::size_t cells) {
  MonitorReferences found;
  for (const MonitorReference& reference : by_fold) {
    MonitorReference one{reference.p, reference.n,         reference.per_slot,
                         {},          reference.inflation, reference.resolved};
    for (const Regime& regime : reference.regimes) {
      const auto first = regime.cells.begin() + static_cast<std::ptrdiff_t>(fold * cells);
      one.regimes.push_back({{first, first + static_cast<std::ptrdiff_t>(cells)}, regime.blocks});
    }
    found.push_back(std::move(one));
  }
  return found;
}

ReplayMonitors replay_monitors(const ColumnProfile& column, const MonitorReferences& by_fold,
                               const ReferenceDays& days) {
  ReplayMonitors found;
  found.cells = days.cells_of_calendar;
  for (std::size_t fold = 0; fold < days.folds; ++fold)
    found.folds.push_back(column_monitors(column, laws_of_fold(by_fold, fold, found.cells)));
  if (column.type == ColumnType::numeric) found.bank = bank_laws(by_fold.front());
  return found;
}

}  // namespace driftd::detectors::evidence
