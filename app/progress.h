// How far a long piece of work is, on one line of a terminal that is drawn anew: "profile: 42% of
// bank.csv (1.2 GB)". Nothing is drawn where standard error is no terminal or the work takes less than
// two seconds, and nothing remains of it at the end. Not thread-safe; wall time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

namespace driftd::app {

class Progress {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  Progress(std::ostream& err, bool terminal, std::string what, Clock clock = std::chrono::steady_clock::now);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `done` of `total` of whatever is counted; a total of 0 is unknown, and the bare count is shown.
  // Cheap enough to be called for each batch; draws at most four times a second.
  void update(std::uint64_t done, std::uint64_t total = 0, std::string_view note = {});
  // Takes the line away, so that other words can be printed.
  void clear();

 private:
  std::ostream& err_;
  bool terminal_;
  std::string what_;
  Clock clock_;
  std::chrono::steady_clock::time_point begin_;
  std::chrono::steady_clock::time_point drawn_;
  std::size_t width_ = 0;  // of the line that stands there
};

bool standard_error_is_terminal();

}  // namespace driftd::app
