// The expected loss of a regression from what is known before its label: DLE, direct loss estimation.
//
// Additive models over the slice bins (slice_columns.h) of the prediction and the features, one of each part:
// |error|, its square, |error| / |label| of labels other than 0, and for r2 the label and its square, both
// less the reference's mean. What is expected of a row is a base and one effect of each of its bins. Effects
// are found by backfitting (Buja, Hastie, Tibshirani 1989) with each bin's mean shrunk as by kShrinkage rows
// of nothing, on one half of the reference's five-minute blocks; base and residual variance are those of the
// other (STATISTICS 6, *Fitted things*). The halves go by a hash of the block, for where rows come once an
// hour every block is even, and of alternating hours one half never sees noon. Mergeable: the mean over
// whatever rows follows from how often each bin occurred. Source: NannyML, *Direct Loss Estimation*. Where it
// differs: NannyML's model is LightGBM, which sees interactions of features and finer differences; this one
// sees none, but needs no pass over the rows. NannyML divides by machine epsilon where a label is 0 and
// estimates no r2. It is blind to a change of the concept. A plain value.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/codec.h"
#include "core/result.h"
#include "detectors/performance/slice_log.h"

namespace driftd::detectors {

class LossModel {
 public:
  enum class Part : std::uint8_t { loss, square, relative, label, label_square };
  static constexpr std::size_t kParts = 5;
  static constexpr double kShrinkage = 20;
  static constexpr std::size_t kLeastRows = 100;  // of each half

  // Of what is left once the model is known; of one row.
  struct Covariances {
    double square_label = 0;
    double square_label_square = 0;
    double label_label_square = 0;
  };

  // The half of a block.
  static bool is_odd(std::int64_t block);
  // `bins` of each column; `odd` of each row. `meaning` is SliceColumns::id(). Empty where a half has under
  // kLeastRows rows.
  static std::optional<LossModel> fit(std::uint64_t meaning, std::span<const std::size_t> bins,
                                      const SlicedRows& rows, std::span<const std::uint8_t> odd);

  [[nodiscard]] std::uint64_t meaning() const { return meaning_; }
  // loss and square always are; relative where enough labels are not 0; label and label_square together.
  [[nodiscard]] bool has(Part part) const { return table(part).has_value(); }
  // Precondition: has(part).
  [[nodiscard]] double base(Part part) const { return table(part)->base; }
  [[nodiscard]] double residual_variance(Part part) const { return table(part)->variance; }
  // 0 for what the model does not know.
  [[nodiscard]] double effect(Part part, std::size_t column, std::size_t bin) const;
  [[nodiscard]] const Covariances& covariances() const { return covariances_; }

  void save(Encoder& out) const;
  static Result<LossModel> load(Decoder& in);

 private:
  struct Table {
    double base = 0;
    double variance = 0;
    std::vector<std::vector<double>> effects;  // by column and bin
  };
  [[nodiscard]] const std::optional<Table>& table(Part part) const {
    return tables_[static_cast<std::size_t>(part)];
  }

  std::uint64_t meaning_ = 0;
  std::array<std::optional<Table>, kParts> tables_;  // by Part
  Covariances covariances_;
};

}  // namespace driftd::detectors
