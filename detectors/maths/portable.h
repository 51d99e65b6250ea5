// exp and log that give the same bits on every processor.
//
// A libm may pick its code by the processor it finds (fused multiply-add or not), and then a replay on
// another machine would differ in the last digit. These are made of additions, multiplications and
// divisions alone, in a fixed order, without contraction (-ffp-contract=off for the whole of driftd),
// and an array gives what its elements give one by one. Error below one unit in the last place.
//
// Source: the reductions and polynomials of fdlibm 5.3 (e_exp.c, e_log.c, Sun Microsystems 1993, "permission
// to use, copy, modify, and distribute this software is freely granted"). Pure; any thread.
#pragma once

#include <span>

namespace driftd::detectors::maths {

// 0 below -708 and infinity above 709: there are no subnormal results.
double portable_exp(double x);
// -infinity for 0 and subnormal numbers, NaN for negative ones.
double portable_log(double x);

// Each element in its place.
void portable_exp(std::span<double> values);
void portable_log(std::span<double> values);

}  // namespace driftd::detectors::maths
