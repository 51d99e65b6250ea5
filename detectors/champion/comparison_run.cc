#include "detectors/champion/comparison_run.h"

#include <algorithm>
#include <cmath>

namespace driftd::detectors::champion {

namespace {

constexpr std::size_t kMostWaiting = 65'536;  // at the end of a slot; beyond, the block ends with it

std::int64_t block_of(std::int64_t slot, std::int64_t block_slots) {
  return slot >= 0 ? slot / block_slots : -((-slot + block_slots - 1) / block_slots);
}

}  // namespace

std::string_view name_of(Outcome outcome) {
  static constexpr std::array<std::string_view, 3> kNames = {"unknown", "better", "worse"};
  return kNames.at(static_cast<std::size_t>(outcome));
}

ComparisonRun::ComparisonRun(LossMetric metric, double bound, Pairing pairing, std::int64_t block_slots)
    : metric_(metric), pairing_(pairing), bound_(bound), block_slots_(block_slots) {}

void ComparisonRun::end_block() {
  block_.close(pairing_ != Pairing::strata, pairing_ != Pairing::id, by_strata_);
}

std::optional<std::int64_t> ComparisonRun::end_block_before(std::int64_t slot) {
  if (!open_ || block_of(slot, block_slots_) <= *open_) return std::nullopt;
  const std::int64_t last = (*open_ + 1) * block_slots_ - 1;
  open_.reset();
  end_block();
  return last;
}

void ComparisonRun::add_slot(std::int64_t slot, const std::vector<DealtLoss>& losses) {
  std::vector<ArmLoss> within;
  within.reserve(losses.size());
  for (const DealtLoss& one : losses) {
    if (std::isnan(one.loss)) continue;
    if (one.loss > bound_) ++clipped_;
    within.push_back({one.id, one.arm, std::clamp(one.loss / bound_, 0.0, 1.0), one.stratum});
  }
  open_ = block_of(slot, block_slots_);
  block_.add(std::move(within), pairing_ != Pairing::strata, by_id_);
  if (block_.waiting() > kMostWaiting) end_block();
}

DifferenceCounts ComparisonRun::counts() const {
  DifferenceCounts all = by_id_;
  all.merge(by_strata_);
  return all;
}

Outcome ComparisonRun::judge(const JudgeSettings& settings) const {
  if (pairs() == 0 || pairs() < static_cast<std::uint64_t>(settings.at_least)) return Outcome::unknown;
  const DifferenceCounts all = counts();
  const double beyond = settings.margin / bound_ + rounding();
  const double limit = log_limit(settings.risk);
  if (beyond >= 1) return Outcome::unknown;
  if (all.mean() < -beyond && log_capital_below(all, -beyond) >= limit) return Outcome::better;
  if (all.mean() > beyond && log_capital_above(all, beyond) >= limit) return Outcome::worse;
  return Outcome::unknown;
}

std::optional<ComparisonRun::Figures> ComparisonRun::figures(double risk) const {
  if (pairs() == 0) return std::nullopt;
  const DifferenceCounts all = counts();
  const Interval interval = confidence_interval(all, risk);
  const double champion = all.champion_mean() * bound_, challenger = all.challenger_mean() * bound_;
  return Figures{.champion = champion,
                 .challenger = challenger,
                 .difference = rounding() > 0 ? challenger - champion : all.mean() * bound_,
                 .lower = std::max(-1.0, interval.lower - rounding()) * bound_,
                 .upper = std::min(1.0, interval.upper + rounding()) * bound_};
}

void ComparisonRun::save(Encoder& out) const {
  out.put_u8(static_cast<std::uint8_t>(metric_));
  out.put_u8(static_cast<std::uint8_t>(pairing_));
  out.put_double(bound_);
  out.put_i64(block_slots_);
  by_id_.save(out);
  by_strata_.save(out);
  block_.save(out);
  out.put_bool(open_.has_value());
  if (open_) out.put_i64(*open_);
  out.put_u64(clipped_);
}

Result<ComparisonRun> ComparisonRun::load(Duration slot, Decoder& in) {
  ComparisonRun loaded;
  const std::uint8_t metric = in.get_u8();
  const std::uint8_t pairing = in.get_u8();
  loaded.bound_ = in.get_double();
  loaded.block_slots_ = in.get_within(1, kMostTime / slot);
  for (DifferenceCounts* counts : {&loaded.by_id_, &loaded.by_strata_}) {
    auto read = DifferenceCounts::load(in);
    if (!read.ok()) return read.error();
    *counts = std::move(*read);
  }
  auto block = OpenBlock::load(in);
  if (!block.ok()) return block.error();
  loaded.block_ = std::move(*block);
  if (in.get_bool()) loaded.open_ = in.get_slot(slot * loaded.block_slots_);
  loaded.clipped_ = in.get_u64();
  if (!in.ok() || metric >= kLossMetrics.size() || pairing > 2 || !std::isfinite(loaded.bound_) ||
      loaded.bound_ < 0)
    return Error{ErrorCode::corrupt, "a comparison is out of its bounds"};
  loaded.metric_ = static_cast<LossMetric>(metric);
  loaded.pairing_ = static_cast<Pairing>(pairing);
  return loaded;
}

}  // namespace driftd::detectors::champion
