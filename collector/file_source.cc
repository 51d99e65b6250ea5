#include "collector/file_source.h"

#include <algorithm>
#include <filesystem>

#include "collector/line_reader.h"
#include "collector/role_sniffer.h"

namespace driftd::collector {
namespace {

struct BlockMemory final : BatchMemory {
  std::vector<std::shared_ptr<const char[]>> blocks;
};

}  // namespace

struct FileSource::Partition {
  std::unique_ptr<LineReader> lines;
  std::int64_t next = 0;
  std::int64_t sought = 0;
  bool paused = false;
  bool finished = false;

  // Reads up to `most` records into `part`, as far as one block gives them.
  Status read(std::size_t most, PartitionBatch& part, BlockMemory& memory) {
    auto block = lines->next_lines(most);
    if (!block.ok()) return block.error();
    memory.blocks.push_back(block->memory);
    for (const Line& line : block->lines) {
      if (line.number < sought) continue;
      Record& record = part.records.emplace_back();
      record.offset = line.number;
      record.value = line.text;
      record.oversized = line.cut;
    }
    next = std::max(block->next_number, sought);
    finished = block->end;
    part.next_offset = next;
    return success();
  }
};

FileSource::FileSource() = default;
FileSource::~FileSource() = default;

Result<std::unique_ptr<FileSource>> FileSource::open(const FileSourceOptions& options) {
  std::unique_ptr<FileSource> source(new FileSource);
  std::string faults;
  for (const std::string& path : options.paths) {
    auto lines = LineReader::open(path, options.max_record);
    if (!lines.ok()) {
      faults += (faults.empty() ? "" : "; ") + lines.error().message;
      continue;
    }
    const std::string name = std::filesystem::path(path).filename().string();
    const auto same = std::count_if(source->partitions_.begin(), source->partitions_.end(),
                                    [&](const PartitionInfo& known) { return known.topic == name; });
    source->partitions_.push_back({name, static_cast<std::int32_t>(same), sniff_roles((*lines)->ahead())});
    auto& file = source->files_.emplace_back(std::make_unique<Partition>());
    file->lines = std::move(*lines);
  }
  if (!faults.empty()) return Error{ErrorCode::io, faults};
  return source;
}

Result<Batch> FileSource::poll(std::size_t max_records, std::chrono::milliseconds) {
  const auto readable = [](const auto& file) { return !file->paused && !file->finished; };
  const auto active = static_cast<std::size_t>(std::count_if(files_.begin(), files_.end(), readable));
  if (active == 0) return Batch{};
  const std::size_t share = std::max<std::size_t>(1, max_records / active);
  auto memory = std::make_unique<BlockMemory>();
  Batch batch;
  for (std::uint32_t i = 0; i < files_.size(); ++i) {
    if (!readable(files_[i])) continue;
    PartitionBatch& part = batch.parts.emplace_back();
    part.partition = i;
    if (Status status = files_[i]->read(share, part, *memory); !status.ok()) return status.error();
  }
  batch.memory = std::move(memory);
  return batch;
}

void FileSource::pause(std::uint32_t partition, bool paused) { files_[partition]->paused = paused; }

PartitionEnd FileSource::end_of(std::uint32_t partition) const {
  const Partition& file = *files_[partition];
  PartitionEnd end;
  end.next_offset = file.next;
  end.finished = file.finished;
  return end;
}

void FileSource::seek(std::uint32_t partition, std::int64_t offset) {
  files_[partition]->sought = offset;
  files_[partition]->next = offset;
}

}  // namespace driftd::collector
