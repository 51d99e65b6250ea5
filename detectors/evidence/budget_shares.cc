#include "detectors/evidence/budget_shares.h"

#include <algorithm>
#include <numbers>

namespace driftd::detectors::evidence {
namespace {

constexpr std::array<std::string_view, kEvidenceKinds> kNames = {"data",    "covariate",   "prediction",
                                                                 "concept", "performance", "labels"};
constexpr double kWhole = .5, kKnown = .4;

std::size_t at(EvidenceKind kind) { return static_cast<std::size_t>(kind); }

}  // namespace

std::string_view name_of(EvidenceKind kind) { return kNames[at(kind)]; }

std::optional<EvidenceKind> evidence_kind_of(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return kAllEvidenceKinds[static_cast<std::size_t>(found - kNames.begin())];
}

KindWeights share_kinds(const KindWeights& weights, const std::array<KindState, kEvidenceKinds>& states) {
  KindWeights wanted = weights;
  const auto is = [&](EvidenceKind kind, KindState state) { return states[at(kind)] == state; };
  if (is(EvidenceKind::performance, KindState::absent) &&
      !is(EvidenceKind::concept_drift, KindState::absent)) {
    wanted[at(EvidenceKind::concept_drift)] += wanted[at(EvidenceKind::performance)];
    wanted[at(EvidenceKind::performance)] = 0;
  }
  double present = 0;
  for (std::size_t kind = 0; kind < kEvidenceKinds; ++kind) {
    if (states[kind] != KindState::absent) present += wanted[kind];
  }
  KindWeights shares{};
  if (!(present > 0)) return shares;
  for (std::size_t kind = 0; kind < kEvidenceKinds; ++kind)
    if (states[kind] == KindState::watching) shares[kind] = wanted[kind] / present;
  return shares;
}

std::vector<double> share_columns(std::span<const double> importance) {
  double sum = 0;
  for (const double one : importance) sum += one;
  std::vector<double> shares(importance.size(), 0);
  if (!(sum > 0)) return shares;
  for (std::size_t i = 0; i < shares.size(); ++i) shares[i] = importance[i] / sum;
  return shares;
}

double SegmentShares::later(std::size_t order) {
  const auto i = static_cast<double>(order + 1);
  return kLater * 6 / (std::numbers::pi * std::numbers::pi * i * i);
}

SegmentShares share_segments(bool any_declared, std::size_t known) {
  if (!any_declared) return {};
  return {kWhole, known == 0 ? 0 : kKnown / static_cast<double>(known)};
}

}  // namespace driftd::detectors::evidence
