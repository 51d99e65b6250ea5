// The seeds of the fuzz targets of what detectors keep (tests/fuzz/seeds.h).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/exact_sum.h"
#include "detectors/champion/comparison_run.h"
#include "detectors/evidence/version_shares.h"
#include "detectors/kind.h"
#include "detectors/learner.h"
#include "detectors/performance/estimate_tally.h"
#include "detectors/performance/loss_model.h"
#include "detectors/performance/loss_tally.h"
#include "detectors/performance/pair_tally.h"
#include "detectors/performance/slice_log.h"
#include "detectors/profile_json.h"
#include "detectors/recent_tallies.h"
#include "detectors/renewal.h"
#include "detectors/segment_reference.h"
#include "detectors/traffic.h"
#include "detectors/window.h"
#include "tests/detectors/tables.h"
#include "tests/fuzz/seeds.h"

namespace driftd::detectors {
namespace {

using fuzz::chosen_seed;
using fuzz::Seeds;
template <class... T>
std::string saved(const T&... values) {
  return fuzz::saved_seed(values...);
}

EstimateTally scores(std::uint16_t classes) {
  EstimateTally tally;
  for (std::uint16_t i = 0; i < 6; ++i)
    for (std::uint16_t which = 0; which < classes; ++which) {
      const std::vector<ScoreCode> codes = {{which, static_cast<std::uint16_t>(5000 + 7 * i)}};
      tally.add_labelled(codes, i % 2 == 0 ? which : EstimateTally::kNoClass);
    }
  return tally;
}

SlicedRows sliced_rows() {
  SlicedRows rows;
  rows.columns = 2;
  for (int i = 0; i < 200; ++i) {
    rows.bins.insert(rows.bins.end(), {static_cast<std::uint8_t>(i % 3), static_cast<std::uint8_t>(i % 2)});
    rows.losses.push_back(i % 7);
    rows.labels.push_back(i % 5);
  }
  return rows;
}

std::string loss_model() {
  std::vector<std::uint8_t> odd;
  for (int i = 0; i < 200; ++i) odd.push_back(i / 2 % 2 != 0 ? 1 : 0);
  return saved(*LossModel::fit(7, std::vector<std::size_t>{4, 3}, sliced_rows(), odd));
}

std::string losses() {
  LossTally tally, other;
  tally.add(std::vector<std::uint8_t>{1, 0}, 2.5, 10);
  other.add(std::vector<std::uint8_t>{2, 1}, .125, -3);
  return saved(tally, other);
}

std::string slice_logs() {
  SliceLogs logs(7, 2, 10);
  logs.push(3, std::vector<SliceRow>{{1, .5, 2, {1, 2}}, {~std::uint64_t{0}, 1, 0, {0, 15}}});
  return saved(logs);
}

std::string pair_tally(Task task) {
  PairTally tally;
  for (const bool hit : {true, false}) {
    ResolvedPair pair;
    pair.task = task;
    pair.positive_predicted = hit;
    pair.positive_actual = true;
    pair.label = hit ? "a" : "b";
    pair.actual = "a";
    pair.value = 3;
    pair.actual_value = hit ? 3 : 4;
    if (task == Task::binary) pair.score = .75;
    if (task == Task::multiclass) pair.scores = {{"a", .75}, {"b", .25}};
    tally.add(pair);
  }
  return saved(tally, tally);
}

Profile small_profile(bool classified, int rows = 240, Duration every = 3 * kMinute) {
  Table table = table_with({{"age", {}}, {"country", {}}});
  for (int i = 0; i < rows; ++i) {
    table.features[0].push(i % 11 == 0 ? null_value() : number(i % 37));
    table.features[1].push(text(i % 3 == 0 ? "DE" : "FR"));
    table.times.push_back(i * every);
    table.ids.push_back(std::to_string(i));
    Predicted& predicted = table.predicted.emplace_back();
    Verdict verdict;
    if (classified) {
      predicted.score = i % 10 / 10.;
      verdict.label = i % 4 == 0 ? "yes" : "no";
    } else {
      predicted.value = i % 37;
      verdict.value = i % 35;
    }
    table.verdicts.emplace_back(verdict);
  }
  ProfileOptions options;
  options.derived = {.pairs = 1, .projections = 2, .components = 1, .missing_pattern = true, .seed = 1};
  return build_profile(table, options).value();
}

Seeds seeds() {
  const Profile classified = small_profile(true);
  return {{"derived_definitions/all_kinds", saved(*small_profile(true, 4000, 20 * kSecond).derived)},
          {"estimate_tally/binary", saved(scores(1), scores(1))},
          {"estimate_tally/losses", losses()},
          {"estimate_tally/loss_model", loss_model()},
          {"estimate_tally/multiclass", saved(scores(3), scores(2))},
          {"estimate_tally/slice_logs", slice_logs()},
          {"pair_tally/binary", pair_tally(Task::binary)},
          {"pair_tally/multiclass", pair_tally(Task::multiclass)},
          {"pair_tally/regression", pair_tally(Task::regression)},
          {"profile_json/classification.json", to_json(classified)},
          {"profile_json/regression.json", to_json(small_profile(false))}};
}

// The profile of tests/fuzz/detector_record_fuzz.cc.
const Profile& counted_profile() {
  static const Profile kProfile =
      profile_with({{"age", numbers({1, 2, 3, 4, 5, 6})},
                    {"country", {text("DE"), text("FR"), text("DE"), text("FR"), text("DE"), text("DE")}}});
  return kProfile;
}

std::string learner() {
  RowTable rows;
  rows.names = {"age", "country"};
  for (int i = 0; i < 3; ++i) {
    RawRow& row = rows.rows.emplace_back();
    row.time = i * kSecond;
    row.id = std::to_string(i);
    row.values = {{Value::Kind::number, 1.5 * i, ""}, {Value::Kind::text, 0, "DE"}};
    row.predicted.label = "yes";
  }
  Learner learner({}, kHour);
  learner.add_slot(0, rows);
  return chosen_seed(7, learner);
}

std::string comparison_run() {
  champion::ComparisonRun run(champion::LossMetric::error, 1, champion::Pairing::automatic, 2);
  for (std::int64_t slot = 0; slot < 3; ++slot)
    run.add_slot(slot, {{champion::Arm::champion, 1, 0, 1},
                        {champion::Arm::challenger, 1, 0, 0},
                        {champion::Arm::champion, 2, 7, 0}});
  return chosen_seed(8, run);
}

Seeds record_seeds() {
  const auto layout = std::make_shared<const TallyLayout>(counted_profile(), Side::predictions);
  Tally tally(layout);
  const std::vector<std::uint8_t> cells(layout->columns(), 1), places(layout->columns(), 0);
  tally.add(cells, places);
  Window window(layout, 5);
  window.push(3, tally);
  window.push(5, tally);
  Traffic traffic;
  traffic.add_answers(7);
  traffic.add_failure();
  for (const double milliseconds : {0.5, 20., 21.}) traffic.add_latency(milliseconds);
  TrafficWindow requests(5);
  requests.push(3, traffic);
  Renewal renewal(counted_profile(), Side::predictions, kDay, 0);
  renewal.add(kHour, tally);
  RecentTallies recent;
  for (const std::int64_t slot : {1, 2, 3, 9}) recent.push(slot, tally);
  SegmentBlocks blocks;
  blocks.add(kHour, tally);
  evidence::VersionShares shares;
  std::vector<evidence::VersionShares::Change> changes;
  for (const std::uint32_t version : {0U, 1U}) shares.predicted(7, kMinute, version, changes);
  ExactSum sum;
  for (const double term : {1e300, -0.1, 3e-300}) sum.add(term);
  const Profile labelled = small_profile(true);
  return {{"detector_record/window", chosen_seed(0, window)},
          {"detector_record/traffic", chosen_seed(1, traffic)},
          {"detector_record/traffic_window", chosen_seed(2, requests)},
          {"detector_record/renewal", chosen_seed(3, renewal)},
          {"detector_record/recent_tallies", chosen_seed(4, recent)},
          {"detector_record/segment_blocks", chosen_seed(5, blocks)},
          {"detector_record/sparse_tally", '\6' + tally.encode()},
          {"detector_record/learner", learner()},
          {"detector_record/comparison_run", comparison_run()},
          {"detector_record/label_reference", chosen_seed(9, *labelled.labels)},
          {"detector_record/version_shares", chosen_seed(10, shares)},
          {"detector_record/exact_sum", chosen_seed(11, sum)}};
}

Seeds kind_seeds() {
  Seeds seeds;
  std::size_t number = 0;
  for (const Kind* kind : catalogue()) {
    Faults faults;
    const auto detector = kind->make(Node::map(), "", faults);
    for (int i = 0; i < 40; ++i) detector->update(i % 3 == 0 ? 1 : 0);
    seeds["kind_record/" + std::string(kind->name)] = chosen_seed(number++, *detector);
  }
  return seeds;
}

TEST(FuzzSeeds, AreWhatIsWrittenToday) {
  const std::filesystem::path corpus = std::filesystem::path(DRIFTD_SOURCE_DIR) / "tests/fuzz/corpus";
  for (const Seeds& some : {seeds(), record_seeds(), kind_seeds()}) fuzz::expect_seeds(some, corpus);
}

}  // namespace
}  // namespace driftd::detectors
