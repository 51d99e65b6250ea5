#include "detectors/derived/definitions.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/embedding.h"

namespace driftd::detectors::derived {
namespace {

constexpr std::size_t kMostCells = 256;

void put_all(Encoder& out, const std::vector<double>& numbers) {
  for (const double number : numbers) out.put_double(number);
}

std::vector<double> get_all(Decoder& in, std::size_t count) {
  std::vector<double> numbers;
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    numbers.push_back(in.get_double());
    if (!std::isfinite(numbers.back())) in.fail();
  }
  return numbers;
}

// A count of items of `least` bytes, at most `most` of them.
std::size_t get_size(Decoder& in, std::size_t least, std::size_t most) {
  const std::size_t count = in.get_count(least);
  if (count > most) in.fail();
  return in.ok() ? count : 0;
}

std::int32_t get_within(Decoder& in, std::int32_t most) {
  return static_cast<std::int32_t>(in.get_within(-std::int64_t{most}, most));
}

void put_feature(Encoder& out, const Feature& feature) {
  out.put_u64(feature.column);
  out.put_u64(feature.scores.size());
  for (std::size_t cell = 0; cell < feature.scores.size(); ++cell) {
    const bool ranked = feature.ranks[cell] != kNoRank;
    out.put_bool(ranked);
    if (!ranked) continue;
    out.put_i64(feature.ranks[cell]);
    out.put_i64(feature.scores[cell]);
  }
}

Feature get_feature(Decoder& in) {
  Feature feature;
  const std::uint64_t column = in.get_u64();
  if (column > std::numeric_limits<std::uint32_t>::max()) in.fail();
  feature.column = static_cast<std::uint32_t>(column);
  const std::size_t cells = get_size(in, 1, kMostCells);
  for (std::size_t cell = 0; cell < cells && in.ok(); ++cell) {
    const bool ranked = in.get_bool();
    feature.ranks.push_back(ranked ? get_within(in, kUnit) : kNoRank);
    feature.scores.push_back(ranked ? get_within(in, kMostScore) : 0);
  }
  return feature;
}

Direction get_direction(Decoder& in, std::size_t features) {
  Direction weights = get_all(in, features);
  double square = 0;
  for (const double weight : weights) square += weight * weight;
  if (!(square <= 1 + 1e-6)) in.fail();
  return weights;
}

void put_components(Encoder& out, const Components& components) {
  put_all(out, components.mean);
  out.put_u64(components.loads.size());
  for (std::size_t i = 0; i < components.loads.size(); ++i) {
    put_all(out, components.loads[i]);
    out.put_double(components.variances[i]);
  }
}

Components get_components(Decoder& in, std::size_t features) {
  Components components;
  components.mean = get_all(in, features);
  for (const double mean : components.mean)
    if (std::abs(mean) * kUnit > kMostScore) in.fail();
  const std::size_t count = get_size(in, 8, kMostDirections);
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    components.loads.push_back(get_direction(in, features));
    components.variances.push_back(in.get_double());
    if (!(components.variances.back() > 1e-9) || !std::isfinite(components.variances.back())) in.fail();
  }
  if (count == 0) in.fail();
  return components;
}

void get_pairs(Decoder& in, Definitions& made) {
  const std::size_t pairs = get_size(in, 2, kMostPairs);
  std::size_t codes = 0;
  for (std::size_t i = 0; i < pairs && in.ok(); ++i) {
    const std::uint64_t first = in.get_u64();
    const std::uint64_t second = in.get_u64();
    if (first >= second || second >= made.features.size()) return in.fail();
    codes += made.features[first].ranks.size() * made.features[second].ranks.size();
    if (codes > kMostPairCodes) return in.fail();
    made.pairs.emplace_back(static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(second));
  }
}

void put_embeddings(Encoder& out, const std::vector<Embedding>& embeddings) {
  out.put_u64(embeddings.size());
  for (const Embedding& embedding : embeddings) {
    out.put_u64(embedding.column);
    out.put_u64(embedding.length);
    out.put_u64(embedding.features);
    out.put_double(embedding.scale);
  }
}

std::uint32_t get_between(Decoder& in, std::size_t least, std::size_t most) {
  const std::uint64_t number = in.get_u64();
  if (number < least || number > most) in.fail();
  return in.ok() ? static_cast<std::uint32_t>(number) : 0;
}

void get_embeddings(Decoder& in, Definitions& made) {
  const std::size_t count = get_size(in, 11, kMostEmbeddings);
  if (count == 0) in.fail();
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    Embedding& embedding = made.embeddings.emplace_back();
    embedding.column = get_between(in, 0, std::numeric_limits<std::uint32_t>::max());
    embedding.length = get_between(in, 1, kMostItems);
    embedding.features = get_between(in, 1, kMostFourier);
    embedding.scale = in.get_double();
    if (!(embedding.scale > 0) || !std::isfinite(embedding.scale)) in.fail();
    if (i > 0 && embedding.column <= made.embeddings[i - 1].column) in.fail();
  }
}

}  // namespace

void Definitions::save(Encoder& out) const {
  out.put_u64(seed);
  out.put_u64(features.size());
  for (const Feature& feature : features) put_feature(out, feature);
  out.put_u64(projections.size());
  for (const Direction& weights : projections) put_all(out, weights);
  out.put_bool(missing_pattern);
  out.put_u64(pairs.size());
  for (const auto& [first, second] : pairs) {
    out.put_u64(first);
    out.put_u64(second);
  }
  out.put_bool(components.has_value());
  if (components) put_components(out, *components);
  if (!embeddings.empty()) put_embeddings(out, embeddings);  // at the end: others are as they were before
}

Result<Definitions> Definitions::load(Decoder& in) {
  Definitions made;
  made.seed = in.get_u64();
  const std::size_t features = get_size(in, 2, kMostFeatures);
  for (std::size_t i = 0; i < features && in.ok(); ++i) {
    made.features.push_back(get_feature(in));
    if (i > 0 && made.features[i].column <= made.features[i - 1].column) in.fail();
  }
  const std::size_t projections = get_size(in, 8, kMostDirections);
  for (std::size_t i = 0; i < projections && in.ok(); ++i)
    made.projections.push_back(get_direction(in, features));
  made.missing_pattern = in.get_bool();
  get_pairs(in, made);
  if (in.get_bool()) made.components = get_components(in, features);
  const bool directed = !made.projections.empty() || made.components;
  if (directed && features == 0) in.fail();
  if (in.ok() && !in.at_end()) get_embeddings(in, made);
  if (!in.ok()) return Error{ErrorCode::corrupt, "these bytes define no derived columns"};
  return made;
}

std::vector<std::string> names_of(const Definitions& definitions, const std::vector<std::string>& columns) {
  std::vector<std::string> names;
  std::set<std::string> taken;
  // Two pairs may read alike where features have a * in their names.
  const auto add = [&](const std::string& name) {
    std::string free = kNamePrefix + name;
    for (int number = 2; !taken.insert(free).second; ++number)
      free = kNamePrefix + name + "_" + std::to_string(number);
    names.push_back(free);
  };
  const auto feature = [&](std::size_t i) { return columns[definitions.features[i].column]; };
  for (std::size_t i = 0; i < definitions.projections.size(); ++i) add("projection_" + std::to_string(i + 1));
  if (definitions.missing_pattern) add("missing_pattern");
  for (const Embedding& embedding : definitions.embeddings)
    for (std::uint32_t i = 1; i <= embedding.features; ++i)
      add(columns[embedding.column] + "_fourier_" + std::to_string(i));
  for (const auto& [first, second] : definitions.pairs) add(feature(first) + "*" + feature(second));
  if (definitions.components) {
    add("reconstruction_error");
    add("hotelling_t2");
  }
  return names;
}

}  // namespace driftd::detectors::derived
