// The recursion of all components of a series at once, many months side by side: what the detectors' own step
// (series_evidence.h) does one slot at a time, with L^(1/VIF) known beforehand. Pure; any thread.
#pragma once

#include <cstddef>

namespace driftd::detectors::evidence {

inline constexpr std::size_t kCapitalLanes = 4;  // arrays are filled up to a multiple of it, with zeros

constexpr std::size_t padded(std::size_t components) {
  return (components + kCapitalLanes - 1) / kCapitalLanes * kCapitalLanes;
}

// M_c := L_c (eta M_c + g_c); the sum of M_c, in a fixed order. Arrays of padded() elements, apart from each
// other.
double step_capital(double* capital, const double* likelihood, const double* grants, double eta,
                    std::size_t size);

}  // namespace driftd::detectors::evidence
