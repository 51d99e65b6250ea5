#include "detectors/evidence/certify/capital_step.h"

#include <cstring>

namespace driftd::detectors::evidence {
namespace {

// Two numbers in one register of any processor at hand; the same digits as one by one.
using Pair = double __attribute__((vector_size(16)));

inline Pair load(const double* from) {
  Pair pair;
  std::memcpy(&pair, from, sizeof pair);
  return pair;
}

inline Pair step(double* capital, const double* likelihood, const double* grants, Pair eta) {
  const Pair next = load(likelihood) * (eta * load(capital) + load(grants));
  std::memcpy(capital, &next, sizeof next);
  return next;
}

}  // namespace

double step_capital(double* capital, const double* likelihood, const double* grants, double eta,
                    std::size_t size) {
  const Pair keep = {eta, eta};
  Pair even = {0, 0};
  Pair odd = {0, 0};
  for (std::size_t c = 0; c < size; c += kCapitalLanes) {
    even += step(capital + c, likelihood + c, grants + c, keep);
    odd += step(capital + c + 2, likelihood + c + 2, grants + c + 2, keep);
  }
  const Pair sum = even + odd;
  return sum[0] + sum[1];
}

}  // namespace driftd::detectors::evidence
