#include "detectors/evidence/certify/shift_trial.h"

#include <algorithm>

#include "detectors/evidence/certify/capital_step.h"

namespace driftd::detectors::evidence {
namespace {

constexpr std::size_t kStretch = 48;  // slots; as in kind_months.cc

class Trial {
 public:
  Trial(const ReferenceDays& days, const ReplaySeries& series, std::span<const std::int64_t> shifted,
        const ShiftTrial& plan)
      : days_(days), series_(series), plan_(plan), capital_(plan.capital), found_(plan.capital.size()) {
    as_is_.counts = series.counts;
    moved_.counts = shifted;
    for (const double weight : component_weights(*series.monitors.folds.front()))
      grants_.push_back(weight * (plan.options.grant * series.share));
    grants_.resize(padded(grants_.size()), 0);
    for (std::size_t lane = 0; lane < capital_.size() && series.monitors.bank; ++lane) {
      banks_.emplace_back(*series.monitors.bank, plan.options.pace.slot);
      banks_.back().begin(plan.options.first);
    }
  }

  std::vector<std::optional<std::int64_t>> run() {
    for (std::size_t day = 0; day < plan_.drawn.size(); ++day) {
      for (std::size_t from = 0; from < days_.per_day; from += kStretch) {
        const std::size_t to = std::min(from + kStretch, days_.per_day);
        fill(day, from, to);
        for (std::size_t lane = 0; lane < capital_.size(); ++lane) run_lane(lane, day, from, to);
      }
    }
    return std::move(found_);
  }

 private:
  struct Side {  // before and after the shift
    std::span<const std::int64_t> counts;
    std::vector<LikelihoodTable> tables;
  };

  [[nodiscard]] std::int64_t slot_of_trial(std::size_t day, std::size_t slot) const {
    return static_cast<std::int64_t>(day * days_.per_day + slot);
  }
  [[nodiscard]] bool goes_on(std::size_t lane, std::int64_t slot) const {
    return !found_[lane] && slot < plan_.begins[lane] + plan_.patience;
  }

  void fill(std::size_t day, std::size_t from, std::size_t to) {
    drawn_.clear();
    for (std::size_t lane = 0; lane < capital_.size(); ++lane)
      if (goes_on(lane, slot_of_trial(day, from))) drawn_.push_back(plan_.drawn[day][lane]);
    std::sort(drawn_.begin(), drawn_.end());
    drawn_.erase(std::unique(drawn_.begin(), drawn_.end()), drawn_.end());
    for (Side* side : {&as_is_, &moved_}) {
      if (side == &as_is_ && day > 0) continue;  // all have begun
      side->tables.resize(std::max(side->tables.size(), drawn_.size()));
      for (std::size_t i = 0; i < drawn_.size(); ++i) {
        const ReplayDay& source = days_.days[drawn_[i]];
        const std::size_t first = source.first + from;
        side->tables[i].fill(*series_.monitors.folds[source.fold],
                             side->counts.subspan(first * series_.width, (to - from) * series_.width),
                             std::span(days_.cells).subspan(first, to - from));
      }
    }
  }

  void run_lane(std::size_t lane, std::size_t day, std::size_t from, std::size_t to) {
    if (!goes_on(lane, slot_of_trial(day, from))) return;
    const std::size_t drawn = plan_.drawn[day][lane];
    const auto table =
        static_cast<std::size_t>(std::lower_bound(drawn_.begin(), drawn_.end(), drawn) - drawn_.begin());
    for (std::size_t slot = from; slot < to && goes_on(lane, slot_of_trial(day, slot)); ++slot) {
      const std::int64_t now = slot_of_trial(day, slot);
      const bool begun = now >= plan_.begins[lane];
      const Side& side = begun ? moved_ : as_is_;
      double sum = step_capital(capital_[lane].data(), side.tables[table].row(slot - from), grants_.data(),
                                plan_.options.pace.eta, grants_.size());
      if (!banks_.empty()) sum += bank_terms(lane, now, days_.days[drawn], slot, side);
      if (sum < 1) continue;
      if (begun) found_[lane] = now - plan_.begins[lane] + 1;
      std::fill(capital_[lane].begin(), capital_[lane].end(), 0);  // a false alarm before it
    }
  }

  double bank_terms(std::size_t lane, std::int64_t now, const ReplayDay& day, std::size_t slot,
                    const Side& side) {
    const std::size_t place = day.first + slot;
    const std::size_t bins = series_.monitors.bank->functionals.front().size();
    banks_[lane].close(plan_.options.first + now, day.fold * series_.monitors.cells + days_.cells[place],
                       side.counts.subspan(place * series_.width, bins), plan_.options.grant * series_.share);
    double sum = 0;
    for (const BankTerm& term : banks_[lane].terms()) sum += term.amount;
    return sum;
  }

  const ReferenceDays& days_;
  const ReplaySeries& series_;
  const ShiftTrial& plan_;
  std::vector<std::vector<double>> capital_;
  std::vector<std::optional<std::int64_t>> found_;
  std::vector<double> grants_;
  std::vector<Bank> banks_;  // by lane
  std::vector<std::size_t> drawn_;
  Side as_is_;
  Side moved_;
};

}  // namespace

std::vector<std::optional<std::int64_t>> slots_until_found(const ReferenceDays& days,
                                                           const ReplaySeries& series,
                                                           std::span<const std::int64_t> shifted,
                                                           const ShiftTrial& trial) {
  return Trial(days, series, shifted, trial).run();
}

}  // namespace driftd::detectors::evidence
