#include "detectors/derived/words.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

namespace driftd::detectors::derived {
namespace {

using evidence::ColumnMoments;
using evidence::Movement;
using evidence::Shape;

constexpr double kNoted = 0.05;    // a change of a rank correlation that is worth saying
constexpr double kTogether = 0.1;  // a rank correlation below is none
constexpr std::size_t kNamed = 3;  // features of a direction

std::size_t number_of(const Profile& profile, const ColumnProfile& column) {
  std::size_t number = 0;
  for (const ColumnProfile& one : profile.columns) {
    if (&one == &column || (one.role == Role::derived && one.name == column.name)) break;
    if (one.role == Role::derived) ++number;
  }
  return number;
}

const std::string& name_of_feature(const Profile& profile, std::size_t feature) {
  return profile.columns[profile.derived->features[feature].column].name;
}

// Whether the values that are there moved, not how many there are.
bool is_of_values(Shape shape) {
  return shape == Shape::location || shape == Shape::scale || shape == Shape::skew || shape == Shape::tails ||
         shape == Shape::distribution || shape == Shape::value;
}

std::string bond(double correlation) { return correlation < 0 ? "move against each other" : "move together"; }

std::string pair_change(double before, double after) {
  const bool turned = (before < 0) != (after < 0);
  const double was = std::abs(before), is = std::abs(after);
  if (is >= kTogether && (turned || was < kTogether)) return "now " + bond(after);
  if (turned || is < was / 2) return "no longer " + bond(before);
  return bond(before) + (is > was ? " more closely" : " less closely");
}

std::string pair_words(const std::string& both, const ColumnProfile& column, std::span<const CellCount> now,
                       const Movement& movement) {
  const std::string plain = evidence::words_of(column, now, movement);
  if (!is_of_values(movement.shape)) return both + ": " + plain;
  const double before = 3 * evidence::moments_of(column, column.reference).mean;
  const double after = 3 * evidence::moments_of(column, now).mean;
  if (std::abs(after - before) < kNoted) return both + " depend on each other in another way: " + plain;
  const auto rounded = [](double number) {
    return evidence::number_text(std::round(number * 100) / 100, true);
  };
  return both + " " + pair_change(before, after) + " (rank correlation " + rounded(before) + " -> " +
         rounded(after) + ")";
}

// A weight beside the largest: "" for that, ".7" for seven tenths of it.
std::string weight_text(double share) {
  const auto tenths = static_cast<int>(std::lround(10 * share));
  if (tenths >= 10) return "";
  return "." + std::to_string(tenths) + " ";
}

// The features of a direction that are named, the heaviest first.
std::vector<std::size_t> leading_features(const Direction& weights) {
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return std::abs(weights[a]) > std::abs(weights[b]); });
  std::size_t named = 0;
  while (named < std::min(kNamed, order.size()) &&
         std::abs(weights[order[named]] / weights[order.front()]) >= .1)
    ++named;
  order.resize(named);
  return order;
}

std::string direction_text(const Profile& profile, const Direction& weights) {
  const std::vector<std::size_t> named = leading_features(weights);
  std::string text;
  for (const std::size_t feature : named) {
    const double share = weights[feature] / std::abs(weights[named.front()]);
    if (feature != named.front()) {
      text += share < 0 ? " - " : " + ";
    } else if (share < 0) {
      text += "-";
    }
    text += weight_text(std::abs(share)) + name_of_feature(profile, feature);
  }
  const std::size_t more = weights.size() - named.size();
  return more == 0 ? text : text + " and " + std::to_string(more) + " more";
}

// The embedding of a Fourier feature that is counted through all of them, and its number in that one.
std::pair<const Embedding*, std::size_t> embedding_of(const Definitions& definitions, std::size_t feature) {
  auto embedding = definitions.embeddings.begin();
  while (feature >= embedding->features) feature -= (embedding++)->features;
  return {&*embedding, feature};
}

std::string embedding_words(const Profile& profile, std::size_t feature, const std::string& plain,
                            const Movement& movement) {
  const auto [embedding, number] = embedding_of(*profile.derived, feature);
  const std::string name = profile.columns[embedding->column].name + " (embedding of " +
                           std::to_string(embedding->length) + " numbers)";
  if (!is_of_values(movement.shape)) return name + ": " + plain;
  return name + " is distributed in another way, seen in the cosine of random direction " +
         std::to_string(number + 1) + " of " + std::to_string(embedding->features) + ": " + plain;
}

bool grew(const ColumnProfile& column, std::span<const CellCount> now) {
  return evidence::moments_of(column, now).mean >= evidence::moments_of(column, column.reference).mean;
}

}  // namespace

std::string words_of(const Profile& profile, const ColumnProfile& column, std::span<const CellCount> now,
                     const Movement& movement) {
  const Definitions& definitions = *profile.derived;
  const std::size_t number = number_of(profile, column);
  const std::string plain = evidence::words_of(column, now, movement);
  if (number < definitions.projections.size())
    return "direction of " + direction_text(profile, definitions.projections[number]) + " moved: " + plain;
  if (definitions.missing_pattern && number == definitions.pattern_column())
    return "which values are missing together: " + plain;
  if (number < definitions.unfitted())
    return embedding_words(profile, number - definitions.first_fourier(), plain, movement);
  if (number < definitions.error_column()) {
    const auto& [first, second] = definitions.pairs[number - definitions.unfitted()];
    const std::string both = name_of_feature(profile, first) + " and " + name_of_feature(profile, second);
    return pair_words(both, column, now, movement);
  }
  if (!is_of_values(movement.shape)) return plain;
  const bool more = grew(column, now);
  if (number == definitions.error_column())
    return std::string("rows fit the reference's leading directions ") + (more ? "less" : "more") +
           " closely: " + plain;
  return std::string("rows lie ") + (more ? "further out" : "closer in") +
         " along the reference's leading directions: " + plain;
}

std::set<std::string> features_behind(const Profile& profile, const ColumnProfile& column) {
  const Definitions& definitions = *profile.derived;
  const std::size_t number = number_of(profile, column);
  std::set<std::string> names;
  if (number < definitions.projections.size()) {
    for (const std::size_t feature : leading_features(definitions.projections[number]))
      names.insert(name_of_feature(profile, feature));
  } else if (number >= definitions.first_fourier() && number < definitions.unfitted()) {
    const auto [embedding, feature] = embedding_of(definitions, number - definitions.first_fourier());
    names.insert(profile.columns[embedding->column].name);
  } else if (number >= definitions.unfitted() && number < definitions.error_column()) {
    const auto& [first, second] = definitions.pairs[number - definitions.unfitted()];
    names = {name_of_feature(profile, first), name_of_feature(profile, second)};
  } else {
    for (const ColumnProfile& one : profile.columns)
      if (one.role == Role::feature) names.insert(one.name);
  }
  return names;
}

}  // namespace driftd::detectors::derived
