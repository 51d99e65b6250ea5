// EmbeddingBinner: what Binner leaves of a row, its embeddings: the cell of each one's column, and the codes
// of its random Fourier features (fourier_features.h), which a row keeps behind its cells, since they follow
// from values and not from cells.
//
// Immutable once made; any thread, each with a vector of its own to read items into. Nothing else is
// allocated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/event.h"
#include "detectors/derived/fourier_features.h"
#include "detectors/profile.h"

namespace driftd::detectors::derived {

class EmbeddingBinner {
 public:
  // Of the side of the predictions.
  explicit EmbeddingBinner(const Profile& profile);
  EmbeddingBinner(const std::vector<const ColumnProfile*>& columns, const std::vector<Embedding>& embeddings,
                  std::uint64_t seed);

  [[nodiscard]] bool empty() const { return columns_.empty(); }
  [[nodiscard]] std::size_t codes() const { return codes_; }  // of a row, over all embeddings

  // After Binner::bin() of the same features, each name once: sets the cells of arrays, and all codes.
  void bin(std::span<const driftd::Feature> features, std::span<std::uint8_t> cells,
           std::span<std::uint8_t> codes, std::vector<float>& items) const;
  // Of a row by column: sets all codes. value_of(column) gives a Value.
  template <class ValueOf>
  void code(const ValueOf& value_of, std::span<std::uint8_t> codes, std::vector<float>& items) const {
    for (const Column& column : columns_) (void)code(column, value_of(column.number), codes, items);
  }

 private:
  struct Column {
    std::string name;
    std::uint32_t number = 0;
    std::uint32_t length = 0;
    std::size_t first_code = 0;
    std::optional<FourierFeatures> features;  // none: the column alone is watched
  };
  // Whether the value is an array as the column has them.
  bool code(const Column& column, const Value& value, std::span<std::uint8_t> codes,
            std::vector<float>& items) const;

  std::vector<Column> columns_;
  std::size_t codes_ = 0;
};

}  // namespace driftd::detectors::derived
