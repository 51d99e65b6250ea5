// A table by columns: a data set in memory at 13 bytes a cell, from which profiles are built and exact
// statistics computed. Texts are kept once each per column. A value; no threads.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/event.h"
#include "core/pair.h"
#include "core/time.h"
#include "detectors/rows.h"

namespace driftd::detectors {

// Texts, each once, numbered in the order of first sight.
class TextPool {
 public:
  TextPool() = default;
  TextPool(TextPool&&) = default;
  TextPool& operator=(TextPool&&) = default;

  std::uint32_t intern(std::string_view text);
  [[nodiscard]] const std::string& text(std::uint32_t index) const { return texts_[index]; }
  [[nodiscard]] std::size_t size() const { return texts_.size(); }

 private:
  std::deque<std::string> texts_;  // a deque: the views below stay good, also when the pool moves
  std::unordered_map<std::string_view, std::uint32_t> index_;
};

class TableColumn {
 public:
  explicit TableColumn(std::string name) : name_(std::move(name)) {}

  void push(const Value& value);
  // Fills up with absent values to `rows`.
  void fill(std::size_t rows);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::size_t size() const { return kinds_.size(); }
  [[nodiscard]] Value::Kind kind(std::size_t row) const { return kinds_[row]; }
  [[nodiscard]] double number(std::size_t row) const { return numbers_[row]; }
  [[nodiscard]] std::uint32_t text_index(std::size_t row) const { return texts_[row]; }
  [[nodiscard]] const TextPool& pool() const { return pool_; }
  // The value as an event would carry it, arrays packed (core/embedding.h); a view into the column.
  [[nodiscard]] Value value(std::size_t row) const;

 private:
  std::string name_;
  std::vector<Value::Kind> kinds_;
  std::vector<double> numbers_;       // empty as long as the column has no number
  std::vector<std::uint32_t> texts_;  // empty as long as the column has no text
  TextPool pool_;
};

// Per row: time (kNoTime: none), id, what was predicted and what became known. `features` all have
// size() rows.
struct Table {
  std::vector<TableColumn> features;
  std::vector<Time> times;
  std::vector<std::string> ids;
  std::vector<std::uint64_t> hashes;  // as RawRow::hash; empty: all 0
  std::vector<Predicted> predicted;
  std::vector<std::optional<Verdict>> verdicts;

  // Of labelled rows, as far as they are known; by row. Of joined pairs the row's time is that of the
  // evidence.
  std::vector<PairTimes> pair_times;
  // Predictions with an id by cohort (evidence/labels/label_reference.h), labelled or not; empty: not known.
  std::map<std::int64_t, std::int64_t> cohorts;
  Duration slot = kMinute;  // of the stream that the cohorts belong to
  // Of joined pairs, whose features are not kept: the rows of each segment, rising, and its cohorts.
  std::map<std::string, std::vector<std::uint32_t>> segments;
  std::map<std::string, std::map<std::int64_t, std::int64_t>> segment_cohorts;

  void push_pair_times(const PairTimes& times);  // of the last row
  [[nodiscard]] std::size_t size() const { return times.size(); }
};

// The same rows by columns.
Table table_of(const RowTable& rows);

}  // namespace driftd::detectors
