#include "detectors/performance/loss_model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "core/hash.h"
#include "detectors/performance/slice_columns.h"

namespace driftd::detectors {
namespace {

constexpr int kSweeps = 20;
using Effects = std::vector<std::vector<double>>;

struct Fit {
  double base = 0;
  double residual = 0;
  Effects effects;
};

double expected(const Fit& fit, std::span<const std::uint8_t> bins) {
  double sum = fit.base;
  for (std::size_t column = 0; column < bins.size(); ++column) sum += fit.effects[column][bins[column]];
  return sum;
}

// One column's effects from what the others leave, and what it leaves in turn.
void refit(std::size_t column, const SlicedRows& rows, std::span<const std::uint32_t> kept,
           std::vector<double>& left, std::vector<double>& effects) {
  std::vector<double> sums(effects.size()), counts(effects.size());
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const std::uint8_t bin = rows.row(kept[i])[column];
    left[i] += effects[bin];
    sums[bin] += left[i];
    counts[bin] += 1;
  }
  for (std::size_t bin = 0; bin < effects.size(); ++bin)
    effects[bin] = sums[bin] / (counts[bin] + LossModel::kShrinkage);
  for (std::size_t i = 0; i < kept.size(); ++i) left[i] -= effects[rows.row(kept[i])[column]];
}

Fit fit_one(std::span<const std::size_t> bins, const SlicedRows& rows, const std::vector<double>& losses,
            std::span<const std::uint32_t> even, std::span<const std::uint32_t> odd) {
  Fit fit;
  for (const std::size_t count : bins) fit.effects.emplace_back(count, 0.0);
  double sum = 0;
  for (const std::uint32_t row : even) sum += losses[row];
  fit.base = sum / static_cast<double>(even.size());
  std::vector<double> left;
  for (const std::uint32_t row : even) left.push_back(losses[row] - fit.base);
  for (int sweep = 0; sweep < kSweeps; ++sweep)
    for (std::size_t column = 0; column < bins.size(); ++column)
      refit(column, rows, even, left, fit.effects[column]);
  const auto n = static_cast<double>(odd.size());
  double miss = 0, squares = 0;
  for (const std::uint32_t row : odd) {
    const double error = losses[row] - expected(fit, rows.row(row));
    miss += error;
    squares += error * error;
  }
  fit.base += miss / n;
  fit.residual = (squares - miss * miss / n) / (n - 1);
  return fit;
}

}  // namespace

bool LossModel::is_odd(std::int64_t block) { return hash64(static_cast<double>(block), 0) % 2 != 0; }

std::optional<LossModel> LossModel::fit(std::uint64_t meaning, std::span<const std::size_t> bins,
                                        const SlicedRows& rows, std::span<const std::uint8_t> odd) {
  std::array<std::vector<std::uint32_t>, 2> halves;
  std::vector<double> squares;
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    halves[odd[i] != 0 ? 1 : 0].push_back(i);
    squares.push_back(rows.losses[i] * rows.losses[i]);
  }
  // Sums are taken in an order that rows have by themselves.
  for (auto& half : halves)
    std::sort(half.begin(), half.end(), [&](std::uint32_t a, std::uint32_t b) {
      if (rows.losses[a] != rows.losses[b]) return rows.losses[a] < rows.losses[b];
      const auto x = rows.row(a), y = rows.row(b);
      return std::lexicographical_compare(x.begin(), x.end(), y.begin(), y.end());
    });
  if (halves[0].size() < kLeastRows || halves[1].size() < kLeastRows) return std::nullopt;
  const Fit loss = fit_one(bins, rows, rows.losses, halves[0], halves[1]);
  const Fit square = fit_one(bins, rows, squares, halves[0], halves[1]);
  if (!std::isfinite(loss.residual) || !std::isfinite(square.residual)) return std::nullopt;
  LossModel model;
  model.meaning_ = meaning;
  model.base_ = {loss.base, square.base};
  model.residual_ = {loss.residual, square.residual};
  for (std::size_t column = 0; column < bins.size(); ++column) {
    auto& effects = model.effects_.emplace_back();
    for (std::size_t bin = 0; bin < bins[column]; ++bin)
      effects.push_back({loss.effects[column][bin], square.effects[column][bin]});
  }
  return model;
}

LossModel::Means LossModel::effect(std::size_t column, std::size_t bin) const {
  if (column >= effects_.size() || bin >= effects_[column].size()) return {};
  return effects_[column][bin];
}

void LossModel::save(Encoder& out) const {
  const auto put = [&out](const Means& means) {
    out.put_double(means.loss);
    out.put_double(means.square);
  };
  out.put_u64(meaning_);
  put(base_);
  put(residual_);
  out.put_u64(effects_.size());
  for (const auto& effects : effects_) {
    out.put_u64(effects.size());
    for (const Means& means : effects) put(means);
  }
}

Result<LossModel> LossModel::load(Decoder& in) {
  bool good = true;
  const auto get = [&] {
    Means means;
    means.loss = in.get_double();
    means.square = in.get_double();
    good = good && std::isfinite(means.loss) && std::isfinite(means.square);
    return means;
  };
  LossModel model;
  model.meaning_ = in.get_u64();
  model.base_ = get();
  model.residual_ = get();
  for (std::size_t columns = in.get_count(); columns > 0 && good && in.ok(); --columns) {
    auto& effects = model.effects_.emplace_back();
    const std::size_t bins = in.get_count(16);
    good = good && bins <= kMostSliceBins;
    for (std::size_t bin = 0; bin < bins && good && in.ok(); ++bin) effects.push_back(get());
  }
  if (!in.ok() || !good || model.residual_.loss < 0 || model.residual_.square < 0)
    return Error{ErrorCode::corrupt, "a model of the expected loss is out of its bounds"};
  return model;
}

}  // namespace driftd::detectors
