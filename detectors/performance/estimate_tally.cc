#include "detectors/performance/estimate_tally.h"

#include <algorithm>

namespace driftd::detectors {

void EstimateTally::count(ScoreCode code, int sign, bool actual) {
  if (code.which >= classes_.size()) classes_.resize(code.which + 1U);
  Class& bins = classes_[code.which];
  auto at = std::lower_bound(bins.begin(), bins.end(), code.code,
                             [](const Bin& bin, std::uint16_t wanted) { return bin.code < wanted; });
  if (at == bins.end() || at->code != code.code) at = bins.insert(at, Bin{code.code, 0, 0});
  at->n += sign;
  if (actual) at->actual += sign;
  if (at->n == 0 && at->actual == 0) bins.erase(at);
}

void EstimateTally::forget_empty() {
  while (!classes_.empty() && classes_.back().empty()) classes_.pop_back();
}

void EstimateTally::add(std::span<const ScoreCode> codes, int sign) {
  if (codes.empty()) return;
  predictions_ += sign;
  for (const ScoreCode code : codes) count(code, sign, false);
  if (sign < 0) forget_empty();
}

void EstimateTally::add_labelled(std::span<const ScoreCode> codes, std::uint16_t actual) {
  if (codes.empty()) return;
  ++predictions_;
  for (const ScoreCode code : codes) count(code, 1, code.which == actual);
}

void EstimateTally::combine(const EstimateTally& other, int sign) {
  predictions_ += sign * other.predictions_;
  if (classes_.size() < other.classes_.size()) classes_.resize(other.classes_.size());
  for (std::size_t which = 0; which < other.classes_.size(); ++which) {
    Class merged;
    merged.reserve(classes_[which].size() + other.classes_[which].size());
    auto left = classes_[which].begin();
    const auto end = classes_[which].end();
    for (const Bin& bin : other.classes_[which]) {
      while (left != end && left->code < bin.code) merged.push_back(*left++);
      Bin sum{bin.code, sign * bin.n, sign * bin.actual};
      if (left != end && left->code == bin.code) {
        sum.n += left->n;
        sum.actual += left->actual;
        ++left;
      }
      if (sum.n != 0 || sum.actual != 0) merged.push_back(sum);
    }
    merged.insert(merged.end(), left, end);
    classes_[which] = std::move(merged);
  }
  forget_empty();
}

void EstimateTally::save(Encoder& out) const {
  out.put_i64(predictions_);
  out.put_u64(classes_.size());
  for (const Class& bins : classes_) {
    out.put_u64(bins.size());
    std::uint32_t next = 0;
    for (const Bin& bin : bins) {
      out.put_u64(bin.code - next);
      out.put_i64(bin.n);
      out.put_i64(bin.actual);
      next = bin.code + 1U;
    }
  }
}

Result<EstimateTally> EstimateTally::load(Decoder& in) {
  constexpr std::uint64_t kLastCode = 0xffff;
  const Error corrupt{ErrorCode::corrupt, "counts by score are out of their bounds"};
  EstimateTally tally;
  tally.predictions_ = in.get_amount();
  const std::size_t classes = in.get_count();
  if (!in.ok() || classes > kMostEstimatedClasses) return corrupt;
  tally.classes_.resize(classes);
  for (Class& bins : tally.classes_) {
    std::uint64_t next = 0;
    for (std::size_t n = in.get_count(3); n > 0; --n) {
      const std::uint64_t gap = in.get_u64();
      if (!in.ok() || next > kLastCode || gap > kLastCode - next) return corrupt;
      const Bin bin{static_cast<std::uint16_t>(next + gap), in.get_amount(), in.get_amount()};
      if (bin.n == 0 && bin.actual == 0) return corrupt;
      bins.push_back(bin);
      next = bin.code + 1ULL;
    }
  }
  if (!in.ok() || (classes > 0 && tally.classes_.back().empty())) return corrupt;
  return tally;
}

}  // namespace driftd::detectors
