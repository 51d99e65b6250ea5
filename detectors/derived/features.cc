#include "detectors/derived/features.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "detectors/maths/distributions.h"

namespace driftd::detectors::derived {
namespace {

bool is_flag(const ColumnProfile& column) {
  return column.type == ColumnType::categorical && column.categories.size() == 2 &&
         column.other_categories.empty() && !column.open;
}

// The cells with a rank, lowest first. Below and above the reference's range are apart.
std::vector<std::size_t> ordered_cells(const ColumnProfile& column) {
  std::vector<std::size_t> cells(column.bins());
  std::iota(cells.begin(), cells.end(), std::size_t{kFirstBin});
  if (column.type == ColumnType::categorical && column.categories[1] < column.categories[0])
    std::reverse(cells.begin(), cells.end());
  return cells;
}

std::int32_t in_units(double number, std::int32_t most) {
  return static_cast<std::int32_t>(std::lround(std::clamp<double>(number * kUnit, -most, most)));
}

struct Ranked {
  double share = 0;  // of the reference's values
  double rank = 0;   // F
  double score = 0;  // of F, then of mean 0 and variance 1
};

// Scores of mean 0 and variance 1; false where the column does not vary.
bool standardise(std::vector<Ranked>& bins) {
  double mean = 0, square = 0;
  for (const Ranked& bin : bins) mean += bin.share * bin.score;
  for (const Ranked& bin : bins) square += bin.share * (bin.score - mean) * (bin.score - mean);
  if (!(square > 1e-9)) return false;
  for (Ranked& bin : bins) bin.score = (bin.score - mean) / std::sqrt(square);
  return true;
}

std::vector<Ranked> ranked(const ColumnProfile& column, const std::vector<std::size_t>& cells) {
  double total = 0;
  for (const std::size_t cell : cells) total += static_cast<double>(column.reference[cell].count);
  std::vector<Ranked> bins;
  double before = 0;
  for (const std::size_t cell : cells) {
    const auto count = static_cast<double>(column.reference[cell].count);
    // Bins that the reference left empty have the rank of their place, away from 0 and 1.
    const double middle = std::clamp(before + count / 2, 0.5, total - 0.5);
    bins.push_back({count / total, middle / total, maths::normal_quantile(middle / total)});
    before += count;
  }
  return bins;
}

bool fill(const ColumnProfile& column, Feature& feature) {
  const std::vector<std::size_t> cells = ordered_cells(column);
  if (column.present() < 2 || cells.size() < 2) return false;
  std::vector<Ranked> bins = ranked(column, cells);
  if (!standardise(bins)) return false;
  feature.ranks.assign(column.cells(), kNoRank);
  feature.scores.assign(column.cells(), 0);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    feature.ranks[cells[i]] = in_units(2 * bins[i].rank - 1, kUnit);
    feature.scores[cells[i]] = in_units(bins[i].score, kMostScore);
  }
  if (column.type == ColumnType::categorical) return true;
  feature.ranks[kBelowCell] = -kUnit;
  feature.ranks[column.above_cell()] = kUnit;
  feature.scores[kBelowCell] = feature.scores[cells.front()];
  feature.scores[column.above_cell()] = feature.scores[cells.back()];
  return true;
}

}  // namespace

std::vector<Feature> features_of(const std::vector<const ColumnProfile*>& columns) {
  std::vector<Feature> features;
  for (std::uint32_t i = 0; i < columns.size() && features.size() < kMostFeatures; ++i) {
    const ColumnProfile& column = *columns[i];
    if (column.role != Role::feature) continue;
    if (column.type == ColumnType::categorical && !is_flag(column)) continue;
    Feature feature{i, {}, {}};
    if (fill(column, feature)) features.push_back(std::move(feature));
  }
  return features;
}

}  // namespace driftd::detectors::derived
