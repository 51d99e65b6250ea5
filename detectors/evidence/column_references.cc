#include "detectors/evidence/column_references.h"

#include <algorithm>
#include <memory>
#include <span>
#include <utility>

#include "detectors/evidence/column_counts.h"
#include "detectors/tally.h"

namespace driftd::detectors::evidence {
namespace {

// The reference and the blocks of one monitor, out of those of its column.
class MonitorCounts {
 public:
  // Of the whole reference; the blocks miss rows without a time.
  MonitorCounts(const ColumnProfile& column, const ColumnBlocks& blocks)
      : MonitorCounts(column, blocks, /*guess_new=*/true) {
    add_column_counts(column, column.reference, total_);
    seen_once_ = seen_once(column);
  }
  // Of a segment of it.
  MonitorCounts(const ColumnProfile& column, std::span<const CellCount> segment, const ColumnBlocks& blocks)
      : MonitorCounts(column, blocks, /*guess_new=*/true) {
    add_column_counts(column, segment, total_);
    seen_once_ = seen_once(column, segment);
  }
  // Of the blocks alone, which have met new categories themselves.
  static MonitorCounts of_blocks(const ColumnProfile& column, const ColumnBlocks& blocks) {
    MonitorCounts made(column, blocks, /*guess_new=*/false);
    for (std::size_t i = 0; i < blocks.counts.size(); ++i) made.total_[i % made.width_] += blocks.counts[i];
    return made;
  }

  // Good until the next call.
  struct View {
    std::vector<std::int64_t> total;
    std::span<const BlockCounts> blocks;
  };
  View of(const ColumnMonitor& monitor, std::size_t offset) {
    const auto part = [&](const std::vector<std::int64_t>& counts, std::size_t first) {
      const auto begin = counts.begin() + static_cast<std::ptrdiff_t>(first + offset);
      return std::pair(begin, begin + static_cast<std::ptrdiff_t>(monitor.width));
    };
    for (std::size_t i = 0; i < views_.size(); ++i) {
      views_[i].start = blocks_.starts[i];
      const auto [begin, end] = part(blocks_.counts, i * width_);
      views_[i].counts.assign(begin, end);
    }
    const auto [begin, end] = part(total_, 0);
    View view{{begin, end}, views_};
    if (guess_new_ && monitor.shape == Shape::new_category) guess_new(view);
    return view;
  }

 private:
  MonitorCounts(const ColumnProfile& column, const ColumnBlocks& blocks, bool guess_new)
      : blocks_(blocks),
        guess_new_(guess_new),
        width_(counts_of(column)),
        total_(width_, 0),
        views_(blocks.starts.size()) {}

  // The reference knows all of its own categories; those seen once stand for the new ones.
  void guess_new(View& view) const {
    const std::int64_t present = view.total[0] + view.total[1];
    view.total[1] = std::min(seen_once_, present);
    view.total[0] = present - view.total[1];
    view.blocks = {};
  }

  const ColumnBlocks& blocks_;
  bool guess_new_;
  std::int64_t seen_once_ = 0;  // values of the reference
  std::size_t width_;
  std::vector<std::int64_t> total_;
  std::vector<BlockCounts> views_;
};

MonitorReferences measure_each(const ColumnProfile& column, MonitorCounts counts,
                               const MeasureOptions& options) {
  MonitorReferences found;
  std::size_t offset = 0;
  for (const ColumnMonitor& monitor : monitors_of(column)) {
    const MonitorCounts::View view = counts.of(monitor, offset);
    found.push_back(measure(view.total, view.blocks, monitor.functionals, options));
    offset += monitor.width;
  }
  return found;
}

void let_new_follow(const ColumnProfile& column, MonitorReferences& references) {
  if (column.type != ColumnType::categorical) return;
  references.back().per_slot = references.front().per_slot;
  references.back().resolved = references.front().resolved;
}

}  // namespace

Result<std::vector<ColumnBlocks>> blocks_of(const Profile& profile, Side side) {
  return blocks_of(profile, side, profile.blocks);
}

Result<std::vector<ColumnBlocks>> blocks_of(const Profile& profile, Side side,
                                            std::span<const ProfileBlock> profile_blocks) {
  const std::vector<const ColumnProfile*> columns = profile.side(side);
  std::vector<ColumnBlocks> found(columns.size());
  const auto layout = std::make_shared<const TallyLayout>(profile, side);
  Tally tally(layout);
  for (const ProfileBlock& block : profile_blocks) {
    const std::string& bytes = side == Side::predictions ? block.predictions : block.pairs;
    if (bytes.empty()) continue;
    tally.clear();
    if (Status merged = tally.merge_encoded(bytes); !merged.ok()) return merged.error();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      std::vector<std::int64_t>& counts = found[i].counts;
      counts.resize(counts.size() + counts_of(*columns[i]), 0);
      found[i].starts.push_back(slot_start(block.block, kProfileBlock));
      add_column_counts(*columns[i], tally.column(i), std::span(counts).last(counts_of(*columns[i])));
    }
  }
  return found;
}

MonitorReferences references_of(const ColumnProfile& column, const ColumnBlocks& blocks,
                                const MeasureOptions& options) {
  MonitorReferences found = measure_each(column, MonitorCounts(column, blocks), options);
  let_new_follow(column, found);
  return found;
}

MonitorReferences references_of_segment(const ColumnProfile& column, std::span<const CellCount> counts,
                                        const ColumnBlocks& blocks, const MeasureOptions& options) {
  MonitorReferences found = measure_each(column, MonitorCounts(column, counts, blocks), options);
  let_new_follow(column, found);
  return found;
}

MonitorReferences references_of_blocks(const ColumnProfile& column, const ColumnBlocks& blocks,
                                       const MeasureOptions& options) {
  return measure_each(column, MonitorCounts::of_blocks(column, blocks), options);
}

void spread_cells(MonitorReferences& references, Cells from, Cells to) {
  if (from == to) return;
  const std::size_t size = Calendar{to, {}, {}}.size();
  for (MonitorReference& reference : references) {
    for (Regime& regime : reference.regimes) {
      const std::vector<CellLaw> coarse = std::move(regime.cells);
      regime.cells.clear();
      for (std::size_t cell = 0; cell < size; ++cell) regime.cells.push_back(coarse[cell % coarse.size()]);
    }
  }
}

void add_regimes(MonitorReferences& references, const ColumnProfile& column, const ColumnBlocks& blocks,
                 const MeasureOptions& options) {
  MonitorCounts counts(column, blocks);
  const std::vector<ColumnMonitor> monitors = monitors_of(column);
  std::size_t offset = 0;
  for (std::size_t i = 0; i < monitors.size(); ++i) {
    const MonitorCounts::View view = counts.of(monitors[i], offset);
    add_regime(references[i], view.total, view.blocks, monitors[i].functionals, options);
    offset += monitors[i].width;
  }
  let_new_follow(column, references);
}

void adopt_evidence_bins(Profile& regime, const Profile& reference) {
  for (ColumnProfile& column : regime.columns) {
    const ColumnProfile* known = reference.find(column.name);
    if (known == nullptr || known->type != ColumnType::categorical || known->type != column.type) continue;
    if (known->categories != column.categories) continue;
    column.evidence_bin = known->evidence_bin;
    column.evidence_bins = known->evidence_bins;
  }
}

bool same_bins(const ColumnProfile& a, const ColumnProfile& b) {
  if (a.type != b.type || a.evidence_bins != b.evidence_bins) return false;
  if (a.type == ColumnType::numeric) {
    return a.evidence_edges == b.evidence_edges && a.minimum == b.minimum && a.maximum == b.maximum;
  }
  const auto kept = static_cast<std::ptrdiff_t>(a.evidence_bins) - 1;  // the last is `other`
  return std::equal(a.categories.begin(), a.categories.begin() + kept, b.categories.begin());
}

}  // namespace driftd::detectors::evidence
