// Words in columns for a terminal: numbers to the right, words to the left.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace driftd::app {

class TextTable {
 public:
  // `align` has an 'l' or 'r' for each column.
  TextTable(std::string align, std::vector<std::string> header)
      : align_(std::move(align)), rows_{std::move(header)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] std::string text() const;

 private:
  std::string align_;
  std::vector<std::vector<std::string>> rows_;
};

// "0.1234", "1.2e-30": four significant digits.
std::string short_number(double number);

}  // namespace driftd::app
