// What tests read and what scripts of other languages make alike: lines of files, and numbers that follow
// from a seed (s = s * 6364136223846793005 + 1442695040888963407 mod 2^64, u = (s >> 11) / 2^53; STATISTICS
// 12).
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace driftd::detectors {

class UniformDraws {
 public:
  explicit UniformDraws(std::uint64_t seed) : state_(seed) {}
  // In [0, 1).
  double operator()() {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<double>(state_ >> 11U) / 9007199254740992.;
  }

 private:
  std::uint64_t state_;
};

// Also of a gzipped file; none where there is no file.
inline std::vector<std::string> lines_of(const std::filesystem::path& file) {
  const std::string command = "gzip -dcf '" + file.string() + "'";
  std::FILE* pipe = popen(command.c_str(), "r");
  std::string text;
  char buffer[65536];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) text.append(buffer, got);
  pclose(pipe);
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Of lines that are a name and numbers, "nan" among them.
inline std::map<std::string, std::vector<double>> named_numbers(const std::filesystem::path& file) {
  std::map<std::string, std::vector<double>> numbers;
  for (const std::string& line : lines_of(file)) {
    std::istringstream words(line);
    std::string name, word;
    words >> name;
    while (words >> word) numbers[name].push_back(std::stod(word));
  }
  return numbers;
}

}  // namespace driftd::detectors
