// Evidence at rest: capital, drifts and counts of a version.
#include <tuple>
#include <utility>

#include "app/pipeline/evidence_judge.h"
#include "app/pipeline/series_codec.h"

namespace driftd::app {

namespace ev = detectors::evidence;

namespace {

void save_recent(Encoder& out, const std::map<std::string, detectors::RecentTallies>& recent) {
  out.put_u64(recent.size());
  for (const auto& [segment, tallies] : recent) {
    out.put_text(segment);
    tallies.save(out);
  }
}

void save_rates(Encoder& out, const std::map<ev::SeriesName, detectors::RecentTallies>& rates) {
  out.put_u64(rates.size());
  for (const auto& [name, recent] : rates) {
    save_name(out, name);
    recent.save(out);
  }
}

Status load_rates(Decoder& in, Duration slot, std::map<ev::SeriesName, detectors::RecentTallies>& rates) {
  rates.clear();
  for (std::size_t n = in.get_count(4); n > 0 && in.ok(); --n) {
    const ev::SeriesName name = load_name(in);
    auto loaded = detectors::RecentTallies::load(nullptr, slot, in);
    if (!loaded.ok()) return loaded.error();
    rates.emplace(name, std::move(*loaded));
  }
  return success();
}

Status load_recent(Decoder& in, const Plan* plan, Duration slot,
                   std::map<std::string, detectors::RecentTallies>& recent) {
  for (std::size_t n = in.get_count(2); n > 0 && in.ok(); --n) {
    std::string segment(in.get_text());
    if (plan == nullptr) return Error{ErrorCode::corrupt, "recent counts without their reference"};
    auto loaded = detectors::RecentTallies::load(plan->layout, slot, in);
    if (!loaded.ok()) return loaded.error();
    // Segments that are no longer watched are left behind.
    if (const auto known = recent.find(segment); known != recent.end()) known->second = std::move(*loaded);
  }
  return success();
}

void save_blocks(Encoder& out, const std::map<ev::SeriesName, ev::ColumnBlocks>& renormed) {
  out.put_u64(renormed.size());
  for (const auto& [name, blocks] : renormed) {
    save_name(out, name);
    out.put_u64(blocks.starts.size());
    for (const Time start : blocks.starts) out.put_i64(start);
    save_counts(out, blocks.counts);
  }
}

std::map<ev::SeriesName, ev::ColumnBlocks> load_blocks(Decoder& in) {
  std::map<ev::SeriesName, ev::ColumnBlocks> renormed;
  for (std::size_t n = in.get_count(5); n > 0 && in.ok(); --n) {
    ev::ColumnBlocks& blocks = renormed[load_name(in)];
    blocks.starts.resize(in.get_count());
    for (Time& start : blocks.starts) start = in.get_time();
    blocks.counts = load_counts(in);
    const bool fits = !blocks.starts.empty() && blocks.counts.size() % blocks.starts.size() == 0;
    if (!fits) in.fail();
  }
  return renormed;
}

void save_watch(Encoder& out, const KindWatch& watch) {
  save_blocks(out, watch.renormed);
  out.put_i64(watch.shared);
  out.put_bool(watch.open.has_value());
  if (watch.open) watch.open->save(out);
  out.put_bool(watch.renorming.has_value());
  if (watch.renorming) watch.renorming->save(out);
  Encoder capital;
  watch.evidence.save(capital);
  out.put_text(capital.bytes());
}

}  // namespace

std::string saved_evidence(const Version& version) {
  const VersionEvidence& evidence = *version.evidence;
  Encoder out, rows, pairs;
  rows.put_u64(evidence.later.size());
  for (const LaterSegment& segment : evidence.later) segment.save(rows);
  save_recent(rows, evidence.rows);
  save_recent(pairs, evidence.pairs);
  save_rates(pairs, evidence.rates);
  for (const auto& [side, reference, recent] :
       {std::tuple(detectors::Side::predictions, &evidence.reference, &rows),
        std::tuple(detectors::Side::pairs, &evidence.pair_reference, &pairs)}) {
    const Ledger ledger = ledger_of(version, side, version.last_slot.value_or(0));
    out.put_text(*reference);
    out.put_double(ledger.granted);
    out.put_i64(ledger.spent);
    out.put_text(recent->bytes());
  }
  out.put_u64(evidence.kinds.size());
  for (const auto& [kind, watch] : evidence.kinds) {
    out.put_u8(static_cast<std::uint8_t>(kind));
    Encoder one;
    save_watch(one, watch);
    out.put_text(one.bytes());
  }
  return out.take();
}

Status EvidenceJudge::restore_watch(Version& version, KindWatch& watch, Decoder& in) {
  watch.renormed = load_blocks(in);
  watch.shared = in.get_slot(slot_length());
  watch.open.reset();
  if (in.get_bool()) watch.open.emplace().load(in, slot_length());
  watch.renorming.reset();
  const auto& labels = version.pairs ? version.pairs->profile.labels : std::nullopt;
  if (in.get_bool()) watch.renorming.emplace().load(in, labels ? &labels->scale : nullptr, slot_length());
  for (const auto& [name, blocks] : watch.renormed)
    if (auto monitors = renormed_monitors(version, watch, name))
      watch.evidence.replace(name, std::move(monitors));
  Decoder capital(Unsealed{in.format(), in.get_text()});
  return watch.evidence.restore(capital);
}

// Values first seen later, as far as they are still declared; in the order that they had.
Status EvidenceJudge::restore_segments(Version& version, Decoder& in) {
  VersionEvidence& evidence = *version.evidence;
  for (std::size_t n = in.get_count(4); n > 0 && in.ok(); --n) {
    auto segment = LaterSegment::load(version.plan->layout, slot_length(), in);
    if (!segment.ok()) return segment.error();
    if (evidence.rows.contains(segment->label) || !is_declared(*version.model->config, segment->label))
      continue;
    evidence.rows.emplace(segment->label, detectors::RecentTallies());
    evidence.later.push_back(*std::move(segment));
    if (evidence.later.back().learnt) add_later_segment(version, evidence.later.size() - 1);
  }
  return success();
}

Status EvidenceJudge::restore(Version& version) {
  const std::string bytes = std::exchange(version.stored_evidence, {});
  if (bytes.empty()) return restore_labels(version);
  return restore(version, bytes);
}

// A side whose reference is another one begins anew; what it was granted and spent stays in the ledger.
Status EvidenceJudge::restore(Version& version, std::string_view bytes) {
  Decoder in(Unsealed{version.stored_format, bytes});
  version.evidence = std::make_unique<VersionEvidence>();
  VersionEvidence& evidence = *version.evidence;
  for (const detectors::Side side : {detectors::Side::predictions, detectors::Side::pairs}) {
    const std::string_view reference = in.get_text();
    const Ledger ledger{in.get_double(), in.get_amount()};
    Decoder recent(in.get_text());
    const bool rows = side == detectors::Side::predictions;
    const Plan* plan = rows ? version.plan.get() : version.pairs.get();
    if (plan == nullptr || plan->profile.digest != reference || version.plan == nullptr) {
      version.granted_before += ledger.granted;
      version.spent_before += ledger.spent;
      continue;
    }
    if (rows) {
      build_rows(version, 0);
      if (Status done = restore_segments(version, recent); !done.ok()) return done;
      if (Status done = load_recent(recent, plan, slot_length(), evidence.rows); !done.ok()) return done;
    } else {
      if (evidence.pair_reference.empty()) build_pairs(version, 0);
      if (Status done = restore_labels(version); !done.ok()) return done;
      if (Status done = load_recent(recent, plan, slot_length(), evidence.pairs); !done.ok()) return done;
      if (Status done = load_rates(recent, slot_length(), evidence.rates); !done.ok()) return done;
    }
  }
  if (Status done = restore_labels(version); !done.ok()) return done;
  for (std::size_t n = in.get_count(2); n > 0 && in.ok(); --n) {
    const auto kind = static_cast<Kind>(in.get_u8());
    Decoder one(Unsealed{in.format(), in.get_text()});
    const auto watch = evidence.kinds.find(kind);
    if (watch == evidence.kinds.end()) continue;  // the configuration no longer has its columns
    if (Status done = restore_watch(version, watch->second, one); !done.ok()) return done;
  }
  if (!in.ok() || !in.at_end())
    return Error{ErrorCode::corrupt, "the evidence of a version does not end where it should"};
  return success();
}

void EvidenceJudge::rebuild(Version& version) {
  if (!version.evidence) return;
  for (const detectors::Side side : {detectors::Side::predictions, detectors::Side::pairs}) {
    const bool rows = side == detectors::Side::predictions;
    const Plan* plan = rows ? version.plan.get() : version.pairs.get();
    const std::string& built = rows ? version.evidence->reference : version.evidence->pair_reference;
    if (!built.empty() && (plan == nullptr || plan->profile.digest != built))
      drop_side(version, side, version.last_slot.value_or(0));
  }
  const std::string bytes = saved_evidence(version);
  version.stored_labels = saved_labels(version);
  version.stored_format = kNewestFormat;
  if (const Status done = restore(version, bytes); done.ok()) return;
  version.evidence.reset();
  version.labels.clear();
  parts_.log.warn("evidence begins anew: the reload changed what it is measured against",
                  {{"model", version.model->name}, {"version", version.name}});
}

}  // namespace driftd::app
