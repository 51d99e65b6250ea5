#include "app/pipeline/slices.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

#include "detectors/profile_json.h"

namespace driftd::app {

namespace {

bool is_regression(const Version& version) {
  return version.task && version.task->task == detectors::Task::regression;
}

std::string words_of(const detectors::SliceColumns& columns, const detectors::Slice& slice) {
  std::string text;
  for (const detectors::SliceTerm& term : slice.terms)
    text += (text.empty() ? "" : " and ") + columns.words(term);
  return text;
}

// Two digits of a rate that count, three of another number.
std::string number_text(double number, bool rate) {
  std::array<char, 40> text{};
  const int length = std::snprintf(text.data(), text.size(), rate ? "%.2f" : "%.3g", number);
  return {text.data(), static_cast<std::size_t>(length)};
}

struct Found {
  detectors::SlicedRows rows;
  std::vector<detectors::Slice> slices;
};
Found find_slices(const Version& version, std::int64_t slot, std::int64_t newest) {
  Found found;
  if (!version.plan || !version.slices || version.slices->meaning() != version.plan->slices.id())
    return found;
  found.rows = version.slices->rows_since(slot, newest);
  const auto kind = is_regression(version) ? detectors::LossKind::amounts : detectors::LossKind::errors;
  found.slices = detectors::worst_slices(version.plan->slices, found.rows, kind);
  return found;
}

}  // namespace

void add_slice_row(const Version& version, const Pair& pair, const detectors::ResolvedPair& resolved,
                   std::uint64_t hash, std::vector<detectors::SliceRow>& rows) {
  if (!version.plan || pair.cells.size() < version.plan->row_bytes()) return;
  detectors::SliceRow row{hash, detectors::loss_of(resolved), resolved.actual_value, {}};
  if (!std::isfinite(row.loss) || !std::isfinite(row.label)) return;
  row.bins.resize(version.plan->slices.size());
  const auto* cells = reinterpret_cast<const std::uint8_t*>(pair.cells.data());
  if (version.plan->slices.bin({cells, version.plan->binner.columns()}, row.bins))
    rows.push_back(std::move(row));
}

void push_slice_rows(Version& version, std::int64_t slot, std::int64_t window,
                     const std::vector<detectors::SliceRow>& rows) {
  if (!version.plan || rows.empty()) return;
  const detectors::SliceColumns& columns = version.plan->slices;
  if (!version.slices || version.slices->meaning() != columns.id())
    version.slices.emplace(columns.id(), columns.size(), window);
  version.slices->resize(window);
  version.slices->push(slot, rows);
  if (!is_regression(version) || version.state.empty() || !version.state[0].losses) return;
  detectors::LossTally losses;
  for (const detectors::SliceRow& row : rows) losses.add(row.bins, row.loss, row.label);
  version.state[0].losses->push(slot, std::move(losses));
}

void learn_expected_loss(const Version& version, std::int64_t slot, Duration slot_length,
                         detectors::Profile& pairs) {
  if (!is_regression(version) || !version.plan || !version.slices) return;
  const detectors::SliceColumns& columns = version.plan->slices;
  if (version.slices->meaning() != columns.id()) return;
  const std::int64_t reach = version.slices->reach();
  const detectors::SlicedRows rows = version.slices->rows_since(slot + 1 - reach, slot);
  std::vector<std::uint8_t> odd;
  for (const std::int64_t one : rows.slots)
    odd.push_back(
        detectors::LossModel::is_odd(slot_of(slot_start(one, slot_length), detectors::kProfileBlock)) ? 1
                                                                                                      : 0);
  pairs.expected_loss = detectors::LossModel::fit(columns.id(), columns.bins(), rows, odd);
  pairs.digest = detectors::digest_of(pairs);
}

std::vector<alerts::SliceFinding> slice_findings(const Version& version, std::int64_t slot,
                                                 std::int64_t newest) {
  std::vector<alerts::SliceFinding> findings;
  for (const detectors::Slice& slice : find_slices(version, slot, newest).slices)
    findings.push_back({words_of(version.plan->slices, slice), slice.n, slice.share, slice.loss, slice.rest});
  return findings;
}

std::string slice_summary(const Version& version, const std::vector<alerts::SliceFinding>& slices) {
  if (slices.empty()) return {};
  const alerts::SliceFinding& worst = slices.front();
  const bool rate = !is_regression(version);
  const std::string share = number_text(100 * worst.share, false);
  return "errors gather where " + worst.where + ": " + (rate ? "error rate " : "mean loss ") +
         number_text(worst.loss, rate) + " against " + number_text(worst.rest, rate) + ", " + share +
         " % of rows";
}

SlicesSummary slices_of(const Version& version, std::int64_t slot, std::int64_t newest,
                        Duration slot_length) {
  SlicesSummary summary;
  summary.model = version.model->name;
  summary.version = version.name;
  if (version.slices) slot = std::max(slot, newest + 1 - version.slices->reach());
  summary.from = slot_start(slot, slot_length);
  summary.to = slot_end(newest, slot_length);
  summary.loss = is_regression(version) ? "mean_loss" : "error_rate";
  const Found found = find_slices(version, slot, newest);
  summary.pairs = found.rows.seen;
  summary.sampled = static_cast<std::int64_t>(found.rows.size());
  double sum = 0;
  for (const double loss : found.rows.losses) sum += loss;
  if (!found.rows.losses.empty()) summary.overall = sum / static_cast<double>(found.rows.size());
  for (const detectors::Slice& slice : found.slices) {
    SliceShown& shown = summary.slices.emplace_back();
    shown.where = words_of(version.plan->slices, slice);
    for (const detectors::SliceTerm& term : slice.terms)
      shown.columns.push_back(version.plan->slices.columns()[term.column].name);
    shown.n = slice.n;
    shown.share = slice.share;
    shown.loss = slice.loss;
    shown.rest = slice.rest;
    shown.excess = slice.excess;
  }
  return summary;
}

}  // namespace driftd::app
