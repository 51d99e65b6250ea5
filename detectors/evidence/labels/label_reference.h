// LabelReference: how labels came and what they said in the reference (STATISTICS 9). Part of a Profile.
//
// Counts of every five minutes, so that rates by age, cells of the calendar and variance inflation can be
// had from them. A plain value; the same pairs in any order give the same one.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/codec.h"
#include "core/result.h"
#include "core/time.h"
#include "detectors/evidence/labels/labelled_pair.h"
#include "detectors/evidence/labels/pair_counts.h"

namespace driftd::detectors::evidence {

// Five minutes of the reference. Encoded (PairCounts::encode), since most counts are 0.
struct LabelBlock {
  std::int64_t block = 0;  // slot_of(time, kProfileBlock)
  std::string arrived;     // pairs whose evidence time lies in it, by age
  // Of the cohort of predictions made in it:
  std::string matured;  // pairs known before its end + the 95 % age, all ages in one; empty where not over
  // how many were made and how many were labelled in each age bucket; empty: not known, or none
  std::vector<std::int64_t> cohort;

  friend bool operator==(const LabelBlock&, const LabelBlock&) = default;
};

struct LabelReference {
  PairScale scale;
  Time until = kNoTime;            // what was known before this time is in it; kNoTime: times are not known
  bool arrivals = false;           // predictions without a label are counted too
  std::vector<LabelBlock> blocks;  // rising; pairs without a time are in none
  std::string timeless;            // counts of those, as LabelBlock::arrived

  // Canonical bytes.
  void save(Encoder& out) const;
  static Result<LabelReference> load(Decoder& in);

  friend bool operator==(const LabelReference&, const LabelReference&) = default;
};

// The cohort that a prediction belongs to: the five-minute block in which its slot ends. Slots shorter than
// five minutes thus share one, and of longer ones all predictions are judged at once.
std::int64_t cohort_of(Time prediction_time, Duration slot);
std::int64_t cohort_of_slot(std::int64_t prediction_slot, Duration slot);

struct LabelSource {
  Task task = Task::none;
  std::vector<LabelledPair> pairs;  // evidence_time kNoTime: not known
  bool ages_known = true;           // false: evidence times may be known, ages are not
  Duration slot = kMinute;
  // Predictions with an id by cohort, labelled or not; empty: not known.
  std::map<std::int64_t, std::int64_t> predictions;
};

// Precondition: a task, and pairs.
LabelReference label_reference(const LabelSource& source);
// Of a part of the pairs (a segment), over the scale of all and up to the same time.
LabelReference label_reference(const LabelSource& part, const LabelReference& whole);

}  // namespace driftd::detectors::evidence
