// E-detectors: alarms whose mean time between false ones is known beforehand, however the values depend
// on each other.
//
// A payoff L is a number >= 0 whose mean given the past is at most 1 while all is well. Of each payoff
// two forms of capital are known: Shiryaev and Roberts' M := L (M + 1), and Page's M := L max(M, 1). A
// mixture of capitals with weights that sum to 1 reaches `run_length` on average not before that many
// values, while all is well.
//
// Source: Shin, Ramdas and Rinaldo, E-detectors: a nonparametric framework for sequential change
// detection, New England Journal of Statistics in Data Science 2024, theorem 2.4. Only additions and
// multiplications in a fixed order: the same bits everywhere. A plain value; not thread-safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace driftd::detectors {

enum class Capital { shiryaev_roberts, cusum };

class EDetector {
 public:
  EDetector(Capital form, std::size_t payoffs) : form_(form), capital_(payoffs, 0.0) {}

  void clear() { std::fill(capital_.begin(), capital_.end(), 0.0); }

  // The mixture after this value. Precondition: as many payoffs as capitals, each >= 0 and finite.
  double update(std::span<const double> payoffs) {
    double sum = 0;
    for (std::size_t i = 0; i < capital_.size(); ++i) {
      const double before = form_ == Capital::cusum ? std::max(capital_[i], 1.0) : capital_[i] + 1.0;
      capital_[i] = payoffs[i] * before;
      sum += capital_[i];
    }
    return sum / static_cast<double>(capital_.size());
  }

  template <class Self, class Visitor>
  static void each(Self& self, Visitor& visit) {
    visit(self.capital_);
  }
  [[nodiscard]] bool plausible() const {
    return std::all_of(capital_.begin(), capital_.end(), [](double m) { return m >= 0 && m <= kMost; });
  }
  [[nodiscard]] std::size_t bytes() const { return capital_.capacity() * sizeof(double); }

 private:
  static constexpr double kMost = 1e30;
  Capital form_;
  std::vector<double> capital_;
};

}  // namespace driftd::detectors
