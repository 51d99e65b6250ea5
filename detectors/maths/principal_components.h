// The eigenvectors of a symmetric matrix, for principal components.
//
// Source: GSL (gsl_eigen_symmv: Golub and van Loan, "Matrix Computations", symmetric QR), as distributions.h.
// Pure; any thread.
#pragma once

#include <cstddef>
#include <vector>

namespace driftd::detectors::maths {

struct Eigenvector {
  double value = 0;
  std::vector<double>
      vector;  // of length 1; its entry of largest magnitude (the first of equals) is positive
};

// Values fall. `matrix` holds size * size numbers, symmetric and finite; only the lower half is read.
std::vector<Eigenvector> eigenvectors(const std::vector<double>& matrix, std::size_t size);

}  // namespace driftd::detectors::maths
