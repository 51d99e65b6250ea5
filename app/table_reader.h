// Data sets from files: CSV and JSON Lines, gzip too, as one Table (detectors/table.h). What a file is
// shows in its content, not in its name.
//
// CSV: a header, commas, quotes as in RFC 4180, LF or CRLF. An empty cell is missing; `true` and
// `false` are booleans; a cell that a JSON number could be (no leading zeros: "007" is a code) is a
// number, "nan" is missing; a column in which numbers and texts mix is categorical. Cells that a row
// lacks at its end are absent, blank lines are no rows.
// JSON Lines: the events of DESIGN 3, predictions and feedback joined by id whatever their order (the
// verdict of the earliest feedback counts, and the times of both are kept: how late labels come), or flat
// objects whose fields are columns. A nested object or array of a flat one is a value of another type.
//
// Columns named id, time, label, prediction and score are taken as such, `version` is left out, unless
// the roles say otherwise; every other column is a feature. A prediction or label that is a number is
// a value as well as a label by its shortest text. Several files are read as one data set; the labels
// of feedback events may be in another file than their predictions.
//
// Errors name file and line: a row with more cells than the header, an unreadable time, a role's
// column that is nowhere. Not thread-safe; reads files.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "detectors/table.h"

namespace driftd::app {

// Which columns are what, by name. An absent one means the column of the usual name if there is one;
// an empty text means none. One that is named has to be there.
struct ColumnRoles {
  std::optional<std::string> id, time, label, prediction, score;
  std::vector<std::string> ignore;
};

struct TableReaderOptions {
  ColumnRoles roles;
  std::string model;  // of events: only those of this model; empty: they all have to be of one
  // Called now and then with the bytes read so far of all files (compressed ones as they are stored)
  // and the file's name.
  std::function<void(std::uint64_t bytes, std::string_view file)> progress;
};

[[nodiscard]] Result<detectors::Table> read_tables(std::span<const std::string> files,
                                                   const TableReaderOptions& options);

}  // namespace driftd::app
