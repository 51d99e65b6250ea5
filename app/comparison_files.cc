#include "app/comparison_files.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include "app/on_threads.h"
#include "detectors/profile_json.h"

namespace driftd::app {
namespace {

using detectors::Comparison;
using detectors::Table;

// The text of the file where it is a profile.
std::optional<std::string> profile_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string head(256, '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(file.gcount()));
  if (head.find("driftd.profile") == std::string::npos) return std::nullopt;
  file.clear();
  file.seekg(0);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::uint64_t size_of(const std::string& path) {
  std::error_code unknown;
  const auto size = std::filesystem::file_size(path, unknown);
  return unknown ? 0 : size;
}

// The tables of the files, or the error of the first that has one.
Result<std::vector<Table>> read_all(std::span<const std::string> paths, const ColumnRoles& roles,
                                    const ComparisonProgress& progress) {
  std::vector<std::optional<Result<Table>>> tables(paths.size());
  std::vector<std::atomic<std::uint64_t>> read(paths.size());
  std::uint64_t total = 0;
  for (const std::string& path : paths) total += size_of(path);
  const auto work = [&](std::size_t i) {
    TableReaderOptions options;
    options.roles = roles;
    options.progress = [&read, i](std::uint64_t bytes, std::string_view) { read[i] = bytes; };
    tables[i] = read_tables(paths.subspan(i, 1), options);
  };
  const auto tell = [&](std::size_t) {
    std::uint64_t bytes = 0;
    for (const auto& one : read) bytes += one;
    if (progress) progress(bytes, total, "read");
  };
  on_threads(paths.size(), 0, work, tell);
  std::vector<Table> result;
  for (auto& table : tables) {
    if (!table->ok()) return table->error();
    result.push_back(std::move(**table));
  }
  return result;
}

Comparison compare_tables(const Table& reference, const Table& current, const ComparisonFiles& files,
                          const ComparisonProgress& progress) {
  const detectors::ColumnwiseComparison parts(reference, current, files.bins.value_or(detectors::kShownBins));
  std::vector<detectors::ComparedColumn> columns(parts.size());
  std::optional<detectors::RowsTests> whole_rows;
  // the tests of whole rows take longest and go first
  const auto work = [&](std::size_t i) {
    if (i > 0) {
      columns[i - 1] = parts.column(i - 1);
    } else if (files.sampled_rows > 0) {
      whole_rows = detectors::rows_tests(reference, current, files.sampled_rows);
    }
  };
  on_threads(parts.size() + 1, 0, work, [&](std::size_t done) {
    if (progress) progress(done, parts.size() + 1, "of the columns compared");
  });
  Comparison result = parts.whole(std::move(columns));
  result.whole_rows = whole_rows;
  return result;
}

}  // namespace

Result<Comparison> compare_files(const ComparisonFiles& files, const ComparisonProgress& progress) {
  if (profile_text(files.current)) {
    return Error{ErrorCode::invalid,
                 files.current + " is a profile: it can be the REFERENCE, the first of the two"};
  }
  const auto text = profile_text(files.reference);
  if (text && files.bins) {
    return Error{ErrorCode::invalid, "--bins: the bins of " + files.reference + " are those of the profile"};
  }
  const std::array paths{files.current, files.reference};
  const auto tables = read_all(std::span(paths).first(text ? 1 : 2), files.roles, progress);
  if (!tables) return tables.error();
  if (!text) {
    return compare_tables(tables->back(), tables->front(), files, progress);
  }
  const auto profile = detectors::profile_from_json(*text);
  if (!profile) return Error{profile.error().code, files.reference + ": " + profile.error().message};
  return detectors::compare(*profile, tables->front());
}

}  // namespace driftd::app
