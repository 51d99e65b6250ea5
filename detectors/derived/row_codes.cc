#include "detectors/derived/row_codes.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "detectors/derived/fourier_features.h"

namespace driftd::detectors::derived {
namespace {

constexpr double kMostSum = 32000;  // with room for the rounding of 256 terms
constexpr std::uint32_t kSteps = 4096;
constexpr int kStepBits = 4;  // of a sum, which has 16

// A grid of kSteps from 0 to what is largest.
double steps_to_one(double most) { return most > 0 ? kSteps / most : 1; }
std::uint16_t step_of(double number, double scale) {
  const double step = number * scale;
  return static_cast<std::uint16_t>(step < kSteps - 1 ? step : kSteps - 1);
}

// What the cells of the features add to one direction.
using Terms = std::vector<std::vector<double>>;

template <class Term>
Terms terms_of(const std::vector<Feature>& features, const Term& term) {
  Terms terms(features.size());
  for (std::size_t f = 0; f < features.size(); ++f)
    for (const std::int32_t score : features[f].scores)
      terms[f].push_back(term(f, static_cast<double>(score) / kUnit));
  return terms;
}

// Of all rows that could be.
double largest_sum(const Terms& terms) {
  double largest = 0;
  for (const auto& of_feature : terms) {
    double most = 0;
    for (const double term : of_feature) most = std::max(most, std::abs(term));
    largest += most;
  }
  return largest;
}

std::vector<Terms> lanes_of(const Definitions& definitions) {
  std::vector<Terms> lanes;
  for (const Direction& weights : definitions.projections)
    lanes.push_back(
        terms_of(definitions.features, [&](std::size_t f, double score) { return weights[f] * score; }));
  if (!definitions.components) return lanes;
  const Components& components = *definitions.components;
  for (const Direction& load : components.loads)
    lanes.push_back(terms_of(definitions.features, [&](std::size_t f, double score) {
      return load[f] * (score - components.mean[f]);
    }));
  lanes.push_back(terms_of(definitions.features, [&](std::size_t f, double score) {
    return (score - components.mean[f]) * (score - components.mean[f]);
  }));
  return lanes;
}

}  // namespace

RowCodes::RowCodes(const Definitions& definitions, std::size_t others)
    : others_(others), fourier_(definitions.fourier()), first_fourier_(definitions.first_fourier()) {
  add_sources(definitions);
  add_lanes(definitions);
  for (std::size_t p = 0; p < projections_; ++p) add_column(Sort::projection, kSteps, scales_[p]);
  if (definitions.missing_pattern) add_column(Sort::pattern, 0, 0);
  for (std::size_t i = 0; i < fourier_; ++i) add_column(Sort::fourier, FourierFeatures::kCodes, 0);
  add_pairs(definitions);
  if (definitions.components) add_components(*definitions.components);
}

void RowCodes::add_column(Sort sort, std::uint32_t width, double scale) {
  columns_.push_back({sort, size_, width, scale});
  size_ += width;
}

void RowCodes::add_sources(const Definitions& definitions) {
  for (const Feature& feature : definitions.features) {
    sources_.push_back({feature.column, static_cast<std::uint32_t>(ranks_.size())});
    ranks_.insert(ranks_.end(), feature.ranks.begin(), feature.ranks.end());
  }
}

void RowCodes::add_lanes(const Definitions& definitions) {
  projections_ = definitions.projections.size();
  const std::vector<Terms> lanes = lanes_of(definitions);
  lanes_ = (lanes.size() + kLanes - 1) / kLanes * kLanes;
  contributions_.resize(ranks_.size() * lanes_, 0);
  for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
    const double largest = largest_sum(lanes[lane]);
    scales_.push_back(largest > 0 ? kMostSum / largest : 1);
    std::size_t cell = lane;
    for (const auto& of_feature : lanes[lane]) {
      for (const double term : of_feature) {
        contributions_[cell] = static_cast<std::int16_t>(std::lround(term * scales_[lane]));
        cell += lanes_;
      }
    }
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
    add_column(Sort::pair, static_cast<std::uint32_t>(a.ranks.size()) * stride, 0);
  }
}

void RowCodes::add_components(const Components& components) {
  double largest_t2 = 0;
  for (std::size_t k = 0; k < components.variances.size(); ++k) {
    const double scale = scales_[projections_ + k];
    squares_.push_back(1 / (scale * scale));
    inverse_variances_.push_back(squares_.back() / components.variances[k]);
    largest_t2 += kMostSum * kMostSum * inverse_variances_.back();
  }
  const double largest_square = kMostSum / scales_[projections_ + components.variances.size()];
  add_column(Sort::error, kSteps, steps_to_one(std::sqrt(largest_square)));
  add_column(Sort::t2, kSteps, steps_to_one(std::sqrt(largest_t2)));
}

std::optional<double> RowCodes::value(std::size_t column, std::uint32_t code) const {
  const Column& one = columns_[column];
  const double middle = static_cast<double>(code) + 0.5;
  switch (one.sort) {
    case Sort::projection:
      return std::ldexp(middle - kSteps / 2.0, kStepBits) / one.scale;
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
    case Sort::fourier:
      return FourierFeatures::value(code);
    case Sort::pattern:
      break;
  }
  return std::nullopt;
}

// The sums stay in registers while the features go by.
void RowCodes::sum(const std::uint8_t* cells, Sums& sums) const {
  using Eight = std::int16_t __attribute__((vector_size(16)));
  constexpr std::size_t kEight = 8;
  for (std::size_t lane = 0; lane < lanes_; lane += kLanes) {
    std::array<Eight, kLanes / kEight> sum{};
    const std::int16_t* const begin = contributions_.data() + lane;
    for (const Source& source : sources_) {
      const std::int16_t* const added = begin + (source.first + cells[source.column]) * lanes_;
      for (std::size_t i = 0; i < sum.size(); ++i) {
        Eight eight;
        std::memcpy(&eight, added + kEight * i, sizeof eight);
        sum[i] += eight;
      }
    }
    std::memcpy(sums.data() + lane, sum.data(), sizeof sum);
  }
}

void RowCodes::code_components(const Sums& sums, std::uint16_t* codes) const {
  const std::size_t size = squares_.size();
  double explained = 0, t2 = 0;
  for (std::size_t k = 0; k < size; ++k) {
    const double coordinate = sums[projections_ + k];
    const double square = coordinate * coordinate;
    explained += square * squares_[k];
    t2 += square * inverse_variances_[k];
  }
  const double left = sums[projections_ + size] / scales_[projections_ + size] - explained;
  codes[0] = step_of(std::sqrt(std::max(left, 0.0)), columns_[columns_.size() - 2].scale);
  codes[1] = step_of(std::sqrt(t2), columns_.back().scale);
}

void RowCodes::directions_of(const std::uint8_t* cells, std::span<std::uint16_t> codes) const {
  if (lanes_ == 0) return;
  Sums sums;  // NOLINT(cppcoreguidelines-pro-type-member-init): sum() sets the lanes that are read
  sum(cells, sums);
  for (std::size_t p = 0; p < projections_; ++p)
    codes[p] = static_cast<std::uint16_t>((sums[p] >> kStepBits) + static_cast<int>(kSteps / 2));
  if (!squares_.empty()) code_components(sums, codes.data() + projections_);
}

void RowCodes::of(std::span<const std::uint8_t> cells, std::span<std::uint32_t> codes) const {
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    const Pair& pair = pairs_[i];
    codes[first_pair_ + i] = pair.offset + cells[pair.first] * pair.stride + cells[pair.second];
  }
  for (std::size_t i = 0; i < fourier_; ++i)
    codes[fourier_column(i)] = columns_[fourier_column(i)].offset + cells[fourier_place(i)];
  std::array<std::uint16_t, kMostDirections + 2> steps;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  directions_of(cells.data(), steps);
  for (std::size_t i = 0; i < directions(); ++i) {
    const std::size_t column = direction_column(i);
    codes[column] = columns_[column].offset + steps[i];
  }
}

}  // namespace driftd::detectors::derived
