// One prediction as cells: features, prediction and score by the plan's bins. The lane does it as events
// come, the judge for rows that were kept whole until their reference was known.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/pipeline/plan.h"
#include "core/event.h"
#include "core/pair.h"
#include "detectors/performance/score_codes.h"

namespace driftd::app {

// Buffers for one row at a time. Texts are views into the event or this value.
struct BinnedRow {
  std::vector<std::uint8_t> cells;  // Plan::row_bytes(): cells, codes of embeddings, places
  std::vector<std::pair<std::uint32_t, std::string_view>> new_categories;
  std::vector<std::pair<std::uint32_t, double>> watched;
  std::vector<detectors::ScoreCode> scores;

  [[nodiscard]] std::span<const std::uint8_t> cells_of(const Plan& plan) const {
    return std::span(cells).first(plan.binner.columns());
  }
  [[nodiscard]] std::span<const std::uint8_t> cells_and_codes_of(const Plan& plan) const {
    return std::span(cells).first(plan.row_cells());
  }
  [[nodiscard]] std::span<const std::uint8_t> places_of(const Plan& plan) const {
    return std::span(cells).last(plan.binner.columns());
  }
  std::vector<char> texts;   // of new categories that are numbers
  std::string label;         // what was predicted
  std::vector<float> items;  // of one embedding
};

void bin_row(const Plan& plan, std::span<const Feature> features, const Predicted& predicted,
             detectors::BinnerHints& hints, BinnedRow& row);

// Counts a row of the plan, given by its cells and codes, in a segment's tally. Derived columns are those of
// the whole model (segment 0): they follow from the cells and codes, so that nobody has to keep them.
void count_row(const Plan& plan, std::uint32_t segment, std::span<const std::uint8_t> cells,
               std::span<const std::uint8_t> places, detectors::Tally& tally,
               detectors::derived::DerivedRow& derived, int sign = 1);

}  // namespace driftd::app
