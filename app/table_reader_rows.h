// The half of the table reader that every format shares: roles of columns, values to rows, labels to
// predictions. Behind app/table_reader.h.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/table_reader.h"
#include "core/event.h"
#include "core/pair.h"
#include "core/result.h"

namespace driftd::app {

// Where a column's values go.
enum class ColumnUse : std::uint8_t { feature, id, time, label, prediction, score, ignored };

class TableRows {
 public:
  explicit TableRows(const TableReaderOptions& options) : options_(options) {}

  [[nodiscard]] ColumnUse use_of(std::string_view column) const;
  // The number of a feature's column, made where it is new.
  std::size_t feature(std::string_view name);

  // A flat row: begin, set what is there, end. Errors name the value at fault.
  void begin_row();
  void set_feature(std::size_t number, const Value& value) { push(number, value); }
  [[nodiscard]] Status set(ColumnUse use, const Value& value);
  void end_row() { ++rows_; }

  // Whole events. Events of another model than the one asked for are passed over.
  [[nodiscard]] Status add(const PredictionEvent& event);
  [[nodiscard]] Status add(const FeedbackEvent& event);

  // A column with this use was there (for roles that were named).
  void saw(ColumnUse use) { seen_ |= 1U << static_cast<unsigned>(use); }

  // Fails where a named role's column was nowhere, or there is no row.
  [[nodiscard]] Result<detectors::Table> finish();

 private:
  [[nodiscard]] Status check_model(std::string_view model, bool& wanted);
  void push(std::size_t number, const Value& value);
  [[nodiscard]] Status check_roles() const;
  void join_labels();

  const TableReaderOptions& options_;
  detectors::Table table_;
  std::unordered_map<std::string, std::size_t> numbers_;
  std::size_t rows_ = 0;
  unsigned seen_ = 0;
  std::string model_;  // of the events so far
  struct Feedback {
    Time time = 0;
    Verdict verdict;
  };
  std::unordered_map<std::string, Feedback> feedback_;  // the earliest of each id
};

// The value of a cell of CSV; a view into it. Empty is null.
Value value_of_cell(std::string_view cell);

// What the readers of one format are handed: chunks of a file from its beginning, then finish().
class TableFormat {
 public:
  virtual ~TableFormat() = default;
  [[nodiscard]] virtual Status take(std::string_view chunk) = 0;
  [[nodiscard]] virtual Status finish() = 0;
};
std::unique_ptr<TableFormat> csv_format(TableRows& rows, const std::string& file);
std::unique_ptr<TableFormat> json_lines_format(TableRows& rows, const std::string& file);

}  // namespace driftd::app
