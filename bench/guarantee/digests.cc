// P12: digests over many models at once, most of which have not moved (STATISTICS 8).
//
// Every model is a kind of evidence of its own with one column, watched for 40 days in slots of an hour. A
// tenth of the models move on the tenth day, by .4 sd; they alarm, pause and stay paused, as they would while
// an incident is open. A digest is taken at the end of every day.
#include <algorithm>
#include <cmath>

#include "bench/guarantee/draws.h"
#include "bench/guarantee/protocols.h"
#include "bench/guarantee/series_run.h"
#include "detectors/evidence/ebh.h"
#include "detectors/evidence/kind_evidence.h"
#include "detectors/evidence/numeric_monitor.h"
#include "detectors/maths/portable.h"
#include "detectors/profile.h"

namespace driftd::guarantee {
namespace {

namespace ev = detectors::evidence;

constexpr std::size_t kModels = 100;
constexpr std::size_t kMoved = 10;  // the first ones
constexpr double kShift = .4;       // sd
constexpr std::int64_t kHours = 24;
constexpr std::int64_t kDays = 40;
constexpr std::int64_t kMoveDay = 10;
constexpr std::int64_t kFoundAfter = 7;  // days, from which on the power counts
constexpr double kEvents = 100;          // an hour
constexpr double kAlpha = .1;
constexpr double kShare = .4;  // of the model's budget: kind data

struct Case {
  std::string where;
  double eps = 0;
  double wobble = 0;         // sd of the mean, of all models alike; at most the floor
  bool same_events = false;  // of all models that have not moved
};

// What digests found false and true, and what a reader without e-BH would have.
struct Sum {
  double digests = 0;
  double false_share = 0;
  double naive_false_share = 0;  // every model whose e has ever been at least 1 / alpha
  double found = 0;              // of those that moved
  double to_find = 0;
};

// By bin, the share of a normal law whose mean is `shift` sd off.
std::vector<double> shifted_law(double shift) {
  std::vector<double> shares;
  double below = 0;
  const auto cdf = [](double x) { return .5 * std::erfc(-x / std::sqrt(2.0)); };
  for (const double edge : normal_edges(detectors::kEvidenceBins)) {
    shares.push_back(cdf(edge - shift) - below);
    below += shares.back();
  }
  return shares;
}

std::vector<std::int64_t> counts_of(const std::vector<double>& law, Draws& draws) {
  std::vector<std::int64_t> counts;
  for (const double share : law) counts.push_back(draws.poisson(kEvents * share));
  return counts;
}

ev::KindEvidence watch_of(double eps) {
  const Duration budget = 30 * kDay;
  const double eta = detectors::maths::portable_exp(-static_cast<double>(kHour) / (.25 * budget));
  auto monitors = std::make_shared<ev::SeriesMonitors>();
  std::vector<double> uniform(detectors::kEvidenceBins, 1.0 / detectors::kEvidenceBins);
  monitors->monitors.push_back(
      {ev::numeric_monitor(ev::testing::reference_of(std::move(uniform), ev::testing::kKnown), {eps, 0}), 1,
       1, 0});
  ev::KindEvidence watch({kHour, eta}, -1);
  watch.set_grant(-1, kShare * static_cast<double>(kHour) / static_cast<double>(budget));
  watch.add({"", 0, "x"}, std::move(monitors), 1);
  return watch;
}

void take_digest(const std::vector<ev::KindEvidence>& models, std::int64_t slot, std::vector<double>& highest,
                 Sum& sum) {
  std::vector<double> e;
  for (const ev::KindEvidence& model : models) {
    const ev::Standing standing = model.standing(slot).whole;
    e.push_back(standing.capital / standing.granted);
    highest[e.size() - 1] = std::max(highest[e.size() - 1], e.back());
  }
  const bool moved = slot >= kMoveDay * kHours;
  const auto is_false = [&](std::size_t model) { return !moved || model >= kMoved; };
  const std::vector<std::size_t> found = ev::rejected_by_ebh(e, kAlpha);
  const auto wrong = std::count_if(found.begin(), found.end(), is_false);
  double naive = 0, naive_wrong = 0;
  for (std::size_t model = 0; model < e.size(); ++model) {
    if (highest[model] < 1 / kAlpha) continue;
    ++naive;
    if (is_false(model)) ++naive_wrong;
  }
  ++sum.digests;
  sum.false_share += static_cast<double>(wrong) / std::max(1.0, static_cast<double>(found.size()));
  sum.naive_false_share += naive_wrong / std::max(1.0, naive);
  if (slot < (kMoveDay + kFoundAfter) * kHours) return;
  sum.found += static_cast<double>(found.size()) - static_cast<double>(wrong);
  sum.to_find += kMoved;
}

void add_month(const Case& one, std::uint64_t seed, Sum& sum) {
  Draws draws(seed);
  std::vector<ev::KindEvidence> models;
  for (std::size_t i = 0; i < kModels; ++i) models.push_back(watch_of(one.eps));
  const ev::SeriesName name{"", 0, "x"};
  std::vector<double> highest(kModels);
  double level = 0;
  for (std::int64_t slot = 0; slot < kDays * kHours; ++slot) {
    level = .98 * level + std::sqrt(1 - .98 * .98) * draws.normal();
    const double wobble = one.wobble * std::clamp(level, -1.0, 1.0);
    const std::vector<double> law = shifted_law(wobble);
    const std::vector<double> moved_law = shifted_law(wobble + kShift);
    std::vector<std::int64_t> counts = counts_of(law, draws);
    for (std::size_t i = 0; i < kModels; ++i) {
      const bool moved = i < kMoved && slot >= kMoveDay * kHours;
      if (moved || !one.same_events) counts = counts_of(moved ? moved_law : law, draws);
      models[i].close(slot, 0, std::vector<ev::KindEvidence::SlotCounts>{{&name, counts}});
      if (one.same_events && i + 1 == kMoved && moved) counts = counts_of(law, draws);
    }
    if ((slot + 1) % kHours == 0) take_digest(models, slot, highest, sum);
  }
}

}  // namespace

Rows p12_digests(const Effort& effort) {
  // A mean shift of .05 sd is .0199 in total variation.
  const std::vector<Case> cases = {
      {"100 models, 10 of them + .4 sd, independent", 0, 0, false},
      {"the same, all others see the very same events", 0, 0, true},
      {"the same, all share a wobble of up to .05 sd, the floor", .02, .05, false}};
  Rows rows;
  for (std::size_t c = 0; c < cases.size(); ++c) {
    Sum sum;
    for (int i = 0; i < effort.of(12); ++i)
      add_month(cases[c], seed_of(effort.seed, 1200 + 100 * c + static_cast<std::uint64_t>(i)), sum);
    Row share = rate("P12", cases[c].where, "false discovery proportion, mean over digests", sum.false_share,
                     sum.digests);
    share.at_most = kAlpha;
    Row power = rate("P12", cases[c].where, "share of the moved ones in a digest, 7 days and more after",
                     sum.found, sum.to_find);
    power.at_least = .9;
    Row naive = rate("P12", cases[c].where, "contrast: false proportion of all whose e was ever 1 / alpha",
                     sum.naive_false_share, sum.digests);
    if (c == 0) naive.at_least = kAlpha;
    rows.insert(rows.end(), {share, power, naive});
  }
  return rows;
}

}  // namespace driftd::guarantee
