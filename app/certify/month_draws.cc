#include "app/certify/month_draws.h"

#include <algorithm>
#include <utility>

#include "app/simulate/random.h"

namespace driftd::app {
namespace {

using simulate::Random;

// Streams of one seed that do not meet.
constexpr std::uint64_t kCandidateStream = 1ULL << 60;
constexpr std::uint64_t kMomentStream = 2ULL << 60;
constexpr std::uint64_t kPositions = 1ULL << 16;

std::size_t below(Random& random, std::size_t limit) {
  return static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(limit) - 1));
}

}  // namespace

std::vector<std::size_t> MonthDraws::candidates(std::size_t position) const {
  const std::size_t wanted = (days_.days.front().alike + position) % days_.kinds;
  std::vector<std::size_t> found;
  for (std::size_t day = 0; day < days_.days.size(); ++day)
    if (days_.days[day].alike == wanted) found.push_back(day);
  Random random(seed_, kCandidateStream + position);
  for (std::size_t i = 0; i + 1 < found.size() && i < kCandidates; ++i)
    std::swap(found[i], found[i + below(random, found.size() - i)]);
  found.resize(std::min(found.size(), kCandidates));
  return found;
}

std::vector<std::size_t> MonthDraws::of(std::size_t position, std::size_t first, std::size_t months) const {
  const std::vector<std::size_t> from = candidates(position);
  std::vector<std::size_t> drawn;
  for (std::size_t month = first; month < first + months; ++month) {
    Random random(seed_, month * kPositions + position);
    drawn.push_back(from[below(random, from.size())]);
  }
  return drawn;
}

std::int64_t MonthDraws::moment(std::size_t month) const {
  Random random(seed_, kMomentStream + month);
  return static_cast<std::int64_t>(below(random, days_.per_day));
}

}  // namespace driftd::app
