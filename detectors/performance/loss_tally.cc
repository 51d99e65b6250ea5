#include "detectors/performance/loss_tally.h"

#include <algorithm>
#include <cmath>

namespace driftd::detectors {
namespace {

// r2 = 1 - square / (label_square - label^2): its slopes by the three means, and what labels leave open of
// them.
double r2_error(const LossModel& model, double square, double label, double spread, double n) {
  using Part = LossModel::Part;
  const double by_square = -1 / spread;
  const double by_label_square = square / (spread * spread);
  const double by_label = -2 * label * by_label_square;
  const auto& [square_label, square_label_square, label_label_square] = model.covariances();
  const double variance =
      by_square * by_square * model.residual_variance(Part::square) +
      by_label * by_label * model.residual_variance(Part::label) +
      by_label_square * by_label_square * model.residual_variance(Part::label_square) +
      2 * (by_square * by_label * square_label + by_square * by_label_square * square_label_square +
           by_label * by_label_square * label_label_square);
  return std::sqrt(std::max(0.0, variance) / n);
}

}  // namespace

void LossTally::add(std::span<const std::uint8_t> bins, double loss, double label) {
  ++rows_;
  if (counts_.size() < bins.size()) counts_.resize(bins.size());
  for (std::size_t column = 0; column < bins.size(); ++column) ++counts_[column][bins[column]];
  losses_.add(loss, label, 1);
}

LossTally LossTally::of_rows(const SliceColumns& columns, const Tally& rows) {
  LossTally tally;
  tally.rows_ = rows.events();
  tally.counts_.resize(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const SliceColumn& column = columns.columns()[i];
    const auto cells = rows.column(column.place);
    for (std::size_t cell = 0; cell < cells.size(); ++cell)
      tally.counts_[i][column.bin_of_cell[cell]] += cells[cell].count;
  }
  return tally;
}

void LossTally::combine(const LossTally& other, int sign) {
  rows_ += sign * other.rows_;
  if (counts_.size() < other.counts_.size()) counts_.resize(other.counts_.size());
  for (std::size_t column = 0; column < other.counts_.size(); ++column)
    for (std::size_t bin = 0; bin < kMostSliceBins; ++bin)
      counts_[column][bin] += sign * other.counts_[column][bin];
  losses_.merge(other.losses_, sign);
  while (!counts_.empty() && counts_.back() == Counts{}) counts_.pop_back();
}

double LossTally::mean(const LossModel& model, LossModel::Part part) const {
  double mean = model.base(part);
  for (std::size_t column = 0; column < counts_.size(); ++column)
    for (std::size_t bin = 0; bin < kMostSliceBins; ++bin)
      if (counts_[column][bin] != 0)
        mean += static_cast<double>(counts_[column][bin]) / static_cast<double>(rows_) *
                model.effect(part, column, bin);
  return mean;
}

std::vector<EstimatedValue> LossTally::expected(const LossModel& model) const {
  using Part = LossModel::Part;
  if (rows_ <= 0) return {};
  const auto n = static_cast<double>(rows_);
  const auto error = [&](Part part) { return std::sqrt(model.residual_variance(part) / n); };
  const double square = std::max(0.0, mean(model, Part::square));
  const double rmse = std::sqrt(square);
  std::vector<EstimatedValue> values = {
      {Metric::mae, std::max(0.0, mean(model, Part::loss)), error(Part::loss)}};
  if (rmse > 0) values.push_back({Metric::rmse, rmse, error(Part::square) / (2 * rmse)});
  if (model.has(Part::relative))
    values.push_back({Metric::mape, std::max(0.0, mean(model, Part::relative)), error(Part::relative)});
  if (!model.has(Part::label)) return values;
  const double label = mean(model, Part::label);
  const double spread = mean(model, Part::label_square) - label * label;
  const double r2 = 1 - square / spread;
  if (spread > 0 && std::isfinite(r2))
    values.push_back({Metric::r2, r2, r2_error(model, square, label, spread, n)});
  return values;
}

std::vector<MetricValue> LossTally::realised() const {
  std::vector<MetricValue> values;
  losses_.metrics(values);
  return values;
}

void LossTally::save(Encoder& out) const {
  out.put_i64(rows_);
  out.put_u64(counts_.size());
  for (const Counts& counts : counts_)
    for (const std::int64_t count : counts) out.put_i64(count);
  losses_.save(out);
}

Result<LossTally> LossTally::load(Decoder& in) {
  LossTally tally;
  tally.rows_ = in.get_amount();
  const std::size_t columns = in.get_count(kMostSliceBins);
  if (!in.ok() || columns > kMostSliceColumns)
    return Error{ErrorCode::corrupt, "losses by slice bin are out of their bounds"};
  tally.counts_.resize(columns);
  for (Counts& counts : tally.counts_)
    for (std::int64_t& count : counts) count = in.get_amount();
  auto losses = RegressionTally::load(in);
  if (!losses.ok()) return losses.error();
  tally.losses_ = *std::move(losses);
  if (!in.ok()) return Error{ErrorCode::corrupt, "losses by slice bin end too early"};
  return tally;
}

}  // namespace driftd::detectors
