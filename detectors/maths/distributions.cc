#include "detectors/maths/distributions.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_gamma.h>

#include <cmath>
#include <limits>

#include "detectors/maths/gsl_errors.h"

namespace driftd::detectors::maths {
void without_gsl_aborts() {
  static const bool done = [] {
    gsl_set_error_handler_off();
    return true;
  }();
  static_cast<void>(done);
}

double chi_square_sf(double x, double dof) {
  without_gsl_aborts();
  if (!(dof > 0) || std::isnan(x)) return std::numeric_limits<double>::quiet_NaN();
  if (x <= 0) return 1;
  if (std::isinf(x)) return 0;
  gsl_sf_result result{};
  const int status = gsl_sf_gamma_inc_Q_e(dof / 2, x / 2, &result);
  if (status == GSL_EUNDRFLW) return 0;
  return status == GSL_SUCCESS ? result.val : gsl_cdf_chisq_Q(x, dof);
}

double chi_square_quantile(double p, double dof) {
  without_gsl_aborts();
  return gsl_cdf_chisq_Pinv(p, dof);
}

double chi_mean(double dof) {
  without_gsl_aborts();
  return std::sqrt(2.0) * std::exp(gsl_sf_lngamma((dof + 1) / 2) - gsl_sf_lngamma(dof / 2));
}

double normal_cdf(double x) {
  without_gsl_aborts();
  return gsl_cdf_ugaussian_P(x);
}

double normal_sf(double x) {
  without_gsl_aborts();
  return gsl_cdf_ugaussian_Q(x);
}

double normal_quantile(double p) {
  without_gsl_aborts();
  return gsl_cdf_ugaussian_Pinv(p);
}

double student_t_sf(double t, double dof) {
  without_gsl_aborts();
  return gsl_cdf_tdist_Q(t, dof);
}

}  // namespace driftd::detectors::maths
