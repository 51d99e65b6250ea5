// A sum of doubles that keeps what each addition rounds away (A. Neumaier 1974): good to a few units in the
// last place for millions of terms of one sign. A value; no threads.
#pragma once

#include <cmath>

namespace driftd::detectors {

class CompensatedSum {
 public:
  void add(double term) {
    const double next = sum_ + term;
    rest_ += std::abs(sum_) >= std::abs(term) ? (sum_ - next) + term : (term - next) + sum_;
    sum_ = next;
  }
  [[nodiscard]] double value() const { return sum_ + rest_; }

 private:
  double sum_ = 0;
  double rest_ = 0;
};

}  // namespace driftd::detectors
