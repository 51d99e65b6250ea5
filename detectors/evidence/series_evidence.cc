#include "detectors/evidence/series_evidence.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "detectors/maths/portable.h"

namespace driftd::detectors::evidence {
namespace {

constexpr std::array<Shape, kFunctionals> kBankShapes = {Shape::location, Shape::scale};

// What the weights are divided by, so that monitors without a bet leave theirs to the others.
double betting_weight(const SeriesMonitors& series) {
  double all = 0;
  double betting = 0;
  for (const WeightedMonitor& weighted : series.monitors) {
    all += weighted.weight;
    if (!weighted.monitor->components().empty()) betting += weighted.weight;
  }
  return betting > 0 ? betting / all : 1;
}

}  // namespace

std::vector<double> component_weights(const SeriesMonitors& series) {
  std::vector<double> weights;
  const double share = (series.bank ? 1 - kBankShare : 1) / betting_weight(series);
  for (const WeightedMonitor& weighted : series.monitors) {
    for (const Component& component : weighted.monitor->components()) {
      weights.push_back(share * weighted.weight * component.weight);
    }
  }
  return weights;
}

SeriesEvidence::SeriesEvidence(std::shared_ptr<const SeriesMonitors> monitors, Pace pace)
    : monitors_(std::move(monitors)),
      pace_(pace),
      weights_(component_weights(*monitors_)),
      traffic_(monitors_->monitors.size(), pace.slot),
      copy_(pace.eta) {
  for (const double weight : weights_) total_weight_ += weight;
  capital_.resize(weights_.size());
  rise_.resize(weights_.size());
  start_.resize(weights_.size());
  scratch_.resize(2 * weights_.size());
  if (monitors_->bank) bank_.emplace(*monitors_->bank, pace_.slot);
}

void SeriesEvidence::close(std::int64_t slot, std::size_t cell, std::span<const std::int64_t> counts,
                           double grant) {
  const bool any = note_traffic(slot, counts);
  if (!last_) clear_capital(slot - 1);
  if (bank_ && !paused_) {
    const std::size_t width = counts.empty() ? 0 : monitors_->monitors.front().monitor->width();
    bank_->close(slot, cell, counts.first(width), grant);
    closed_ = slot;
  }
  if (!any) return;
  forward(slot - 1, grant);
  std::size_t from = 0;
  std::size_t first = 0;
  for (std::size_t m = 0; m < monitors_->monitors.size(); ++m) {
    const Monitor& monitor = *monitors_->monitors[m].monitor;
    step(m, first, slot, cell, counts.subspan(from, monitor.width()), grant);
    first += monitor.components().size();
    from += monitor.width();
  }
  copy_.grant(total_weight_ * grant);
  last_ = slot;
  add_up();
}

bool SeriesEvidence::note_traffic(std::int64_t slot, std::span<const std::int64_t> counts) {
  traffic_.advance(slot);
  if (counts.empty()) return false;
  bool any = false;
  std::size_t from = 0;
  for (std::size_t m = 0; m < monitors_->monitors.size(); ++m) {
    const Monitor& monitor = *monitors_->monitors[m].monitor;
    const std::int64_t events = monitor.events(counts.subspan(from, monitor.width()));
    traffic_.add(m, events);
    any = any || events > 0;
    from += monitor.width();
  }
  return any;
}

void SeriesEvidence::step(std::size_t monitor, std::size_t first, std::int64_t slot, std::size_t cell,
                          std::span<const std::int64_t> counts, double grant) {
  const Monitor& bets = *monitors_->monitors[monitor].monitor;
  const std::span<double> logs(scratch_.data(), bets.components().size());
  const bool any = bets.events(counts) > 0;
  if (any) {
    bets.log_likelihoods(counts, cell, logs);
    const double tempering = inflation(monitor);
    for (double& log : logs) log /= tempering;
  } else {
    std::fill(logs.begin(), logs.end(), 0.0);
  }
  copy_.play(first, logs, weights_, grant, paused_);
  if (!paused_) move_capital(first, logs, any, slot, grant);
}

void SeriesEvidence::move_capital(std::size_t first, std::span<const double> logs, bool any,
                                  std::int64_t slot, double grant) {
  const std::size_t size = logs.size();
  double* const capital = capital_.data() + first;
  const double* const weights = weights_.data() + first;
  for (std::size_t c = 0; c < size; ++c) capital[c] = pace_.eta * capital[c] + weights[c] * grant;
  if (any) {
    const std::span<double> next(scratch_.data() + weights_.size(), size);
    std::copy_n(capital, size, next.begin());
    maths::portable_log(next);
    for (std::size_t c = 0; c < size; ++c) next[c] += logs[c];
    maths::portable_exp(next);
    std::copy_n(next.begin(), size, capital);
    follow_starts(first, logs, slot);
  }
  for (std::size_t c = 0; c < size; ++c) capital[c] = std::min(capital[c], kMostCapital);
}

void SeriesEvidence::follow_starts(std::size_t first, std::span<const double> logs, std::int64_t slot) {
  for (std::size_t c = 0; c < logs.size(); ++c) {
    const double rise = rise_[first + c] + logs[c];
    rise_[first + c] = rise > 0 ? rise : 0;
    if (!(rise > 0)) start_[first + c] = slot + 1;
  }
}

// k by its binary digits: exact for one slot, close for any number, and the same for the same k.
Stretch SeriesEvidence::stretch_to(std::int64_t slot) const {
  Stretch stretch;
  const auto slots = static_cast<std::uint64_t>(last_ ? std::max<std::int64_t>(slot - *last_, 0) : 0);
  stretch.slots = slots;
  for (int bit = 63; bit >= 0; --bit) {
    if (slots >> bit == 0) continue;
    stretch.grants *= 1 + stretch.keep;
    stretch.keep *= stretch.keep;
    if (((slots >> bit) & 1U) == 0) continue;
    stretch.grants = stretch.grants * pace_.eta + 1;
    stretch.keep *= pace_.eta;
  }
  return stretch;
}

double SeriesEvidence::capital_at(std::size_t component, const Stretch& stretch, double grant) const {
  const double granted = stretch.grants * (weights_[component] * grant);
  return std::min(stretch.keep * capital_[component] + granted, kMostCapital);
}

void SeriesEvidence::forward(std::int64_t slot, double grant) {
  if (!last_ || slot <= *last_) return;
  const Stretch stretch = stretch_to(slot);
  copy_.pass(stretch, weights_, total_weight_, grant, paused_);
  if (!paused_)
    for (std::size_t c = 0; c < capital_.size(); ++c) capital_[c] = capital_at(c, stretch, grant);
  last_ = slot;
}

void SeriesEvidence::carry(std::int64_t slot, double grant) {
  if (paused_) return forward(slot, grant);
  if (bank_) bank_->carry(slot, grant);
  if (!last_) {
    clear_capital(slot);
    return;
  }
  forward(slot, grant);
  add_up();
}

double SeriesEvidence::sum(std::int64_t slot, double grant) const {
  if (paused_ || !last_) return 0;
  const double bank = bank_ && closed_ == slot ? bank_sum() : 0;
  if (slot <= *last_) return sum_ + bank;
  const Stretch stretch = stretch_to(slot);
  return stretch.keep * sum_ + stretch.grants * (total_weight_ * grant) + bank;
}

std::vector<Contribution> SeriesEvidence::contributions(std::int64_t slot, double grant) const {
  std::vector<Contribution> parts;
  if (paused_ || !last_) return parts;
  const Stretch stretch = stretch_to(slot);
  std::size_t c = 0;
  for (std::size_t m = 0; m < monitors_->monitors.size(); ++m) {
    for (const Component& component : monitors_->monitors[m].monitor->components()) {
      parts.push_back({m, component, capital_at(c, stretch, grant), false, 0, std::min(start_[c], slot)});
      ++c;
    }
  }
  if (bank_ && closed_ == slot) {
    for (const BankTerm& term : bank_->terms()) {
      Component component;
      component.shape = kBankShapes[term.functional];
      component.direction = term.direction;
      component.weight = kBankShare / kBankTerms;
      parts.push_back({0, component, term.amount, true, term.block, std::nullopt});
    }
  }
  std::erase_if(parts, [](const Contribution& part) { return !(part.amount > 0); });
  std::stable_sort(parts.begin(), parts.end(),
                   [](const Contribution& a, const Contribution& b) { return a.amount > b.amount; });
  return parts;
}

void SeriesEvidence::reset(std::int64_t slot) {
  if (paused_) return;
  if (!last_) {
    resume(slot);
    return;
  }
  copy_.take_over(capital_);
  std::fill(capital_.begin(), capital_.end(), 0.0);
  sum_ = 0;
  last_ = slot;
  if (bank_) bank_->drop_terms();
}

void SeriesEvidence::pause(std::int64_t slot) {
  clear_capital(slot);
  if (bank_) bank_->begin(slot + 1);
  paused_ = true;
}

void SeriesEvidence::resume(std::int64_t slot) {
  clear_capital(slot);
  if (bank_) bank_->begin(slot + 1);
  paused_ = false;
}

void SeriesEvidence::clear_capital(std::int64_t slot) {
  copy_.take_over(capital_);
  std::fill(capital_.begin(), capital_.end(), 0.0);
  std::fill(rise_.begin(), rise_.end(), 0.0);
  std::fill(start_.begin(), start_.end(), slot + 1);
  sum_ = 0;
  last_ = slot;
}

void SeriesEvidence::add_up() {
  sum_ = 0;
  for (const double capital : capital_) sum_ += capital;
}

double SeriesEvidence::bank_sum() const {
  double sum = 0;
  if (bank_) {
    for (const BankTerm& term : bank_->terms()) sum += term.amount;
  }
  return sum;
}

double SeriesEvidence::inflation(std::size_t monitor) const {
  const WeightedMonitor& weighted = monitors_->monitors[monitor];
  const double traffic = weighted.per_slot > 0 ? traffic_.per_slot(monitor) / weighted.per_slot : 1;
  return 1 + (weighted.inflation - 1) * std::max(1.0, traffic);
}

Standing SeriesEvidence::standing(std::int64_t slot, double grant) const {
  if (!last_) return {};
  const Stretch stretch = stretch_to(slot);
  const double total = total_weight_ * grant;
  const double own = paused_ ? 0 : stretch.keep * sum_ + stretch.grants * total;
  return copy_.standing(own, stretch, total, paused_);
}

void SeriesEvidence::save(Encoder& out) const {
  out.put_u64(capital_.size());
  out.put_bool(bank_.has_value());
  out.put_bool(paused_);
  out.put_bool(last_.has_value());
  out.put_i64(last_.value_or(0));
  out.put_i64(closed_);
  for (const double capital : capital_) out.put_double(capital);
  for (const double rise : rise_) out.put_double(rise);
  for (const std::int64_t start : start_) out.put_i64(last_.value_or(0) - start);
  traffic_.save(out);
  if (bank_) bank_->save(out);
  copy_.save(out);
}

Result<SeriesEvidence> SeriesEvidence::load(std::shared_ptr<const SeriesMonitors> monitors, Pace pace,
                                            Decoder& in) {
  SeriesEvidence series(std::move(monitors), pace);
  const bool sane = series.load_components(in) && series.traffic_.load(in) &&
                    (!series.bank_ || series.bank_->load(in)) && in.ok();
  const bool copied = sane && (in.format() < 7 || series.copy_.load(in, series.capital_.size()));
  if (!copied) return Error{ErrorCode::corrupt, "evidence: the bytes are no state of this series"};
  if (in.format() < 7) series.copy_.begin_late(series.capital_);
  series.add_up();
  return series;
}

bool SeriesEvidence::load_components(Decoder& in) {
  if (in.get_u64() != capital_.size() || in.get_bool() != bank_.has_value()) return false;
  paused_ = in.get_bool();
  const bool begun = in.get_bool();
  const std::int64_t last = in.get_slot(pace_.slot);
  closed_ = in.get_slot(pace_.slot);
  bool sane = begun || last == 0;
  if (begun) last_ = last;
  for (double& capital : capital_) {
    capital = in.get_double();
    sane = sane && capital >= 0 && capital <= kMostCapital;
  }
  for (double& rise : rise_) {
    rise = in.get_double();
    sane = sane && rise >= 0 && std::isfinite(rise);
  }
  for (std::int64_t& start : start_) {
    start = last - in.get_within(-1, kMostTime);
  }
  return sane && in.ok();
}

}  // namespace driftd::detectors::evidence
