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
constexpr std::uint64_t kStoredForm = 2;  // of the stored bytes; 1 knew loss and square alone
using Effects = std::vector<std::vector<double>>;
using Kept = std::span<const std::uint32_t>;

struct Fit {
  double base = 0;
  double variance = 0;
  Effects effects;
  std::vector<double> left;  // of the odd rows, the base not taken away
};

double expected(const Fit& fit, std::span<const std::uint8_t> bins) {
  double sum = fit.base;
  for (std::size_t column = 0; column < bins.size(); ++column) sum += fit.effects[column][bins[column]];
  return sum;
}

// One column's effects from what the others leave, and what it leaves in turn.
void refit(std::size_t column, const SlicedRows& rows, Kept kept, std::vector<double>& left,
           std::vector<double>& effects) {
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

Fit fit_one(std::span<const std::size_t> bins, const SlicedRows& rows, const std::vector<double>& targets,
            Kept even, Kept odd) {
  Fit fit;
  for (const std::size_t count : bins) fit.effects.emplace_back(count, 0.0);
  double sum = 0;
  for (const std::uint32_t row : even) sum += targets[row];
  fit.base = sum / static_cast<double>(even.size());
  std::vector<double> left;
  for (const std::uint32_t row : even) left.push_back(targets[row] - fit.base);
  for (int sweep = 0; sweep < kSweeps; ++sweep)
    for (std::size_t column = 0; column < bins.size(); ++column)
      refit(column, rows, even, left, fit.effects[column]);
  const auto n = static_cast<double>(odd.size());
  double miss = 0, squares = 0;
  for (const std::uint32_t row : odd) {
    fit.left.push_back(targets[row] - expected(fit, rows.row(row)));
    miss += fit.left.back();
    squares += fit.left.back() * fit.left.back();
  }
  fit.base += miss / n;
  fit.variance = (squares - miss * miss / n) / (n - 1);
  return fit;
}

double covariance(const Fit& a, const Fit& b) {
  const auto n = static_cast<double>(a.left.size());
  double left_a = 0, left_b = 0, products = 0;
  for (std::size_t i = 0; i < a.left.size(); ++i) {
    left_a += a.left[i];
    left_b += b.left[i];
    products += a.left[i] * b.left[i];
  }
  return (products - left_a * left_b / n) / (n - 1);
}

using Halves = std::array<std::vector<std::uint32_t>, 2>;

// Sums are taken in an order that rows have by themselves.
Halves halves_of(const SlicedRows& rows, std::span<const std::uint8_t> odd) {
  Halves halves;
  for (std::uint32_t i = 0; i < rows.size(); ++i) halves[odd[i] != 0 ? 1 : 0].push_back(i);
  for (auto& half : halves)
    std::sort(half.begin(), half.end(), [&](std::uint32_t a, std::uint32_t b) {
      if (rows.losses[a] != rows.losses[b]) return rows.losses[a] < rows.losses[b];
      if (rows.labels[a] != rows.labels[b]) return rows.labels[a] < rows.labels[b];
      const auto x = rows.row(a), y = rows.row(b);
      return std::lexicographical_compare(x.begin(), x.end(), y.begin(), y.end());
    });
  return halves;
}

bool enough(const Halves& halves) {
  return std::min(halves[0].size(), halves[1].size()) >= LossModel::kLeastRows;
}

Halves with_labels(Halves halves, const std::vector<double>& labels) {
  for (auto& half : halves) std::erase_if(half, [&](std::uint32_t row) { return labels[row] == 0; });
  return halves;
}

double mean_of(const std::vector<double>& values, Kept rows) {
  double sum = 0;
  for (const std::uint32_t row : rows) sum += values[row];
  return sum / static_cast<double>(rows.size());
}

std::vector<double> squares_of(const std::vector<double>& values) {
  std::vector<double> squares;
  squares.reserve(values.size());
  for (const double value : values) squares.push_back(value * value);
  return squares;
}

}  // namespace

bool LossModel::is_odd(std::int64_t block) { return hash64(static_cast<double>(block), 0) % 2 != 0; }

std::optional<LossModel> LossModel::fit(std::uint64_t meaning, std::span<const std::size_t> bins,
                                        const SlicedRows& rows, std::span<const std::uint8_t> odd) {
  const Halves halves = halves_of(rows, odd);
  if (!enough(halves)) return std::nullopt;
  LossModel model;
  model.meaning_ = meaning;
  // False, and the part is left out, where it has no finite model.
  const auto take = [&](Part part, const Fit& fit) {
    const bool finite = std::isfinite(fit.variance);
    if (finite) model.tables_[static_cast<std::size_t>(part)] = Table{fit.base, fit.variance, fit.effects};
    return finite;
  };
  const auto fitted = [&](const std::vector<double>& targets, const Halves& some) {
    return fit_one(bins, rows, targets, some[0], some[1]);
  };
  const Fit square = fitted(squares_of(rows.losses), halves);
  if (!take(Part::loss, fitted(rows.losses, halves)) || !take(Part::square, square)) return std::nullopt;
  if (const Halves some = with_labels(halves, rows.labels); enough(some)) {
    std::vector<double> relative;
    for (std::size_t i = 0; i < rows.size(); ++i)
      relative.push_back(rows.labels[i] == 0 ? 0 : rows.losses[i] / std::abs(rows.labels[i]));
    take(Part::relative, fitted(relative, some));
  }
  std::vector<double> centred = rows.labels;
  const double centre = mean_of(rows.labels, halves[0]);
  for (double& label : centred) label -= centre;
  const Fit label = fitted(centred, halves), label_square = fitted(squares_of(centred), halves);
  model.covariances_ = {covariance(square, label), covariance(square, label_square),
                        covariance(label, label_square)};
  const auto& [a, b, c] = model.covariances_;
  if (!std::isfinite(a + b + c) || !take(Part::label, label) || !take(Part::label_square, label_square)) {
    model.covariances_ = {};
    model.tables_[static_cast<std::size_t>(Part::label)].reset();
  }
  return model;
}

double LossModel::effect(Part part, std::size_t column, std::size_t bin) const {
  const auto& known = table(part);
  if (!known || column >= known->effects.size() || bin >= known->effects[column].size()) return 0;
  return known->effects[column][bin];
}

void LossModel::save(Encoder& out) const {
  out.put_u64(kStoredForm);
  out.put_u64(meaning_);
  for (const auto& known : tables_) {
    out.put_bool(known.has_value());
    if (!known) continue;
    out.put_double(known->base);
    out.put_double(known->variance);
    out.put_u64(known->effects.size());
    for (const auto& effects : known->effects) {
      out.put_u64(effects.size());
      for (const double effect : effects) out.put_double(effect);
    }
  }
  for (const double one :
       {covariances_.square_label, covariances_.square_label_square, covariances_.label_label_square})
    out.put_double(one);
}

Result<LossModel> LossModel::load(Decoder& in) {
  bool good = in.get_u64() == kStoredForm;
  const auto get = [&] {
    const double value = in.get_double();
    good = good && std::isfinite(value);
    return value;
  };
  LossModel model;
  model.meaning_ = in.get_u64();
  for (auto& known : model.tables_) {
    if (!good || !in.ok() || !in.get_bool()) continue;
    known.emplace(Table());  // clang 14 finds no default constructor of a nested class
    known->base = get();
    known->variance = get();
    good = good && known->variance >= 0;
    for (std::size_t columns = in.get_count(); columns > 0 && good && in.ok(); --columns) {
      auto& effects = known->effects.emplace_back();
      const std::size_t bins = in.get_count(8);
      good = good && bins <= kMostSliceBins;
      for (std::size_t bin = 0; bin < bins && good && in.ok(); ++bin) effects.push_back(get());
    }
  }
  for (double* one : {&model.covariances_.square_label, &model.covariances_.square_label_square,
                      &model.covariances_.label_label_square})
    *one = get();
  if (!in.ok() || !good || !model.has(Part::loss) || !model.has(Part::square) ||
      model.has(Part::label) != model.has(Part::label_square))
    return Error{ErrorCode::corrupt, "a model of the expected loss is out of its bounds"};
  return model;
}

}  // namespace driftd::detectors
