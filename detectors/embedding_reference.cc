#include "detectors/embedding_reference.h"

#include <cmath>
#include <utility>

#include "core/embedding.h"
#include "detectors/derived/length_scale.h"
#include "detectors/derived/reference.h"

namespace driftd::detectors {
namespace {

std::vector<std::vector<float>> scale_rows(const ColumnSource& source, std::uint32_t length,
                                           const RowIndexes& by_hash) {
  std::vector<std::vector<float>> rows;
  for (const std::uint32_t row : by_hash) {
    const Value value = source.value(row);
    std::vector<float> items;
    if (value.kind != Value::Kind::array || !read_items(value.text, items) || items.size() != length)
      continue;
    rows.push_back(std::move(items));
    if (rows.size() == derived::kScaleRows) break;
  }
  return rows;
}

}  // namespace

std::vector<derived::Embedding> reference_embeddings(const Profile& profile,
                                                     const std::vector<ColumnSource>& sources,
                                                     const Table& table, const RowIndexes& rows,
                                                     const derived::Options& options) {
  std::vector<derived::Embedding> made;
  if (options.fourier <= 0 || rows.size() < derived::kLeastRows) return made;
  RowIndexes by_hash;
  const std::vector<const ColumnProfile*> columns = profile.side(Side::predictions);
  for (std::uint32_t i = 0; i < columns.size() && made.size() < derived::kMostEmbeddings; ++i) {
    const std::uint32_t length = columns[i]->length;
    if (length == 0) continue;
    if (by_hash.empty()) by_hash = rows_by_hash(table, rows, rows.size());
    const double scale = derived::median_distance(scale_rows(sources[i], length, by_hash));
    if (scale > 0 && std::isfinite(scale))
      made.push_back({i, length, static_cast<std::uint32_t>(options.fourier), scale});
  }
  return made;
}

}  // namespace driftd::detectors
