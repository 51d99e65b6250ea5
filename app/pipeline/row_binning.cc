#include "app/pipeline/row_binning.h"

#include <array>
#include <cstring>

namespace driftd::app {

namespace {

// The text of a value in a column that does not know it; numbers are written into the row's own bytes.
std::string_view text_of(const Value& value, BinnedRow& row) {
  if (value.kind != Value::Kind::number) return value.text;
  std::array<char, 32> buffer{};
  const std::string_view text = shortest_text(value, buffer);
  const std::size_t begin = row.texts.size();
  row.texts.insert(row.texts.end(), text.begin(), text.end());
  return {row.texts.data() + begin, text.size()};
}

void note_new_features(const Plan& plan, std::span<const Feature> features,
                       const detectors::BinnerHints& hints, BinnedRow& row) {
  const auto cells = row.cells_of(plan);
  if (cells.empty() || std::memchr(cells.data(), detectors::kNewCell, cells.size()) == nullptr) return;
  row.texts.reserve(32 * features.size());  // so that views into it stay good
  for (std::size_t i = 0; i < features.size(); ++i) {
    const Feature& feature = features[i];
    const std::uint32_t column = plan.binner.column_of(feature.name, hints.columns[i]);
    if (column == detectors::Binner::kNone || !plan.binner.is_new(column, cells[column])) continue;
    row.new_categories.emplace_back(column, text_of(feature.value, row));
  }
}

void put(const Plan& plan, detectors::Role role, const Value& value, BinnedRow& row) {
  const auto column = plan.binner.column_of(role);
  if (!column) return;
  const detectors::Cell cell = plan.binner.cell_of(*column, value);
  row.cells[*column] = cell.cell;
  row.cells[plan.row_cells() + *column] = cell.place;
  if (plan.binner.is_new(*column, cell.cell) && value.kind == Value::Kind::text)
    row.new_categories.emplace_back(*column, value.text);
  if (value.kind != Value::Kind::number) return;
  for (const WatchedColumn& watched : plan.watched)
    if (watched.column == *column) row.watched.emplace_back(*column, value.number);
}

}  // namespace

void bin_row(const Plan& plan, std::span<const Feature> features, const Predicted& predicted,
             detectors::BinnerHints& hints, BinnedRow& row) {
  const std::size_t columns = plan.binner.columns();
  row.cells.resize(plan.row_bytes());
  row.new_categories.clear();
  row.watched.clear();
  row.scores.clear();
  row.texts.clear();
  plan.binner.bin(features, std::span(row.cells).first(columns), std::span(row.cells).last(columns), hints);
  if (!plan.embeddings.empty())
    plan.embeddings.bin(features, std::span(row.cells).first(columns),
                        std::span(row.cells).subspan(columns, plan.embeddings.codes()), row.items);
  note_new_features(plan, features, hints, row);
  for (const WatchedColumn& watched : plan.watched)
    for (const Feature& feature : features)
      if (feature.value.kind == Value::Kind::number && feature.name == watched.name)
        row.watched.emplace_back(watched.column, feature.value.number);
  const detectors::Resolved resolved = detectors::resolve(predicted, plan.profile.task);
  detectors::append_score_codes(predicted, resolved, plan.profile.task, row.scores);
  if (resolved.score) put(plan, detectors::Role::score, {Value::Kind::number, *resolved.score, {}}, row);
  if (resolved.value) put(plan, detectors::Role::prediction, {Value::Kind::number, *resolved.value, {}}, row);
  if (!resolved.label) return;
  row.label = *resolved.label;
  put(plan, detectors::Role::prediction, {Value::Kind::text, 0, row.label}, row);
}

void count_row(const Plan& plan, std::uint32_t segment, std::span<const std::uint8_t> cells,
               std::span<const std::uint8_t> places, detectors::Tally& tally,
               detectors::derived::DerivedRow& derived, int sign) {
  tally.add(cells.first(places.size()), places, sign);
  if (segment == 0) plan.deriver.count(cells, tally, derived, sign);
}

}  // namespace driftd::app
