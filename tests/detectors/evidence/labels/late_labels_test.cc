// P11 of STATISTICS 14: labels that come late, errors sooner than the rest (section 9). A fresh version
// begins with a known reference, so that at first only the early labels are there.
#include <gtest/gtest.h>

#include <cstdlib>

#include "detectors/evidence/rate_monitor.h"
#include "tests/detectors/evidence/labels/late_labels.h"

namespace driftd::detectors::evidence {
namespace {

constexpr Duration kSlot = 5 * kMinute;
constexpr int kReferenceDays = 28;
constexpr Duration kQuiet = 20 * kDay;                                                  // before the change
constexpr double kGrant = static_cast<double>(kSlot) / static_cast<double>(30 * kDay);  // one alarm per 30 d

int replicates() { return std::getenv("DRIFTD_FULL") != nullptr ? 16 : 3; }
double leak() { return std::exp(-kGrant / .25); }

struct Outcome {
  int early = 0;               // alarms before the change
  std::optional<double> days;  // from the change to the first alarm
};

// A reference of its own and a plan for each replicate.
class World {
 public:
  explicit World(unsigned seed) : random_(seed), reference_(LateLabels{}.draw(random_)) {
    LabelOptions options;
    options.measures.slot = kSlot;
    options.measures.calendar.cells = Cells::one;
    plan_ = LabelPlan::make(reference_of(reference_, Task::multiclass, kSlot), options);
  }

  LateLabels::Stream draw(LateLabels later, int days) {
    later.start = start();
    later.days = days;
    return later.draw(random_);
  }
  [[nodiscard]] static Time start() { return kReferenceDays * kDay; }
  [[nodiscard]] static Time change() { return start() + kQuiet; }

  Outcome judge(const LateLabels::Stream& stream, std::string_view column) const {
    const auto series = std::find_if(plan_->series().begin(), plan_->series().end(),
                                     [column](const LabelSeries& each) { return each.column == column; });
    const auto number = static_cast<std::size_t>(series - plan_->series().begin());
    Capital capital(kGrant, leak());
    capital.watch(plan_->monitors(number));
    LabelSegment segment(kSlot, 60 * kDay);
    segment.begin(plan_, start());
    Outcome outcome;
    play(stream, segment, kSlot, [&](std::int64_t slot, const std::vector<LabelCounts>& said) {
      for (const LabelCounts& counts : said) {
        if (counts.series == number && capital.close(slot, counts.counts)) note(slot, outcome);
      }
    });
    return outcome;
  }

  // Labels in the order in which they come, against the rate of the reference.
  [[nodiscard]] int naive_alarms(const LateLabels::Stream& stream) const {
    std::int64_t errors = 0;
    for (const LabelledPair& pair : reference_.pairs) errors += pair.loss != 0 ? 1 : 0;
    const auto n = static_cast<std::int64_t>(reference_.pairs.size());
    const MonitorReference law =
        measure(std::vector<std::int64_t>{n - errors, errors}, {}, Functionals::value, {});
    auto monitors = std::make_shared<SeriesMonitors>();
    monitors->monitors.push_back({rate_monitor(law, Shape::rate, kPerformanceTolerance), 1, 1, 0});
    Capital capital(kGrant, leak());
    capital.watch(monitors);
    std::map<std::int64_t, std::vector<std::int64_t>> counts;
    for (const LabelledPair& pair : stream.pairs) {
      auto& slot = counts[slot_of(pair.evidence_time, kSlot)];
      slot.resize(2, 0);
      ++slot[pair.loss != 0 ? 1 : 0];
    }
    int alarms = 0;
    for (const auto& [slot, each] : counts) alarms += capital.close(slot, each) ? 1 : 0;
    return alarms;
  }

 private:
  static void note(std::int64_t slot, Outcome& outcome) {
    const Time end = slot_end(slot, kSlot);
    if (end < change()) {
      ++outcome.early;
    } else if (!outcome.days) {
      outcome.days = in_days(end - change());
    }
  }

  std::mt19937_64 random_;
  LateLabels::Stream reference_;
  std::shared_ptr<const LabelPlan> plan_;
};

std::function<double(Time)> risen_errors() {
  return [](Time time) { return time >= World::change() ? .15 : .10; };
}

TEST(LateLabelsTest, ArrivalOrderCriesWolfWhereAgesAndCohortsAreQuiet) {
  int naive = 0;
  int alarms = 0;
  int arrivals = 0;
  for (int i = 0; i < replicates(); ++i) {
    World world(static_cast<unsigned>(100 + i));
    const LateLabels::Stream stream = world.draw({}, 30);
    naive += world.naive_alarms(stream);
    const Outcome loss = world.judge(stream, "loss");
    alarms += loss.early + (loss.days ? 1 : 0);
    const Outcome arrival = world.judge(stream, "arrival");
    arrivals += arrival.early + (arrival.days ? 1 : 0);
  }
  EXPECT_GE(naive, 3 * replicates());
  EXPECT_LE(alarms, replicates() / 2);
  EXPECT_LE(arrivals, replicates() / 2);
}

TEST(LateLabelsTest, MoreErrorsAreFoundBeforeTheirCohortsMature) {
  for (int i = 0; i < replicates(); ++i) {
    World world(static_cast<unsigned>(200 + i));
    LateLabels later;
    later.error_rate = risen_errors();
    const Outcome outcome = world.judge(world.draw(later, 35), "loss");
    ASSERT_TRUE(outcome.days.has_value());
    EXPECT_LE(*outcome.days, 5);  // the 95 % age is 5.3 d
  }
}

// From which the age-matched half cannot tell anything: sooner labels look like better ones.
TEST(LateLabelsTest, MoreErrorsAreFoundThoughAllLabelsComeTwiceAsFast) {
  for (int i = 0; i < replicates(); ++i) {
    World world(static_cast<unsigned>(300 + i));
    LateLabels later;
    later.error_rate = risen_errors();
    later.speed = [](Time time) { return time >= World::change() ? 2.0 : 1.0; };
    const LateLabels::Stream stream = world.draw(later, 40);
    EXPECT_TRUE(world.judge(stream, "loss").days.has_value());
    EXPECT_TRUE(world.judge(stream, "arrival").days.has_value());
  }
}

TEST(LateLabelsTest, ADeadLabelPipelineAlarmsAsSuch) {
  for (int i = 0; i < replicates(); ++i) {
    World world(static_cast<unsigned>(400 + i));
    LateLabels later;
    later.alive = [](Time time) { return time < World::change(); };
    const Outcome outcome = world.judge(world.draw(later, 22), "arrival");
    EXPECT_EQ(outcome.early, 0);
    ASSERT_TRUE(outcome.days.has_value());
    EXPECT_LE(*outcome.days, 1);
  }
}

}  // namespace
}  // namespace driftd::detectors::evidence
