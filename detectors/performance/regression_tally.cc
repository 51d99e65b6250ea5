#include "detectors/performance/regression_tally.h"

#include <cmath>

namespace driftd::detectors {
namespace {

void add_finite(Metric metric, double value, std::vector<MetricValue>& out) {
  if (std::isfinite(value)) out.push_back({metric, value});
}

}  // namespace

void RegressionTally::add(const ResolvedPair& pair, int sign) {
  add(std::abs(pair.value - pair.actual_value), pair.actual_value, sign);
}

void RegressionTally::add(double error, double actual, int sign) {
  const auto book = [sign](ExactSum& sum, double term) { sign > 0 ? sum.add(term) : sum.subtract(term); };
  pairs_ += sign;
  book(absolute_, error);
  squared_.add_product(error, error, sign);
  book(label_, actual);
  label_squared_.add_product(actual, actual, sign);
  if (actual == 0) return;
  nonzero_ += sign;
  book(relative_, error / std::abs(actual));
}

void RegressionTally::merge(const RegressionTally& other, int sign) {
  const auto book = [sign](ExactSum& sum, const ExactSum& term) {
    sign > 0 ? sum.merge(term) : sum.remove(term);
  };
  pairs_ += sign * other.pairs_;
  nonzero_ += sign * other.nonzero_;
  book(absolute_, other.absolute_);
  book(squared_, other.squared_);
  book(label_, other.label_);
  book(label_squared_, other.label_squared_);
  book(relative_, other.relative_);
}

void RegressionTally::metrics(std::vector<MetricValue>& out) const {
  if (pairs_ <= 0) return;
  const auto n = static_cast<double>(pairs_);
  add_finite(Metric::mae, absolute_.value() / n, out);
  add_finite(Metric::rmse, std::sqrt(squared_.value() / n), out);
  if (nonzero_ > 0) add_finite(Metric::mape, relative_.value() / static_cast<double>(nonzero_), out);
  // sum (y - mean)^2 = sum y^2 - 2 mean sum y + n mean^2, for whatever mean, summed exactly.
  const double mean = label_.value() / n;
  if (!std::isfinite(mean)) return;
  ExactSum spread = label_squared_;
  const double whole = label_.value();
  ExactSum rest = label_;
  rest.subtract(whole);
  spread.add_product(-2 * mean, whole);
  spread.add_product(-2 * mean, rest.value());
  const double product = n * mean;
  spread.add_product(product, mean);
  spread.add_product(std::fma(n, mean, -product), mean);
  const double total = spread.value();
  if (total > 0) add_finite(Metric::r2, 1 - squared_.value() / total, out);
}

void RegressionTally::save(Encoder& out) const {
  out.put_i64(pairs_);
  out.put_i64(nonzero_);
  for (const ExactSum* sum : {&absolute_, &squared_, &label_, &label_squared_, &relative_}) sum->save(out);
}

Result<RegressionTally> RegressionTally::load(Decoder& in) {
  RegressionTally tally;
  tally.pairs_ = in.get_amount();
  tally.nonzero_ = in.get_amount();
  for (ExactSum* sum :
       {&tally.absolute_, &tally.squared_, &tally.label_, &tally.label_squared_, &tally.relative_}) {
    auto loaded = ExactSum::load(in);
    if (!loaded) return loaded.error();
    *sum = *std::move(loaded);
  }
  if (!in.ok()) return Error{ErrorCode::corrupt, "a regression tally ends too early"};
  return tally;
}

}  // namespace driftd::detectors
