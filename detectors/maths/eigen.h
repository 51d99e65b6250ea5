// Eigenvalues and eigenvectors of a symmetric matrix. Pure; any thread.
#pragma once

#include <cstddef>
#include <vector>

namespace driftd::detectors::maths {

struct Eigen {
  std::vector<double> values;   // falling
  std::vector<double> vectors;  // row i belongs to values[i]; of length 1
};

// `matrix` has side * side cells, of which the lower triangle is read (GSL's gsl_eigen_symmv).
Eigen symmetric_eigen(std::vector<double> matrix, std::size_t side);

}  // namespace driftd::detectors::maths
