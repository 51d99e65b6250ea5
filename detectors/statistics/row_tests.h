// Tests whether two samples of whole rows have one law: they see what no single column shows. p-values are
// by permutation with a fixed seed, so the same rows give the same answer. Rows are vectors of numbers
// (row_encoding.h makes them). Each test answers nothing where a side has fewer than kFewestRows rows. Pure
// functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace driftd::detectors {

inline constexpr std::size_t kFewestRows = 8;
inline constexpr int kPermutations = 999;  // the least p-value is .001
inline constexpr std::uint64_t kRowSeed = 1;

class RowMatrix {
 public:
  RowMatrix() = default;
  explicit RowMatrix(std::size_t width) : width_(width) {}

  // A new row of zeros.
  std::span<double> add();
  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] std::size_t size() const { return width_ > 0 ? cells_.size() / width_ : 0; }
  [[nodiscard]] std::span<const double> row(std::size_t number) const {
    return std::span(cells_).subspan(number * width_, width_);
  }

 private:
  std::size_t width_ = 0;
  std::vector<double> cells_;
};

double squared_distance(std::span<const double> a, std::span<const double> b);

// Maximum mean discrepancy, squared, its unbiased estimate (A. Gretton et al., "A kernel two-sample test",
// JMLR 13, 2012), with a Gaussian kernel exp(-d^2 / (2 s^2)) whose s is the median distance between the rows
// of both (the mean where that is 0). Costs O((n + m)^2 (width + permutations / 8)).
struct MeanDiscrepancy {
  double squared = 0;
  double bandwidth = 0;  // s
  double p_value = 1;
};
std::optional<MeanDiscrepancy> mean_discrepancy(const RowMatrix& reference, const RowMatrix& current);

// Classifier two-sample test (D. Lopez-Paz, M. Oquab, "Revisiting classifier two-sample tests", 2017): the
// rows with even numbers teach a classifier which side a row is from, the others are scored: by the share of
// current rows among the k = floor(sqrt(rows taught)) nearest (ties: the earlier row, reference first). The
// value is the ROC AUC of the scores, 0.5 where sides cannot be told apart. Costs O((n + m)^2 / 4 * width).
struct ClassifierTest {
  double auc = 0.5;
  std::size_t neighbours = 0;
  double p_value = 1;
};
std::optional<ClassifierTest> classifier_test(const RowMatrix& reference, const RowMatrix& current);

// Reconstruction error of the reference's leading principal components (NannyML's data reconstruction):
// fitted on its rows with even numbers, as many as hold kKeptVariance of the variance. The value is how much
// larger the mean Euclidean error of the current rows is than that of the reference's other rows, in standard
// deviations of the latter; two-sided. Nothing where the components reconstruct everything.
inline constexpr double kKeptVariance = 0.65;
struct ReconstructionError {
  double shift = 0;
  double reference = 0;  // mean errors
  double current = 0;
  std::size_t components = 0;
  double p_value = 1;
};
std::optional<ReconstructionError> reconstruction_error(const RowMatrix& reference, const RowMatrix& current);

}  // namespace driftd::detectors
