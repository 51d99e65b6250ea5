// A reference of sixteen days with a daily season and a wobble: a numeric and a categorical column.
#pragma once

#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "detectors/evidence/certify/held_out.h"
#include "detectors/evidence/certify/reference_days.h"
#include "detectors/evidence/column_counts.h"
#include "tests/detectors/evidence_streams.h"

namespace driftd::detectors::evidence::testing {

struct ReplayExample {
  static constexpr Time kFirst = 1'788'739'200 * kSecond + 6 * kHour;
  static constexpr int kDays = 16;

  struct Column {
    ColumnProfile profile;
    ColumnBlocks blocks;
    MonitorReferences references, by_fold;
    std::vector<std::int64_t> counts;
  };
  std::vector<Column> columns;
  ReferenceDays days;
  MeasureOptions options;

  // Day `odd` lies a good deal higher than all others, 99: none does; the laws have seen it or not.
  explicit ReplayExample(int odd = 99, bool seen = false) {
    columns.push_back({numeric_column(), {}, {}, {}, {}});
    columns.push_back({categorical_column(), {}, {}, {}, {}});
    fill(seen ? odd : 99);
    const ProfileSpan span{kFirst, kFirst + kDays * kDay - kMinute};
    options = {Calendar{Cells::hour_of_week, {}, {}}, 5 * kMinute, true};
    days = reference_days(std::span(&span, 1), options.calendar, options.slot).value();
    for (Column& column : columns) {
      column.references = references_of(column.profile, column.blocks, options);
      const ColumnInProfiles in{{&column.profile}, {&column.blocks}};
      column.by_fold = laws_by_fold(column.references, in, days, options);
      column.blocks = {};
    }
    fill(odd);
    for (Column& column : columns) {
      const ColumnBlocks* const blocks = &column.blocks;
      column.counts = counts_by_slot(days, std::span(&blocks, 1), counts_of(column.profile));
    }
  }

 private:
  static ColumnProfile numeric_column() {
    ColumnProfile column;
    column.name = "height";
    column.minimum = 0;
    column.maximum = 1;
    for (int k = 1; k < 10; ++k) column.evidence_edges.push_back(k / 10.0);
    column.shown_edges = column.evidence_edges;
    (void)column.derive();
    column.reference.resize(column.cells());
    return column;
  }
  static ColumnProfile categorical_column() {
    ColumnProfile column;
    column.name = "colour";
    column.type = ColumnType::categorical;
    column.categories = {"red", "blue", "green"};
    column.reference.assign(kFirstBin + 3, {});
    for (std::size_t k = 0; k < 3; ++k) column.reference[kFirstBin + k].count = 1000;
    (void)column.derive();
    column.reference.assign(column.cells(), {});
    return column;
  }
  void fill(int odd) {
    Random random(7);
    for (int day = 0; day < kDays; ++day) {
      const double wobble = .04 * (random.uniform() - .5) + (day == odd ? .2 : 0);
      for (int i = 0; i < 288; ++i) {
        const double season = .1 * std::sin(2 * 3.14159265358979 * i / 288);
        std::vector<CellCount> high(columns[0].profile.cells()), red(columns[1].profile.cells());
        for (std::size_t n = random.below(50); n > 0; --n) {
          const double value = std::min(std::max(random.uniform() + season + wobble, 0.), .999);
          ++high[random.uniform() < .02 ? kNullCell : kFirstBin + static_cast<std::size_t>(value * 10)].count;
          ++red[kFirstBin + (random.uniform() < .5 + wobble ? 0 : 1 + random.below(2))].count;
        }
        add(columns[0], high, kFirst + (day * 288 + i) * kProfileBlock);
        add(columns[1], red, kFirst + (day * 288 + i) * kProfileBlock);
      }
    }
  }
  static void add(Column& column, const std::vector<CellCount>& cells, Time start) {
    column.blocks.starts.push_back(start);
    auto& counts = column.blocks.counts;
    counts.resize(counts.size() + counts_of(column.profile), 0);
    add_column_counts(column.profile, cells, std::span(counts).last(counts_of(column.profile)));
    for (std::size_t cell = 0; cell < cells.size(); ++cell)
      column.profile.reference[cell].count += cells[cell].count;
  }
};

}  // namespace driftd::detectors::evidence::testing
