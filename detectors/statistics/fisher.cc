#include <array>
#include <cstddef>

#include "detectors/maths/two_sample_laws.h"
#include "detectors/statistics/share_sizes.h"
#include "detectors/statistics/shares.h"

namespace driftd::detectors {

std::optional<Fisher> fisher(Counts reference, Counts current) {
  if (!sizes_of(reference, current) || degrees(reference, current) != 1) return std::nullopt;
  std::array<std::int64_t, 4> table{};
  std::size_t column = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    if (reference[i] + current[i] == 0) continue;
    table[column] = reference[i];
    table[2 + column] = current[i];
    ++column;
  }
  const auto [a, b, c, d] = table;
  const double more = a == 0 || b == 0 || c == 0 || d == 0 ? kOddsPseudoCount : 0;
  const auto count = [more](std::int64_t cell) { return static_cast<double>(cell) + more; };
  return Fisher{count(a) / count(b) * (count(d) / count(c)), maths::fisher_p_value(a, b, c, d)};
}

}  // namespace driftd::detectors
