#include "detectors/evidence/certify/kind_months.h"

#include <algorithm>
#include <utility>

#include "detectors/evidence/certify/capital_step.h"
#include "detectors/evidence/kind_evidence.h"

namespace driftd::detectors::evidence {
namespace {

// Slots that a series runs through in all lanes before the next one does: its table stays in the cache, and
// what has to be done again where one alarms stays short.
constexpr std::size_t kStretch = 48;

}  // namespace

KindMonths::KindMonths(const ReferenceDays& days, std::vector<ReplaySeries> series, MonthOptions options,
                       std::size_t lanes)
    : days_(days),
      series_(std::move(series)),
      options_(options),
      lanes_(lanes),
      table_of_(days.days.size()),
      evidence_(lanes * days.per_day) {
  for (const ReplaySeries& one : series_) {
    Series made;
    for (const double weight : component_weights(*one.monitors.folds.front()))
      made.grants.push_back(weight * (options_.grant * one.share));
    made.size = padded(made.grants.size());
    made.grants.resize(made.size, 0);
    made.capital.resize(made.size * lanes, 0);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      Lane& each = made.lanes.emplace_back();
      each.resumes = options_.first;
      if (!one.monitors.bank) continue;
      each.bank.emplace_back(*one.monitors.bank, options_.pace.slot);
      each.bank.front().begin(options_.first);
    }
    state_.push_back(std::move(made));
  }
  kept_ = state_;
}

std::span<const double> KindMonths::evidence(std::size_t lane) const {
  return std::span(evidence_).subspan(lane * days_.per_day, days_.per_day);
}

std::span<const double> KindMonths::capital(std::size_t series, std::size_t lane) const {
  const Series& state = state_[series];
  return std::span(state.capital).subspan(lane * state.size, state.size);
}

void KindMonths::day(std::span<const std::size_t> drawn) {
  std::fill(evidence_.begin(), evidence_.end(), 0);
  for (std::size_t from = 0; from < days_.per_day; from += kStretch)
    run_stretch(drawn, {from, std::min(from + kStretch, days_.per_day)});
  passed_ += static_cast<std::int64_t>(days_.per_day);
}

void KindMonths::run_stretch(std::span<const std::size_t> drawn, const Stretch& stretch) {
  fill_tables(drawn, stretch);
  for (std::size_t lane = 0; lane < lanes_; ++lane) keep(lane);
  for (std::size_t s = 0; s < series_.size(); ++s)
    for (std::size_t lane = 0; lane < lanes_; ++lane) run(s, lane, drawn[lane], stretch, stretch.from);
  for (std::size_t lane = 0; lane < lanes_; ++lane) settle_alarms(lane, drawn[lane], stretch);
}

void KindMonths::fill_tables(std::span<const std::size_t> drawn, const Stretch& stretch) {
  std::vector<std::size_t> distinct(drawn.begin(), drawn.end());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  for (std::size_t i = 0; i < distinct.size(); ++i) table_of_[distinct[i]] = i;
  for (std::size_t s = 0; s < series_.size(); ++s) {
    state_[s].tables.resize(std::max(state_[s].tables.size(), distinct.size()));
    for (std::size_t i = 0; i < distinct.size(); ++i) {
      const ReplayDay& day = days_.days[distinct[i]];
      const std::size_t first = day.first + stretch.from;
      const std::size_t slots = stretch.to - stretch.from;
      state_[s].tables[i].fill(*series_[s].monitors.folds[day.fold], series_[s].counts_of(first, slots),
                               std::span(days_.cells).subspan(first, slots));
    }
  }
}

// What the series adds to S at the close of this slot.
double KindMonths::close(std::size_t number, std::size_t lane, std::size_t day, std::size_t slot,
                         std::size_t row) {
  Series& state = state_[number];
  Lane& own = state.lanes[lane];
  const std::int64_t now = options_.first + passed_ + static_cast<std::int64_t>(slot);
  if (now < own.resumes) return 0;
  double sum = step_capital(state.capital.data() + lane * state.size, state.tables[table_of_[day]].row(row),
                            state.grants.data(), options_.pace.eta, state.size);
  if (own.bank.empty()) return sum;
  const ReplaySeries& series = series_[number];
  const ReplayDay& from = days_.days[day];
  const std::size_t place = from.first + slot;
  const std::size_t bins = series.monitors.bank->functionals.front().size();
  own.bank.front().close(now, from.fold * series.monitors.cells + days_.cells[place],
                         series.counts.subspan(place * series.width, bins), options_.grant * series.share);
  for (const BankTerm& term : own.bank.front().terms()) sum += term.amount;
  return sum;
}

void KindMonths::run(std::size_t number, std::size_t lane, std::size_t day, const Stretch& stretch,
                     std::size_t first) {
  double* const evidence = evidence_.data() + lane * days_.per_day;
  for (std::size_t slot = first; slot < stretch.to; ++slot)
    evidence[slot] += close(number, lane, day, slot, slot - stretch.from);
}

// The stretch again up to the first slot that alarms, then on from there, until none does.
void KindMonths::settle_alarms(std::size_t lane, std::size_t day, const Stretch& stretch) {
  double* const evidence = evidence_.data() + lane * days_.per_day;
  std::size_t first = stretch.from;
  while (true) {
    const double* const found =
        std::find_if(evidence + first, evidence + stretch.to, [](double sum) { return !(sum < 1); });
    if (found == evidence + stretch.to) return;
    const auto slot = static_cast<std::size_t>(found - evidence);
    put_back(lane);
    for (std::size_t s = 0; s < series_.size(); ++s)
      for (std::size_t each = first; each <= slot; ++each) close(s, lane, day, each, each - stretch.from);
    alarm(lane, passed_ + static_cast<std::int64_t>(slot));
    evidence[slot] = alarms_.back().evidence;
    first = slot + 1;
    std::fill(evidence + first, evidence + stretch.to, 0);
    keep(lane);
    for (std::size_t s = 0; s < series_.size(); ++s) run(s, lane, day, stretch, first);
  }
}

// What every series adds to S at the end of the slot; its capital is taken from it.
KindMonths::Amounts KindMonths::take_capital(std::size_t lane, std::int64_t slot) {
  Amounts found;
  for (std::size_t s = 0; s < series_.size(); ++s) {
    double amount = 0;
    const std::span<double> own(state_[s].capital.data() + lane * state_[s].size, state_[s].size);
    for (double& capital : own) amount += std::min(std::exchange(capital, 0), kMostCapital);
    Lane& state = state_[s].lanes[lane];
    if (!state.bank.empty() && slot >= state.resumes) {
      for (const BankTerm& term : state.bank.front().terms()) {
        found.bank += term.amount;
        amount += term.amount;
      }
      state.bank.front().drop_terms();
    }
    found.of.push_back(amount);
    found.all += amount;
  }
  return found;
}

// As KindEvidence::close: every M becomes 0, the columns in decreasing share up to 95 % pause.
void KindMonths::alarm(std::size_t lane, std::int64_t slot) {
  const Amounts amounts = take_capital(lane, options_.first + slot);
  MonthAlarm alarm{lane, slot, amounts.all, amounts.all - amounts.bank < 1, {}};
  std::vector<std::size_t> places(series_.size());
  for (std::size_t s = 0; s < places.size(); ++s) places[s] = s;
  std::sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
    return amounts.of[a] != amounts.of[b] ? amounts.of[a] > amounts.of[b]
                                          : series_[a].column < series_[b].column;
  });
  double told = 0;
  for (const std::size_t s : places) {
    if (told >= kPausedShare * amounts.all || !(amounts.of[s] > 0)) break;
    told += amounts.of[s];
    alarm.columns.push_back(s);
    Lane& state = state_[s].lanes[lane];
    state.resumes = options_.first + slot + options_.pause + 1;
    if (!state.bank.empty()) state.bank.front().begin(state.resumes);
  }
  alarms_.push_back(std::move(alarm));
}

void KindMonths::keep(std::size_t lane) {
  for (std::size_t s = 0; s < series_.size(); ++s) {
    const auto first = static_cast<std::ptrdiff_t>(lane * state_[s].size);
    std::copy_n(state_[s].capital.begin() + first, state_[s].size, kept_[s].capital.begin() + first);
    kept_[s].lanes[lane] = state_[s].lanes[lane];
  }
}

void KindMonths::put_back(std::size_t lane) {
  for (std::size_t s = 0; s < series_.size(); ++s) {
    const auto first = static_cast<std::ptrdiff_t>(lane * state_[s].size);
    std::copy_n(kept_[s].capital.begin() + first, state_[s].size, state_[s].capital.begin() + first);
    state_[s].lanes[lane] = kept_[s].lanes[lane];
  }
}

}  // namespace driftd::detectors::evidence
