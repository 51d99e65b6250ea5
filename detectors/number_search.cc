#include "detectors/number_search.h"

#include <cstdint>
#include <cstring>
#include <limits>

#include "detectors/cells.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace driftd::detectors {
namespace {

static_assert(kMaxBins <= kKnotGroup * kKnotGroup);

using Pair = double __attribute__((vector_size(16)));
using Mask = std::int64_t __attribute__((vector_size(16)));

// How many of a group are below the number.
std::size_t count_below(const double* group, double number) {
  const Pair compared = {number, number};
  Mask below = {0, 0};
  for (std::size_t i = 0; i < kKnotGroup; i += 2) {
    Pair knots;
    std::memcpy(&knots, group + i, sizeof knots);
    below -= knots < compared;  // true is -1
  }
  return static_cast<std::size_t>(below[0] + below[1]);
}

#ifdef __x86_64__

#define DRIFTD_AVX2 __attribute__((target("avx2,popcnt")))

// The comparisons of four knots, as four lanes of 0 or -1.
DRIFTD_AVX2 inline __m256i below_of(const double* knots, __m256d compared) {
  return _mm256_castpd_si256(_mm256_cmp_pd(_mm256_loadu_pd(knots), compared, _CMP_LT_OQ));
}

// As count_below(). Each comparison is narrowed to two bytes; in which order does not matter.
DRIFTD_AVX2 inline std::size_t count_below_avx2(const double* group, __m256d compared) {
  const __m256i low = _mm256_packs_epi32(below_of(group, compared), below_of(group + 4, compared));
  const __m256i high = _mm256_packs_epi32(below_of(group + 8, compared), below_of(group + 12, compared));
  const auto bytes = static_cast<unsigned>(_mm256_movemask_epi8(_mm256_packs_epi16(low, high)));
  return static_cast<std::size_t>(__builtin_popcount(bytes)) / 2;
}

DRIFTD_AVX2 std::size_t bin_of_avx2(const double* groups, double number) {
  const __m256d compared = _mm256_set1_pd(number);
  const std::size_t group = count_below_avx2(groups, compared);
  return group * kKnotGroup + count_below_avx2(groups + (group + 1) * kKnotGroup, compared);
}

BinSearch widest_search() {
  __builtin_cpu_init();
  const bool wide = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("popcnt") != 0;
  return wide ? &bin_of_avx2 : &bin_of_anywhere;
}

#else

BinSearch widest_search() { return &bin_of_anywhere; }

#endif

}  // namespace

void append_knot_groups(const std::vector<double>& knots, std::vector<double>& out) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::size_t groups = (knots.size() + kKnotGroup - 1) / kKnotGroup;
  for (std::size_t i = 0; i < kKnotGroup; ++i) {
    out.push_back(i + 1 < groups ? knots[(i + 1) * kKnotGroup - 1] : kInfinity);
  }
  out.insert(out.end(), knots.begin(), knots.end());
  out.resize(out.size() + groups * kKnotGroup - knots.size(), kInfinity);
}

std::size_t bin_of_anywhere(const double* groups, double number) {
  const std::size_t group = count_below(groups, number);
  return group * kKnotGroup + count_below(groups + (group + 1) * kKnotGroup, number);
}

const BinSearch bin_of = widest_search();

}  // namespace driftd::detectors
