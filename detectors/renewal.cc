#include "detectors/renewal.h"

#include <algorithm>

#include "detectors/profile_json.h"

namespace driftd::detectors {
namespace {

std::string& side_of_block(ProfileBlock& block, Side side) {
  return side == Side::predictions ? block.predictions : block.pairs;
}

Error corrupt() { return {ErrorCode::corrupt, "these bytes are no reference that is being renewed"}; }

}  // namespace

Renewal::Renewal(const Profile& profile, Side side, Duration duration, Time first_slot_start)
    : profile_(profile),
      side_(side),
      end_(first_slot_start + duration),
      layout_(std::make_shared<const TallyLayout>(profile, side)),
      total_(layout_) {}

void Renewal::add(Time time, const Tally& tally, const PairTally* performance) {
  if (time >= end_) return;
  total_.merge(tally);
  total_.clear_new_categories();
  std::string& block = blocks_[slot_of(time, kProfileBlock)];
  block = block.empty() ? tally.encode() : add_encoded_tallies(block, tally.encode());
  if (performance != nullptr) performance_.merge(*performance);
  last_ = std::max(last_, time);
}

void Renewal::add_segments(Time time, const std::map<std::string, const Tally*>& tallies) {
  if (time >= end_) return;
  const auto is_known = [&](const std::string& label) {
    return std::any_of(profile_.segments.begin(), profile_.segments.end(),
                       [&](const SegmentReference& segment) { return segment.label == label; });
  };
  for (const auto& [label, tally] : tallies) {
    auto found = segments_.find(label);
    if (found == segments_.end()) {
      if (segments_.size() >= kMostNewSegments && !is_known(label)) continue;
      found = segments_.emplace(label, SegmentBlocks{}).first;
    }
    found->second.add(time, *tally);
  }
}

Profile Renewal::finish() const {
  Profile made = profile_;
  made.rows += total_.events();
  if (side_ == Side::pairs) made.pairs += total_.events();
  made.last = std::max(made.last, last_);
  std::size_t number = 0;
  for (ColumnProfile& column : made.columns) {
    if (side_of(column.role) != side_) continue;
    const auto added = total_.column(number++);
    for (std::size_t cell = 0; cell < column.reference.size(); ++cell) {
      column.reference[cell].count = wrapping_add(column.reference[cell].count, added[cell].count);
      column.reference[cell].units = wrapping_add(column.reference[cell].units, added[cell].units);
    }
    (void)column.derive();  // it could be before
  }
  std::map<std::int64_t, ProfileBlock> all_blocks;
  for (ProfileBlock& block : made.blocks) all_blocks[block.block] = std::move(block);
  for (const auto& [number_of_block, bytes] : blocks_) {
    ProfileBlock& block = all_blocks[number_of_block];
    block.block = number_of_block;
    std::string& kept = side_of_block(block, side_);
    kept = kept.empty() ? bytes : add_encoded_tallies(kept, bytes);
  }
  made.blocks.clear();
  for (auto& [number_of_block, block] : all_blocks) made.blocks.push_back(std::move(block));
  made.performance.merge(performance_);
  std::map<std::string, SegmentReference> segments;
  for (SegmentReference& segment : made.segments) segments[segment.label] = std::move(segment);
  for (const auto& [label, blocks] : segments_) {
    segments[label].label = label;
    add_blocks(segments[label], side_, blocks);
  }
  made.segments = most_frequent(std::move(segments));
  made.digest = digest_of(made);
  return made;
}

void Renewal::save(Encoder& out) const {
  out.put_u8(static_cast<std::uint8_t>(side_));
  out.put_i64(end_);
  out.put_i64(last_);
  out.put_u64(blocks_.size());
  for (const auto& [block, bytes] : blocks_) {
    out.put_i64(block);
    out.put_text(bytes);
  }
  performance_.save(out);
  out.put_u64(segments_.size());
  for (const auto& [label, blocks] : segments_) {
    out.put_text(label);
    blocks.save(out);
  }
}

Result<Renewal> Renewal::load(const Profile& profile, Decoder& in) {
  const bool pairs = in.get_u8() == static_cast<std::uint8_t>(Side::pairs);
  Renewal renewal(profile, pairs ? Side::pairs : Side::predictions, 0, in.get_time());
  renewal.last_ = in.get_time_or_none();
  const std::size_t size = in.get_count(2);
  for (std::size_t i = 0; i < size && in.ok(); ++i) {
    const std::int64_t block = in.get_slot(kProfileBlock);
    const std::string_view bytes = in.get_text();
    if (!renewal.total_.merge_encoded(bytes).ok()) in.fail();
    renewal.blocks_[block] = bytes;
  }
  renewal.total_.clear_new_categories();
  Result<PairTally> performance = PairTally::load(in);
  for (std::size_t n = in.get_count(3); n > 0 && in.ok(); --n) {
    std::string label(in.get_text());
    auto blocks = SegmentBlocks::load(renewal.layout_, in);
    if (!blocks.ok()) return blocks.error();
    renewal.segments_[std::move(label)] = *std::move(blocks);
  }
  if (!in.ok() || !performance.ok()) return corrupt();
  renewal.performance_ = std::move(performance).value();
  return renewal;
}

}  // namespace driftd::detectors
