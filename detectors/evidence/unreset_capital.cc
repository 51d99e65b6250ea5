#include "detectors/evidence/unreset_capital.h"

#include <algorithm>
#include <cmath>

#include "detectors/maths/portable.h"

namespace driftd::detectors::evidence {
namespace {

bool any(std::span<const double> values) {
  return std::any_of(values.begin(), values.end(), [](double value) { return value > 0; });
}

double most_log() {
  static const double kMost = maths::portable_log(kMostUnresetCapital);
  return kMost;
}

// Logarithms in place of what they are of, each within the most.
void take_logs(std::span<double> values) {
  maths::portable_log(values);
  for (double& log : values) log = std::min(log, most_log());
}

}  // namespace

UnresetCapital::UnresetCapital(double eta) : eta_(eta), log_eta_(maths::portable_log(eta)) {}

void UnresetCapital::take_over(std::span<const double> own) {
  if (logs_.empty()) {
    if (!any(own)) return;
    logs_.assign(own.begin(), own.end());
  } else {
    maths::portable_exp(std::span(logs_));
    for (std::size_t c = 0; c < own.size(); ++c)
      logs_[c] = taken_off_ ? std::max(own[c] - logs_[c], 0.0) : own[c] + logs_[c];
  }
  taken_off_ = false;
  take_logs(logs_);
}

void UnresetCapital::begin_late(std::span<const double> own) {
  take_over(own);
  taken_off_ = !logs_.empty();
}

void UnresetCapital::play(std::size_t first, std::span<const double> logs, std::span<const double> weights,
                          double grant, bool paused) {
  if (paused && logs_.empty()) logs_.assign(weights.size(), maths::portable_log(0));
  if (logs_.empty()) return;
  const std::span<double> mine = std::span(logs_).subspan(first, logs.size());
  if (paused) {
    maths::portable_exp(mine);
    for (std::size_t c = 0; c < mine.size(); ++c) mine[c] = eta_ * mine[c] + weights[first + c] * grant;
    maths::portable_log(mine);
    for (std::size_t c = 0; c < mine.size(); ++c) mine[c] += logs[c];
  } else {
    for (std::size_t c = 0; c < mine.size(); ++c) mine[c] += log_eta_ + logs[c];
  }
  for (double& log : mine) log = std::min(log, most_log());
}

void UnresetCapital::pass(const Stretch& stretch, std::span<const double> weights, double total_weight,
                          double grant, bool paused) {
  granted_ = stretch.keep * granted_ + stretch.grants * (total_weight * grant);
  if (paused && logs_.empty()) logs_.assign(weights.size(), maths::portable_log(0));
  if (!paused) {
    const double leak = static_cast<double>(stretch.slots) * log_eta_;
    for (double& log : logs_) log += leak;
    return;
  }
  maths::portable_exp(std::span(logs_));
  for (std::size_t c = 0; c < logs_.size(); ++c)
    logs_[c] = stretch.keep * logs_[c] + stretch.grants * (weights[c] * grant);
  take_logs(logs_);
}

Standing UnresetCapital::standing(double own, const Stretch& stretch, double total, bool paused) const {
  double sum = 0;
  for (const double log : logs_) sum += maths::portable_exp(log);
  const double besides = stretch.keep * sum + (paused ? stretch.grants * total : 0);
  return {taken_off_ ? std::max(own - besides, 0.0) : own + besides,
          stretch.keep * granted_ + stretch.grants * total};
}

void UnresetCapital::save(Encoder& out) const {
  out.put_double(granted_);
  out.put_bool(taken_off_);
  out.put_u64(logs_.size());
  for (const double log : logs_) out.put_double(log);
}

bool UnresetCapital::load(Decoder& in, std::size_t components) {
  granted_ = in.get_double();
  taken_off_ = in.get_bool();
  logs_.resize(in.get_count(sizeof(double)));
  bool sane = granted_ >= 0 && std::isfinite(granted_) && (logs_.empty() || logs_.size() == components);
  for (double& log : logs_) {
    log = in.get_double();
    sane = sane && log <= most_log();  // not so a NaN
  }
  return sane && in.ok();
}

}  // namespace driftd::detectors::evidence
