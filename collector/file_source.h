// Recorded streams: JSON Lines files, plain or gzip (told by their first bytes).
//
// Each file is a partition of a topic of its own, named like the file without its folders; two files
// of one name are partitions 0 and 1 of that topic. A record's offset is its line's number from 0, it
// has neither key nor timestamp nor headers. Empty lines are no records. "\r\n" ends a line too, and
// the last line need not be ended. Of a line longer than `max_record` only the beginning is kept, and
// its record is marked `oversized`. Files are read in blocks, never as a whole.
//
// A partition's roles are what the events in the first 64 KB are; where none of them names a type,
// it holds predictions.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "collector/source.h"

namespace driftd::collector {

struct FileSourceOptions {
  std::vector<std::string> paths;
  std::size_t max_record = std::size_t{8} << 20;
};

class FileSource final : public Source {
 public:
  // not_found or io where a file cannot be opened; all such files are named at once.
  static Result<std::unique_ptr<FileSource>> open(const FileSourceOptions& options);
  ~FileSource() override;

  [[nodiscard]] const std::vector<PartitionInfo>& partitions() const override { return partitions_; }
  Result<Batch> poll(std::size_t max_records, std::chrono::milliseconds wait) override;  // never waits
  void pause(std::uint32_t partition, bool paused) override;
  [[nodiscard]] PartitionEnd end_of(std::uint32_t partition) const override;
  void seek(std::uint32_t partition, std::int64_t offset) override;
  void commit(std::span<const PartitionOffset>) override {}

 private:
  struct Partition;
  FileSource();

  std::vector<PartitionInfo> partitions_;
  std::vector<std::unique_ptr<Partition>> files_;  // one per partition
};

}  // namespace driftd::collector
