#include "app/pipeline/evidence_figures.h"

namespace driftd::app {

namespace ev = detectors::evidence;

ClosedSlots closed_slots(const collector::Clocks& clocks, Duration slot_length) {
  const auto newest = [&](Time clock) { return clock == kNoTime ? 0 : slot_of(clock, slot_length) - 1; };
  return {newest(clocks.prediction_clock()), newest(clocks.feedback_clock())};
}

std::vector<KindFigures> evidence_figures(const Version& version, const ClosedSlots& closed) {
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
    one.granted = watch.evidence.granted(ev::lives_on_labels(kind) ? closed.feedback : closed.prediction);
    if (watch.renorming && watch.renorming->learning) one.state = "learning";
    all.push_back(std::move(one));
  }
  return all;
}

Ledger ledger_of(const Version& version, const ClosedSlots& closed) {
  Ledger ledger{version.granted_before, version.spent_before};
  for (const KindFigures& kind : evidence_figures(version, closed)) {
    ledger.granted += kind.granted;
    ledger.spent += kind.spent;
  }
  return ledger;
}

}  // namespace driftd::app
