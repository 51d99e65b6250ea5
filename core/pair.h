// A prediction and what became known about it: what the join hands to performance.
//
// Plain values that own their texts. What of `Predicted` is "the prediction" depends on the model's
// task (DESIGN section 3); nothing here decides that.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/time.h"

namespace driftd {

// What the event said was predicted.
struct Predicted {
  std::optional<std::string> label;  // its shortest text
  std::optional<double> value;
  std::optional<double> score;                         // probability of the positive class
  std::vector<std::pair<std::string, double>> scores;  // probability per class
  bool operator==(const Predicted&) const = default;
};

// What the feedback said. A label that is a number has both: its shortest text and the number.
struct Verdict {
  std::optional<std::string> label;
  std::optional<double> value;
  bool operator==(const Verdict&) const = default;
};

struct Pair {
  std::uint32_t series = 0;  // (model, version): the registry's index, stable over restarts
  std::string id;
  Time prediction_time = 0;  // its slot is where history files the pair
  Time feedback_time = 0;    // order-dependent detectors on the loss sort by it (DESIGN 7.10)
  Time evidence_time = 0;    // its slot is the evidence slot (DESIGN 7.3)
  Predicted predicted;
  Verdict verdict;
  std::vector<std::uint32_t> segments;
  std::string cells;  // the prediction's cells, codes of embeddings, places, a byte each; empty: not binned
  std::string variant = {};
  bool operator==(const Pair&) const = default;
};

}  // namespace driftd
