// CSV by libcsv, a chunk at a time.
#include <csv.h>

#include <algorithm>
#include <set>

#include "app/table_reader_rows.h"

namespace driftd::app {
namespace {

class CsvFormat final : public TableFormat {
 public:
  CsvFormat(TableRows& rows, std::string file) : rows_(rows), file_(std::move(file)) {
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL);
  }
  ~CsvFormat() override { csv_free(&parser_); }
  CsvFormat(const CsvFormat&) = delete;
  CsvFormat& operator=(const CsvFormat&) = delete;

  Status take(std::string_view chunk) override {
    const std::size_t taken = csv_parse(&parser_, chunk.data(), chunk.size(), &on_cell, &on_row, this);
    if (taken != chunk.size() && status_.ok()) {  // the first fault is told, however the file is cut
      return csv_error(&parser_) == CSV_EPARSE ? fault("a quote that neither begins nor ends the cell")
                                               : fault(csv_strerror(csv_error(&parser_)));
    }
    return status_;
  }

  Status finish() override {
    if (csv_fini(&parser_, &on_cell, &on_row, this) != 0 && status_.ok()) {
      return fault("the file ends within quotes");
    }
    if (status_.ok() && !header_done_) return fault("there is no header");
    return status_;
  }

 private:
  struct Column {
    ColumnUse use = ColumnUse::ignored;
    std::size_t feature = 0;
  };

  static void on_cell(void* bytes, std::size_t size, void* self) {
    static_cast<CsvFormat*>(self)->cell({static_cast<const char*>(bytes), bytes != nullptr ? size : 0});
  }
  static void on_row(int end, void* self) { static_cast<CsvFormat*>(self)->row(end); }

  void cell(std::string_view text) {
    line_ += static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    if (!status_.ok()) return;
    if (!header_done_) {
      add_column(text);
      return;
    }
    if (cells_ == 0) rows_.begin_row();
    if (cells_ == columns_.size()) {
      status_ = fault("more cells than the header has, which are " + std::to_string(columns_.size()));
      return;
    }
    const Column& column = columns_[cells_++];
    const Value value = value_of_cell(text);
    if (column.use == ColumnUse::feature) {
      rows_.set_feature(column.feature, value);
    } else if (Status set = rows_.set(column.use, value); !set.ok()) {
      status_ = fault(set.error().message);
    }
  }

  void row(int end) {
    if (!header_done_) {
      header_done_ = !columns_.empty();
    } else if (cells_ > 0 && status_.ok()) {
      rows_.end_row();
    }
    cells_ = 0;
    if (end == '\n') ++line_;
  }

  void add_column(std::string_view name) {
    if (!names_.emplace(name).second) status_ = fault("two columns are called \"" + std::string(name) + "\"");
    Column column{rows_.use_of(name), 0};
    rows_.saw(column.use);
    if (column.use == ColumnUse::feature) column.feature = rows_.feature(name);
    columns_.push_back(column);
  }

  [[nodiscard]] Error fault(const std::string& what) const {
    return {ErrorCode::invalid, file_ + ":" + std::to_string(line_) + ": " + what};
  }

  TableRows& rows_;
  std::string file_;
  csv_parser parser_{};
  Status status_ = success();
  bool header_done_ = false;
  std::set<std::string, std::less<>> names_;
  std::vector<Column> columns_;
  std::size_t cells_ = 0;  // of this row so far
  std::size_t line_ = 1;
};

}  // namespace

std::unique_ptr<TableFormat> csv_format(TableRows& rows, const std::string& file) {
  return std::make_unique<CsvFormat>(rows, file);
}

}  // namespace driftd::app
