#include "detectors/derived/code_column.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/hash.h"
#include "detectors/reference_columns.h"

namespace driftd::detectors::derived {
namespace {

struct Weighted {
  double value = 0;
  std::int64_t count = 0;
};

void set_moments(ColumnProfile& column, const std::vector<Weighted>& values, double n) {
  column.minimum = values.front().value;
  column.maximum = values.back().value;
  double sum = 0, square = 0;
  for (const Weighted& one : values) sum += static_cast<double>(one.count) * one.value;
  column.mean = std::clamp(sum / n, column.minimum, column.maximum);
  for (const Weighted& one : values)
    square += static_cast<double>(one.count) * (one.value - column.mean) * (one.value - column.mean);
  column.standard_deviation = n > 1 ? std::sqrt(square / (n - 1)) : 0;
}

// For each tenth of the mass the first evidence edge that holds it.
std::vector<double> shown_edges(const std::vector<double>& evidence, const std::vector<Weighted>& values,
                                double n) {
  std::vector<double> edges;
  double below = 0;
  auto value = values.begin();
  std::uint32_t part = 1;
  for (const double edge : evidence) {
    for (; value != values.end() && value->value <= edge; ++value) below += static_cast<double>(value->count);
    if (below * kShownBins < n * part) continue;
    edges.push_back(edge);
    while (part < kShownBins && below * kShownBins >= n * part) ++part;
    if (part == kShownBins) break;
  }
  if (edges.empty()) edges.push_back(evidence.empty() ? values.back().value : evidence.front());
  return edges;
}

}  // namespace

CodeCounts::CodeCounts(const RowCodes& codes, std::size_t fitted)
    : codes_(codes), fitted_(fitted), counts_(codes.size(), 0), row_(codes.columns(), 0) {}

void CodeCounts::add(std::span<const std::uint8_t> cells, bool with_fitted) {
  codes_.of(cells, row_);
  const std::size_t end = with_fitted ? row_.size() : fitted_;
  for (std::size_t column = 0; column < end; ++column)
    if (codes_.width(column) > 0) ++counts_[row_[column]];
}

ColumnProfile CodeCounts::column(const std::string& name, std::size_t column) const {
  ColumnProfile made;
  made.name = name;
  made.role = Role::derived;
  made.type = ColumnType::numeric;
  std::vector<Weighted> values;
  std::int64_t n = 0;
  for (std::uint32_t code = 0; code < codes_.width(column); ++code) {
    const std::int64_t count = counts_[codes_.offset(column) + code];
    const auto value = codes_.value(column, code);
    if (count == 0 || !value) continue;
    values.push_back({*value == 0 ? 0.0 : *value, count});
    n += count;
  }
  if (!values.empty()) {
    std::sort(values.begin(), values.end(),
              [](const Weighted& a, const Weighted& b) { return a.value < b.value; });
    set_moments(made, values, static_cast<double>(n));
    std::vector<double> all;
    all.reserve(static_cast<std::size_t>(n));
    for (const Weighted& one : values) all.insert(all.end(), static_cast<std::size_t>(one.count), one.value);
    made.evidence_edges = evidence_edges(all, made.minimum, made.maximum);
    made.shown_edges = shown_edges(made.evidence_edges, values, static_cast<double>(n));
  }
  (void)made.derive();  // there are few edges
  return made;
}

ColumnProfile pattern_column(const std::string& name, const std::map<std::string, std::int64_t>& patterns) {
  std::vector<std::pair<std::string, std::int64_t>> sorted(patterns.begin(), patterns.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  ColumnProfile made;
  made.name = name;
  made.role = Role::derived;
  made.type = ColumnType::categorical;
  for (const auto& [pattern, count] : sorted) {
    if (made.categories.size() < kMaxBins) {
      made.categories.push_back(pattern);
    } else {
      made.other_categories.push_back(hash64(pattern));
    }
  }
  std::vector<std::uint64_t>& others = made.other_categories;
  std::sort(others.begin(), others.end());
  others.erase(std::unique(others.begin(), others.end()), others.end());
  made.open = made.other_categories.size() > kMostOtherCategories;
  if (made.open) made.other_categories.clear();
  (void)made.derive();
  return made;
}

}  // namespace driftd::detectors::derived
