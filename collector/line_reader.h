// Lines of a file, plain or gzip, in blocks of bounded size.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace driftd::collector {

struct Line {
  std::int64_t number = 0;  // from 0; empty lines are counted, but not given
  std::string_view text;    // without its end
  bool cut = false;         // it is longer than the limit; this is its beginning
};

struct LineBlock {
  std::vector<Line> lines;
  std::shared_ptr<const char[]> memory;  // what the lines view
  std::int64_t next_number = 0;          // of the line after the last
  bool end = false;                      // the file has no further line
};

// A block is read, and what it holds of whole lines is given piece by piece; the incomplete line at
// its end is carried into the next block. Not thread-safe.
class LineReader {
 public:
  static Result<std::unique_ptr<LineReader>> open(const std::string& path, std::size_t longest_line);
  ~LineReader();

  // Up to `most` lines, at least one unless the file is at its end or the block held none. Fails with
  // io or corrupt, naming the file.
  Result<LineBlock> next_lines(std::size_t most);

  // What has been read and not yet given, without reading more: right after open() the file's beginning, all
  // of it or 1 MB. A pipe can be read but once, so whoever wants to look first looks here. Until
  // next_lines().
  [[nodiscard]] std::string_view ahead() const { return {block_.get() + begin_, size_}; }

 private:
  struct File;
  explicit LineReader(std::unique_ptr<File> file, std::size_t longest_line);

  Status read_block();
  bool take_line(LineBlock& block);
  void add_line(LineBlock& block, std::string_view text);

  std::unique_ptr<File> file_;
  std::size_t longest_line_;
  std::shared_ptr<char[]> block_;
  std::size_t begin_ = 0, size_ = 0;  // what is left of block_
  std::int64_t number_ = 0;
  bool file_ended_ = false;
  bool skipping_ = false;  // inside a line that was given cut
};

}  // namespace driftd::collector
