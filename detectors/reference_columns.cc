#include "detectors/reference_columns.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "core/embedding.h"
#include "core/exact_sum.h"
#include "core/hash.h"
#include "detectors/statistics/exact_numeric.h"

namespace driftd::detectors {
namespace {

constexpr double kOneLength = 0.95;  // of an embedding's values

// -0 and 0 are one value.
double plain(double number) { return number == 0 ? 0.0 : number; }

bool is_finite_number(const Value& value) {
  return value.kind == Value::Kind::number && std::isfinite(value.number);
}

// Numeric: there is a number, and nothing but numbers and missing values.
ColumnType type_of(const ColumnSource& source, std::span<const std::uint32_t> rows) {
  bool numbers = false;
  for (const std::uint32_t row : rows) {
    const Value value = source.value(row);
    if (is_finite_number(value)) {
      numbers = true;
      continue;
    }
    const bool missing = value.kind == Value::Kind::null || value.kind == Value::Kind::absent ||
                         value.kind == Value::Kind::not_finite || value.kind == Value::Kind::number;
    if (!missing) return ColumnType::categorical;
  }
  return numbers ? ColumnType::numeric : ColumnType::categorical;
}

bool is_present(const Value& value) {
  return value.kind != Value::Kind::null && value.kind != Value::Kind::absent;
}

// Of an embedding: the length that at least kOneLength of what is there has; else 0.
std::uint32_t embedding_length(const ColumnSource& source, std::span<const std::uint32_t> rows) {
  std::map<std::size_t, std::size_t> lengths;
  std::size_t present = 0;
  for (const std::uint32_t row : rows) {
    const Value value = source.value(row);
    present += is_present(value) ? 1 : 0;
    if (value.kind == Value::Kind::array) ++lengths[count_items(value.text)];
  }
  for (const auto& [length, count] : lengths)
    if (length > 0 && static_cast<double>(count) >= kOneLength * static_cast<double>(present))
      return static_cast<std::uint32_t>(length);
  return 0;
}

std::vector<double> finite_numbers(const ColumnSource& source, std::span<const std::uint32_t> rows) {
  std::vector<double> numbers;
  numbers.reserve(rows.size());
  for (const std::uint32_t row : rows) {
    const Value value = source.value(row);
    if (is_finite_number(value)) numbers.push_back(plain(value.number));
  }
  return numbers;
}

// Scaled by a power of two, so that neither sum nor squares overflow. The order of the values does not
// matter: the sums are exact, and every term is rounded by itself.
void set_moments(ColumnProfile& column, const std::vector<double>& numbers) {
  const auto [least, most] = std::minmax_element(numbers.begin(), numbers.end());
  column.minimum = *least;
  column.maximum = *most;
  column.mean = *least;
  column.standard_deviation = 0;
  if (*least == *most) return;
  const auto n = static_cast<double>(numbers.size());
  const int exponent = std::ilogb(std::max(std::abs(*least), std::abs(*most)));
  ExactSum sum;
  for (const double number : numbers) sum.add(std::ldexp(number, -exponent));
  const double mean = sum.value() / n;
  ExactSum squares;
  for (const double number : numbers) {
    const double difference = std::ldexp(number, -exponent) - mean;
    squares.add(difference * difference);
  }
  column.mean = std::clamp(std::ldexp(mean, exponent), *least, *most);
  column.standard_deviation = std::min(std::ldexp(std::sqrt(squares.value() / (n - 1)), exponent),
                                       std::numeric_limits<double>::max());
}

std::vector<double> shown_edges(std::span<const double> sorted, std::uint32_t bins) {
  std::vector<double> edges = quantile_edges(sorted, bins);
  for (double& edge : edges) edge = plain(std::clamp(edge, sorted.front(), sorted.back()));
  std::sort(edges.begin(), edges.end());  // interpolation rounds
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return edges;
}

void set_numeric(ColumnProfile& column, const ColumnSource& source, const ReferenceRows& rows,
                 std::uint32_t bins) {
  const std::vector<double> numbers = finite_numbers(source, rows.all);
  if (numbers.empty()) return;
  set_moments(column, numbers);
  std::vector<double> sorted = finite_numbers(source, rows.edges);
  if (sorted.empty()) sorted = numbers;  // none of the rows for the edges has a value
  std::sort(sorted.begin(), sorted.end());
  column.shown_edges = shown_edges(sorted, bins);
  column.evidence_edges = evidence_edges(sorted, column.minimum, column.maximum);
}

using Frequency = std::pair<std::string, std::int64_t>;

std::vector<Frequency> frequencies(const ColumnSource& source, std::span<const std::uint32_t> rows) {
  std::unordered_map<std::string, std::int64_t> counts;
  std::string key;
  std::array<char, 32> buffer{};
  for (const std::uint32_t row : rows) {
    const Value value = source.value(row);
    const bool scalar =
        value.kind == Value::Kind::text || value.kind == Value::Kind::boolean || is_finite_number(value);
    if (!scalar) continue;
    key.assign(shortest_text(value, buffer));
    ++counts[key];
  }
  std::vector<Frequency> sorted(counts.begin(), counts.end());
  std::sort(sorted.begin(), sorted.end(), [](const Frequency& a, const Frequency& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  return sorted;
}

void set_categorical(ColumnProfile& column, const ColumnSource& source, std::span<const std::uint32_t> rows) {
  const std::vector<Frequency> sorted = frequencies(source, rows);
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (i < kMaxBins) {
      column.categories.push_back(sorted[i].first);
    } else {
      column.other_categories.push_back(hash64(sorted[i].first));
    }
  }
  std::vector<std::uint64_t>& others = column.other_categories;
  std::sort(others.begin(), others.end());
  others.erase(std::unique(others.begin(), others.end()), others.end());
  column.open = others.size() > kMostOtherCategories;
  if (column.open) others.clear();
}

// The values that hold at least 1/K of the mass.
void add_heavy_edges(std::span<const double> sorted, std::vector<double>& edges) {
  for (std::size_t first = 0; first < sorted.size();) {
    std::size_t end = first;
    while (end < sorted.size() && sorted[end] == sorted[first]) ++end;
    if ((end - first) * kEvidenceBins >= sorted.size()) {
      edges.push_back(plain(std::nextafter(sorted[first], -std::numeric_limits<double>::infinity())));
      edges.push_back(sorted[first]);
    }
    first = end;
  }
}

}  // namespace

std::vector<double> evidence_edges(std::span<const double> sorted, double minimum, double maximum) {
  std::vector<double> edges(sorted.begin(), sorted.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  if (edges.size() > kEvidenceBins) {
    edges.clear();
    for (std::size_t k = 1; k < kEvidenceBins; ++k) {
      const std::size_t rank = (sorted.size() * k + kEvidenceBins - 1) / kEvidenceBins;
      edges.push_back(sorted[rank - 1]);
    }
    add_heavy_edges(sorted, edges);
    std::sort(edges.begin(), edges.end());
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  }
  std::erase_if(edges, [minimum, maximum](double edge) { return !(edge >= minimum && edge < maximum); });
  return edges;
}

ColumnProfile column_profile(const ColumnSource& source, const ReferenceRows& rows, std::uint32_t bins,
                             std::optional<ColumnType> type) {
  ColumnProfile column;
  column.name = source.name;
  column.role = source.role;
  if (!type && source.role == Role::feature) column.length = embedding_length(source, rows.all);
  if (column.length > 0) {
    column.type = ColumnType::categorical;
    column.categories = {embedding_category(column.length)};
    return column;
  }
  column.type = type ? *type : type_of(source, rows.all);
  if (column.type == ColumnType::numeric) {
    set_numeric(column, source, rows, bins);
  } else {
    set_categorical(column, source, rows.all);
  }
  return column;
}

}  // namespace driftd::detectors
