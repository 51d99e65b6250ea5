#include "detectors/performance/loss_tally.h"

#include <algorithm>
#include <cmath>

#include "detectors/performance/tally_codec.h"

namespace driftd::detectors {

void LossTally::add(std::span<const std::uint8_t> bins, double loss) {
  ++rows_;
  if (counts_.size() < bins.size()) counts_.resize(bins.size());
  for (std::size_t column = 0; column < bins.size(); ++column) ++counts_[column][bins[column]];
  loss_.add(loss);
  square_.add_product(loss, loss);
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
  sign > 0 ? loss_.merge(other.loss_) : loss_.remove(other.loss_);
  sign > 0 ? square_.merge(other.square_) : square_.remove(other.square_);
  while (!counts_.empty() && counts_.back() == Counts{}) counts_.pop_back();
}

std::vector<EstimatedValue> LossTally::expected(const LossModel& model) const {
  if (rows_ <= 0) return {};
  const auto n = static_cast<double>(rows_);
  LossModel::Means mean = model.base();
  for (std::size_t column = 0; column < counts_.size(); ++column)
    for (std::size_t bin = 0; bin < kMostSliceBins; ++bin) {
      if (counts_[column][bin] == 0) continue;
      const double share = static_cast<double>(counts_[column][bin]) / n;
      mean.loss += share * model.effect(column, bin).loss;
      mean.square += share * model.effect(column, bin).square;
    }
  const LossModel::Means variance = model.residual_variance();
  const double loss_error = std::sqrt(variance.loss / n);
  const double square_error = std::sqrt(variance.square / n);
  const double rmse = std::sqrt(std::max(0.0, mean.square));
  std::vector<EstimatedValue> values = {{Metric::mae, std::max(0.0, mean.loss), loss_error}};
  if (rmse > 0) values.push_back({Metric::rmse, rmse, square_error / (2 * rmse)});
  return values;
}

std::vector<MetricValue> LossTally::realised() const {
  if (rows_ <= 0) return {};
  const auto n = static_cast<double>(rows_);
  return {{Metric::mae, loss_.value() / n}, {Metric::rmse, std::sqrt(square_.value() / n)}};
}

void LossTally::save(Encoder& out) const {
  out.put_i64(rows_);
  out.put_u64(counts_.size());
  for (const Counts& counts : counts_)
    for (const std::int64_t count : counts) out.put_i64(count);
  loss_.save(out);
  square_.save(out);
}

Result<LossTally> LossTally::load(Decoder& in) {
  LossTally tally;
  tally.rows_ = get_pair_count(in);
  const std::size_t columns = in.get_count(kMostSliceBins);
  if (!in.ok() || columns > kMostSliceColumns)
    return Error{ErrorCode::corrupt, "losses by slice bin are out of their bounds"};
  tally.counts_.resize(columns);
  for (Counts& counts : tally.counts_)
    for (std::int64_t& count : counts) count = get_pair_count(in);
  for (ExactSum* sum : {&tally.loss_, &tally.square_}) {
    auto loaded = ExactSum::load(in);
    if (!loaded.ok()) return loaded.error();
    *sum = *std::move(loaded);
  }
  if (!in.ok()) return Error{ErrorCode::corrupt, "losses by slice bin end too early"};
  return tally;
}

}  // namespace driftd::detectors
