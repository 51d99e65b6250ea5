#include "detectors/performance/slice_log.h"

#include <algorithm>
#include <cmath>

#include "detectors/performance/slice_columns.h"

namespace driftd::detectors {
namespace {

constexpr std::uint8_t kLastLevel = 63;
constexpr std::size_t kMostRows = 8192;         // of a log
constexpr std::size_t kMostBytes = 512 * 1024;  // of its bins
constexpr std::size_t kLogs = 4;
constexpr std::int64_t kLonger = 8;  // each log than the one before
constexpr std::int64_t kMostSlots = std::int64_t{1} << 40;

std::size_t most_rows(std::size_t columns) {
  return std::clamp(kMostBytes / std::max<std::size_t>(columns, 1), std::size_t{256}, kMostRows);
}

bool all_finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

std::int64_t reach_of(std::int64_t window, std::size_t log) {
  std::int64_t slots = window;
  for (std::size_t i = 0; i < log; ++i) slots = std::min(slots * kLonger, kMostSlots);
  return slots;
}

}  // namespace

void SliceLog::add(Block& block, const SliceRow& row) const {
  block.hashes.push_back(row.hash);
  block.losses.push_back(row.loss);
  block.labels.push_back(row.label);
  block.bins.insert(block.bins.end(), row.bins.begin(),
                    row.bins.begin() + static_cast<std::ptrdiff_t>(columns_));
}

void SliceLog::push(std::int64_t slot, std::span<const SliceRow> rows) {
  advance(slot);
  if (rows.empty()) return;
  Block block;
  block.slot = slot;
  block.seen = static_cast<std::int64_t>(rows.size());
  block.level = level_;
  for (const SliceRow& row : rows)
    if (stays(row.hash, level_)) add(block, row);
  held_ += block.hashes.size();
  blocks_.push_back(std::move(block));
  hold_within();
}

void SliceLog::thin(Block& block, std::uint8_t level) {
  if (block.level >= level) return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < block.hashes.size(); ++i) {
    if (!stays(block.hashes[i], level)) continue;
    block.hashes[kept] = block.hashes[i];
    block.losses[kept] = block.losses[i];
    block.labels[kept] = block.labels[i];
    std::copy_n(block.bins.begin() + static_cast<std::ptrdiff_t>(i * columns_), columns_,
                block.bins.begin() + static_cast<std::ptrdiff_t>(kept * columns_));
    ++kept;
  }
  held_ -= block.hashes.size() - kept;
  block.hashes.resize(kept);
  block.losses.resize(kept);
  block.labels.resize(kept);
  block.bins.resize(kept * columns_);
  block.level = level;
}

void SliceLog::hold_within() {
  while (held_ > most_ && level_ < kLastLevel) {
    ++level_;
    for (Block& block : blocks_) thin(block, level_);
  }
}

void SliceLog::advance(std::int64_t newest) {
  while (!blocks_.empty() && blocks_.front().slot <= newest - slots_) {
    held_ -= blocks_.front().hashes.size();
    blocks_.pop_front();
  }
  while (level_ > 0 && held_ < most_ / 4) --level_;
}

SlicedRows SliceLog::rows_since(std::int64_t slot) const {
  const auto first =
      std::lower_bound(blocks_.begin(), blocks_.end(), slot,
                       [](const Block& block, std::int64_t wanted) { return block.slot < wanted; });
  std::uint8_t level = 0;
  for (auto block = first; block != blocks_.end(); ++block) level = std::max(level, block->level);
  SlicedRows rows;
  rows.columns = columns_;
  for (auto block = first; block != blocks_.end(); ++block) {
    rows.seen += block->seen;
    for (std::size_t i = 0; i < block->hashes.size(); ++i) {
      if (!stays(block->hashes[i], level)) continue;
      rows.losses.push_back(block->losses[i]);
      rows.labels.push_back(block->labels[i]);
      rows.slots.push_back(block->slot);
      const auto begin = block->bins.begin() + static_cast<std::ptrdiff_t>(i * columns_);
      rows.bins.insert(rows.bins.end(), begin, begin + static_cast<std::ptrdiff_t>(columns_));
    }
  }
  return rows;
}

void SliceLog::save(Encoder& out) const {
  out.put_u8(level_);
  out.put_u64(blocks_.size());
  for (const Block& block : blocks_) {
    out.put_i64(block.slot);
    out.put_i64(block.seen);
    out.put_u8(block.level);
    out.put_u64(block.hashes.size());
    for (std::size_t i = 0; i < block.hashes.size(); ++i) {
      out.put_u64(block.hashes[i]);
      out.put_double(block.losses[i]);
      out.put_double(block.labels[i]);
    }
    out.put_text({reinterpret_cast<const char*>(block.bins.data()), block.bins.size()});
  }
}

Status SliceLog::load(Duration slot, Decoder& in) {
  blocks_.clear();
  held_ = 0;
  level_ = in.get_u8();
  bool good = level_ <= kLastLevel;
  for (std::size_t n = in.get_count(5); n > 0 && good && in.ok(); --n) {
    Block block;
    block.slot = in.get_slot(slot);
    block.seen = in.get_amount();
    block.level = in.get_u8();
    for (std::size_t rows = in.get_count(17); rows > 0 && in.ok(); --rows) {
      block.hashes.push_back(in.get_u64());
      block.losses.push_back(in.get_double());
      block.labels.push_back(in.get_double());
    }
    const std::string_view bins = in.get_text();
    block.bins.assign(bins.begin(), bins.end());
    good = block.level <= kLastLevel && block.bins.size() == block.hashes.size() * columns_ &&
           (blocks_.empty() || block.slot > blocks_.back().slot) &&
           std::all_of(block.bins.begin(), block.bins.end(), [](auto bin) { return bin < kMostSliceBins; }) &&
           all_finite(block.losses) && all_finite(block.labels);
    held_ += block.hashes.size();
    blocks_.push_back(std::move(block));
  }
  if (!good || !in.ok()) return Error{ErrorCode::corrupt, "rows by slice are out of their bounds"};
  hold_within();
  return success();
}

SliceLogs::SliceLogs(std::uint64_t meaning, std::size_t columns, std::int64_t window)
    : meaning_(meaning), columns_(columns) {
  for (std::size_t i = 0; i < kLogs; ++i)
    logs_.emplace_back(columns, reach_of(window, i), most_rows(columns));
}

void SliceLogs::push(std::int64_t slot, std::span<const SliceRow> rows) {
  for (SliceLog& log : logs_) log.push(slot, rows);
}

void SliceLogs::resize(std::int64_t window) {
  for (std::size_t i = 0; i < logs_.size(); ++i) logs_[i].resize(reach_of(window, i));
}

SlicedRows SliceLogs::rows_since(std::int64_t slot, std::int64_t newest) const {
  for (const SliceLog& log : logs_)
    if (newest - slot < log.slots()) return log.rows_since(slot);
  return logs_.back().rows_since(slot);
}

void SliceLogs::save(Encoder& out) const {
  out.put_u64(meaning_);
  out.put_u64(columns_);
  for (const SliceLog& log : logs_) log.save(out);
}

Result<SliceLogs> SliceLogs::load(std::int64_t window, Duration slot, Decoder& in) {
  const std::uint64_t meaning = in.get_u64();
  const std::uint64_t columns = in.get_u64();
  if (!in.ok() || columns > kMostSliceColumns)
    return Error{ErrorCode::corrupt, "rows by slice are out of their bounds"};
  SliceLogs logs(meaning, columns, window);
  for (SliceLog& log : logs.logs_)
    if (const Status done = log.load(slot, in); !done.ok()) return done.error();
  return logs;
}

}  // namespace driftd::detectors
