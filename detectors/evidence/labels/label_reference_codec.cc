// LabelReference as bytes. Hostile ones are refused: what is read has counts that add up without overflow.
#include <algorithm>
#include <cmath>

#include "detectors/evidence/labels/label_reference.h"
#include "detectors/profile.h"

namespace driftd::detectors::evidence {
namespace {

constexpr std::int64_t kMostCount = std::int64_t{1} << 60;
constexpr std::size_t kMostEdges = 255;

void put_numbers(Encoder& out, const std::vector<double>& numbers) {
  out.put_u64(numbers.size());
  for (const double number : numbers) out.put_double(number);
}

std::vector<double> get_edges(Decoder& in, std::size_t most) {
  std::vector<double> edges(in.get_count(8));
  for (double& edge : edges) edge = in.get_double();
  const auto falls = [](double a, double b) { return !(a < b); };
  if (edges.size() > most || std::adjacent_find(edges.begin(), edges.end(), falls) != edges.end() ||
      !std::all_of(edges.begin(), edges.end(), [](double edge) { return std::isfinite(edge); }))
    in.fail();
  return in.ok() ? edges : std::vector<double>{};
}

void put_ages(Encoder& out, const LabelAges& ages) {
  out.put_bool(ages.known);
  if (!ages.known) return;
  out.put_u64(ages.ends.size());
  for (const Duration end : ages.ends) out.put_i64(end);
  out.put_i64(ages.ripe);
  out.put_i64(ages.oldest);
}

LabelAges get_ages(Decoder& in) {
  LabelAges ages;
  if (!in.get_bool()) return ages;
  const std::size_t size = in.get_count(1);
  if (size < 2 || size > kAgeBuckets + 1) in.fail();
  Duration least = 0;
  for (std::size_t i = 0; i < size && in.ok(); ++i) {
    ages.ends.push_back(in.get_within(least, kLatestTime));
    least = ages.ends.back() + 1;
  }
  ages.ripe = in.get_within(0, kLatestTime);
  ages.oldest = in.get_within(0, kLatestTime);
  ages.known = in.ok();
  return in.ok() ? ages : LabelAges{};
}

void put_scale(Encoder& out, const PairScale& scale) {
  out.put_u8(static_cast<std::uint8_t>(scale.task));
  put_ages(out, scale.ages);
  put_numbers(out, scale.score_edges);
  out.put_bool(scale.scored);
  out.put_double(scale.loss_bound);
  put_numbers(out, scale.residual_edges);
}

PairScale get_scale(Decoder& in) {
  PairScale scale;
  const std::uint8_t task = in.get_u8();
  if (task > static_cast<std::uint8_t>(Task::regression)) in.fail();
  scale.task = in.ok() ? static_cast<Task>(task) : Task::none;
  scale.ages = get_ages(in);
  scale.score_edges = get_edges(in, kDeciles - 1);
  scale.scored = in.get_bool();
  scale.loss_bound = in.get_double();
  scale.residual_edges = get_edges(in, kMostEdges);
  if (!std::isfinite(scale.loss_bound) || scale.loss_bound < 0) in.fail();
  if (scale.scored && scale.task != Task::binary) in.fail();
  return in.ok() ? scale : PairScale{};
}

// Counts of one layout, whose sum over all blocks stays within bounds.
class CheckedCounts {
 public:
  explicit CheckedCounts(PairLayout layout) : layout_(layout), total_(layout.size(), 0) {}

  std::string get(Decoder& in) {
    std::string bytes(in.get_text());
    const auto counts = PairCounts::decode(layout_, bytes);
    if (!counts.ok()) in.fail();
    for (std::size_t i = 0; i < total_.size() && in.ok(); ++i) {
      if (counts->values[i] < 0) in.fail();
      total_[i] += counts->values[i];
      if (total_[i] > kMostCount) in.fail();
    }
    return in.ok() ? bytes : std::string();
  }

 private:
  PairLayout layout_;
  std::vector<std::int64_t> total_;
};

}  // namespace

void LabelReference::save(Encoder& out) const {
  put_scale(out, scale);
  out.put_i64(until);
  out.put_bool(arrivals);
  out.put_text(timeless);
  out.put_u64(blocks.size());
  for (const LabelBlock& block : blocks) {
    out.put_i64(block.block);
    out.put_text(block.arrived);
    out.put_text(block.matured);
    out.put_u64(block.cohort.size());
    for (const std::int64_t count : block.cohort) out.put_i64(count);
  }
}

Result<LabelReference> LabelReference::load(Decoder& in) {
  LabelReference reference;
  reference.scale = get_scale(in);
  reference.until = in.get_time_or_none();
  reference.arrivals = in.get_bool();
  CheckedCounts arrived(PairLayout(reference.scale, true));
  CheckedCounts matured(PairLayout(reference.scale, false));
  reference.timeless = arrived.get(in);
  const std::size_t size = in.get_count(4);
  const std::size_t cohort_size = reference.scale.ages.buckets() + 1;
  std::int64_t least = slot_of(kEarliestTime, kProfileBlock);
  std::int64_t made = 0;
  for (std::size_t i = 0; i < size && in.ok(); ++i) {
    LabelBlock& block = reference.blocks.emplace_back();
    block.block = in.get_within(least, kLatestTime / kProfileBlock);
    least = block.block + 1;
    block.arrived = arrived.get(in);
    block.matured = matured.get(in);
    block.cohort.resize(in.get_count(1), 0);
    if (!block.cohort.empty() && block.cohort.size() != cohort_size) in.fail();
    for (std::int64_t& count : block.cohort) count = in.get_within(0, kMostAmount);
    if (!block.cohort.empty()) made += block.cohort[0];
    if (made > kMostCount) in.fail();
  }
  if (!in.ok()) return Error{ErrorCode::corrupt, "these bytes are no reference of labels"};
  return reference;
}

}  // namespace driftd::detectors::evidence
