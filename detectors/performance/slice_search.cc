#include "detectors/performance/slice_search.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <utility>

#include "detectors/performance/loss_limits.h"

namespace driftd::detectors {
namespace {

constexpr double kRisk = 0.05;
constexpr std::size_t kSide = kMostSliceBins + 1;

// What one column may say: ranges of its bins.
std::vector<SliceTerm> terms_of(const SliceColumns& columns, std::uint32_t index) {
  const SliceColumn& column = columns.columns()[index];
  std::vector<SliceTerm> terms;
  const auto add = [&](std::size_t first, std::size_t last) {
    terms.push_back({index, static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(last)});
  };
  const std::size_t present = column.missing();
  for (std::size_t first = 0; first < present; ++first) {
    add(first, first);
    if (!column.numeric) continue;
    for (std::size_t last = first + 1; last < present; ++last)
      if (first > 0 || last + 1 < present) add(first, last);
  }
  add(present, present);
  return terms;
}

// Sums over the rectangles of two columns' bins, from the corner.
class LossTable {
 public:
  LossTable() : sums_(kSide * kSide) {}
  void fill(const SlicedRows& rows, const std::vector<std::uint32_t>& left, std::uint32_t a,
            std::uint32_t b) {
    std::fill(sums_.begin(), sums_.end(), LossSums());
    for (const std::uint32_t i : left) {
      const auto bins = rows.row(i);
      const double loss = rows.losses[i];
      at(bins[a] + 1U, bins[b] + 1U) += {1, loss, loss * loss};
    }
    for (std::size_t x = 1; x < kSide; ++x)
      for (std::size_t y = 1; y < kSide; ++y) {
        LossSums& sum = at(x, y);
        sum += at(x - 1, y);
        sum += at(x, y - 1);
        sum -= at(x - 1, y - 1);
      }
  }
  [[nodiscard]] LossSums within(const SliceTerm& a, const SliceTerm& b) const {
    LossSums sum = at(a.last + 1U, b.last + 1U);
    sum -= at(a.first, b.last + 1U);
    sum -= at(a.last + 1U, b.first);
    sum += at(a.first, b.first);
    return sum;
  }

 private:
  [[nodiscard]] LossSums& at(std::size_t x, std::size_t y) { return sums_[x * kSide + y]; }
  [[nodiscard]] const LossSums& at(std::size_t x, std::size_t y) const { return sums_[x * kSide + y]; }

  std::vector<LossSums> sums_;
};

LossSums less(LossSums all, const LossSums& part) {
  all -= part;
  return all;
}

class Search {
 public:
  Search(const SliceColumns& columns, const SlicedRows& rows, LossKind kind)
      : rows_(rows), left_(rows.size()), limits_(kind == LossKind::errors, kRisk) {
    std::iota(left_.begin(), left_.end(), 0U);
    for (std::uint32_t i = 0; i < columns.size(); ++i)
      terms_.push_back(columns.columns()[i].searched ? terms_of(columns, i) : std::vector<SliceTerm>());
    paired_ = most_unequal();
    std::size_t candidates = 0;
    for (const auto& terms : terms_) candidates += terms.size();
    for (std::size_t i = 0; i < paired_.size(); ++i)
      for (std::size_t j = i + 1; j < paired_.size(); ++j)
        candidates += terms_[paired_[i]].size() * terms_[paired_[j]].size();
    limits_ = LossLimits(kind == LossKind::errors,
                         kRisk / static_cast<double>(std::max<std::size_t>(candidates, 1)));
  }

  std::optional<Slice> next() {
    best_.reset();
    worth_ = 0;
    all_ = {};
    for (const std::uint32_t i : left_) all_ += {1, rows_.losses[i], rows_.losses[i] * rows_.losses[i]};
    marginals_.assign(terms_.size(), {});
    for (std::uint32_t column = 0; column < terms_.size(); ++column) look_at(column);
    for (std::size_t i = 0; i < paired_.size(); ++i)
      for (std::size_t j = i + 1; j < paired_.size(); ++j) look_at(paired_[i], paired_[j]);
    if (best_) take_away(*best_);
    return best_;
  }

 private:
  using Marginal = std::array<LossSums, kMostSliceBins>;

  [[nodiscard]] Marginal marginal(std::uint32_t column) const {
    Marginal sums{};
    for (const std::uint32_t i : left_)
      sums[rows_.row(i)[column]] += {1, rows_.losses[i], rows_.losses[i] * rows_.losses[i]};
    return sums;
  }

  // Columns by the loss that differs between their bins, the first kMostPaired in their own order.
  [[nodiscard]] std::vector<std::uint32_t> most_unequal() const {
    std::vector<std::pair<double, std::uint32_t>> order;
    for (std::uint32_t column = 0; column < terms_.size(); ++column) {
      if (terms_[column].empty()) continue;
      double between = 0;
      if (terms_.size() > kMostPaired)
        for (const LossSums& sums : marginal(column))
          between += sums.n >= kLeastSliceRows ? sums.loss * sums.mean() : 0;
      order.emplace_back(-between, column);
    }
    std::sort(order.begin(), order.end());
    if (order.size() > kMostPaired) order.resize(kMostPaired);
    std::vector<std::uint32_t> columns;
    for (const auto& [between, column] : order) columns.push_back(column);
    std::sort(columns.begin(), columns.end());
    return columns;
  }

  void look_at(std::uint32_t column) {
    const Marginal sums = marginal(column);
    for (const SliceTerm& term : terms_[column]) {
      LossSums in;
      for (std::size_t bin = term.first; bin <= term.last; ++bin) in += sums[bin];
      marginals_[column].push_back(in);
      consider(in, [&] { return std::vector<SliceTerm>{term}; });
    }
  }

  void look_at(std::uint32_t a, std::uint32_t b) {
    table_.fill(rows_, left_, a, b);
    for (std::size_t i = 0; i < terms_[a].size(); ++i)
      for (std::size_t j = 0; j < terms_[b].size(); ++j) {
        const LossSums in = table_.within(terms_[a][i], terms_[b][j]);
        if (!promises(in)) continue;
        const LossSums more_b = less(marginals_[a][i], in), more_a = less(marginals_[b][j], in);
        if (more_a.n < kLeastSliceRows || more_b.n < kLeastSliceRows) continue;
        if (limits_.excess(in, more_a) <= 0 || limits_.excess(in, more_b) <= 0) continue;
        consider(in, [&] { return std::vector<SliceTerm>{terms_[a][i], terms_[b][j]}; });
      }
  }

  // Whether it could beat the best so far.
  [[nodiscard]] bool promises(const LossSums& in) const {
    const LossSums out = less(all_, in);
    return in.n >= kLeastSliceRows && out.n >= kLeastSliceRows &&
           static_cast<double>(in.n) * (in.mean() - out.mean()) > worth_;
  }

  template <class Terms>
  void consider(const LossSums& in, const Terms& terms) {
    if (!promises(in)) return;
    const LossSums out = less(all_, in);
    const double excess = limits_.excess(in, out);
    const double worth = static_cast<double>(in.n) * excess;
    if (!(worth > worth_)) return;
    worth_ = worth;
    best_ = {terms(),   in.n,       static_cast<double>(in.n) / static_cast<double>(rows_.size()),
             in.mean(), out.mean(), excess};
  }

  void take_away(const Slice& slice) {
    std::erase_if(left_, [&](std::uint32_t i) {
      const auto bins = rows_.row(i);
      return std::all_of(slice.terms.begin(), slice.terms.end(), [&](const SliceTerm& term) {
        return term.first <= bins[term.column] && bins[term.column] <= term.last;
      });
    });
  }

  const SlicedRows& rows_;
  std::vector<std::uint32_t> left_;
  LossLimits limits_;
  std::vector<std::vector<SliceTerm>> terms_;
  std::vector<std::uint32_t> paired_;
  std::vector<std::vector<LossSums>> marginals_;  // by column and term
  LossTable table_;
  LossSums all_;
  std::optional<Slice> best_;
  double worth_ = 0;
};

}  // namespace

std::vector<Slice> worst_slices(const SliceColumns& columns, const SlicedRows& rows, LossKind kind,
                                std::size_t most) {
  std::vector<Slice> slices;
  if (columns.size() == 0 || rows.columns != columns.size() || rows.size() == 0) return slices;
  Search search(columns, rows, kind);
  while (slices.size() < most) {
    auto slice = search.next();
    if (!slice) break;
    slices.push_back(*std::move(slice));
  }
  return slices;
}

}  // namespace driftd::detectors
