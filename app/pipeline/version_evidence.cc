#include "app/pipeline/version_evidence.h"

#include <algorithm>

#include "app/pipeline/series_codec.h"

namespace driftd::app {

namespace ev = detectors::evidence;

namespace {

void save_part(Encoder& out, const ev::AlarmPart& part) {
  save_name(out, part.series);
  out.put_u8(static_cast<std::uint8_t>(part.shape));
  out.put_i64(part.direction);
  out.put_u64(part.monitor);
  out.put_u64(part.symbol);
  out.put_double(part.share);
  save_slot(out, part.start);
}
ev::AlarmPart load_part(Decoder& in, Duration slot) {
  ev::AlarmPart part;
  part.series = load_name(in);
  const std::uint8_t shape = in.get_u8();
  if (shape > static_cast<std::uint8_t>(ev::Shape::mean)) in.fail();
  part.shape = in.ok() ? static_cast<ev::Shape>(shape) : ev::Shape::location;
  part.direction = static_cast<int>(in.get_within(-1, 1));
  part.monitor = in.get_u64();
  part.symbol = static_cast<std::uint16_t>(in.get_u64());
  part.share = in.get_double();
  part.start = load_slot(in, slot);
  return part;
}

}  // namespace

std::vector<std::pair<std::int64_t, double>> ShareHistory::between(std::int64_t from,
                                                                   std::int64_t until) const {
  std::vector<std::pair<std::int64_t, double>> found;
  for (const auto& change : changes_)
    if (change.first >= from && change.first < until) found.push_back(change);
  return found;
}

void ShareHistory::forget_before(std::int64_t slot) {
  std::size_t gone = 0;
  while (gone + 1 < changes_.size() && changes_[gone + 1].first < slot) ++gone;
  changes_.erase(changes_.begin(), changes_.begin() + static_cast<std::ptrdiff_t>(gone));
}

void ShareHistory::save(Encoder& out) const {
  out.put_u64(changes_.size());
  for (const auto& [slot, share] : changes_) {
    out.put_i64(slot);
    out.put_double(share);
  }
}

void ShareHistory::load(Decoder& in) {
  changes_.clear();
  for (std::size_t n = in.get_count(9); n > 0 && in.ok(); --n) {
    const std::int64_t slot = in.get_time();
    changes_.emplace_back(slot, in.get_double());
  }
}

void OpenDrift::save(Encoder& out) const {
  out.put_i64(opened);
  out.put_i64(start);
  out.put_double(facts.evidence);
  out.put_text(facts.strength);
  save_slot(out, facts.estimated_start);
  out.put_double(facts.budget.alerts);
  out.put_i64(facts.budget.per);
  out.put_u64(parts.size());
  for (const ev::AlarmPart& part : parts) save_part(out, part);
  out.put_i64(alarms);
  out.put_u64(columns.size());
  for (const std::string& column : columns) out.put_text(column);
  out.put_bool(uncertified);
  save_slot(out, critical);
  save_slot(out, due);
  out.put_bool(due_findings.has_value());
  if (due_findings) alerts::save_findings(out, *due_findings);
  out.put_bool(next_findings.has_value());
  if (next_findings) {
    out.put_i64(next_findings->first);
    alerts::save_findings(out, next_findings->second);
  }
  out.put_bool(told);
  out.put_bool(acquitted);
  episode.save(out);
  out.put_u64(day.size());
  for (const auto& [segment, tally] : day) {
    out.put_text(segment);
    out.put_text(tally);
  }
  out.put_u64(day_rates.size());
  for (const auto& [name, counts] : day_rates) {
    save_name(out, name);
    out.put_text(counts);
  }
}

void OpenDrift::load(Decoder& in, Duration slot) {
  opened = in.get_slot(slot);
  start = in.get_slot(slot);
  facts.evidence = in.get_double();
  facts.strength = in.get_text();
  facts.estimated_start = load_slot(in, kMicrosecond);
  facts.budget.alerts = in.get_double();
  facts.budget.per = in.get_time();
  for (std::size_t n = in.get_count(8); n > 0 && in.ok(); --n) parts.push_back(load_part(in, slot));
  alarms = std::max<std::int64_t>(1, in.get_amount());
  for (std::size_t n = in.get_count(); n > 0 && in.ok(); --n) columns.emplace(in.get_text());
  uncertified = in.get_bool();
  critical = load_slot(in, slot);
  due = load_slot(in, slot);
  if (in.get_bool()) due_findings = alerts::load_findings(in);
  if (in.get_bool()) {
    const std::int64_t when = in.get_slot(slot);
    next_findings.emplace(when, alerts::load_findings(in));
  }
  told = in.get_bool();
  acquitted = in.get_bool();
  episode.load(in);
  for (std::size_t n = in.get_count(2); n > 0 && in.ok(); --n) {
    std::string segment(in.get_text());
    day[std::move(segment)] = std::string(in.get_text());
  }
  for (std::size_t n = in.get_count(4); n > 0 && in.ok(); --n) {
    const ev::SeriesName name = load_name(in);
    day_rates[name] = std::string(in.get_text());
  }
}

void Renorming::save(Encoder& out) const {
  out.put_i64(since);
  out.put_bool(learning);
  out.put_u64(blocks.size());
  for (const auto& [name, series] : blocks) {
    save_name(out, name);
    out.put_u64(series.size());
    for (const auto& [block, counts] : series) {
      out.put_i64(block);
      save_counts(out, counts);
    }
  }
  out.put_u64(labels.size());
  for (const auto& [segment, gathering] : labels) {
    out.put_text(segment);
    gathering.save(out);
  }
}

void Renorming::load(Decoder& in, const ev::PairScale* scale, Duration slot) {
  since = in.get_slot(slot);
  learning = in.get_bool();
  for (std::size_t n = in.get_count(4); n > 0 && in.ok(); --n) {
    auto& series = blocks[load_name(in)];
    for (std::size_t m = in.get_count(2); m > 0 && in.ok(); --m) {
      const std::int64_t block = in.get_slot(detectors::kProfileBlock);
      series[block] = load_counts(in);
    }
  }
  for (std::size_t n = in.get_count(4); n > 0 && in.ok(); --n) {
    std::string segment(in.get_text());
    if (scale == nullptr) return in.fail();
    auto gathering = ev::LabelGathering::load(*scale, slot, in);
    if (!gathering.ok()) return in.fail();
    labels.emplace(std::move(segment), *std::move(gathering));
  }
}

alerts::IncidentKind incident_kind(ev::EvidenceKind kind) {
  switch (kind) {
    case ev::EvidenceKind::data:
      return alerts::IncidentKind::data;
    case ev::EvidenceKind::covariate:
      return alerts::IncidentKind::covariate;
    case ev::EvidenceKind::prediction:
      return alerts::IncidentKind::prediction;
    case ev::EvidenceKind::concept_drift:
      return alerts::IncidentKind::concept_drift;
    case ev::EvidenceKind::performance:
      return alerts::IncidentKind::performance;
    case ev::EvidenceKind::labels:
      break;
  }
  return alerts::IncidentKind::labels;
}

detectors::Side side_of(ev::EvidenceKind kind) {
  return ev::lives_on_labels(kind) ? detectors::Side::pairs : detectors::Side::predictions;
}

}  // namespace driftd::app
