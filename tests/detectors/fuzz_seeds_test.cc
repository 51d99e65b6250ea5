// The seeds of the fuzz targets whose inputs are bytes that driftd writes: one of each form. They are what
// is written today, else the search begins at what is refused.
// DRIFTD_WRITE_SEEDS=1 build/release/tests/tests_detectors --gtest_filter='FuzzSeeds.*'
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "detectors/performance/estimate_tally.h"
#include "detectors/performance/loss_model.h"
#include "detectors/performance/loss_tally.h"
#include "detectors/performance/pair_tally.h"
#include "detectors/performance/slice_log.h"
#include "detectors/profile_json.h"
#include "tests/detectors/tables.h"

namespace driftd::detectors {
namespace {

const std::filesystem::path kCorpus = std::filesystem::path(DRIFTD_SOURCE_DIR) / "tests/fuzz/corpus";

template <class... T>
std::string saved(const T&... values) {
  Encoder out;
  (values.save(out), ...);
  return out.take();
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

std::map<std::string, std::string> seeds() {
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

TEST(FuzzSeeds, AreWhatIsWrittenToday) {
  for (const auto& [name, bytes] : seeds()) {
    const std::filesystem::path file = kCorpus / name;
    if (std::getenv("DRIFTD_WRITE_SEEDS") != nullptr) {
      std::filesystem::create_directories(file.parent_path());
      std::ofstream(file, std::ios::binary) << bytes;
    }
    std::ifstream in(file, std::ios::binary);
    const std::string kept{std::istreambuf_iterator<char>(in), {}};
    EXPECT_TRUE(kept == bytes) << name << ": write it anew (see the head of this file)";
    EXPECT_LT(bytes.size(), 64U * 1024) << name;
  }
}

}  // namespace
}  // namespace driftd::detectors
