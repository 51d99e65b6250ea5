#include "app/number_stream.h"

#include <stdlib.h>  // mkstemp
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <istream>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "app/table_reader.h"
#include "collector/line_reader.h"
#include "core/field_types.h"
#include "core/nearest.h"

namespace driftd::app {
namespace {

constexpr std::size_t kLongestLine = 4096;  // of one number
constexpr std::size_t kLinesAtOnce = 10'000;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::optional<double> number_of(std::string_view text) {
  if (const auto number = parse_number(text)) return number;
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  if (lower == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (lower == "inf" || lower == "+inf") return std::numeric_limits<double>::infinity();
  if (lower == "-inf") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

class Lines {
 public:
  Lines(std::string name, const NumberSink& sink) : name_(std::move(name)), sink_(sink) {}

  // `number_of_line` counts from 1.
  Status take(std::string_view line, std::int64_t number_of_line) {
    const std::string_view text = trimmed(line);
    if (text.empty()) return success();
    const auto number = number_of(text);
    if (!number) {
      return Error{ErrorCode::invalid, name_ + ":" + std::to_string(number_of_line) + ": \"" +
                                           std::string(text.substr(0, 40)) +
                                           "\" is no number; a table needs --column"};
    }
    sink_(*number);
    return success();
  }

 private:
  std::string name_;
  const NumberSink& sink_;
};

class TemporaryFile {
 public:
  TemporaryFile() {
    std::string pattern = (std::filesystem::temp_directory_path() / "driftd-XXXXXX").string();
    const int handle = mkstemp(pattern.data());
    if (handle < 0) return;
    ::close(handle);
    path_ = pattern;
  }
  ~TemporaryFile() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove(path_, ignored);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }  // empty: there is none

 private:
  std::string path_;
};

}  // namespace

Status read_numbers(const std::string& path, const NumberSink& sink) {
  auto reader = collector::LineReader::open(path, kLongestLine);
  if (!reader) return reader.error();
  Lines lines(path, sink);
  while (true) {
    const auto block = (*reader)->next_lines(kLinesAtOnce);
    if (!block) return block.error();
    for (const collector::Line& line : block->lines) {
      if (auto status = lines.take(line.text, line.number + 1); !status) return status;
    }
    if (block->end) return success();
  }
}

Status read_numbers(std::istream& in, const NumberSink& sink) {
  Lines lines("standard input", sink);
  std::int64_t number = 0;
  for (std::string line; std::getline(in, line);) {
    if (auto status = lines.take(line, ++number); !status) return status;
  }
  return success();
}

Status read_column(const std::string& path, const std::string& column, const NumberSink& sink) {
  TableReaderOptions options;
  options.roles = {"", "", "", "", "", {}};  // every column is a plain one
  const auto table = read_tables(std::array{path}, options);
  if (!table) return table.error();
  std::vector<std::string> known;
  for (const detectors::TableColumn& feature : table->features) {
    known.push_back(feature.name());
    if (feature.name() != column) continue;
    for (std::size_t row = 0; row < feature.size(); ++row) {
      const Value value = feature.value(row);
      if (value.kind == Value::Kind::null || value.kind == Value::Kind::absent) continue;
      if (value.kind == Value::Kind::not_finite) {
        sink(std::numeric_limits<double>::infinity());
      } else if (value.kind == Value::Kind::number) {
        sink(value.number);
      } else {
        return Error{ErrorCode::invalid,
                     path + ": row " + std::to_string(row + 1) + " of column " + column + " is no number"};
      }
    }
    return success();
  }
  std::string message = path + ": there is no column " + column;
  if (const std::string* near = nearest(column, known)) message += "; did you mean " + *near + "?";
  return Error{ErrorCode::invalid, message};
}

Status read_column(std::istream& in, const std::string& column, const NumberSink& sink) {
  const TemporaryFile file;
  std::ofstream copy(file.path(), std::ios::binary);
  copy << in.rdbuf();
  copy.close();
  if (file.path().empty() || !copy) return Error{ErrorCode::io, "cannot write to the temporary directory"};
  return read_column(file.path(), column, sink);
}

}  // namespace driftd::app
