#include "detectors/derived/row_codes.h"

#include <algorithm>
#include <cmath>

namespace driftd::detectors::derived {
namespace {

constexpr double kSumUnit = 8388608;  // 2^23: 256 features of weights of length 1 stay within 32 bits
constexpr std::uint32_t kSteps = 4096;

std::int32_t in_sum_units(double number) { return static_cast<std::int32_t>(std::lround(number * kSumUnit)); }

// A grid of kSteps from 0 to what is largest.
double steps_to_the_unit(double most) { return most > 0 ? kSteps / most : 1; }
std::uint32_t step_of(double number, double scale) {
  const double step = number * scale;
  return step < kSteps - 1 ? static_cast<std::uint32_t>(step) : kSteps - 1;
}

}  // namespace

RowCodes::RowCodes(const Definitions& definitions) {
  add_contributions(definitions);
  add_projections(definitions);
  if (definitions.missing_pattern) add_column(Sort::pattern, 0);
  add_pairs(definitions);
  if (definitions.components) add_component_columns(definitions);
}

void RowCodes::add_column(Sort sort, std::uint32_t width) {
  columns_.push_back({sort, size_, width, 0, 0});
  size_ += width;
}

void RowCodes::add_contributions(const Definitions& definitions) {
  projections_ = definitions.projections.size();
  const std::size_t components = definitions.components ? definitions.components->loads.size() : 0;
  lanes_ = (projections_ + components + kLanes - 1) / kLanes * kLanes;
  for (std::size_t f = 0; f < definitions.features.size(); ++f) {
    const Feature& feature = definitions.features[f];
    sources_.push_back({feature.column, static_cast<std::uint32_t>(ranks_.size())});
    const double mean = definitions.components ? definitions.components->mean[f] : 0;
    for (std::size_t cell = 0; cell < feature.scores.size(); ++cell) {
      const double score = static_cast<double>(feature.scores[cell]) / kUnit;
      const std::size_t first = contributions_.size();
      contributions_.resize(first + lanes_, 0);
      for (std::size_t p = 0; p < projections_; ++p)
        contributions_[first + p] = in_sum_units(definitions.projections[p][f] * score);
      for (std::size_t k = 0; k < components; ++k)
        contributions_[first + projections_ + k] =
            in_sum_units(definitions.components->loads[k][f] * (score - mean));
      squares_.push_back(std::llround((score - mean) * (score - mean) * kSumUnit));
      ranks_.push_back(feature.ranks[cell]);
    }
  }
}

// Of all rows that could be.
std::int32_t RowCodes::largest_sum(std::size_t lane) const {
  std::int64_t largest = 0;
  for (std::size_t f = 0; f < sources_.size(); ++f) {
    const std::size_t end = f + 1 < sources_.size() ? sources_[f + 1].first : ranks_.size();
    std::int32_t most = 0;
    for (std::size_t cell = sources_[f].first; cell < end; ++cell)
      most = std::max(most, std::abs(contributions_[cell * lanes_ + lane]));
    largest += most;
  }
  return static_cast<std::int32_t>(largest);
}

void RowCodes::add_projections(const Definitions& definitions) {
  for (std::size_t p = 0; p < definitions.projections.size(); ++p) {
    add_column(Sort::projection, kSteps);
    unsigned& shift = columns_.back().shift;
    while ((largest_sum(p) >> shift) >= static_cast<std::int32_t>(kSteps / 2)) ++shift;
  }
}

void RowCodes::add_pairs(const Definitions& definitions) {
  first_pair_ = columns_.size();
  for (const auto& [first, second] : definitions.pairs) {
    const Feature& a = definitions.features[first];
    const Feature& b = definitions.features[second];
    const auto stride = static_cast<std::uint32_t>(b.ranks.size());
    pairs_.push_back({a.column, b.column, size_, stride});
    pair_ranks_.emplace_back(sources_[first].first, sources_[second].first);
    add_column(Sort::pair, static_cast<std::uint32_t>(a.ranks.size()) * stride);
  }
}

void RowCodes::add_component_columns(const Definitions& definitions) {
  double largest_square = 0, largest_t2 = 0;
  for (std::size_t f = 0; f < sources_.size(); ++f) {
    const auto begin = squares_.begin() + sources_[f].first;
    const auto end = f + 1 < sources_.size() ? squares_.begin() + sources_[f + 1].first : squares_.end();
    if (begin != end) largest_square += static_cast<double>(*std::max_element(begin, end));
  }
  for (std::size_t k = 0; k < definitions.components->variances.size(); ++k) {
    inverse_variances_.push_back(1 / (definitions.components->variances[k] * kSumUnit * kSumUnit));
    const auto most = static_cast<double>(largest_sum(projections_ + k));
    largest_t2 += most * most * inverse_variances_.back();
  }
  add_column(Sort::error, kSteps);
  columns_.back().scale = steps_to_the_unit(std::sqrt(largest_square / kSumUnit));
  add_column(Sort::t2, kSteps);
  columns_.back().scale = steps_to_the_unit(std::sqrt(largest_t2));
}

std::optional<double> RowCodes::value(std::size_t column, std::uint32_t code) const {
  const Column& one = columns_[column];
  const double middle = static_cast<double>(code) + 0.5;
  switch (one.sort) {
    case Sort::projection:
      return std::ldexp(middle - kSteps / 2.0, static_cast<int>(one.shift)) / kSumUnit;
    case Sort::pair: {
      const auto& [a, b] = pair_ranks_[column - first_pair_];
      const std::uint32_t stride = pairs_[column - first_pair_].stride;
      const std::int32_t first = ranks_[a + code / stride], second = ranks_[b + code % stride];
      if (first == kNoRank || second == kNoRank) return std::nullopt;
      return static_cast<double>(first) * second / (static_cast<double>(kUnit) * kUnit);
    }
    case Sort::error:
      return middle / one.scale;
    case Sort::t2:
      return middle / one.scale * (middle / one.scale);
    case Sort::pattern:
      break;
  }
  return std::nullopt;
}

// Eight sums stay in registers while the features go by.
void RowCodes::sum(std::span<const std::uint8_t> cells, Sums& sums) const {
  for (std::size_t lane = 0; lane < lanes_; lane += kLanes) {
    std::array<std::int32_t, kLanes> eight{};
    const std::int32_t* const begin = contributions_.data() + lane;
    for (const Source& source : sources_) {
      const std::int32_t* const added = begin + (source.first + cells[source.column]) * lanes_;
      for (std::size_t i = 0; i < kLanes; ++i) eight[i] += added[i];
    }
    std::copy(eight.begin(), eight.end(), sums.begin() + static_cast<std::ptrdiff_t>(lane));
  }
}

void RowCodes::code_components(std::span<const std::uint8_t> cells, const Sums& sums,
                               std::span<std::uint32_t> codes) const {
  std::int64_t square = 0;
  for (const Source& source : sources_) square += squares_[source.first + cells[source.column]];
  double explained = 0, t2 = 0;
  for (std::size_t k = 0; k < inverse_variances_.size(); ++k) {
    const auto coordinate = static_cast<double>(sums[projections_ + k]);
    explained += coordinate * coordinate;
    t2 += coordinate * coordinate * inverse_variances_[k];
  }
  const double left = static_cast<double>(square) / kSumUnit - explained / (kSumUnit * kSumUnit);
  const Column& error = columns_[codes.size() - 2];
  const Column& distance = columns_.back();
  codes[codes.size() - 2] = error.offset + step_of(std::sqrt(std::max(left, 0.0)), error.scale);
  codes.back() = distance.offset + step_of(std::sqrt(t2), distance.scale);
}

void RowCodes::of(std::span<const std::uint8_t> cells, std::span<std::uint32_t> codes) const {
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    const Pair& pair = pairs_[i];
    codes[first_pair_ + i] = pair.offset + cells[pair.first] * pair.stride + cells[pair.second];
  }
  if (lanes_ == 0) return;
  Sums sums;  // NOLINT(cppcoreguidelines-pro-type-member-init): sum() sets the lanes that are read
  sum(cells, sums);
  for (std::size_t p = 0; p < projections_; ++p) {
    const std::int32_t step = sums[p] >> columns_[p].shift;
    codes[p] = columns_[p].offset + static_cast<std::uint32_t>(step + static_cast<std::int32_t>(kSteps / 2));
  }
  if (!inverse_variances_.empty()) code_components(cells, sums, codes);
}

}  // namespace driftd::detectors::derived
