#include "collector/content_hash.h"

#include <array>
#include <bit>

#include "core/hash.h"

namespace driftd::collector {
namespace {

// Seeds keep the fields apart; they are stored with the hashes and never change.
enum Seed : std::uint64_t { kLabel = 1, kValue, kScore, kScores, kFeature, kLatency, kFailed };

// The mixer of splitmix64 (G. Steele, D. Lea, C. Flood, OOPSLA 2014): a bijection.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

std::uint64_t bits_of(double number) { return std::bit_cast<std::uint64_t>(number == 0 ? 0.0 : number); }

std::uint64_t hash_of(const Value& value, std::uint64_t seed) {
  const std::uint64_t kind = mix(seed * 16 + static_cast<std::uint64_t>(value.kind));
  switch (value.kind) {
    case Value::Kind::number:
    case Value::Kind::not_finite:
      return mix(kind ^ bits_of(value.number));
    case Value::Kind::boolean:
    case Value::Kind::text:
    case Value::Kind::array:
      return hash64(value.text, kind);
    default:
      return kind;
  }
}

std::uint64_t hash_of_label(const Value& label) {
  std::array<char, 32> buffer{};
  const std::string_view text = shortest_text(label, buffer);
  return label.kind == Value::Kind::absent ? mix(kLabel) : hash64(text, mix(kLabel + 1000));
}

}  // namespace

// Sums, because the order of what has names must not matter.
std::uint64_t content_hash(const PredictionEvent& event) {
  std::uint64_t sum =
      hash_of_label(event.label) + hash_of(event.value, kValue) + hash_of(event.score, kScore);
  for (const ClassScore& score : event.scores) {
    sum += mix(hash64(score.label, kScores) ^ bits_of(score.score));
  }
  for (const Feature& feature : event.features) {
    sum += mix(hash64(feature.name, kFeature) ^ hash_of(feature.value, kFeature));
  }
  if (event.latency_ms) sum += mix(mix(kLatency) ^ bits_of(*event.latency_ms));
  if (event.failed) sum += mix(kFailed);
  return mix(sum);
}

std::uint64_t content_hash(const FeedbackEvent& event) {
  return mix(hash_of_label(event.label) + hash_of(event.value, kValue));
}

}  // namespace driftd::collector
