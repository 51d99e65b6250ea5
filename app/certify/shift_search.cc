#include "app/certify/shift_search.h"

#include <algorithm>
#include <array>
#include <limits>

#include "app/certify/month_runs.h"

namespace driftd::app {

namespace ev = detectors::evidence;

namespace {

constexpr std::array kDeviations = {.05, .1, .15, .2, .3, .5, 1., 2.};
constexpr std::array kShares = {.01, .02, .03, .05, .1, .2, .3, .5};
constexpr double kFoundShare = .9;
constexpr Duration kPatience = 7 * kDay;

std::span<const double> grid_of(ev::Move move) {
  return move == ev::Move::location ? std::span<const double>(kDeviations) : std::span<const double>(kShares);
}

// Median, those not found taken for longer than any; none where too many were not.
std::optional<std::int64_t> median_of(std::vector<std::optional<std::int64_t>> found) {
  std::vector<std::int64_t> slots;
  for (const auto& one : found) slots.push_back(one.value_or(std::numeric_limits<std::int64_t>::max()));
  const auto missed = std::count_if(found.begin(), found.end(), [](const auto& one) { return !one; });
  if (static_cast<double>(missed) > (1 - kFoundShare) * static_cast<double>(found.size()))
    return std::nullopt;
  const auto middle = slots.begin() + static_cast<std::ptrdiff_t>(slots.size() / 2);
  std::nth_element(slots.begin(), middle, slots.end());
  return *middle;
}

}  // namespace

ShiftSearch::ShiftSearch(const ReplayPlan& plan, const ReplayKind& kind, const BudgetConfig& budget,
                         std::uint64_t seed)
    : kind_(kind), draws_(*kind.days, seed), options_(plan.options(kind, budget)) {
  options_.first += static_cast<std::int64_t>(kTrialDay * kind.days->per_day);
}

std::optional<SmallestShift> ShiftSearch::smallest(const ReplayColumn& column,
                                                   const std::vector<std::vector<double>>& capital,
                                                   ev::Move move) const {
  if (capital.empty()) return std::nullopt;
  ev::ShiftTrial trial{{}, capital, {}, kPatience / kind_.days->slot, options_};
  for (std::size_t day = kTrialDay; day < kTrialDay + kTrialDays; ++day)
    trial.drawn.push_back(draws_.of(day, 0, capital.size()));
  for (std::size_t month = 0; month < capital.size(); ++month) trial.begins.push_back(draws_.moment(month));
  const ev::ReplaySeries series = column.series();
  const std::span<const double> grid = grid_of(move);
  std::optional<SmallestShift> smallest;
  std::size_t low = 0, high = grid.size();  // what is below low is not found, from high on it is
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    const ev::Shift shift(*column.profile, column.law, move, grid[middle]);
    const auto slots =
        median_of(ev::slots_until_found(*kind_.days, series, shift.applied(column.counts), trial));
    if (slots) {
      smallest = SmallestShift{grid[middle], shift.variation(), *slots * kind_.days->slot};
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return smallest;
}

}  // namespace driftd::app
