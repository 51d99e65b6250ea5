#include "detectors/derived/reference.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "detectors/derived/code_column.h"
#include "detectors/derived/features.h"
#include "detectors/derived/missing_pattern.h"
#include "detectors/derived/row_deriver.h"
#include "detectors/tally.h"

namespace driftd::detectors::derived {
namespace {

// By row: whether something is fitted on it; else fitted columns are counted there.
std::vector<bool> fitted_half(const DerivedReference& reference) {
  const std::size_t size = reference.rows.size();
  std::vector<bool> fitted(size);
  std::size_t even = 0;
  bool timed = true;
  for (std::size_t i = 0; i < size; ++i) {
    timed = timed && reference.blocks[i] != kNoBlock;
    fitted[i] = reference.blocks[i] % 2 == 0;
    even += fitted[i] ? 1 : 0;
  }
  if (timed && 4 * even >= size && 4 * (size - even) >= size) return fitted;
  for (std::size_t i = 0; i < size; ++i) fitted[i] = reference.hashes[i] % 2 == 0;
  return fitted;
}

// Of more rows than are needed, those with the smallest hashes: all that have the last one, or none.
std::vector<std::uint32_t> rows_to_fit(const DerivedReference& reference, const std::vector<bool>& fitted) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t i = 0; i < fitted.size(); ++i)
    if (fitted[i]) rows.push_back(i);
  if (rows.size() <= kMostFittedRows) return rows;
  std::vector<std::uint64_t> hashes;
  for (const std::uint32_t row : rows) hashes.push_back(reference.hashes[row]);
  std::nth_element(hashes.begin(), hashes.begin() + kMostFittedRows, hashes.end());
  const std::uint64_t limit = hashes[kMostFittedRows];
  std::erase_if(rows, [&](std::uint32_t row) { return reference.hashes[row] >= limit; });
  return rows;
}

std::vector<ColumnProfile> columns_of(const Profile& profile, const Definitions& definitions,
                                      const DerivedReference& reference, const std::vector<bool>& fitted) {
  const std::vector<const ColumnProfile*> others = profile.side(Side::predictions);
  std::vector<std::string> names;
  for (const ColumnProfile* column : others) names.push_back(column->name);
  const RowCodes codes(definitions, others.size());
  CodeCounts counts(codes, definitions.unfitted());
  std::map<std::string, std::int64_t> patterns;
  const MissingPattern pattern(others);
  std::string text;
  for (std::size_t i = 0; i < reference.rows.size(); ++i) {
    counts.add(reference.rows.row(i), !fitted[i]);
    if (!definitions.missing_pattern) continue;
    pattern.describe(reference.rows.row(i), text);
    ++patterns[text];
  }
  std::vector<ColumnProfile> made;
  for (const std::string& name : names_of(definitions, names)) {
    const std::size_t column = made.size();
    const bool is_pattern = definitions.missing_pattern && column == definitions.pattern_column();
    made.push_back(is_pattern ? pattern_column(name, patterns) : counts.column(name, column));
  }
  return made;
}

// Counts every row as the stream's rows will be.
std::map<std::int64_t, std::string> count_rows(Profile& profile, const DerivedReference& reference,
                                               const std::vector<bool>& fitted) {
  const RowDeriver deriver(profile);
  const auto layout = std::make_shared<const TallyLayout>(profile, Side::predictions);
  Tally total(layout), block(layout);
  DerivedRow row;
  std::map<std::int64_t, std::string> blocks;
  const std::size_t unfitted = profile.derived->unfitted();
  for (std::size_t i = 0; i < reference.rows.size(); ++i) {
    deriver.count_first(fitted[i] ? unfitted : deriver.columns(), reference.rows.row(i), block, row);
    const std::int64_t number = reference.blocks[i];
    if (i + 1 < reference.blocks.size() && reference.blocks[i + 1] == number) continue;
    total.merge(block);
    if (number != kNoBlock) blocks[number] = block.encode();
    block.clear();
  }
  std::size_t number = 0;
  for (ColumnProfile& column : profile.columns) {
    const auto counted = total.column(number++);
    if (column.role != Role::derived) continue;
    column.reference.assign(counted.begin(), counted.end());
    (void)column.derive();  // the evidence's rare categories follow from the counts
  }
  return blocks;
}

}  // namespace

std::map<std::int64_t, std::string> add_derived_columns(Profile& profile, const DerivedReference& reference,
                                                        const Options& options) {
  if (!options.any() || reference.rows.size() < kLeastRows) return {};
  const std::vector<const ColumnProfile*> others = profile.side(Side::predictions);
  std::vector<std::string> names;
  std::size_t features = 0;
  for (const ColumnProfile* column : others) {
    names.push_back(column->name);
    features += column->role == Role::feature ? 1 : 0;
  }
  if (features < 2 && reference.embeddings.empty()) return {};
  const std::vector<bool> fitted = fitted_half(reference);
  Definitions definitions =
      fit(features_of(others), names, reference.rows, rows_to_fit(reference, fitted), options);
  definitions.embeddings = reference.embeddings;
  if (features < 2) definitions.missing_pattern = false;  // it would repeat what the feature shows
  if (definitions.columns() == 0) return {};
  std::vector<ColumnProfile> made = columns_of(profile, definitions, reference, fitted);
  std::move(made.begin(), made.end(), std::back_inserter(profile.columns));
  profile.derived = std::move(definitions);
  return count_rows(profile, reference, fitted);
}

std::map<std::int64_t, std::string> add_derived_columns_of(const Profile& like, Profile& profile,
                                                           const DerivedReference& reference) {
  if (!like.derived) return {};
  for (const ColumnProfile& column : like.columns) {
    if (column.role != Role::derived) continue;
    profile.columns.push_back(column);
    profile.columns.back().reference.assign(column.cells(), CellCount{});
  }
  profile.derived = like.derived;
  return count_rows(profile, reference, std::vector<bool>(reference.rows.size(), false));
}

}  // namespace driftd::detectors::derived
