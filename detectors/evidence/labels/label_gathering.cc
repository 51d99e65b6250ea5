#include "detectors/evidence/labels/label_gathering.h"

#include <algorithm>
#include <utility>

#include "detectors/profile.h"

namespace driftd::detectors::evidence {
namespace {

constexpr std::int64_t kFirstBlock = kEarliestTime / kProfileBlock - 1;
constexpr std::int64_t kLastBlock = kLatestTime / kProfileBlock + 1;

bool is_timed(const LabelledPair& pair) { return pair.evidence_time != kNoTime; }

// The pairs in the order of a number that falls to them, each number's pairs at once.
template <class Number, class Use>
void by_number(std::span<const LabelledPair> pairs, Number number, Use use) {
  std::vector<std::pair<std::int64_t, std::size_t>> order;
  for (std::size_t i = 0; i < pairs.size(); ++i)
    if (is_timed(pairs[i])) order.emplace_back(number(pairs[i]), i);
  std::sort(order.begin(), order.end());
  std::vector<const LabelledPair*> together;
  for (std::size_t i = 0; i < order.size(); ++i) {
    together.push_back(&pairs[order[i].second]);
    if (i + 1 < order.size() && order[i + 1].first == order[i].first) continue;
    use(order[i].first, std::span<const LabelledPair* const>(together));
    together.clear();
  }
}

// Adds pairs to encoded counts.
void add_to(std::string& bytes, const PairCounter& counter, std::span<const LabelledPair* const> pairs) {
  PairCounts counts = counter.none();
  if (!bytes.empty()) counts.add(*PairCounts::decode(counter.layout(), bytes));  // our own bytes
  for (const LabelledPair* pair : pairs) counter.add(counts, *pair);
  bytes = counts.encode();
}

Error corrupt() { return {ErrorCode::corrupt, "these bytes are no labels that are being gathered"}; }

std::string get_counts(Decoder& in, const PairLayout& layout) {
  const std::string_view bytes = in.get_text();
  if (bytes.empty()) return {};
  const auto counts = PairCounts::decode(layout, bytes);
  if (!counts.ok() || counts->encode() != bytes) in.fail();
  return std::string(bytes);
}

}  // namespace

LabelGathering::LabelGathering(PairScale scale, Duration slot)
    : scale_(std::move(scale)),
      slot_(slot),
      by_age_(scale_, true),
      together_(scale_, false),
      timeless_(by_age_.none()) {}

void LabelGathering::add(std::span<const LabelledPair> pairs) {
  pairs_ += static_cast<std::int64_t>(pairs.size());
  for (const LabelledPair& pair : pairs)
    if (!is_timed(pair)) by_age_.add(timeless_, pair);
  by_number(
      pairs, [](const LabelledPair& pair) { return slot_of(pair.evidence_time, kProfileBlock); },
      [&](std::int64_t block, std::span<const LabelledPair* const> those) {
        add_to(blocks_[block].arrived, by_age_, those);
      });
  if (!scale_.ages.known) return;
  by_number(
      pairs, [&](const LabelledPair& pair) { return cohort_of(pair.prediction_time, slot_); },
      [&](std::int64_t cohort, std::span<const LabelledPair* const> those) { add_cohort(cohort, those); });
}

void LabelGathering::add_cohort(std::int64_t cohort, std::span<const LabelledPair* const> pairs) {
  const LabelAges& ages = scale_.ages;
  const Time ripe = slot_end(cohort, kProfileBlock) + ages.ripe;
  Block& block = blocks_[cohort];
  std::vector<const LabelledPair*> early;
  for (const LabelledPair* pair : pairs) {
    if (pair->evidence_time < ripe) early.push_back(pair);
    const Duration age = pair->known_after();
    if (age > ages.ends.back()) continue;
    block.labelled.resize(ages.buckets(), 0);
    ++block.labelled[ages.bucket_of(age)];
  }
  if (!early.empty()) add_to(block.matured, together_, early);
}

void LabelGathering::forget_before(Time time) {
  blocks_.erase(blocks_.begin(), blocks_.lower_bound(slot_of(time, kProfileBlock)));
}

LabelReference LabelGathering::finish(const Cohorts& predictions, Time until, Time from) const {
  const LabelAges& ages = scale_.ages;
  LabelReference reference;
  reference.scale = scale_;
  reference.until = until;
  reference.arrivals = ages.known && !predictions.empty();
  reference.timeless = timeless_.encode();
  std::map<std::int64_t, LabelBlock> found;
  const auto is_cohort = [&](std::int64_t number) {
    return ages.known && (from == kNoTime || slot_start(number, kProfileBlock) >= from);
  };
  for (const auto& [number, block] : blocks_) {
    LabelBlock& made = found[number];
    made.arrived = block.arrived;
    if (is_cohort(number) && slot_end(number, kProfileBlock) + ages.ripe <= until)
      made.matured = block.matured;
  }
  for (const auto& [number, count] : predictions) {
    if (!is_cohort(number) || count <= 0 || slot_end(number, kProfileBlock) > until) continue;
    std::vector<std::int64_t>& cohort = found[number].cohort;
    cohort.assign(1 + ages.buckets(), 0);
    cohort[0] = count;
    const auto block = blocks_.find(number);
    if (block == blocks_.end()) continue;
    std::copy(block->second.labelled.begin(), block->second.labelled.end(), cohort.begin() + 1);
  }
  for (auto& [number, block] : found) {
    if (block.arrived.empty() && block.matured.empty() && block.cohort.empty()) continue;
    block.block = number;
    reference.blocks.push_back(std::move(block));
  }
  return reference;
}

void LabelGathering::save(Encoder& out) const {
  out.put_i64(pairs_);
  out.put_text(timeless_.encode());
  out.put_u64(blocks_.size());
  for (const auto& [number, block] : blocks_) {
    out.put_i64(number);
    out.put_text(block.arrived);
    out.put_text(block.matured);
    out.put_u64(block.labelled.size());
    for (const std::int64_t labelled : block.labelled) out.put_i64(labelled);
  }
}

Result<LabelGathering> LabelGathering::load(const PairScale& scale, Duration slot, Decoder& in) {
  LabelGathering gathering(scale, slot);
  gathering.pairs_ = in.get_within(0, kMostAmount);
  if (const std::string bytes = get_counts(in, gathering.by_age_.layout()); !bytes.empty() && in.ok())
    gathering.timeless_ = *PairCounts::decode(gathering.by_age_.layout(), bytes);
  std::int64_t least = kFirstBlock;
  for (std::size_t n = in.get_count(4); n > 0 && in.ok(); --n) {
    const std::int64_t number = in.get_within(least, kLastBlock);
    if (!in.ok()) break;
    least = number + 1;
    Block& block = gathering.blocks_[number];
    block.arrived = get_counts(in, gathering.by_age_.layout());
    block.matured = get_counts(in, gathering.together_.layout());
    block.labelled.resize(in.get_count(1), 0);
    for (std::int64_t& labelled : block.labelled) labelled = in.get_within(0, kMostAmount);
    if (!block.labelled.empty() && block.labelled.size() != scale.ages.buckets()) in.fail();
  }
  if (!in.ok()) return corrupt();
  return gathering;
}

}  // namespace driftd::detectors::evidence
