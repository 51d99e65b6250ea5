// Words in columns for a terminal: the first column to the left, the others to the right.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace driftd::app {

class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header) : rows_{std::move(header)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// "0.1234", "1.2e-30": four significant digits.
std::string short_number(double number);

}  // namespace driftd::app
