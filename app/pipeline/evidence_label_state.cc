// Labels at rest: cohorts of predictions, and what every segment counts under which reference.
#include <algorithm>
#include <utility>

#include "app/pipeline/evidence_judge.h"

namespace driftd::app {

namespace ev = detectors::evidence;

namespace {

void save_line(Encoder& out, const LabelLine& line) {
  out.put_bool(line.reference.has_value());
  if (line.reference) line.reference->save(out);
  out.put_u64(line.columns.size());
  for (const std::string& column : line.columns) out.put_text(column);
  line.counts.save(out);
}

void save_segment(Encoder& out, const SegmentLabels& labels) {
  out.put_i64(labels.since);
  out.put_bool(labels.gathering.has_value());
  if (labels.gathering) labels.gathering->save(out);
  out.put_u64(labels.lines.size());
  for (const LabelLine& line : labels.lines) save_line(out, line);
}

Status load_cohorts(Decoder& in, std::map<std::string, ev::Cohorts>& cohorts) {
  cohorts.clear();
  for (std::size_t n = in.get_count(2); n > 0 && in.ok(); --n) {
    ev::Cohorts& segment = cohorts[std::string(in.get_text())];
    for (std::size_t m = in.get_count(2); m > 0 && in.ok(); --m) {
      const std::int64_t cohort = in.get_slot(detectors::kProfileBlock);
      segment[cohort] = in.get_amount();
    }
  }
  return in.ok() ? success() : Status(Error{ErrorCode::corrupt, "cohorts of predictions end too early"});
}

}  // namespace

std::string saved_labels(const Version& version) {
  Encoder out;
  out.put_u64(version.cohorts.size());
  for (const auto& [segment, cohorts] : version.cohorts) {
    out.put_text(segment);
    out.put_u64(cohorts.size());
    for (const auto& [cohort, count] : cohorts) {
      out.put_i64(cohort);
      out.put_i64(count);
    }
  }
  out.put_text(version.evidence ? version.evidence->pair_reference : std::string());
  out.put_u64(version.evidence ? version.evidence->later_pairs.size() : 0);
  if (version.evidence)
    for (const std::string& segment : version.evidence->later_pairs) out.put_text(segment);
  out.put_u64(version.labels.size());
  for (const auto& [segment, labels] : version.labels) {
    Encoder one;
    save_segment(one, labels);
    out.put_text(segment);
    out.put_text(one.bytes());
  }
  return out.take();
}

// Under the plans that build_pairs() made; what was counted under another reference is left behind.
Status EvidenceJudge::restore_labels(Version& version) {
  const std::string bytes = std::exchange(version.stored_labels, {});
  if (bytes.empty()) return success();
  Decoder in(Unsealed{version.stored_format, bytes});
  if (Status done = load_cohorts(in, version.cohorts); !done.ok()) return done;
  const bool same = version.evidence && !version.evidence->pair_reference.empty() &&
                    in.get_text() == version.evidence->pair_reference;
  if (!same) return success();
  for (std::size_t n = in.get_count(); n > 0 && in.ok(); --n) {
    std::string segment(in.get_text());
    if (version.labels.contains(segment) || !is_declared(*version.model->config, segment)) continue;
    version.evidence->pairs.emplace(segment, detectors::RecentTallies());
    version.labels[segment];
    version.evidence->later_pairs.push_back(std::move(segment));
  }
  std::map<std::string, std::string_view> stored;
  for (std::size_t n = in.get_count(2); n > 0 && in.ok(); --n) {
    std::string segment(in.get_text());
    stored[std::move(segment)] = in.get_text();
  }
  if (!in.ok() || !in.at_end())
    return Error{ErrorCode::corrupt, "the labels of a version do not end where they should"};
  for (const auto& [segment, state] : stored) {
    if (!version.labels.contains(segment)) continue;
    Decoder one(state);
    if (Status done = restore_segment_labels(version, segment, one); !done.ok()) return done;
  }
  return success();
}

Status EvidenceJudge::restore_segment_labels(Version& version, const std::string& segment, Decoder& in) {
  VersionEvidence& evidence = *version.evidence;
  SegmentLabels& labels = version.labels.at(segment);
  const auto built = labels.lines.empty() ? nullptr : labels.lines.front().counts.plan();
  labels.lines.clear();
  labels.since = in.get_slot(slot_length());
  if (in.get_bool()) {
    auto gathering = ev::LabelGathering::load(version.pairs->profile.labels->scale, slot_length(), in);
    if (!gathering.ok()) return gathering.error();
    labels.gathering = *std::move(gathering);
  }
  for (std::size_t n = in.get_count(3); n > 0 && in.ok(); --n) {
    std::optional<ev::LabelReference> reference;
    if (in.get_bool()) {
      auto loaded = ev::LabelReference::load(in);
      if (!loaded.ok()) return loaded.error();
      reference = *std::move(loaded);
    }
    std::set<std::string> columns;
    for (std::size_t m = in.get_count(); m > 0 && in.ok(); --m) columns.emplace(in.get_text());
    const auto plan = reference ? plan_of(version, *reference) : built;
    if (plan == nullptr) return Error{ErrorCode::corrupt, "labels of a segment without their reference"};
    auto counts = ev::LabelSegment::load(slot_length(), version.model->config->label_horizon, plan, in);
    if (!counts.ok()) return counts.error();
    labels.lines.push_back({*std::move(counts), std::move(reference), std::move(columns)});
  }
  if (!in.ok() || !in.at_end())
    return Error{ErrorCode::corrupt, "the labels of a segment do not end where they should"};
  const auto& later = evidence.later_pairs;
  const auto order = std::find(later.begin(), later.end(), segment);
  if (order != later.end() && !labels.lines.empty()) {
    add_labels(version, segment, ev::SegmentShares::later(static_cast<std::size_t>(order - later.begin())),
               0);
    for (const auto& series : labels.lines.front().counts.plan()->series())
      evidence.unresolved.emplace(segment, series.column);
  }
  for (std::size_t i = 1; i < labels.lines.size(); ++i)
    for (auto& [kind, watch] : evidence.kinds)
      if (ev::lives_on_labels(kind)) judge_by_lines(version, watch, segment, labels.lines[i].columns);
  return success();
}

}  // namespace driftd::app
