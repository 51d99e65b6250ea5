// Plan: how the rows (or the pairs) of one model version are counted, once its reference is known.
//
// Immutable and shared by all lanes; a new reference or a reload makes another and swaps it between two
// rounds. Everything in it is derived from a profile and the model's configuration.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/config/model_config.h"
#include "detectors/binning.h"
#include "detectors/derived/embedding_binner.h"
#include "detectors/derived/row_deriver.h"
#include "detectors/performance/slice_columns.h"
#include "detectors/profile.h"
#include "detectors/tally.h"

namespace driftd::app {

// A column whose values go to order-dependent detectors one by one.
struct WatchedColumn {
  std::uint32_t column = 0;  // of its side
  std::string name;
  std::vector<DetectorConfig> detectors;
};

struct Plan {
  Plan(detectors::Profile reference, detectors::Side which, const ModelConfig& config);

  detectors::Profile profile;
  detectors::Side side;
  detectors::Binner binner;
  detectors::derived::EmbeddingBinner embeddings;  // of predictions; has none on the pairs' side
  detectors::derived::RowDeriver deriver;  // of the columns after the binner's; has none on the pairs' side
  std::shared_ptr<const detectors::TallyLayout> layout;
  std::uint64_t layout_id = 0;  // equal where cells mean the same: tells whether stored counts still fit
  std::uint64_t score_layout_id = 0;                     // likewise, where codes of scores do
  std::vector<const detectors::ColumnProfile*> columns;  // of this side, in order; into `profile`
  std::vector<WatchedColumn> watched;
  detectors::SliceColumns slices;  // of predictions: by what errors are looked at later

  // A row is kept as its cells, the codes of its embeddings, and its places.
  [[nodiscard]] std::size_t row_cells() const { return binner.columns() + embeddings.codes(); }
  [[nodiscard]] std::size_t row_bytes() const { return row_cells() + binner.columns(); }

  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;
};

// What the reference says a prediction means, but for the positive class where the configuration names it.
detectors::TaskSpec task_of(const Plan& plan, const ModelConfig& config);

// The kinds that run on a column: those it declares, and with defaults those that a rule names.
std::vector<DetectorConfig> detectors_on(const ModelConfig& config, const std::string& column);

detectors::ProfileOptions profile_options(const ModelConfig& config, std::string model, std::string version);

}  // namespace driftd::app
