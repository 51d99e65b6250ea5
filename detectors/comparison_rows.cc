#include "detectors/comparison_rows.h"

#include "detectors/row_encoding.h"
#include "detectors/statistics/draws.h"

namespace driftd::detectors {
namespace {

// The seeds of the two sides differ: of two equal tables other rows are drawn.
constexpr std::uint64_t kReferenceSeed = 11, kCurrentSeed = 12, kDiscrepancySeed = 13;

RowMatrix some_rows(const RowMatrix& rows, std::size_t count) {
  RowMatrix some(rows.width());
  for (const std::uint32_t number : drawn_rows(rows.size(), count, kDiscrepancySeed)) {
    const auto from = rows.row(number);
    const auto to = some.add();
    for (std::size_t i = 0; i < from.size(); ++i) to[i] = from[i];
  }
  return some;
}

}  // namespace

std::optional<RowsTests> rows_tests(const Table& reference, const Table& current, std::size_t rows) {
  const auto before = drawn_rows(reference.size(), rows, kReferenceSeed);
  const auto now = drawn_rows(current.size(), rows, kCurrentSeed);
  if (before.size() < kFewestRows || now.size() < kFewestRows) return std::nullopt;
  const EncodedRows encoded = encode_rows(reference, before, current, now);
  if (encoded.columns == 0) return std::nullopt;
  RowsTests result;
  result.reference_rows = before.size();
  result.current_rows = now.size();
  result.columns = encoded.columns;
  result.places = encoded.reference.width();
  const RowMatrix few_before = some_rows(encoded.reference, kDiscrepancyRows);
  const RowMatrix few_now = some_rows(encoded.current, kDiscrepancyRows);
  result.discrepancy_reference_rows = few_before.size();
  result.discrepancy_current_rows = few_now.size();
  result.discrepancy = mean_discrepancy(few_before, few_now);
  result.classifier = classifier_test(encoded.reference, encoded.current);
  result.reconstruction = reconstruction_error(encoded.reference, encoded.current);
  return result;
}

}  // namespace driftd::detectors
