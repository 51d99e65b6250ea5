// The expected loss of a regression from what is known before its label: DLE, direct loss estimation.
//
// An additive model over the slice bins (slice_columns.h) of the prediction and the features: the expected
// |error|, and the expected squared one, of a row is a base and one effect of each of its bins. Effects are
// found by backfitting (Buja, Hastie, Tibshirani 1989) with each bin's mean shrunk as by kShrinkage rows
// of nothing, on one half of the reference's five-minute blocks; base and residual variance are those of the
// other (STATISTICS 6, *Fitted things*). The halves go by a hash of the block, for where rows come once an
// hour every block is even, and of alternating hours one half never sees noon. Mergeable: the mean over
// whatever rows follows from how often each bin occurred. Source: NannyML, *Direct Loss Estimation*. Where it
// differs: NannyML's model is LightGBM, which sees interactions of features and finer differences; this one
// sees none, but needs no pass over the rows. It is blind to a change of the concept. A plain value.
#pragma once

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
  static constexpr double kShrinkage = 20;
  static constexpr std::size_t kLeastRows = 100;  // of each half

  struct Means {
    double loss = 0;
    double square = 0;
  };

  // The half of a block.
  static bool is_odd(std::int64_t block);
  // `bins` of each column; `odd` of each row. `meaning` is SliceColumns::id(). Empty where a half has under
  // kLeastRows rows.
  static std::optional<LossModel> fit(std::uint64_t meaning, std::span<const std::size_t> bins,
                                      const SlicedRows& rows, std::span<const std::uint8_t> odd);

  [[nodiscard]] std::uint64_t meaning() const { return meaning_; }
  [[nodiscard]] Means base() const { return base_; }
  [[nodiscard]] Means effect(std::size_t column, std::size_t bin) const;
  // Of what is left once the model is known; of one row.
  [[nodiscard]] Means residual_variance() const { return residual_; }

  void save(Encoder& out) const;
  static Result<LossModel> load(Decoder& in);

 private:
  std::uint64_t meaning_ = 0;
  Means base_;
  Means residual_;
  std::vector<std::vector<Means>> effects_;  // by column and bin
};

}  // namespace driftd::detectors
