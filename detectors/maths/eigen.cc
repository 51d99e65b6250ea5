#include "detectors/maths/eigen.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>

#include <memory>

#include "detectors/maths/gsl_errors.h"

namespace driftd::detectors::maths {

Eigen symmetric_eigen(std::vector<double> matrix, std::size_t side) {
  if (side == 0) return {};
  without_gsl_aborts();
  Eigen result{std::vector<double>(side), std::vector<double>(side * side)};
  std::vector<double> columns(side * side);
  gsl_matrix_view in = gsl_matrix_view_array(matrix.data(), side, side);
  gsl_matrix_view out = gsl_matrix_view_array(columns.data(), side, side);
  gsl_vector_view values = gsl_vector_view_array(result.values.data(), side);
  const std::unique_ptr<gsl_eigen_symmv_workspace, void (*)(gsl_eigen_symmv_workspace*)> work(
      gsl_eigen_symmv_alloc(side), &gsl_eigen_symmv_free);
  gsl_eigen_symmv(&in.matrix, &values.vector, &out.matrix, work.get());
  gsl_eigen_symmv_sort(&values.vector, &out.matrix, GSL_EIGEN_SORT_VAL_DESC);
  for (std::size_t i = 0; i < side; ++i) {
    for (std::size_t j = 0; j < side; ++j) result.vectors[i * side + j] = columns[j * side + i];
  }
  return result;
}

}  // namespace driftd::detectors::maths
