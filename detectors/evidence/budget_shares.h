// How a model's budget of false alarms is shared among kinds, columns and segments (STATISTICS 7, DESIGN
// 7.8). Pure functions; shares are at most 1 together.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "detectors/performance/task.h"

namespace driftd::detectors::evidence {

enum class EvidenceKind : std::uint8_t { data, covariate, prediction, concept_drift, performance, labels };
inline constexpr std::size_t kEvidenceKinds = 6;
inline constexpr std::array<EvidenceKind, kEvidenceKinds> kAllEvidenceKinds = {
    EvidenceKind::data,          EvidenceKind::covariate,   EvidenceKind::prediction,
    EvidenceKind::concept_drift, EvidenceKind::performance, EvidenceKind::labels};
// As metrics and webhooks name them; `concept` for concept_drift.
std::string_view name_of(EvidenceKind kind);
std::optional<EvidenceKind> evidence_kind_of(std::string_view name);
// Kinds that live on joined pairs, and hence on the feedback clock.
constexpr bool lives_on_labels(EvidenceKind kind) { return kind >= EvidenceKind::concept_drift; }

using KindWeights = std::array<double, kEvidenceKinds>;
inline constexpr KindWeights kKindWeights = {.40, .10, .15, .15, .15, .05};

// absent: the task has no such kind, or the reference no such column: its share goes to the others in
// proportion. learning: its share is granted to nobody until that is over.
enum class KindState : std::uint8_t { absent, learning, watching };

// The share of each kind; 0 for those that are not watching. The share of an absent `performance` goes to
// `concept` where that is there (regression), not to all.
KindWeights share_kinds(const KindWeights& weights, const std::array<KindState, kEvidenceKinds>& states);

// Shares in proportion to importance; all 0 where no importance is above 0.
std::vector<double> share_columns(std::span<const double> importance);

// The whole model, `known` values that the reference holds, and values first seen later (in the order of the
// slot of first sight, then of bytes).
struct SegmentShares {
  double whole = 1;
  double known = 0;  // of each
  static constexpr double kLater = .1;
  [[nodiscard]] static double later(std::size_t order);  // 0 is the first
};
SegmentShares share_segments(bool any_declared, std::size_t known);

}  // namespace driftd::detectors::evidence
