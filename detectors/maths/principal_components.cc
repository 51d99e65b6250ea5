#include "detectors/maths/principal_components.h"

#include <gsl/gsl_eigen.h>

#include <algorithm>
#include <cmath>
#include <memory>

namespace driftd::detectors::maths {
namespace {

struct Free {
  void operator()(gsl_matrix* matrix) const { gsl_matrix_free(matrix); }
  void operator()(gsl_vector* vector) const { gsl_vector_free(vector); }
  void operator()(gsl_eigen_symmv_workspace* space) const { gsl_eigen_symmv_free(space); }
};

void point_upward(std::vector<double>& vector) {
  const auto larger = [](double a, double b) { return std::abs(a) < std::abs(b); };
  if (vector.empty() || *std::max_element(vector.begin(), vector.end(), larger) >= 0) return;
  for (double& entry : vector) entry = -entry;
}

}  // namespace

std::vector<Eigenvector> eigenvectors(const std::vector<double>& matrix, std::size_t size) {
  std::vector<Eigenvector> found;
  if (size == 0) return found;
  const std::unique_ptr<gsl_matrix, Free> work(gsl_matrix_alloc(size, size));
  const std::unique_ptr<gsl_matrix, Free> vectors(gsl_matrix_alloc(size, size));
  const std::unique_ptr<gsl_vector, Free> values(gsl_vector_alloc(size));
  const std::unique_ptr<gsl_eigen_symmv_workspace, Free> space(gsl_eigen_symmv_alloc(size));
  for (std::size_t i = 0; i < size; ++i)
    for (std::size_t j = 0; j < size; ++j) gsl_matrix_set(work.get(), i, j, matrix[i * size + j]);
  gsl_eigen_symmv(work.get(), values.get(), vectors.get(), space.get());
  gsl_eigen_symmv_sort(values.get(), vectors.get(), GSL_EIGEN_SORT_VAL_DESC);
  for (std::size_t k = 0; k < size; ++k) {
    Eigenvector one{gsl_vector_get(values.get(), k), {}};
    for (std::size_t i = 0; i < size; ++i) one.vector.push_back(gsl_matrix_get(vectors.get(), i, k));
    point_upward(one.vector);
    found.push_back(std::move(one));
  }
  return found;
}

}  // namespace driftd::detectors::maths
