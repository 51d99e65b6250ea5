#include "app/pipeline/metrics_retraining.h"

namespace driftd::app {

// Of models of which something was heard: who trains elsewhere has no series of it.
void add_retrainings(const AlertDesk& desk, MetricFamilies& families) {
  using alerts::MetricId;
  for (const auto& [model, entry] : desk.retrainings.all()) {
    for (std::size_t i = 0; i < alerts::kRetrainingStates; ++i) {
      const auto state = static_cast<alerts::RetrainingState>(i);
      families[MetricId::retraining_state].add({model, name_of(state)}, entry.now.state == state ? 1 : 0);
    }
    for (std::size_t i = 1; i < alerts::kRetrainingOutcomes; ++i)
      families[MetricId::retrainings].add({model, name_of(static_cast<alerts::RetrainingOutcome>(i))},
                                          number(entry.ended.at(i)));
  }
}

}  // namespace driftd::app
