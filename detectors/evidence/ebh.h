// e-BH: which of many hypotheses to reject on their e-values, with a bounded false discovery rate.
//
// Sort; reject the largest max{i : e_(i) >= J / (alpha i)} of the J hypotheses. Where each e of a true null
// has a mean of at most 1, the expected share of true nulls among the rejected is at most alpha, whatever the
// dependence among the e-values. All that are looked at count in J, also those that never had a chance.
//
// Source: Wang and Ramdas, False discovery rate control with e-values, arXiv 2009.02824. Pure; any thread.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace driftd::detectors::evidence {

// Places of the rejected, by falling e, equal ones in their order (they are rejected together or not at all).
// Preconditions: 0 < alpha <= 1; no e is negative or NaN, infinity is welcome.
std::vector<std::size_t> rejected_by_ebh(std::span<const double> e, double alpha);

}  // namespace driftd::detectors::evidence
