// Labelled predictions of the last n slots as slice bins and losses, from which errors by slice of whatever
// columns are counted later (DESIGN 7.4). Bounded, mergeable in meaning, and the same in every run.
//
// Beyond `most` rows it keeps those whose hash begins with ever more zero bits (levels), in all slots alike:
// a uniform sample that depends on what was there, not on its order. rows_since() brings the slots that it
// covers to one level, so that each row stands for the same number of rows.
// Slots come in rising order. A value; no threads.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "core/codec.h"
#include "core/result.h"

namespace driftd::detectors {

// Of `columns` bins each; row i has bins[i * columns ...], losses[i] and labels[i].
struct SlicedRows {
  std::size_t columns = 0;
  std::vector<std::uint8_t> bins;
  std::vector<double> losses;
  std::vector<double> labels;  // of a regression, else 0
  std::vector<std::int64_t> slots;
  std::int64_t seen = 0;  // rows that they stand for

  [[nodiscard]] std::size_t size() const { return losses.size(); }
  [[nodiscard]] std::span<const std::uint8_t> row(std::size_t i) const {
    return std::span(bins).subspan(i * columns, columns);
  }
};

struct SliceRow {
  std::uint64_t hash = 0;
  double loss = 0;
  double label = 0;  // of a regression
  std::vector<std::uint8_t> bins;
};

class SliceLog {
 public:
  SliceLog(std::size_t columns, std::int64_t slots, std::size_t most)
      : columns_(columns), slots_(slots), most_(most) {}

  void push(std::int64_t slot, std::span<const SliceRow> rows);
  void advance(std::int64_t newest);
  void resize(std::int64_t slots) { slots_ = slots; }
  [[nodiscard]] std::int64_t slots() const { return slots_; }
  [[nodiscard]] SlicedRows rows_since(std::int64_t slot) const;
  [[nodiscard]] std::size_t held() const { return held_; }

  void save(Encoder& out) const;
  // Of slots of length `slot`. Rows whose bins are out of bounds are refused.
  Status load(Duration slot, Decoder& in);

 private:
  struct Block {
    std::int64_t slot = 0;
    std::int64_t seen = 0;
    std::uint8_t level = 0;
    std::vector<std::uint64_t> hashes;
    std::vector<double> losses;
    std::vector<double> labels;
    std::vector<std::uint8_t> bins;
  };
  static bool stays(std::uint64_t hash, std::uint8_t level) {
    return level == 0 || hash >> (64 - level) == 0;
  }
  void add(Block& block, const SliceRow& row) const;
  void thin(Block& block, std::uint8_t level);
  void hold_within();

  std::size_t columns_;
  std::int64_t slots_;
  std::size_t most_;
  std::uint8_t level_ = 0;  // of the next slot
  std::size_t held_ = 0;
  std::deque<Block> blocks_;
};

// Logs of one series over `window` and over 8, 64 and 512 times as long: what happened since a moment long
// ago is still there, in a thinner sample.
class SliceLogs {
 public:
  SliceLogs(std::uint64_t meaning, std::size_t columns, std::int64_t window);

  [[nodiscard]] std::uint64_t meaning() const { return meaning_; }  // SliceColumns::id()
  void push(std::int64_t slot, std::span<const SliceRow> rows);
  void resize(std::int64_t window);
  // Of the shortest log that reaches back to the slot; `newest` is the newest closed one.
  [[nodiscard]] SlicedRows rows_since(std::int64_t slot, std::int64_t newest) const;
  [[nodiscard]] std::int64_t reach() const { return logs_.back().slots(); }

  void save(Encoder& out) const;
  // `window` in slots of length `slot`.
  static Result<SliceLogs> load(std::int64_t window, Duration slot, Decoder& in);

 private:
  std::uint64_t meaning_;
  std::size_t columns_;
  std::vector<SliceLog> logs_;
};

}  // namespace driftd::detectors
