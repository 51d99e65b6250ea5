#include "detectors/row_encoding.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "detectors/comparison_values.h"

namespace driftd::detectors {
namespace {

using RowNumbers = std::span<const std::uint32_t>;

constexpr std::size_t kMostCategories = 8;
constexpr double kFarthest = 10;  // standard deviations

bool is_there(const TableColumn& column, std::size_t row) {
  const Value::Kind kind = column.kind(row);
  return !is_missing(Value{kind, 0, {}}) && kind != Value::Kind::not_finite;
}

std::string text_of(const TableColumn& column, std::size_t row) {
  std::array<char, 64> buffer{};
  return std::string(shortest_text(column.value(row), buffer));
}

// How one column of both sides becomes places.
class ColumnEncoding {
 public:
  ColumnEncoding(const TableColumn& reference, RowNumbers reference_rows, const TableColumn& current,
                 RowNumbers current_rows) {
    look(reference, reference_rows);
    look(current, current_rows);
    if (numeric_) {
      learn_numbers(reference, reference_rows);
    } else {
      learn_categories(reference, reference_rows);
    }
  }

  [[nodiscard]] std::size_t places() const {
    if (!any_) return 0;
    return (numeric_ ? 1 : categories_.size() + 1) + (missing_ ? 1 : 0);
  }

  void write(const TableColumn& column, std::size_t row, std::span<double> out) const {
    if (!is_there(column, row)) {
      if (missing_) out.back() = 1;
    } else if (numeric_) {
      out.front() = column.kind(row) == Value::Kind::number ? place_of(column.number(row)) : 0;
    } else {
      const auto found = categories_.find(text_of(column, row));
      out[found != categories_.end() ? found->second : categories_.size()] = 1;
    }
  }

 private:
  void look(const TableColumn& column, RowNumbers rows) {
    for (const std::uint32_t row : rows) {
      if (!is_there(column, row)) {
        missing_ = true;
      } else {
        any_ = true;
        numeric_ = numeric_ && column.kind(row) == Value::Kind::number;
      }
    }
  }

  void learn_numbers(const TableColumn& column, RowNumbers rows) {
    double count = 0;
    for (const std::uint32_t row : rows) count += is_there(column, row) ? 1 : 0;
    if (count == 0) return;
    for (const std::uint32_t row : rows) {
      if (is_there(column, row)) mean_ += column.number(row) / count;
    }
    double squares = 0;
    for (const std::uint32_t row : rows) {
      if (!is_there(column, row)) continue;
      const double distance = column.number(row) - mean_;
      squares += distance * distance / count;
    }
    deviation_ = std::sqrt(squares);
  }

  void learn_categories(const TableColumn& column, RowNumbers rows) {
    std::map<std::string, std::int64_t> counts;
    for (const std::uint32_t row : rows) {
      if (is_there(column, row)) ++counts[text_of(column, row)];
    }
    std::vector<std::pair<std::int64_t, std::string>> falling;
    for (const auto& [text, count] : counts) falling.emplace_back(-count, text);
    std::sort(falling.begin(), falling.end());
    for (std::size_t i = 0; i < std::min(falling.size(), kMostCategories); ++i)
      categories_[falling[i].second] = i;
  }

  [[nodiscard]] double place_of(double number) const {
    const double distance = number - mean_;
    if (deviation_ > 0 && std::isfinite(deviation_))
      return std::clamp(distance / deviation_, -kFarthest, kFarthest);
    return distance > 0 ? 1 : distance < 0 ? -1 : 0;
  }

  bool any_ = false, missing_ = false, numeric_ = true;
  double mean_ = 0, deviation_ = 0;
  std::map<std::string, std::size_t> categories_;
};

struct Both {
  const TableColumn* reference;
  const TableColumn* current;
  ColumnEncoding encoding;
};

RowMatrix written(const std::vector<Both>& columns, const TableColumn* Both::*side, RowNumbers rows,
                  std::size_t width) {
  RowMatrix matrix(width);
  for (const std::uint32_t row : rows) {
    std::span<double> rest = matrix.add();
    for (const Both& column : columns) {
      const std::size_t places = column.encoding.places();
      column.encoding.write(*(column.*side), row, rest.first(places));
      rest = rest.subspan(places);
    }
  }
  return matrix;
}

}  // namespace

EncodedRows encode_rows(const Table& reference, RowNumbers reference_rows, const Table& current,
                        RowNumbers current_rows) {
  std::vector<Both> columns;
  std::size_t width = 0;
  for (const TableColumn& column : reference.features) {
    const auto other = std::find_if(current.features.begin(), current.features.end(),
                                    [&](const TableColumn& one) { return one.name() == column.name(); });
    if (other == current.features.end()) continue;
    ColumnEncoding encoding(column, reference_rows, *other, current_rows);
    if (encoding.places() == 0 || width + encoding.places() > kMostPlaces) continue;
    width += encoding.places();
    columns.push_back({&column, &*other, std::move(encoding)});
  }
  return {written(columns, &Both::reference, reference_rows, width),
          written(columns, &Both::current, current_rows, width), columns.size()};
}

}  // namespace driftd::detectors
