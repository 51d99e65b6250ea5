#include "detectors/evidence/bank.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "detectors/evidence/tilts.h"
#include "detectors/maths/portable.h"
#include "detectors/profile.h"

namespace driftd::detectors::evidence {
namespace {

constexpr double kFloor = 0.02;      // eps, in total variation
constexpr double kInflation = 1.25;  // of the deviation
constexpr std::array<double, 4> kThetas = {3, 4, 5, 6};
constexpr double kMostTerm = 10;

// By which a gap is seen: what the reference tells apart, or a slot.
Duration stretch_of(Duration slot) { return std::max(slot, kProfileBlock); }

BankLaws::Moments moments_of(const BankLaws& laws, const CellLaw& law) {
  BankLaws::Moments moments;
  moments.n = law.n;
  for (std::size_t f = 0; f < kFunctionals; ++f) {
    const std::vector<double>& value = laws.functionals[f];
    for (std::size_t k = 0; k < value.size(); ++k) moments.mean[f] += law.p[k] * value[k];
    for (std::size_t k = 0; k < value.size(); ++k) {
      const double residual = value[k] - moments.mean[f];
      moments.variance[f] += law.p[k] * residual * residual;
    }
  }
  return moments;
}

const BlockScale* scale_of(const Regime& regime, Duration block) {
  for (const BlockScale& scale : regime.blocks) {
    if (scale.block == block) return &scale;
  }
  return nullptr;
}

bool is_known_everywhere(const MonitorReference& reference, Duration block) {
  return std::all_of(reference.regimes.begin(), reference.regimes.end(),
                     [&](const Regime& regime) { return scale_of(regime, block) != nullptr; });
}

}  // namespace

std::optional<BankLaws> bank_laws(const MonitorReference& reference) {
  BankLaws laws;
  for (const BlockScale& scale : reference.regimes.front().blocks) {
    const bool known = std::find(laws.blocks.begin(), laws.blocks.end(), scale.block) != laws.blocks.end();
    if (!known && scale.block > 0 && is_known_everywhere(reference, scale.block)) {
      laws.blocks.push_back(scale.block);
    }
  }
  if (laws.blocks.empty()) return std::nullopt;
  for (std::size_t f = 0; f < kFunctionals; ++f) {
    laws.functionals[f] = phi_by_bin(f + 1, reference.p);
    const auto [least, most] = std::minmax_element(laws.functionals[f].begin(), laws.functionals[f].end());
    laws.range[f] = *most - *least;
  }
  if (laws.range[0] == 0) return std::nullopt;
  for (const Regime& regime : reference.regimes) {
    BankLaws::Laws own;
    for (const CellLaw& law : regime.cells) own.cells.push_back(moments_of(laws, law));
    for (const Duration block : laws.blocks) own.tau2.push_back(scale_of(regime, block)->tau2);
    laws.regimes.push_back(std::move(own));
  }
  return laws;
}

double bank_z(double residual, double floor, double variance) {
  return std::max(0.0, std::abs(residual) - floor) / (kInflation * std::sqrt(variance));
}

double bank_e_value(double z) {
  double e = 0;
  for (const double theta : kThetas) {
    const double norm = theta * theta / 2;
    e += maths::portable_exp(theta * z - norm) + maths::portable_exp(-theta * z - norm);
  }
  return e / (2 * kThetas.size());
}

Bank::Bank(const BankLaws& laws, Duration slot) : laws_(&laws), slot_(slot) {
  for (std::size_t scale = 0; scale < laws.blocks.size(); ++scale) {
    if (laws.blocks[scale] < slot) continue;
    blocks_.emplace_back().scale = scale;
  }
}

std::int64_t Bank::index_of(const Block& block, std::int64_t slot) const {
  return slot_of(slot * slot_, laws_->blocks[block.scale]);
}

std::int64_t Bank::first_slot(const Block& block, std::int64_t index) const {
  return slot_of(index * laws_->blocks[block.scale] - 1, slot_) + 1;
}

bool Bank::ends_with(const Block& block, std::int64_t slot) const {
  return index_of(block, slot + 1) != index_of(block, slot);
}

// The block that holds `slot`, and the capital granted since the last call.
void Bank::enter(Block& block, std::int64_t slot, double grant) const {
  const std::int64_t index = index_of(block, slot);
  const std::int64_t first = first_slot(block, index);
  if (block.index != index) {
    const std::size_t scale = block.scale;
    block = {};
    block.scale = scale;
    block.index = index;
    block.whole = first >= begin_;
  }
  const std::int64_t granted = std::max(last_.value_or(begin_ - 1) + 1, first);
  block.capital += static_cast<double>(slot - granted + 1) * grant;
}

Bank::SlotSums Bank::sums_of(std::span<const std::int64_t> counts) const {
  SlotSums slot;
  for (const std::int64_t count : counts) slot.n += count;
  for (std::size_t f = 0; f < kFunctionals && slot.n > 0; ++f) {
    for (std::size_t k = 0; k < counts.size(); ++k) {
      slot.sum[f] += static_cast<double>(counts[k]) * laws_->functionals[f][k];
    }
  }
  return slot;
}

void Bank::add(Block& block, std::size_t cell, const SlotSums& slot) const {
  if (slot.n == 0) return;
  if (block.run.cell != cell) fold(block);
  block.run.cell = cell;
  block.run.n += slot.n;
  block.n += slot.n;
  for (std::size_t f = 0; f < kFunctionals; ++f) block.run.sum[f] += slot.sum[f];
  if (laws_->regimes.size() == 1) return;
  for (std::size_t f = 0; f < kFunctionals; ++f) {
    double least = std::numeric_limits<double>::infinity();
    double most = -least;
    for (const BankLaws::Laws& regime : laws_->regimes) {
      const double residual = slot.sum[f] - static_cast<double>(slot.n) * regime.cells[cell].mean[f];
      least = std::min(least, residual);
      most = std::max(most, residual);
    }
    block.run.least[f] += least;
    block.run.most[f] += most;
  }
}

void Bank::close(std::int64_t slot, std::size_t cell, std::span<const std::int64_t> counts, double grant) {
  if (!last_) begin_ = slot;
  terms_.clear();
  const SlotSums sums = sums_of(counts);
  const std::int64_t stretch = slot_of(slot * slot_, stretch_of(slot_));
  const bool filled = sums.n > 0 || filled_ == stretch;
  for (Block& block : blocks_) {
    enter(block, slot, grant);
    if (sums.n > 0) note_gap(block, stretch);
    add(block, cell, sums);
    if (!ends_with(block, slot)) continue;
    fold(block);
    if (block.whole && filled) add_terms(block);
  }
  if (filled) filled_ = stretch;
  last_ = slot;
}

// Stretches between the last one with an event, or the block's begin, and this one had none.
void Bank::note_gap(Block& block, std::int64_t stretch) const {
  const Duration length = stretch_of(slot_);
  const std::int64_t first = slot_of(slot_start(*block.index, laws_->blocks[block.scale]), length);
  const std::int64_t expected = std::max(first, filled_ ? *filled_ + 1 : first);
  if (stretch > expected) block.whole = false;
}

void Bank::carry(std::int64_t slot, double grant) {
  if (!last_) {
    begin(slot + 1);
    return;
  }
  if (slot <= *last_) return;
  terms_.clear();
  for (Block& block : blocks_) enter(block, slot, grant);
  last_ = slot;
}

void Bank::begin(std::int64_t first) {
  begin_ = first;
  last_ = first - 1;
  filled_.reset();
  terms_.clear();
  for (Block& block : blocks_) block.index.reset();
}

// Books the run under its cell: residual, variance of its events, variance of the cell's own mean.
void Bank::fold(Block& block) const {
  const Run run = block.run;
  block.run = {};
  if (run.n == 0) return;
  const auto n = static_cast<double>(run.n);
  const bool one = laws_->regimes.size() == 1;
  for (std::size_t f = 0; f < kFunctionals; ++f) {
    const double own = run.sum[f] - n * laws_->regimes.front().cells[run.cell].mean[f];
    block.residual.least[f] += one ? own : run.least[f];
    block.residual.most[f] += one ? own : run.most[f];
    double variance = 0;
    for (const BankLaws::Laws& regime : laws_->regimes) {
      const BankLaws::Moments& law = regime.cells[run.cell];
      const double share = law.n > 0 ? n / law.n : std::numeric_limits<double>::infinity();
      if (law.variance[f] > 0) variance = std::max(variance, n * law.variance[f] * (1 + share));
    }
    block.residual.variance[f] += variance;
  }
}

void Bank::add_terms(const Block& block) {
  const auto n = static_cast<double>(block.n);
  for (std::size_t f = 0; f < kFunctionals; ++f) {
    double tau2 = 0;
    for (const BankLaws::Laws& regime : laws_->regimes) tau2 = std::max(tau2, regime.tau2[block.scale][f]);
    const double variance = block.residual.variance[f] + tau2 * n * n;
    if (!(variance > 0)) continue;
    const double residual = std::max(block.residual.least[f], std::min(block.residual.most[f], 0.0));
    const double z = bank_z(residual, n * kFloor * laws_->range[f], variance);
    const double amount = kBankShare / kBankTerms * block.capital * bank_e_value(z);
    const std::int8_t direction = residual >= 0 ? 1 : -1;
    terms_.push_back({f, laws_->blocks[block.scale], direction, std::min(amount, kMostTerm)});
  }
}

void Bank::save(Encoder& out) const {
  out.put_i64(begin_);
  out.put_bool(last_.has_value());
  out.put_i64(last_.value_or(0));
  out.put_bool(filled_.has_value());
  out.put_i64(filled_.value_or(0));
  for (const Block& block : blocks_) {
    out.put_bool(block.index.has_value());
    if (!block.index) continue;
    out.put_i64(*block.index);
    out.put_bool(block.whole);
    out.put_double(block.capital);
    out.put_i64(block.n);
    out.put_u64(block.run.cell);
    out.put_i64(block.run.n);
    for (const PerFunctional* part :
         {&block.run.sum, &block.run.least, &block.run.most, &block.residual.least, &block.residual.most,
          &block.residual.variance}) {
      for (const double value : *part) out.put_double(value);
    }
  }
  out.put_u64(terms_.size());
  for (const BankTerm& term : terms_) {
    out.put_u64(term.functional);
    out.put_i64(term.block);
    out.put_i64(term.direction);
    out.put_double(term.amount);
  }
}

bool Bank::load(Decoder& in) {
  begin_ = in.get_slot(slot_);
  const bool called = in.get_bool();
  const std::int64_t last = in.get_slot(slot_);
  last_.reset();
  if (called) last_ = last;
  const bool filled = in.get_bool();
  const std::int64_t stretch = in.get_slot(stretch_of(slot_));
  filled_.reset();
  if (filled) filled_ = stretch;
  for (Block& block : blocks_) {
    block.index.reset();
    if (in.get_bool() && !load_block(in, block)) return false;
  }
  return load_terms(in);
}

bool Bank::load_block(Decoder& in, Block& block) const {
  block.index = in.get_slot(laws_->blocks[block.scale]);
  block.whole = in.get_bool();
  block.capital = in.get_double();
  block.n = in.get_within(0, kMostAmount);
  block.run.cell = in.get_u64();
  block.run.n = in.get_within(0, kMostAmount);
  bool sane = last_ && block.index == index_of(block, *last_) && block.capital >= 0 &&
              std::isfinite(block.capital) && block.run.n <= block.n &&
              block.run.cell < laws_->regimes.front().cells.size();
  for (PerFunctional* part :
       {&block.run.sum, &block.run.least, &block.run.most, &block.residual.least, &block.residual.most}) {
    for (double& value : *part) sane = std::isfinite(value = in.get_double()) && sane;
  }
  for (double& variance : block.residual.variance) sane = (variance = in.get_double()) >= 0 && sane;
  return sane && in.ok();
}

bool Bank::load_terms(Decoder& in) {
  terms_.clear();
  const std::size_t count = in.get_count(4);
  if (count > kFunctionals * blocks_.size()) return false;
  for (std::size_t i = 0; i < count; ++i) {
    BankTerm term;
    term.functional = in.get_u64();
    term.block = in.get_time();
    const std::int64_t direction = in.get_within(-1, 1);
    term.amount = in.get_double();
    const bool sane =
        term.functional < kFunctionals && direction != 0 && term.amount >= 0 && term.amount <= kMostTerm;
    if (!sane) return false;
    term.direction = static_cast<std::int8_t>(direction);
    terms_.push_back(term);
  }
  return in.ok();
}

}  // namespace driftd::detectors::evidence
