// P11: labels that come late, errors sooner than the rest (STATISTICS 9).
#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string_view>

#include "bench/guarantee/draws.h"
#include "bench/guarantee/protocols.h"
#include "detectors/evidence/kind_evidence.h"
#include "detectors/evidence/rate_monitor.h"
#include "detectors/maths/portable.h"
#include "tests/detectors/evidence/labels/late_labels.h"

namespace driftd::guarantee {
namespace {

namespace ev = detectors::evidence;

constexpr Duration kSlot = 5 * kMinute;
constexpr int kReferenceDays = 28;
constexpr int kReplicates = 16;
constexpr double kGrant = static_cast<double>(kSlot) / static_cast<double>(30 * kDay);
constexpr double kQuietDays = 20;

constexpr Time start() { return kReferenceDays * kDay; }
constexpr Time change() { return start() + static_cast<Time>(kQuietDays) * kDay; }

// One series that has all of one kind's budget.
class Watch {
 public:
  explicit Watch(std::shared_ptr<const ev::SeriesMonitors> monitors)
      : kind_({kSlot, detectors::maths::portable_exp(-4 * kGrant)}, slot_of(start(), kSlot) - 1) {
    kind_.set_grant(slot_of(start(), kSlot) - 1, kGrant);
    kind_.add(name_, std::move(monitors), 1);
  }
  bool close(std::int64_t slot, std::vector<std::int64_t> counts) {
    const ev::KindEvidence::SlotCounts one{&name_, std::move(counts)};
    const auto alarm = kind_.close(slot, 0, std::span(&one, 1));
    if (alarm) kind_.resume(slot, {name_.column});
    return alarm.has_value();
  }

 private:
  ev::SeriesName name_{"", 0, "column"};
  ev::KindEvidence kind_;
};

struct Outcome {
  double early = 0;  // alarms before the change
  double all = 0;
  double days = std::numeric_limits<double>::infinity();  // from the change to the first alarm after it
};

// A reference of its own, and the plan that comes of it.
class World {
 public:
  explicit World(std::uint64_t seed)
      : random_(seed), reference_(ev::LateLabels{}.draw(random_)), plan_(plan_of(reference_)) {}

  ev::LateLabels::Stream draw(ev::LateLabels later, int days) {
    later.start = start();
    later.days = days;
    return later.draw(random_);
  }

  [[nodiscard]] Outcome judge(const ev::LateLabels::Stream& stream, std::string_view column) const {
    std::size_t number = 0;
    while (plan_->series()[number].column != column) ++number;
    Watch watch(plan_->monitors(number));
    ev::LabelSegment segment(kSlot, 60 * kDay);
    segment.begin(plan_, start());
    Outcome outcome;
    ev::play(stream, segment, kSlot, [&](std::int64_t slot, const std::vector<ev::LabelCounts>& said) {
      for (const ev::LabelCounts& counts : said)
        if (counts.series == number && watch.close(slot, counts.counts)) note(slot, outcome);
    });
    return outcome;
  }

  // Labels in the order in which they come, against the rate of the reference.
  [[nodiscard]] double naive_alarms(const ev::LateLabels::Stream& stream) const {
    std::int64_t errors = 0;
    for (const ev::LabelledPair& pair : reference_.pairs) errors += pair.loss != 0 ? 1 : 0;
    const auto n = static_cast<std::int64_t>(reference_.pairs.size());
    const ev::MonitorReference law =
        ev::measure(std::vector<std::int64_t>{n - errors, errors}, {}, ev::Functionals::value, {});
    auto monitors = std::make_shared<ev::SeriesMonitors>();
    monitors->monitors.push_back(
        {ev::rate_monitor(law, ev::Shape::rate, ev::kPerformanceTolerance), 1, 1, 0});
    Watch watch(monitors);
    std::map<std::int64_t, std::vector<std::int64_t>> counts;
    for (const ev::LabelledPair& pair : stream.pairs) {
      auto& slot = counts[slot_of(pair.evidence_time, kSlot)];
      slot.resize(2, 0);
      ++slot[pair.loss != 0 ? 1 : 0];
    }
    double alarms = 0;
    for (const auto& [slot, each] : counts) alarms += watch.close(slot, each) ? 1 : 0;
    return alarms;
  }

 private:
  static std::shared_ptr<const ev::LabelPlan> plan_of(const ev::LateLabels::Stream& reference) {
    ev::LabelOptions options;
    options.measures.slot = kSlot;
    options.measures.calendar.cells = ev::Cells::one;
    return ev::LabelPlan::make(ev::reference_of(reference, detectors::Task::multiclass, kSlot), options);
  }
  static void note(std::int64_t slot, Outcome& outcome) {
    const Time end = slot_end(slot, kSlot);
    ++outcome.all;
    if (end < change()) {
      ++outcome.early;
    } else {
      outcome.days = std::min(outcome.days, ev::in_days(end - change()));
    }
  }

  std::mt19937_64 random_;
  ev::LateLabels::Stream reference_;
  std::shared_ptr<const ev::LabelPlan> plan_;
};

Row waits(const char* where, std::vector<double> days, double at_most) {
  Row row{"P11", where, "days to find it", {}, 1, std::move(days), {}, {}};
  row.at_most = at_most;
  return row;
}

}  // namespace

Rows p11_late_labels(const Effort& effort) {
  double naive = 0;
  double alarms = 0;
  std::vector<double> risen;
  std::vector<double> faster;
  std::vector<double> dead;
  const auto errors = [](Time time) { return time >= change() ? .15 : .10; };
  const int replicates = effort.of(kReplicates);
  for (int i = 0; i < replicates; ++i) {
    World world(seed_of(seed_of(effort.seed, 1100), static_cast<std::uint64_t>(i)));
    const auto quiet = world.draw({}, 30);
    naive += world.naive_alarms(quiet);
    alarms += world.judge(quiet, "loss").all;
    ev::LateLabels more;
    more.error_rate = errors;
    risen.push_back(world.judge(world.draw(more, 35), "loss").days);
    more.speed = [](Time time) { return time >= change() ? 2.0 : 1.0; };
    faster.push_back(world.judge(world.draw(more, 40), "loss").days);
    ev::LateLabels none;
    none.alive = [](Time time) { return time < change(); };
    dead.push_back(world.judge(world.draw(none, 22), "arrival").days);
  }
  Row ours{"P11",
           "errors labelled sooner: by age and by cohort",
           "false alarms per budget",
           alarms,
           static_cast<double>(replicates),
           {},
           {},
           {}};
  ours.at_most = .5;
  Row contrast{"P11",
               "contrast: in the order of arrival",
               "false alarms per budget",
               naive,
               static_cast<double>(replicates),
               {},
               {},
               {}};
  contrast.at_least = 3;
  return {ours, contrast, waits("errors .10 to .15", risen, 5),
          waits("errors .10 to .15 and all labels twice as fast", faster, 20),
          waits("no more labels at all", dead, 1)};
}

}  // namespace driftd::guarantee
