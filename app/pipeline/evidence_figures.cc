#include "app/pipeline/evidence_figures.h"

namespace driftd::app {

namespace ev = detectors::evidence;

std::vector<KindFigures> evidence_figures(const Version& version, std::int64_t prediction_slot,
                                          std::int64_t feedback_slot) {
  std::vector<KindFigures> all;
  if (!version.evidence) return all;
  for (const auto& [kind, watch] : version.evidence->kinds) {
    const auto& paused = watch.evidence.paused();
    KindFigures one{kind,
                    paused.empty() ? "watching" : "paused",
                    watch.evidence.evidence(),
                    0,
                    watch.evidence.spent(),
                    {paused.begin(), paused.end()},
                    watch.evidence.by_series()};
    one.granted = watch.evidence.granted(ev::lives_on_labels(kind) ? feedback_slot : prediction_slot);
    if (watch.renorming && watch.renorming->learning) one.state = "learning";
    all.push_back(std::move(one));
  }
  return all;
}

Ledger ledger_of(const Version& version, std::int64_t prediction_slot, std::int64_t feedback_slot) {
  Ledger ledger{version.granted_before, version.spent_before};
  for (const KindFigures& kind : evidence_figures(version, prediction_slot, feedback_slot)) {
    ledger.granted += kind.granted;
    ledger.spent += kind.spent;
  }
  return ledger;
}

}  // namespace driftd::app
