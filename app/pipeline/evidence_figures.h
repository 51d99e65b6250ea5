// Evidence and its budget as metrics and HTTP show them (DESIGN 4). Pure functions of a version's state.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "app/pipeline/version.h"
#include "detectors/evidence/kind_evidence.h"

namespace driftd::app {

struct KindFigures {
  detectors::evidence::EvidenceKind kind = detectors::evidence::EvidenceKind::data;
  std::string_view state;  // watching, paused (some column), learning a new normal
  double evidence = 0;     // S after the test of the newest slot
  double granted = 0;      // alarms' worth of capital against this reference
  std::int64_t spent = 0;
  std::vector<std::string> paused;
  std::vector<std::pair<detectors::evidence::SeriesName, double>> series;
};

// Of the kinds that watch. The slots are the newest that the two clocks have passed.
std::vector<KindFigures> evidence_figures(const Version& version, std::int64_t prediction_slot,
                                          std::int64_t feedback_slot);

// Of all references that the version has had, together.
struct Ledger {
  double granted = 0;
  std::int64_t spent = 0;
};
Ledger ledger_of(const Version& version, std::int64_t prediction_slot, std::int64_t feedback_slot);

}  // namespace driftd::app
