#include "detectors/evidence/column_monitors.h"

#include <algorithm>

#include "detectors/evidence/categorical_monitor.h"
#include "detectors/evidence/column_counts.h"
#include "detectors/evidence/numeric_monitor.h"
#include "detectors/evidence/rate_monitor.h"

namespace driftd::detectors::evidence {

std::shared_ptr<const SeriesMonitors> column_monitors(const ColumnProfile& column,
                                                      const MonitorReferences& references,
                                                      const Floors& floors) {
  auto made = std::make_shared<SeriesMonitors>();
  const std::vector<ColumnMonitor> wanted = monitors_of(column);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const MonitorReference& reference = references[i];
    WeightedMonitor one;
    if (wanted[i].shape != Shape::value) {
      one.monitor = rate_monitor(reference, wanted[i].shape);
    } else if (column.type == ColumnType::categorical) {
      one.monitor = categorical_monitor(reference, floors);
    } else {
      one.monitor = numeric_monitor(reference, floors);
      made->bank = bank_laws(reference);
    }
    one.weight = wanted[i].weight;
    one.inflation = reference.inflation;
    one.per_slot = reference.per_slot;
    made->monitors.push_back(std::move(one));
  }
  return made;
}

bool is_resolved(const MonitorReferences& references) {
  return std::all_of(references.begin(), references.end(),
                     [](const MonitorReference& one) { return one.resolved; });
}

}  // namespace driftd::detectors::evidence
