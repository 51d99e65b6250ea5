#include "collector/line_reader.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace driftd::collector {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 20;

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r") == std::string_view::npos; }

}  // namespace

// zlib reads plain files too, and tells the two apart by the first bytes.
struct LineReader::File {
  std::string path;
  gzFile handle = nullptr;

  File(std::string name, gzFile opened) : path(std::move(name)), handle(opened) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { gzclose(handle); }

  Result<std::size_t> read(char* into, std::size_t size) {
    const int got = gzread(handle, into, static_cast<unsigned>(size));
    int error = Z_OK;
    const char* const words = gzerror(handle, &error);
    if (error == Z_ERRNO) return Error{ErrorCode::io, path + ": " + std::strerror(errno)};
    if (got < 0 || (error != Z_OK && error != Z_STREAM_END)) {
      return Error{ErrorCode::corrupt, path + ": damaged or cut gzip data (" + words + ")"};
    }
    return static_cast<std::size_t>(got);
  }
};

LineReader::LineReader(std::unique_ptr<File> file, std::size_t longest_line)
    : file_(std::move(file)), longest_line_(longest_line) {}
LineReader::~LineReader() = default;

Result<std::unique_ptr<LineReader>> LineReader::open(const std::string& path, std::size_t longest_line) {
  errno = 0;
  const gzFile handle = gzopen(path.c_str(), "rb");
  if (handle == nullptr) {
    return Error{errno == ENOENT ? ErrorCode::not_found : ErrorCode::io, path + ": " + std::strerror(errno)};
  }
  auto file = std::make_unique<File>(path, handle);
  gzbuffer(handle, 256 * 1024);
  std::unique_ptr<LineReader> reader(new LineReader(std::move(file), longest_line));
  // A folder opens and cannot be read: say so now.
  if (Status status = reader->read_block(); !status.ok()) return status.error();
  return reader;
}

// The incomplete line moves to the front of a new block, since the old one is viewed by what was given.
Status LineReader::read_block() {
  const std::size_t carried = size_;
  const std::size_t room = std::max(kBlock, carried * 2);
  std::shared_ptr<char[]> fresh(new char[room]);
  if (carried > 0) std::memcpy(fresh.get(), block_.get() + begin_, carried);
  block_ = std::move(fresh);
  begin_ = 0;
  auto got = file_->read(block_.get() + carried, room - carried);
  if (!got.ok()) return got.error();
  size_ = carried + *got;
  file_ended_ = *got == 0;
  return success();
}

Result<LineBlock> LineReader::next_lines(std::size_t most) {
  LineBlock block;
  if (!file_ended_ && std::memchr(block_.get() + begin_, '\n', size_) == nullptr) {
    if (Status status = read_block(); !status.ok()) return status.error();
  }
  while (block.lines.size() < most && take_line(block)) {
  }
  block.memory = block_;
  block.next_number = number_ + (skipping_ ? 1 : 0);
  block.end = file_ended_ && size_ == 0;
  return block;
}

// The next line of the block, if there is a whole one, or as much of one as is ever given.
bool LineReader::take_line(LineBlock& block) {
  if (size_ == 0) return false;
  const char* const start = block_.get() + begin_;
  const auto* const newline = static_cast<const char*>(std::memchr(start, '\n', size_));
  const bool whole = newline != nullptr || file_ended_;
  if (!whole && size_ <= longest_line_ + 1 && !skipping_) return false;
  const std::size_t length = newline != nullptr ? static_cast<std::size_t>(newline - start) : size_;
  const std::size_t used = newline != nullptr ? length + 1 : length;
  if (!skipping_) add_line(block, {start, length});
  skipping_ = !whole;
  if (whole) ++number_;
  begin_ += used;
  size_ -= used;
  return true;
}

void LineReader::add_line(LineBlock& block, std::string_view text) {
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (is_blank(text)) return;
  const bool cut = text.size() > longest_line_;
  block.lines.push_back({number_, text.substr(0, longest_line_), cut});
}

}  // namespace driftd::collector
