// The seeds of the fuzz targets of what the engine keeps (tests/fuzz/seeds.h).
#include <gtest/gtest.h>

#include "app/pipeline/digests.h"
#include "app/pipeline/label_coverage.h"
#include "app/pipeline/model_comparisons.h"
#include "app/pipeline/open_slot.h"
#include "app/pipeline/version_codec.h"
#include "collector/clock.h"
#include "tests/app/pipeline_plan.h"
#include "tests/fuzz/seeds.h"

namespace driftd::app {
namespace {

using fuzz::chosen_seed;
using fuzz::Seeds;

std::string version() {
  static const ModelConfig kConfig;
  Model model;
  model.config = &kConfig;
  Version version;
  version.model = &model;
  version.plan = plan_of_rows(12);
  SegmentState& whole = version.state.emplace_back();
  whole.rows.emplace(version.plan->layout, 5);
  whole.rows->push(3, counted(*version.plan, 2, "DE"));
  whole.performance.emplace(5);
  version.rules["psi"] = {};
  version.counters.predictions = 7;
  version.counters.faults["age"] = {1, 2, 3};
  version.lineage[3] = R"({"run_id":"7"})";
  version.last_slot = 3;
  version.life.push_back({Lifecycle::deployed, kHour});
  Encoder out;
  save_version(out, version);
  return '\0' + out.take();
}

std::string model() {
  Model model;
  model.counters.feedback = 3;
  std::vector<detectors::evidence::VersionShares::Change> changes;
  model.sharing.predicted(7, kMinute, 0, changes);
  Encoder out;
  save_model(out, model);
  return '\1' + out.take();
}

OpenSlot open_slot() {
  const auto plan = plan_of_rows(12);
  OpenSlot slot;
  slot.tally(0, plan->layout).merge(counted(*plan, 3, "DE"));
  slot.raw.names = {"age", "country"};
  slot.raw.rows.push_back(raw_row(1));
  slot.values.push_back({0, kHour, "r1", 0.5, 1001});
  slot.noted.push_back({1, kHour, "r2", 1002, {0}, "XX"});
  slot.withdrawn.push_back({{kHour, "r3", 1003}, 1});
  slot.traffic.add_latency(20);
  const std::vector<std::uint32_t> whole = {0};
  slot.add_identified(whole, 1);
  return slot;
}

std::string digests() {
  Config config;
  config.alerts.digest.emplace().at = "*/10 * * * *";
  Digests digests(config);
  digests.begin(29'000'000);
  digests.add({29'000'000 * kMinute,
               {0, 1},
               {{"m", "1", detectors::evidence::EvidenceKind::data, 50, {{"age", "", 1}}}},
               false,
               false});
  return chosen_seed(3, digests);
}

std::string comparisons() {
  using namespace detectors::champion;
  ModelComparisons all;
  ComparisonState& state = all.by_name["canary"];
  state.declared = "1 against 2";
  state.run = ComparisonRun(LossMetric::error, 1, Pairing::automatic, 2);
  state.run.add_slot(1, {{Arm::champion, 1, 0, 1}, {Arm::challenger, 1, 0, 0}});
  state.arrived[2].losses.push_back({Arm::champion, 5, 0, 1});
  state.deployed[1] = {"1", "2"};
  return chosen_seed(4, all);
}

std::string clocks() {
  collector::Clocks clocks({});
  clocks.add({"t", 0, static_cast<unsigned>(collector::TopicRole::predictions)}, 0);
  clocks.observe(0, kDay);
  clocks.advance(0);
  return chosen_seed(8, clocks);
}

std::string changes() {
  collector::PairChange change;
  change.sign = 1;
  change.pair.id = "i1";
  change.pair.predicted.label = "yes";
  change.pair.predicted.scores = {{"yes", .75}, {"no", .25}};
  change.pair.verdict.label = "no";
  change.pair.segments = {0, 1};
  Encoder out;
  save_changes(out, {change});
  return '\11' + out.take();
}

TEST(FuzzSeeds, AreWhatIsWrittenToday) {
  LabelCoverage coverage;
  coverage.add_pair(kHour, kMinute);
  VersionCounters counters;
  counters.predictions = 7;
  counters.delay.add(30, kDelayBounds);
  counters.incidents[{"data", "warning"}] = 2;
  TopicCounters topic;
  topic.events = {3, 2, 1};
  fuzz::expect_seeds({{"engine_record/version", version()},
                      {"engine_record/model", model()},
                      {"engine_record/open_slot", chosen_seed(2, open_slot())},
                      {"engine_record/digests", digests()},
                      {"engine_record/comparisons", comparisons()},
                      {"engine_record/label_coverage", chosen_seed(5, coverage)},
                      {"engine_record/version_counters", chosen_seed(6, counters)},
                      {"engine_record/topic_counters", chosen_seed(7, topic)},
                      {"engine_record/clocks", clocks()},
                      {"engine_record/pair_changes", changes()}},
                     std::filesystem::path(DRIFTD_SOURCE_DIR) / "tests/fuzz/corpus");
}

}  // namespace
}  // namespace driftd::app
