#include "detectors/evidence/kind_evidence.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace driftd::detectors::evidence {

void KindEvidence::add(const SeriesName& name, std::shared_ptr<const SeriesMonitors> monitors,
                       double weight) {
  settle(settled_);
  Entry entry{monitors, SeriesEvidence(monitors, pace_), weight};
  entry.evidence.reset(settled_);
  if (paused_.contains(name.column)) entry.evidence.pause(settled_);
  series_.insert_or_assign(name, std::move(entry));
}

void KindEvidence::replace(const SeriesName& name, std::shared_ptr<const SeriesMonitors> monitors) {
  const auto found = series_.find(name);
  if (found != series_.end()) add(name, std::move(monitors), found->second.weight);
}

void KindEvidence::set_weight(const SeriesName& name, double weight) {
  const auto found = series_.find(name);
  if (found == series_.end() || found->second.weight == weight) return;
  settle(settled_);
  found->second.weight = weight;
}

double KindEvidence::active_weight() const {
  double weight = 0;
  for (const auto& [name, entry] : series_)
    if (!entry.evidence.paused()) weight += entry.weight;
  return weight;
}

double KindEvidence::granted(std::int64_t slot) const {
  if (!booked_ || slot <= *booked_) return granted_;
  return granted_ + static_cast<double>(slot - *booked_) * (grant_ * active_weight());
}

void KindEvidence::settle(std::int64_t slot) {
  granted_ = granted(slot);
  if (!booked_ || slot > *booked_) booked_ = slot;
  for (auto& [name, entry] : series_) entry.evidence.carry(slot, grant_ * entry.weight);
  settled_ = std::max(settled_, slot);
}

void KindEvidence::set_grant(std::int64_t slot, double grant) {
  slot = std::max(slot, settled_);
  if (grant == grant_ && booked_) return;
  settle(slot);
  grant_ = grant;
}

double KindEvidence::sum(std::int64_t slot) const {
  double total = 0;
  for (const auto& [name, entry] : series_)
    if (!entry.evidence.paused()) total += entry.evidence.sum(slot, grant_ * entry.weight);
  return total;
}

std::optional<Alarm> KindEvidence::close(std::int64_t slot, std::size_t cell,
                                         std::span<const SlotCounts> counts) {
  for (const SlotCounts& one : counts) {
    const auto found = series_.find(*one.series);
    if (found == series_.end()) continue;
    found->second.evidence.close(slot, cell, one.counts, grant_ * found->second.weight);
  }
  settled_ = std::max(settled_, slot);
  evidence_ = sum(slot);
  if (!(evidence_ >= 1)) return std::nullopt;
  Alarm found = alarm(slot, evidence_);
  settle(slot);
  ++spent_;
  for (auto& [name, entry] : series_) {
    if (entry.evidence.paused()) continue;
    entry.evidence.reset(slot);
    if (std::find(found.columns.begin(), found.columns.end(), name.column) != found.columns.end())
      entry.evidence.pause(slot);
  }
  paused_.insert(found.columns.begin(), found.columns.end());
  evidence_ = 0;
  return found;
}

Alarm KindEvidence::alarm(std::int64_t slot, double evidence) const {
  Alarm alarm{
      .slot = slot, .evidence = evidence, .needs_bank = false, .parts = {}, .columns = {}, .start = {}};
  double bank = 0;
  std::map<std::string, double> of_column;
  for (const auto& [name, entry] : series_) {
    if (entry.evidence.paused()) continue;
    std::map<Shape, AlarmPart> parts;
    for (const Contribution& one : entry.evidence.contributions(slot, grant_ * entry.weight)) {
      if (one.bank) bank += one.amount;
      auto [part, fresh] = parts.try_emplace(one.component.shape);
      if (fresh)  // contributions come largest first
        part->second = {
            name, one.component.shape, one.component.direction, one.monitor, one.component.symbol, 0, {}};
      if (!part->second.start) part->second.start = one.start;
      part->second.share += one.amount / evidence;
    }
    for (auto& [shape, part] : parts) {
      if (!(part.share > 0)) continue;
      of_column[name.column] += part.share;
      alarm.parts.push_back(std::move(part));
    }
  }
  alarm.needs_bank = evidence - bank < 1;
  std::stable_sort(alarm.parts.begin(), alarm.parts.end(),
                   [](const AlarmPart& a, const AlarmPart& b) { return a.share > b.share; });
  for (const AlarmPart& part : alarm.parts)
    if (!alarm.start) alarm.start = part.start;
  std::vector<std::pair<double, std::string>> order;
  for (const auto& [column, share] : of_column) order.emplace_back(-share, column);
  std::sort(order.begin(), order.end());
  double told = 0;
  for (const auto& [negative, column] : order) {
    if (told >= kPausedShare) break;
    told -= negative;
    alarm.columns.push_back(column);
  }
  return alarm;
}

void KindEvidence::resume(std::int64_t slot, const std::set<std::string>& columns) {
  slot = std::max(slot, settled_);
  settle(slot);
  for (auto& [name, entry] : series_)
    if (entry.evidence.paused() && columns.contains(name.column)) entry.evidence.resume(slot);
  // not one by one: `columns` may be paused() itself
  std::set<std::string> left;
  for (const std::string& column : paused_)
    if (!columns.contains(column)) left.insert(column);
  paused_ = std::move(left);
}

std::vector<std::pair<SeriesName, double>> KindEvidence::by_series() const {
  std::vector<std::pair<SeriesName, double>> all;
  for (const auto& [name, entry] : series_)
    all.emplace_back(name, entry.evidence.paused() ? 0 : entry.evidence.sum(settled_, grant_ * entry.weight));
  return all;
}

KindStanding KindEvidence::standing(std::int64_t slot) const {
  KindStanding sum;
  for (const auto& [name, entry] : series_) {
    const Standing one = entry.evidence.standing(slot, grant_ * entry.weight);
    sum.whole.capital += one.capital;
    sum.whole.granted += one.granted;
    if (one.capital > 0) sum.by_series.emplace_back(name, one.capital);
  }
  return sum;
}

void KindEvidence::save(Encoder& out) const {
  out.put_double(grant_);
  out.put_double(granted_);
  out.put_i64(settled_);
  out.put_bool(booked_.has_value());
  out.put_i64(booked_.value_or(0));
  out.put_i64(spent_);
  out.put_double(evidence_);
  out.put_u64(paused_.size());
  for (const std::string& column : paused_) out.put_text(column);
  out.put_u64(series_.size());
  for (const auto& [name, entry] : series_) {
    out.put_text(name.segment);
    out.put_text(name.column);
    Encoder state;
    entry.evidence.save(state);
    out.put_text(state.bytes());
  }
}

Status KindEvidence::restore(Decoder& in) {
  grant_ = in.get_double();
  granted_ = in.get_double();
  settled_ = in.get_slot(pace_.slot);
  const bool booked = in.get_bool();
  const std::int64_t at = in.get_slot(pace_.slot);
  booked_ = booked ? std::optional(at) : std::nullopt;
  spent_ = in.get_amount();
  evidence_ = in.get_double();
  paused_.clear();
  for (std::size_t n = in.get_count(); n > 0 && in.ok(); --n) paused_.emplace(in.get_text());
  std::map<std::pair<std::string, std::string>, std::map<SeriesName, Entry>::iterator> known;
  for (auto it = series_.begin(); it != series_.end(); ++it) {
    known[{it->first.segment, it->first.column}] = it;
    it->second.evidence.reset(settled_);
    if (paused_.contains(it->first.column)) it->second.evidence.pause(settled_);
  }
  for (std::size_t n = in.get_count(3); n > 0 && in.ok(); --n) {
    std::string segment(in.get_text());
    std::string column(in.get_text());
    Decoder state(Unsealed{in.format(), in.get_text()});
    const auto found = known.find({std::move(segment), std::move(column)});
    if (found == known.end()) continue;
    Entry& entry = found->second->second;
    auto loaded = SeriesEvidence::load(entry.monitors, pace_, state);
    if (!loaded.ok()) return loaded.error();  // monitors changed: the caller begins anew
    entry.evidence = std::move(*loaded);
  }
  if (!in.ok()) return Error{ErrorCode::corrupt, "these bytes are no evidence of a kind"};
  return success();
}

}  // namespace driftd::detectors::evidence
