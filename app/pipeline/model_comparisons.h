// What is known of a model's declared comparisons between two rounds: values, saved with the model.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/codec.h"
#include "core/result.h"
#include "detectors/champion/comparison_run.h"

namespace driftd::app {

// Labelled predictions of an evidence slot that the comparison has not come to yet.
struct ArrivedLosses {
  detectors::champion::LossMetric metric = detectors::champion::LossMetric::error;
  double bound = 0;  // as the champion's reference has it by then; 0: not known
  std::vector<detectors::champion::DealtLoss> losses;
};

struct ComparisonState {
  std::string declared;  // ComparisonConfig::declared
  detectors::champion::ComparisonRun run;
  detectors::champion::Outcome verdict = detectors::champion::Outcome::unknown;
  std::string incident;  // that the verdict opened
  std::int64_t through =
      std::numeric_limits<std::int64_t>::min();            // evidence slots up to this are dealt with
  std::uint64_t by_id = 0;                                 // pairs of runs that are over
  std::uint64_t by_strata = 0;                             // likewise
  std::map<std::int64_t, ArrivedLosses> arrived;           // by evidence slot
  std::map<std::int64_t, std::set<std::string>> deployed;  // versions, by the slot of their deployment

  // Counts from nothing, with no verdict.
  void begin_anew();
};

struct ModelComparisons {
  std::map<std::string, ComparisonState> by_name;

  void save(Encoder& out) const;
  Status load(Decoder& in, Duration slot_length);
};

}  // namespace driftd::app
