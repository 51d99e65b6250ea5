// What a reference keeps of segments: the counts of each value that it holds, over the bins of the whole
// model, in all and by five minutes (STATISTICS 7, DESIGN 7.6).
//
// At most kMostReferenceSegments of a profile, those with most rows (ties in the order of bytes): a share of
// the budget that is parted further would find nothing. Pure functions and plain values; the result depends
// on the rows alone, not on their order.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/codec.h"
#include "core/result.h"
#include "detectors/profile.h"
#include "detectors/table.h"
#include "detectors/tally.h"

namespace driftd::detectors {

// The rows of each segment, rising.
using SegmentRows = std::map<std::string, std::vector<std::uint32_t>>;

// Of the table's rows: those that the table names, else by the definitions. No more than a profile keeps.
SegmentRows segment_rows(const Table& table, const std::vector<SegmentDefinition>& definitions,
                         std::span<const std::uint32_t> rows);

// Counts the rows of one side of a reference into segments.
class SegmentCounter {
 public:
  SegmentCounter(const SegmentRows& segments, std::size_t table_rows, Side side,
                 const std::shared_ptr<const TallyLayout>& layout);

  // A row's cells; rows come in the order of their blocks (none: the row has no time).
  void add(std::uint32_t row, std::span<const std::uint8_t> cells, std::span<const std::uint8_t> places,
           std::optional<std::int64_t> block);
  // Adds this side to what there is, by label.
  void finish(std::map<std::string, SegmentReference>& out) &&;

 private:
  struct Counts {
    std::string label;
    Tally total;
    Tally part;
    std::optional<std::int64_t> block;  // of `part`
    std::map<std::int64_t, std::string> blocks;
  };
  static void close(Counts& counts);

  Side side_;
  std::vector<Counts> counts_;
  std::vector<std::uint32_t> first_;    // by row: into members_; one more than rows
  std::vector<std::uint32_t> members_;  // into counts_
};

// Counts of a segment on one side as its slots come.
struct SegmentBlocks {
  std::int64_t rows = 0;
  std::map<std::int64_t, std::string> blocks;  // five minutes -> Tally::encode

  void add(Time slot_start, const Tally& tally);
  void save(Encoder& out) const;
  // Errors (`corrupt`): no counts of this layout.
  static Result<SegmentBlocks> load(const std::shared_ptr<const TallyLayout>& layout, Decoder& in);
};
// Adds them to a reference of the segment.
void add_blocks(SegmentReference& reference, Side side, const SegmentBlocks& added);

// No more than a profile keeps, by label.
std::vector<SegmentReference> most_frequent(std::map<std::string, SegmentReference> segments);

// Canonical bytes of all but the label.
std::string encode_segment(const SegmentReference& segment);
// Counts of the columns of `profile`, labels of its scale. Errors (`corrupt`).
Result<SegmentReference> decode_segment(const Profile& profile, std::string label, std::string_view bytes);

}  // namespace driftd::detectors
