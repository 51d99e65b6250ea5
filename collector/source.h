// Where records come from: Kafka (collector/kafka_source.h) or files (collector/file_source.h).
//
// A source has numbered partitions. poll() gives, per partition, consecutive records in offset
// order; a record is given once. The caller owns the position: it keeps `next_offset` with its own
// state and seeks there after a restart.
//
// Order of life: open the concrete source, read partitions(), seek() those of which an offset is
// stored, then poll(). All of it from one thread; the batches may be read from any.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "collector/record.h"
#include "core/result.h"

namespace driftd::collector {

// Records of one partition, and the position after them. There may be no records and yet a new
// position: where the partition begins, and the end of a transaction, which takes an offset too.
struct PartitionBatch {
  std::uint32_t partition = 0;  // index into Source::partitions()
  std::vector<Record> records;
  std::int64_t next_offset = 0;  // everything below is in this batch, in an earlier one, or no record at all
};

// What keeps a batch's bytes alive; each source has its own.
struct BatchMemory {
  BatchMemory() = default;
  BatchMemory(const BatchMemory&) = delete;
  BatchMemory& operator=(const BatchMemory&) = delete;
  virtual ~BatchMemory() = default;
};

// Movable, not copyable. A batch must not outlive its source.
struct Batch {
  std::vector<PartitionBatch> parts;  // at most one per partition, by partition index
  std::unique_ptr<BatchMemory> memory;

  [[nodiscard]] bool empty() const { return parts.empty(); }
  [[nodiscard]] std::size_t record_count() const {
    std::size_t count = 0;
    for (const PartitionBatch& part : parts) count += part.records.size();
    return count;
  }
};

// What is known about the end of a partition.
struct PartitionEnd {
  // The last stable offset: what a reader of committed records can get to. None: not known (not yet
  // asked, or the broker has been out of reach), or the partition is a file.
  std::optional<std::int64_t> last_stable_offset;
  std::int64_t next_offset = 0;  // after the last record that poll() gave
  std::int64_t lost = 0;         // offsets that were gone when they should have been read, since the start
  std::int64_t rewinds = 0;      // times that reading went back, the log having been cut or made anew
  bool finished = false;         // nothing will ever come again: a file's end, or the end of a replayed range

  // Records that wait; never negative; none while the end is not known.
  [[nodiscard]] std::optional<std::int64_t> lag() const {
    if (!last_stable_offset) return std::nullopt;
    return *last_stable_offset > next_offset ? *last_stable_offset - next_offset : 0;
  }
  // Processed to the end, as far as is known now. False while the end is not known.
  [[nodiscard]] bool drained() const { return finished || lag() == std::optional<std::int64_t>(0); }
};

// For seek(): whatever record is the first that there is.
inline constexpr std::int64_t kFromBeginning = -2;

struct PartitionOffset {
  std::uint32_t partition = 0;
  std::int64_t next_offset = 0;
};

class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;

  // May grow during poll(): new partitions are appended, indexes never change meaning.
  [[nodiscard]] virtual const std::vector<PartitionInfo>& partitions() const = 0;

  // Up to max_records of the partitions that are not paused. Waits at most `wait` for the first
  // record; an empty batch is no error. Errors:
  //   refused      another process has taken over this group (DESIGN section 6): end
  //   corrupt, io  a file contradicts itself or cannot be read: end
  // A broker that is away is no error: the source logs it, keeps trying, and gives empty batches.
  virtual Result<Batch> poll(std::size_t max_records, std::chrono::milliseconds wait) = 0;

  // Takes effect with the next poll().
  virtual void pause(std::uint32_t partition, bool paused) = 0;

  [[nodiscard]] virtual PartitionEnd end_of(std::uint32_t partition) const = 0;

  // The partition's first record is to be the one at `offset` (or the next that exists). Only before
  // the first poll(). Where that offset no longer exists the source says so in its log and begins at
  // the earliest that does.
  virtual void seek(std::uint32_t partition, std::int64_t offset) = 0;

  // Tells others how far we are. Does not wait; only the newest call matters. What the caller's own
  // store says is the truth; this serves displays of lag. Files ignore it.
  virtual void commit(std::span<const PartitionOffset> offsets) = 0;
};

}  // namespace driftd::collector
