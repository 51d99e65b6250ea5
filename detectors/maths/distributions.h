// Distribution functions as plain functions of numbers. `sf` is the survival function 1 - cdf,
// computed as itself, so that far tails keep their digits.
//
// Source: GSL (its gsl_cdf_* and gsl_sf_*), which is included in this folder only. GSL calls a
// process-wide error handler on underflow, and the default one aborts: the first call here switches
// it off, once, before any other call into GSL can be under way, since nobody else calls GSL.
// Underflow gives 0. Pure functions; may be called from any thread.
#pragma once

namespace driftd::detectors::maths {

// `dof` > 0. The quantile is of p in [0, 1).
double chi_square_sf(double x, double dof);
double chi_square_quantile(double p, double dof);
// The mean of the square root of a chi-square variable: sqrt(2) gamma((dof+1)/2) / gamma(dof/2).
double chi_mean(double dof);

double normal_cdf(double x);
double normal_sf(double x);
double normal_quantile(double p);

double student_t_sf(double t, double dof);

}  // namespace driftd::detectors::maths
