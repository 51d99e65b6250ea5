#include "detectors/segment_reference.h"

#include <algorithm>
#include <utility>

namespace driftd::detectors {
namespace {

const TableColumn* column_of(const Table& table, const std::string& name) {
  for (const TableColumn& column : table.features)
    if (column.name() == name) return &column;
  return nullptr;
}

// The labels of rows under one definition.
void label_rows(const Table& table, const SegmentDefinition& definition, std::span<const std::uint32_t> rows,
                SegmentRows& found) {
  std::vector<const TableColumn*> columns;
  for (const SegmentColumn& part : definition) {
    columns.push_back(column_of(table, part.column));
    if (columns.back() == nullptr) return;
  }
  for (const std::uint32_t row : rows) {
    const auto label = segment_label(definition, [&](std::size_t part) { return columns[part]->value(row); });
    if (!label) continue;
    std::vector<std::uint32_t>& members = found[*label];
    if (members.empty() || members.back() != row) members.push_back(row);  // two definitions, one label
  }
}

// The labels of those that a profile keeps.
template <class Map, class Size>
std::vector<std::string> most(const Map& segments, const Size& size) {
  std::vector<std::pair<std::int64_t, std::string>> order;
  for (const auto& [label, segment] : segments) order.emplace_back(-size(segment), label);
  std::sort(order.begin(), order.end());
  if (order.size() > kMostReferenceSegments) order.resize(kMostReferenceSegments);
  std::vector<std::string> labels;
  for (auto& [negative, label] : order) labels.push_back(std::move(label));
  return labels;
}

std::string without_notes(std::string_view bytes) {
  auto tally = SparseTally::decode(bytes);
  if (!tally.ok()) return {};
  tally->new_categories.clear();
  return tally->encode();
}

std::string& counts_of(SegmentReference& segment, Side side) {
  return side == Side::predictions ? segment.prediction_counts : segment.pair_counts;
}
std::string& counts_of(ProfileBlock& block, Side side) {
  return side == Side::predictions ? block.predictions : block.pairs;
}
void add_counts(std::string& sum, const std::string& bytes) {
  sum = sum.empty() ? bytes : add_encoded_tallies(sum, bytes);
}

Error corrupt() { return {ErrorCode::corrupt, "these bytes are no reference of a segment"}; }

// Counts as encode_segment() wrote them; fails where they are none of the layout, or of other events.
std::string get_counts(Decoder& in, const std::shared_ptr<const TallyLayout>& layout,
                       std::optional<std::int64_t> events = std::nullopt) {
  const std::string_view bytes = in.get_text();
  if (bytes.empty()) {
    if (events.value_or(0) != 0) in.fail();
    return {};
  }
  const auto tally = Tally::decode(layout, bytes);
  if (!tally.ok() || tally->encode() != bytes || (events && tally->events() != *events)) in.fail();
  return std::string(bytes);
}

}  // namespace

SegmentRows segment_rows(const Table& table, const std::vector<SegmentDefinition>& definitions,
                         std::span<const std::uint32_t> rows) {
  SegmentRows found;
  if (table.segments.empty()) {
    for (const SegmentDefinition& definition : definitions) label_rows(table, definition, rows, found);
  } else {
    found = table.segments;
  }
  if (found.size() <= kMostReferenceSegments) return found;
  SegmentRows kept;
  for (const std::string& label :
       most(found, [](const auto& members) { return static_cast<std::int64_t>(members.size()); }))
    kept[label] = std::move(found[label]);
  return kept;
}

SegmentCounter::SegmentCounter(const SegmentRows& segments, std::size_t table_rows, Side side,
                               const std::shared_ptr<const TallyLayout>& layout)
    : side_(side), first_(table_rows + 1, 0) {
  for (const auto& [label, rows] : segments) {
    counts_.push_back({label, Tally(layout), Tally(layout), std::nullopt, {}});
    for (const std::uint32_t row : rows) ++first_[row + 1];
  }
  for (std::size_t row = 0; row < table_rows; ++row) first_[row + 1] += first_[row];
  members_.resize(first_.back());
  std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
  std::uint32_t number = 0;
  for (const auto& [label, rows] : segments) {
    for (const std::uint32_t row : rows) members_[next[row]++] = number;
    ++number;
  }
}

void SegmentCounter::add(std::uint32_t row, std::span<const std::uint8_t> cells,
                         std::span<const std::uint8_t> places, std::optional<std::int64_t> block) {
  for (std::uint32_t i = first_[row]; i < first_[row + 1]; ++i) {
    Counts& counts = counts_[members_[i]];
    if (counts.block != block) close(counts);
    counts.block = block;
    counts.part.add(cells, places);
  }
}

void SegmentCounter::close(Counts& counts) {
  if (counts.part.events() == 0) return;
  counts.total.merge(counts.part);
  if (counts.block) add_counts(counts.blocks[*counts.block], counts.part.encode());
  counts.part.clear();
}

void SegmentCounter::finish(std::map<std::string, SegmentReference>& out) && {
  for (Counts& counts : counts_) {
    close(counts);
    if (counts.total.events() == 0) continue;
    SegmentReference& segment = out[counts.label];
    segment.label = counts.label;
    add_blocks(segment, side_, {counts.total.events(), std::move(counts.blocks)});
    counts_of(segment, side_) = counts.total.encode();  // of rows without a time too
  }
}

void SegmentBlocks::add(Time slot_start, const Tally& tally) {
  rows += tally.events();
  add_counts(blocks[slot_of(slot_start, kProfileBlock)], tally.encode());
}

void SegmentBlocks::save(Encoder& out) const {
  out.put_i64(rows);
  out.put_u64(blocks.size());
  for (const auto& [block, bytes] : blocks) {
    out.put_i64(block);
    out.put_text(bytes);
  }
}

Result<SegmentBlocks> SegmentBlocks::load(const std::shared_ptr<const TallyLayout>& layout, Decoder& in) {
  SegmentBlocks loaded;
  loaded.rows = in.get_amount();
  for (std::size_t n = in.get_count(2); n > 0 && in.ok(); --n) {
    const std::int64_t block = in.get_slot(kProfileBlock);
    loaded.blocks[block] = get_counts(in, layout);
  }
  if (!in.ok()) return corrupt();
  return loaded;
}

void add_blocks(SegmentReference& reference, Side side, const SegmentBlocks& added) {
  (side == Side::predictions ? reference.rows : reference.pairs) += added.rows;
  std::map<std::int64_t, ProfileBlock> blocks;
  for (ProfileBlock& block : reference.blocks) blocks[block.block] = std::move(block);
  for (const auto& [number, bytes] : added.blocks) {
    blocks[number].block = number;
    add_counts(counts_of(blocks[number], side), bytes);
    add_counts(counts_of(reference, side), without_notes(bytes));
  }
  reference.blocks.clear();
  for (auto& [number, block] : blocks) reference.blocks.push_back(std::move(block));
}

std::vector<SegmentReference> most_frequent(std::map<std::string, SegmentReference> segments) {
  std::vector<std::string> labels =
      most(segments, [](const SegmentReference& one) { return std::max(one.rows, one.pairs); });
  std::sort(labels.begin(), labels.end());
  std::vector<SegmentReference> kept;
  for (const std::string& label : labels) kept.push_back(std::move(segments[label]));
  return kept;
}

std::string encode_segment(const SegmentReference& segment) {
  Encoder out;
  out.put_i64(segment.rows);
  out.put_i64(segment.pairs);
  out.put_text(segment.prediction_counts);
  out.put_text(segment.pair_counts);
  out.put_u64(segment.blocks.size());
  for (const ProfileBlock& block : segment.blocks) {
    out.put_i64(block.block);
    out.put_text(block.predictions);
    out.put_text(block.pairs);
  }
  out.put_bool(segment.labels.has_value());
  if (segment.labels) segment.labels->save(out);
  return out.take();
}

Result<SegmentReference> decode_segment(const Profile& profile, std::string label, std::string_view bytes) {
  const auto predictions = std::make_shared<const TallyLayout>(profile, Side::predictions);
  const auto pairs = std::make_shared<const TallyLayout>(profile, Side::pairs);
  Decoder in(bytes);
  SegmentReference segment;
  segment.label = std::move(label);
  segment.rows = in.get_within(0, profile.rows);
  segment.pairs = in.get_within(0, profile.pairs);
  segment.prediction_counts = get_counts(in, predictions, segment.rows);
  segment.pair_counts = get_counts(in, pairs, segment.pairs);
  std::int64_t least = slot_of(kEarliestTime, kProfileBlock);
  for (std::size_t n = in.get_count(3); n > 0 && in.ok(); --n) {
    ProfileBlock& block = segment.blocks.emplace_back();
    block.block = in.get_within(least, kLatestTime / kProfileBlock);
    least = block.block + 1;
    block.predictions = get_counts(in, predictions);
    block.pairs = get_counts(in, pairs);
  }
  if (in.get_bool()) {
    auto labels = evidence::LabelReference::load(in);
    if (!labels.ok()) return labels.error();
    if (!profile.labels || !(labels->scale == profile.labels->scale)) in.fail();
    segment.labels = *std::move(labels);
  }
  if (!in.ok() || !in.at_end()) return corrupt();
  return segment;
}

}  // namespace driftd::detectors
