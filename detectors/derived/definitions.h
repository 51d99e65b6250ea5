// What the derived columns of a profile are (STATISTICS 11): columns that are computed from a row's other
// columns and watched like them, so that a change of how features go together shows where no feature changes
// by itself. Covariate drift is data drift of these.
//
// Everything but embeddings is a function of the *cells* of the row's features, never of their values. That
// was chosen
// over standardised and clipped values because it costs a table look-up instead of arithmetic, sums are of
// integers and so the same to the bit on every machine and in any order, outliers and heavy tails cannot
// rule a direction, and nothing has to be kept with a waiting prediction: its cells are there already. What
// is lost is where in its cell (a twentieth of the mass) a value lies.
//
// Every cell of a feature has
//   rank   2F - 1 in [-1, 1], F the mid-rank of the cell in the reference, -1 below its minimum and 1 above
//          its maximum
//   score  the normal score of F (van der Waerden), of mean 0 and variance 1 over the reference and at most
//          4 either way; 0 where the value is missing, the reference's mean
// both as integers of 1/4096. Features are numeric columns, and categorical ones of two categories (in byte
// order). A Definitions is a plain value, fixed when its profile is made: a renewed reference keeps it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/codec.h"
#include "core/result.h"

namespace driftd::detectors::derived {

inline constexpr std::int32_t kUnit = 4096;  // of ranks and scores
inline constexpr std::int32_t kMostScore = 4 * kUnit;
inline constexpr std::int32_t kNoRank = std::numeric_limits<std::int32_t>::min();  // of a missing value
inline constexpr std::size_t kMostFeatures = 256;  // the first of the reference
inline constexpr std::size_t kMostPairs = 1024;
inline constexpr std::size_t kMostPairCodes = std::size_t{1} << 24U;  // pairs of cells, over all pairs
inline constexpr std::size_t kMostDirections = 64;                    // random projections, or components
inline constexpr std::size_t kMostFourier = 64;                       // of one embedding
inline constexpr std::size_t kMostEmbeddings = 16;                    // the first of the reference

// What is wanted; 0 and false switch off.
struct Options {
  std::int64_t pairs = 0;
  std::int64_t projections = 0;
  // Leading components behind the reconstruction error and T2. Automatic: the fewest that explain 65 % of the
  // variance, NannyML's default, and at most 16.
  std::optional<std::int64_t> components = 0;
  bool missing_pattern = false;
  std::int64_t fourier = 0;  // random Fourier features of each embedding
  std::uint64_t seed = 1;

  [[nodiscard]] bool any() const {
    return pairs > 0 || projections > 0 || components.value_or(1) > 0 || missing_pattern || fourier > 0;
  }
  friend bool operator==(const Options&, const Options&) = default;
};

struct Feature {
  std::uint32_t column = 0;                 // of the side of the predictions, in its order
  std::vector<std::int32_t> ranks, scores;  // by cell
  friend bool operator==(const Feature&, const Feature&) = default;
};

using Direction = std::vector<double>;  // a weight for each feature; of length 1

// Of the scores of the half of the reference that they were fitted on.
struct Components {
  Direction mean;                // of the scores, in units of 1
  std::vector<Direction> loads;  // leading first, orthogonal
  std::vector<double> variances;
  friend bool operator==(const Components&, const Components&) = default;
};

// An embedding's random Fourier features (fourier_features.h) follow from the seed, the column's name and
// these. A row without the embedding does not count in them: its own column says that it is missing.
struct Embedding {
  std::uint32_t column = 0;    // of the side of the predictions, in its order
  std::uint32_t length = 0;    // items
  std::uint32_t features = 0;  // from 1
  double scale = 0;            // l of the kernel exp(-|x-y|^2 / 2 l^2), above 0
  friend bool operator==(const Embedding&, const Embedding&) = default;
};

// The columns come in this order: projections, the missing pattern, Fourier features by embedding, which are
// counted on the whole reference; then pairs, reconstruction error and T2, which are counted on the other
// half of the reference than that which chose them.
struct Definitions {
  std::uint64_t seed = 0;
  std::vector<Feature> features;  // rising
  std::vector<Direction> projections;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;  // of features, the first before the second
  std::optional<Components> components;
  bool missing_pattern = false;
  std::vector<Embedding> embeddings;  // rising

  // How many columns: those that are counted on the whole reference, and all.
  [[nodiscard]] std::size_t unfitted() const { return first_fourier() + fourier(); }
  [[nodiscard]] std::size_t columns() const { return unfitted() + pairs.size() + (components ? 2 : 0); }
  [[nodiscard]] std::size_t pattern_column() const { return projections.size(); }
  [[nodiscard]] std::size_t first_fourier() const { return projections.size() + (missing_pattern ? 1 : 0); }
  [[nodiscard]] std::size_t fourier() const {  // of all embeddings
    std::size_t sum = 0;
    for (const Embedding& embedding : embeddings) sum += embedding.features;
    return sum;
  }
  [[nodiscard]] std::size_t pair_column(std::size_t pair) const { return unfitted() + pair; }
  [[nodiscard]] std::size_t error_column() const { return unfitted() + pairs.size(); }
  [[nodiscard]] std::size_t t2_column() const { return error_column() + 1; }

  void save(Encoder& out) const;
  // Reads to the end. Errors (`corrupt`): bytes that save() does not write, or that do not hold together in
  // themselves.
  static Result<Definitions> load(Decoder& in);

  friend bool operator==(const Definitions&, const Definitions&) = default;
};

inline constexpr const char* kNamePrefix = "derived:";

// The columns' names, each once. `columns` are the names of the columns of the side, which Feature::column
// numbers.
std::vector<std::string> names_of(const Definitions& definitions, const std::vector<std::string>& columns);

}  // namespace driftd::detectors::derived
