// Evidence and its budget as metrics and HTTP show them (DESIGN 4). Pure functions of a version's state.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/pipeline/evidence_judge.h"
#include "app/pipeline/version.h"
#include "collector/clock.h"
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

// The newest slots that the two clocks have passed; 0 where there is no clock yet.
struct ClosedSlots {
  std::int64_t prediction = 0, feedback = 0;
};
ClosedSlots closed_slots(const collector::Clocks& clocks, Duration slot_length);

// Of the kinds that watch.
std::vector<KindFigures> evidence_figures(const Version& version, const ClosedSlots& closed);

// A segment that has, or will have, evidence of its own.
struct SegmentFigures {
  std::string label;
  std::string_view side;   // predictions, pairs
  std::string_view state;  // watching; learning: first seen later, and its reference is not there yet
  double share = 0;        // of the kinds' budget
  std::int64_t rows = 0;   // of its reference, so far
};
std::vector<SegmentFigures> segment_figures(const Version& version);

// Of all references that the version has had, together.
Ledger ledger_of(const Version& version, const ClosedSlots& closed);

}  // namespace driftd::app
