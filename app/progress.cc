#include "app/progress.h"

#include <unistd.h>

#include <algorithm>
#include <ostream>
#include <utility>

namespace driftd::app {
namespace {

constexpr auto kPatience = std::chrono::seconds(2);
constexpr auto kRedraw = std::chrono::milliseconds(250);

}  // namespace

Progress::Progress(std::ostream& err, bool terminal, std::string what, Clock clock)
    : err_(err), terminal_(terminal), what_(std::move(what)), clock_(std::move(clock)) {
  begin_ = clock_();
  drawn_ = begin_;
}

void Progress::update(std::uint64_t done, std::uint64_t total, std::string_view note) {
  if (!terminal_) return;
  const auto now = clock_();
  if (now - begin_ < kPatience || now - drawn_ < kRedraw) return;
  drawn_ = now;
  std::string line = what_ + ": ";
  if (total > 0) {
    const double share = static_cast<double>(std::min(done, total)) / static_cast<double>(total);
    line += std::to_string(static_cast<int>(share * 100)) + "%";
  } else {
    line += std::to_string(done);
  }
  if (!note.empty()) line.append(" ").append(note);
  const std::size_t width = line.size();
  if (width < width_) line.append(width_ - width, ' ');
  width_ = width;
  err_ << '\r' << line << std::flush;
}

void Progress::clear() {
  if (width_ == 0) return;
  err_ << '\r' << std::string(width_, ' ') << '\r' << std::flush;
  width_ = 0;
}

bool standard_error_is_terminal() { return isatty(STDERR_FILENO) == 1; }

}  // namespace driftd::app
