// The reference's counts by the moment at which they are judged.
#include <algorithm>
#include <map>

#include "detectors/evidence/labels/label_questions.h"
#include "detectors/profile.h"

namespace driftd::detectors::evidence {
namespace {

using Counts = std::vector<std::int64_t>;

class Gathering {
 public:
  explicit Gathering(std::size_t size) : total_(size, 0) {}

  void add(Time at, std::size_t first, const Counts& counts) {
    Counts& block = blocks_[slot_of(at, kProfileBlock)];
    block.resize(total_.size(), 0);
    for (std::size_t i = 0; i < counts.size(); ++i) block[first + i] += counts[i];
    add_timeless(first, counts);
  }
  void add_timeless(std::size_t first, const Counts& counts) {
    for (std::size_t i = 0; i < counts.size(); ++i) total_[first + i] += counts[i];
  }
  JudgedCounts take() {
    JudgedCounts found{std::move(total_), {}};
    for (auto& [block, counts] : blocks_)
      found.blocks.push_back({slot_start(block, kProfileBlock), std::move(counts)});
    return found;
  }

 private:
  Counts total_;
  std::map<std::int64_t, Counts> blocks_;
};

Counts decoded(const PairLayout& layout, const std::string& bytes) {
  auto counts = PairCounts::decode(layout, bytes);
  return counts.ok() ? std::move(counts->values) : Counts(layout.size(), 0);
}

JudgedCounts gather_arrived(const LabelReference& reference, const PairLayout& layout) {
  Gathering arrived(layout.size());
  arrived.add_timeless(0, decoded(layout, reference.timeless));
  for (const LabelBlock& block : reference.blocks) {
    if (block.arrived.empty()) continue;
    arrived.add(slot_start(block.block, kProfileBlock), 0, decoded(layout, block.arrived));
  }
  return arrived.take();
}

JudgedCounts gather_matured(const LabelReference& reference, const PairLayout& layout) {
  Gathering matured(layout.size());
  for (const LabelBlock& block : reference.blocks) {
    if (block.matured.empty()) continue;
    const Time judged = slot_end(block.block, kProfileBlock) + reference.scale.ages.ripe;
    matured.add(judged - 1, 0, decoded(layout, block.matured));
  }
  return matured.take();
}

JudgedCounts gather_arrivals(const LabelReference& reference) {
  const LabelAges& ages = reference.scale.ages;
  Gathering arrivals(2 * ages.buckets());
  for (const LabelBlock& block : reference.blocks) {
    if (!reference.arrivals || block.cohort.size() != ages.buckets() + 1) continue;
    std::int64_t waiting = block.cohort[0];
    for (std::size_t b = 0; b < ages.buckets(); ++b) {
      const Time judged = slot_end(block.block, kProfileBlock) + ages.end_of(b);
      const std::int64_t yes = std::min(block.cohort[1 + b], waiting);
      if (judged <= reference.until) arrivals.add(judged - 1, 2 * b, {waiting - yes, yes});
      waiting -= yes;
    }
  }
  return arrivals.take();
}

}  // namespace

LabelMeasures::LabelMeasures(const LabelReference& reference, const LabelOptions& label_options)
    : options(label_options),
      ages(reference.scale.ages),
      task(reference.scale.task),
      arrived_layout(reference.scale, true),
      matured_layout(reference.scale, false),
      arrived(gather_arrived(reference, arrived_layout)),
      matured(gather_matured(reference, matured_layout)),
      arrivals(gather_arrivals(reference)) {}

}  // namespace driftd::detectors::evidence
