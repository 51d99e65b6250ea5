#include <algorithm>
#include <cmath>

#include "detectors/maths/eigen.h"
#include "detectors/statistics/draws.h"
#include "detectors/statistics/row_tests.h"

namespace driftd::detectors {
namespace {

// Mean and leading principal components of the rows with even numbers.
class Components {
 public:
  explicit Components(const RowMatrix& rows) : mean_(rows.width(), 0.0) {
    const std::size_t even = (rows.size() + 1) / 2;
    const auto count = static_cast<double>(even);
    for (std::size_t i = 0; i < rows.size(); i += 2) {
      for (std::size_t j = 0; j < mean_.size(); ++j) mean_[j] += rows.row(i)[j] / count;
    }
    std::vector<double> covariance(mean_.size() * mean_.size(), 0.0), centred(mean_.size());
    for (std::size_t i = 0; i < rows.size(); i += 2) {
      centre(rows.row(i), centred);
      for (std::size_t j = 0; j < mean_.size(); ++j) {
        for (std::size_t k = 0; k <= j; ++k)
          covariance[j * mean_.size() + k] += centred[j] * centred[k] / count;
      }
    }
    keep(maths::symmetric_eigen(std::move(covariance), mean_.size()));
  }

  [[nodiscard]] std::size_t count() const { return mean_.empty() ? 0 : vectors_.size() / mean_.size(); }

  // The Euclidean norm of what they leave of the row.
  [[nodiscard]] double error(std::span<const double> row) const {
    std::vector<double> rest(mean_.size());
    centre(row, rest);
    for (std::size_t i = 0; i < count(); ++i) {
      const double* vector = vectors_.data() + i * mean_.size();
      double along = 0;
      for (std::size_t j = 0; j < rest.size(); ++j) along += rest[j] * vector[j];
      for (std::size_t j = 0; j < rest.size(); ++j) rest[j] -= along * vector[j];
    }
    double square = 0;
    for (const double value : rest) square += value * value;
    return std::sqrt(square);
  }

 private:
  void centre(std::span<const double> row, std::vector<double>& out) const {
    for (std::size_t j = 0; j < mean_.size(); ++j) out[j] = row[j] - mean_[j];
  }

  void keep(const maths::Eigen& eigen) {
    double whole = 0, kept = 0;
    for (const double value : eigen.values) whole += std::max(value, 0.0);
    std::size_t components = 0;
    while (components < eigen.values.size() && kept < kKeptVariance * whole) {
      kept += std::max(eigen.values[components++], 0.0);
    }
    vectors_.assign(eigen.vectors.begin(),
                    eigen.vectors.begin() + static_cast<std::ptrdiff_t>(components * mean_.size()));
  }

  std::vector<double> mean_, vectors_;
};

}  // namespace

std::optional<ReconstructionError> reconstruction_error(const RowMatrix& reference,
                                                        const RowMatrix& current) {
  if (reference.size() < kFewestRows || current.size() < kFewestRows) return std::nullopt;
  const Components components(reference);
  std::vector<double> errors;  // the current rows' first
  for (std::size_t i = 0; i < current.size(); ++i) errors.push_back(components.error(current.row(i)));
  const std::size_t first = errors.size();
  for (std::size_t i = 1; i < reference.size(); i += 2) errors.push_back(components.error(reference.row(i)));
  double whole = 0;
  for (const double error : errors) whole += error;
  const auto now = static_cast<double>(first), before = static_cast<double>(errors.size() - first);
  const auto mean_of = [&](const std::vector<std::uint32_t>& entries) {
    double sum = 0;
    for (std::size_t i = 0; i < first; ++i) sum += errors[entries[i]];
    return sum / now;
  };
  std::vector<std::uint32_t> as_they_are(errors.size());
  for (std::size_t i = 0; i < errors.size(); ++i) as_they_are[i] = static_cast<std::uint32_t>(i);
  ReconstructionError result;
  result.components = components.count();
  result.current = mean_of(as_they_are);
  result.reference = (whole - now * result.current) / before;
  double squares = 0;
  for (std::size_t i = first; i < errors.size(); ++i) {
    squares += (errors[i] - result.reference) * (errors[i] - result.reference);
  }
  const double deviation = std::sqrt(squares / (before - 1));
  if (!(deviation > 1e-9)) return std::nullopt;  // nothing but rounding
  result.shift = (result.current - result.reference) / deviation;
  const auto distance = [&](const std::vector<std::uint32_t>& entries) {
    const double mean = mean_of(entries);
    return std::abs(mean - (whole - now * mean) / before);
  };
  result.p_value = permutation_p_value(std::abs(result.current - result.reference), errors.size(), first,
                                       kPermutations, kRowSeed, distance);
  return result;
}

}  // namespace driftd::detectors
