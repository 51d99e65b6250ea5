#include "detectors/derived/embedding_binner.h"

#include <algorithm>

#include "core/embedding.h"

namespace driftd::detectors::derived {

EmbeddingBinner::EmbeddingBinner(const Profile& profile)
    : EmbeddingBinner(profile.side(Side::predictions),
                      profile.derived ? profile.derived->embeddings : std::vector<Embedding>(),
                      profile.derived ? profile.derived->seed : 0) {}

EmbeddingBinner::EmbeddingBinner(const std::vector<const ColumnProfile*>& columns,
                                 const std::vector<Embedding>& embeddings, std::uint64_t seed) {
  for (std::uint32_t i = 0; i < columns.size(); ++i) {
    if (columns[i]->length == 0) continue;
    Column& column = columns_.emplace_back();
    column.name = columns[i]->name;
    column.number = i;
    column.length = columns[i]->length;
    column.first_code = codes_;
    for (const Embedding& embedding : embeddings)
      if (embedding.column == i) column.features.emplace(embedding, columns[i]->name, seed);
    if (column.features) codes_ += column.features->size();
  }
}

bool EmbeddingBinner::code(const Column& column, const Value& value, std::span<std::uint8_t> codes,
                           std::vector<float>& items) const {
  const bool fits =
      value.kind == Value::Kind::array && read_items(value.text, items) && items.size() == column.length;
  if (!column.features) return fits;
  const auto own = codes.subspan(column.first_code, column.features->size());
  if (fits) {
    column.features->code(items, own);
  } else {
    std::fill(own.begin(), own.end(), FourierFeatures::kMissing);
  }
  return fits;
}

void EmbeddingBinner::bin(std::span<const driftd::Feature> features, std::span<std::uint8_t> cells,
                          std::span<std::uint8_t> codes, std::vector<float>& items) const {
  std::fill(codes.begin(), codes.end(), FourierFeatures::kMissing);
  for (const Column& column : columns_) {
    for (const driftd::Feature& feature : features) {
      if (feature.value.kind != Value::Kind::array || feature.name != column.name) continue;
      if (code(column, feature.value, codes, items)) cells[column.number] = kFirstBin;
    }
  }
}

}  // namespace driftd::detectors::derived
