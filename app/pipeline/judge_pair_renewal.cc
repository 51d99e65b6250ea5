// The second half of the reference `auto`, of the pairs: label, loss, and how labels come (DESIGN 7.6).
#include <utility>

#include "app/pipeline/judge.h"
#include "detectors/profile_json.h"

namespace driftd::app {

namespace ev = detectors::evidence;

void PairRenewal::save(Encoder& out) const {
  counts.save(out);
  out.put_u64(labels.size());
  for (const auto& [segment, gathering] : labels) {
    out.put_text(segment);
    gathering.save(out);
  }
}

Result<PairRenewal> PairRenewal::load(const detectors::Profile& profile, Duration slot, Decoder& in) {
  auto counts = detectors::Renewal::load(profile, in);
  if (!counts.ok()) return counts.error();
  PairRenewal renewal{*std::move(counts), {}};
  for (std::size_t n = in.get_count(4); n > 0 && in.ok(); --n) {
    std::string segment(in.get_text());
    if (!profile.labels) return Error{ErrorCode::corrupt, "labels are renewed of a reference without any"};
    auto gathering = ev::LabelGathering::load(profile.labels->scale, slot, in);
    if (!gathering.ok()) return gathering.error();
    renewal.labels.emplace(std::move(segment), *std::move(gathering));
  }
  return renewal;
}

// The very pairs that the reference was made of come first, so that cohorts are whole.
void Judge::begin_pair_renewal(Version& version, const detectors::Learner& learner) const {
  const detectors::Profile& profile = version.pairs->profile;
  PairRenewal& renewal = version.pair_renewal.emplace(
      PairRenewal{detectors::Renewal(profile, detectors::Side::pairs, learner.rule().duration,
                                     slot_start(learner.first_slot(), slot_length())),
                  {}});
  if (!profile.labels) return;
  std::map<std::string, std::vector<ev::LabelledPair>> gathered;
  (void)learner.for_each_row([&](const std::vector<std::string>&, const detectors::RawRow& row) {
    const auto resolved =
        row.verdict ? detectors::resolve(row.predicted, *row.verdict, profile.task) : std::nullopt;
    if (!resolved) return;
    const auto pair =
        ev::labelled_pair(*resolved, row.pair_times.prediction, row.pair_times.feedback, row.time);
    gathered[""].push_back(pair);
    for (const std::string& segment : row.segments)
      if (gathered.size() <= detectors::kMostNewSegments || gathered.contains(segment))
        gathered[segment].push_back(pair);
  });
  for (const auto& [segment, those] : gathered)
    renewal.labels.try_emplace(segment, profile.labels->scale, slot_length()).first->second.add(those);
}

// Pairs of a slot after those that the reference was made of.
void Judge::renew_with(Version& version, std::int64_t slot, const PairSlot& seen_pairs,
                       const detectors::PairTally& performance) const {
  PairRenewal& renewal = *version.pair_renewal;
  std::map<std::string, const detectors::Tally*> tallies;
  for (const auto& [segment, seen] : seen_pairs) {
    if (segment.empty() || seen.tally == nullptr) continue;
    tallies[segment] = seen.tally;
  }
  const auto whole = seen_pairs.find("");
  if (whole == seen_pairs.end() || whole->second.tally == nullptr) return;
  const Time begin = slot_start(slot, slot_length());
  renewal.counts.add(begin, *whole->second.tally, &performance);
  renewal.counts.add_segments(begin, tallies);
  if (!version.pairs->profile.labels) return;
  for (const auto& [segment, seen] : seen_pairs) {
    auto found = renewal.labels.find(segment);
    if (found == renewal.labels.end()) {
      if (renewal.labels.size() > detectors::kMostNewSegments) continue;
      found = renewal.labels.try_emplace(segment, version.pairs->profile.labels->scale, slot_length()).first;
    }
    found->second.add(seen.pairs);
  }
}

// All evidence slots before `slot` have closed. Over the same edges, and the same ages of labels.
void Judge::renew_pair_reference(Version& version, std::int64_t slot) {
  if (!version.pair_renewal || !version.pair_renewal->counts.complete(slot_start(slot, slot_length())))
    return;
  const Time end = version.pair_renewal->counts.end();
  detectors::Profile profile = version.pair_renewal->counts.finish();
  if (profile.labels) {
    const auto predictions = evidence_.identified_before(version, end);
    const auto finished = [&](const std::string& segment) -> std::optional<ev::LabelReference> {
      const auto labels = version.pair_renewal->labels.find(segment);
      if (labels == version.pair_renewal->labels.end()) return std::nullopt;
      const auto known = predictions.find(segment);
      return labels->second.finish(known == predictions.end() ? ev::Cohorts{} : known->second, end);
    };
    if (auto whole = finished("")) profile.labels = std::move(whole);
    for (detectors::SegmentReference& segment : profile.segments) segment.labels = finished(segment.label);
  }
  profile.digest = detectors::digest_of(profile);
  evidence_.drop_side(version, detectors::Side::pairs, slot_of(end - 1, slot_length()));
  const bool handed_on = version.model->inherited_pairs == version.pairs;
  version.pairs = std::make_shared<Plan>(std::move(profile), detectors::Side::pairs, *version.model->config);
  if (handed_on) version.model->inherited_pairs = version.pairs;
  version.pair_renewal.reset();
  version.changed = version.reference_changed = true;
  parts_.references->note(version, ReferenceOrigin::renewed, end);
  parts_.log.info("reference of labels renewed over its first days",
                  {{"model", version.model->name},
                   {"version", version.name},
                   {"pairs", version.pairs->profile.pairs},
                   {"digest", version.pairs->profile.digest}});
}

}  // namespace driftd::app
