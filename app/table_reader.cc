#include "app/table_reader.h"

#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

#include "app/table_reader_rows.h"

namespace driftd::app {
namespace {

constexpr std::size_t kChunk = 256 * 1024;

// A file's bytes; gzip is undone, which zlib knows by the first bytes.
class InputFile {
 public:
  explicit InputFile(const std::string& path) : path_(path), file_(gzopen(path.c_str(), "rb"), &gzclose) {
    if (file_) gzbuffer(file_.get(), kChunk);
  }

  [[nodiscard]] bool is_open() const { return file_ != nullptr; }
  // Empty at the end.
  Result<std::string_view> next() {
    buffer_.resize(kChunk);
    const int size = gzread(file_.get(), buffer_.data(), static_cast<unsigned>(buffer_.size()));
    int code = Z_OK;
    const char* words = gzerror(file_.get(), &code);
    if (size < 0 || (code != Z_OK && code != Z_STREAM_END)) {
      const char* why = code == Z_ERRNO ? std::strerror(errno) : words;
      return Error{ErrorCode::io, path_ + ": " + why};
    }
    return std::string_view(buffer_.data(), static_cast<std::size_t>(size));
  }
  [[nodiscard]] std::uint64_t bytes_read() const {
    const auto offset = gzoffset(file_.get());
    return offset > 0 ? static_cast<std::uint64_t>(offset) : 0;
  }

 private:
  std::string path_;
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file_;
  std::string buffer_;
};

std::string_view without_mark(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  return text.starts_with(kByteOrderMark) ? text.substr(kByteOrderMark.size()) : text;
}

bool begins_as_json(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

Status read_file(const std::string& path, std::uint64_t before, const TableReaderOptions& options,
                 TableRows& rows) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return Error{ErrorCode::io, path + ": is a directory"};
  InputFile file(path);
  if (!file.is_open()) return Error{ErrorCode::io, path + ": " + std::strerror(errno)};
  std::unique_ptr<TableFormat> format;
  while (true) {
    const Result<std::string_view> chunk = file.next();
    if (!chunk.ok()) return chunk.error();
    if (chunk->empty()) break;
    std::string_view text = *chunk;
    if (!format) {
      text = without_mark(text);
      format = begins_as_json(text) ? json_lines_format(rows, path) : csv_format(rows, path);
    }
    if (Status taken = format->take(text); !taken.ok()) return taken;
    if (options.progress) options.progress(before + file.bytes_read(), path);
  }
  return format ? format->finish() : Status(Error{ErrorCode::invalid, path + ": the file is empty"});
}

}  // namespace

Result<detectors::Table> read_tables(std::span<const std::string> files, const TableReaderOptions& options) {
  TableRows rows(options);
  std::uint64_t before = 0;
  for (const std::string& path : files) {
    if (Status read = read_file(path, before, options, rows); !read.ok()) return read.error();
    std::error_code unknown;
    const auto size = std::filesystem::file_size(path, unknown);
    if (!unknown) before += size;
  }
  Result<detectors::Table> table = rows.finish();
  if (table.ok() || files.empty()) return table;
  return Error{table.error().code, files.front() + ": " + table.error().message};
}

}  // namespace driftd::app
