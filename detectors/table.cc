#include "detectors/table.h"

#include <utility>

#include "core/embedding.h"

namespace driftd::detectors {

std::uint32_t TextPool::intern(std::string_view text) {
  if (const auto found = index_.find(text); found != index_.end()) return found->second;
  const auto number = static_cast<std::uint32_t>(texts_.size());
  texts_.emplace_back(text);
  index_.emplace(texts_.back(), number);
  return number;
}

void TableColumn::push(const Value& value) {
  const std::size_t row = kinds_.size();
  kinds_.push_back(value.kind);
  const bool number = value.kind == Value::Kind::number;
  if (number || !numbers_.empty()) {
    numbers_.resize(row, 0);
    numbers_.push_back(number ? value.number : 0);
  }
  const bool array = value.kind == Value::Kind::array;
  if (has_text(value.kind) || !texts_.empty()) {
    texts_.resize(row, 0);
    texts_.push_back(array                  ? pool_.intern(pack_items(value.text))
                     : has_text(value.kind) ? pool_.intern(value.text)
                                            : 0);
  }
}

void TableColumn::fill(std::size_t rows) {
  if (rows <= kinds_.size()) return;
  kinds_.resize(rows, Value::Kind::absent);
  if (!numbers_.empty()) numbers_.resize(rows, 0);
  if (!texts_.empty()) texts_.resize(rows, 0);
}

Value TableColumn::value(std::size_t row) const {
  Value value{kinds_[row], 0, {}};
  if (value.kind == Value::Kind::number) value.number = numbers_[row];
  if (has_text(value.kind)) value.text = pool_.text(texts_[row]);
  return value;
}

void Table::push_pair_times(const PairTimes& known) {
  if (known == PairTimes{}) return;
  pair_times.resize(size() - 1);
  pair_times.push_back(known);
}

Table table_of(const RowTable& rows) {
  Table table;
  for (const std::string& name : rows.names) table.features.emplace_back(name);
  for (const RawRow& row : rows.rows) {
    for (std::size_t i = 0; i < row.values.size(); ++i) {
      const OwnedValue& value = row.values[i];
      table.features[i].fill(table.size());
      table.features[i].push({value.kind, value.number, value.text});
    }
    table.times.push_back(row.time);
    table.ids.push_back(row.id);
    table.hashes.push_back(row.hash);
    table.predicted.push_back(row.predicted);
    table.verdicts.push_back(row.verdict);
    table.push_pair_times(row.pair_times);
  }
  for (TableColumn& column : table.features) column.fill(table.size());
  return table;
}

}  // namespace driftd::detectors
