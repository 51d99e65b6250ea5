// Stores that older programs wrote: golden/format*.tar.xz, made by golden/make_golden.py, which says what is
// in one. The expected values are what the program that wrote the store said of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "app/config/load.h"
#include "app/pipeline/engine.h"
#include "app/pipeline/history_writer.h"
#include "app/pipeline/metrics_page.h"
#include "app/pipeline/state_keys.h"
#include "collector/dead_letters.h"
#include "storage/keys.h"
#include "tests/app/pipeline_stream.h"
#include "tests/storage/temporary_directory.h"

namespace driftd::app {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::vector<std::string> archives() {
  std::vector<std::string> found;
  for (const auto& file : fs::directory_iterator(DRIFTD_SOURCE_DIR "/tests/app/golden"))
    if (file.path().filename().string().ends_with(".tar.xz")) found.push_back(file.path().string());
  std::sort(found.begin(), found.end());
  return found;
}

std::string read_file(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// One of these alone tells of the process or of deliveries, which no later process repeats.
bool is_of_the_process(std::string_view line) {
  constexpr std::array<std::string_view, 10> kPrefixes = {
      "#",
      "driftd_loop_stalls",
      "process_",
      "driftd_build_info",
      "driftd_checkpoint",
      "driftd_last_checkpoint",
      "driftd_config_",
      "driftd_consumer_lag",
      "driftd_webhook_",
      "driftd_dead_letters_total",
  };
  return std::any_of(kPrefixes.begin(), kPrefixes.end(),
                     [&](std::string_view prefix) { return line.starts_with(prefix); });
}

// What later programs may judge in another way.
bool is_a_verdict(std::string_view line) {
  constexpr std::array<std::string_view, 5> kPrefixes = {"driftd_drift_evidence", "driftd_column_evidence",
                                                         "driftd_incident", "driftd_budget_spent",
                                                         "driftd_performance_estimated"};
  return std::any_of(kPrefixes.begin(), kPrefixes.end(),
                     [&](std::string_view prefix) { return line.starts_with(prefix); });
}

// driftd_model_info had no labels of the lineage then.
std::string without_lineage(std::string line) {
  for (const char* label : {"trained_by", "trained_at", "data_version", "git_commit", "run_id"}) {
    const std::size_t begin = line.find(std::string(",") + label + "=\"");
    if (begin != std::string::npos) line.erase(begin, line.find('"', line.find('"', begin) + 1) + 1 - begin);
  }
  return line;
}

std::set<std::string> samples(const std::string& page) {
  std::set<std::string> lines;
  std::istringstream text(page);
  for (std::string line; std::getline(text, line);)
    if (!is_of_the_process(line)) lines.insert(without_lineage(line));
  return lines;
}

class GoldenStore : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const std::string command = "tar -xJf '" + GetParam() + "' -C '" + directory_.path() + "'";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;  // NOLINT(cert-env33-c): our own words
    LoadedConfig loaded = load_config(directory_ / "driftd.yaml");
    ASSERT_TRUE(loaded.ok()) << to_text(loaded.faults);
    config_ = std::move(loaded.config);
    const json rest = json::parse(read_file(directory_ / "rest.json"));
    for (const auto& [topic, part] : rest.items()) {
      using enum collector::TopicRole;
      const unsigned roles = topic == "g-feedback"        ? static_cast<unsigned>(feedback)
                             : topic == "g-predictions-a" ? predictions | models
                                                          : static_cast<unsigned>(predictions);
      partitions_.push_back({topic, 0, roles});
      auto& values = script_.emplace_back(part["first"].get<std::size_t>());
      for (const auto& value : part["values"]) values.push_back(value);
    }
    open();
  }

  void open() {
    engine_.reset();
    store_.reset();
    auto store =
        storage::Store::open(directory_ / "store", {.add = &add_history, .written_by = "driftd of today"});
    ASSERT_TRUE(store.ok()) << store.error().message;
    store_ = std::make_unique<storage::Store>(std::move(*store));
    source_ = std::make_unique<ScriptedSource>(script_, partitions_);
    auto engine = Engine::open({.config = &config_,
                                .store = store_.get(),
                                .source = source_.get(),
                                .dead_letters = &letters_,
                                .log = Logger(LogLevel::error, LogFormat::logfmt),
                                .replay = true,
                                .base_url = "http://test"});
    ASSERT_TRUE(engine.ok()) << engine.error().message;
    engine_ = std::move(*engine);
  }

  void play() {
    while (!source_->exhausted()) {
      auto batch = source_->poll(200, std::chrono::milliseconds(0));
      ASSERT_TRUE(engine_->round(*batch, 0).ok());
    }
  }

  std::set<std::string> shown() {
    engine_->advance_windows();
    return samples(metrics_page(*engine_, nullptr));
  }

  storage::TemporaryDirectory directory_;
  Config config_;
  ScriptedSource::Script script_;
  std::vector<collector::PartitionInfo> partitions_;
  collector::MemoryDeadLetters letters_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<ScriptedSource> source_;
  std::unique_ptr<Engine> engine_;
};

TEST_P(GoldenStore, ShowsTheNumbersThatItsProgramShowed) {
  const std::set<std::string> now = shown();
  const std::set<std::string> then = samples(read_file(directory_ / "before.prom"));
  EXPECT_GT(then.size(), 500U);
  for (const std::string& line : then) EXPECT_TRUE(now.contains(line)) << line;
}

TEST_P(GoldenStore, HoldsItsIncidentsInTheirStates) {
  std::map<std::string, json> now;
  for (const alerts::Incident* incident : engine_->state().desk.book.all())
    now[incident->id] = json::parse(alerts::incident_json(*incident, "http://test"));
  std::set<std::string> states;
  const json before = json::parse(read_file(directory_ / "before.incidents.json"));
  for (const json& then : before["incidents"]) {
    ASSERT_TRUE(now.contains(then["incident"])) << then["incident"];
    for (const auto& [key, value] : then.items())
      EXPECT_TRUE(key == "url" || now[then["incident"]][key] == value) << then["incident"] << ' ' << key;
    states.insert(then["state"]);
  }
  EXPECT_EQ(states, (std::set<std::string>{"open", "acknowledged", "resolved"}));
}

TEST_P(GoldenStore, HoldsItsDeliveriesPendingWaitingAndEnded) {
  std::map<std::string, std::string> now;
  const json held = json::parse(engine_->state().desk.outbox.deliveries_json());
  for (const json& one : held["deliveries"]) now[one["id"]] = one["state"];
  std::set<std::string> states;
  const json before = json::parse(read_file(directory_ / "before.deliveries.json"));
  for (const json& then : before["deliveries"]) {
    EXPECT_EQ(now[then["id"]], then["state"]) << then["id"];
    states.insert(then["state"]);
  }
  EXPECT_EQ(states, (std::set<std::string>{"abandoned", "delivered", "pending", "waiting"}));
}

TEST_P(GoldenStore, GoesOnAsItsProgramDidOverACheckpointInTheNewFormat) {
  ASSERT_TRUE(engine_->checkpoint().ok());
  open();
  play();
  ASSERT_TRUE(engine_->checkpoint().ok());
  open();
  const std::set<std::string> now = shown();
  std::size_t compared = 0;
  for (const std::string& line : samples(read_file(directory_ / "after.prom")))
    if (!is_a_verdict(line)) {
      EXPECT_TRUE(now.contains(line)) << line;
      ++compared;
    }
  EXPECT_GT(compared, 400U);
}

TEST_P(GoldenStore, IsReadInEveryPart) {
  Registry& registry = engine_->state().registry;
  EXPECT_EQ(registry.version_count(), 5U);
  std::size_t learnt = 0, learning = 0;
  for (std::uint32_t series = 0; series < registry.version_count(); ++series) {
    const Version& version = registry.version(series);
    learnt += version.plan != nullptr;
    learning += version.learner.has_value() && version.plan == nullptr;
  }
  EXPECT_EQ(learnt, 4U);
  EXPECT_EQ(learning, 1U);
  std::size_t waiting = 0;
  for (const collector::IdShard& shard : engine_->state().shards) waiting += shard.held();
  EXPECT_GT(waiting, 50U);
  for (const storage::Table table :
       {storage::Table::meta, storage::Table::offsets, storage::Table::registry, storage::Table::state,
        storage::Table::joins, storage::Table::history, storage::Table::incidents, storage::Table::outbox}) {
    std::size_t keys = 0;
    ASSERT_TRUE(store_->for_each(storage::Key(table), [&](std::string_view, std::string_view) {
      ++keys;
      return true;
    }));
    EXPECT_GT(keys, 0U) << static_cast<char>(table);
  }
}

INSTANTIATE_TEST_SUITE_P(OfOlderPrograms, GoldenStore, ::testing::ValuesIn(archives()),
                         [](const auto& archive) {
                           const std::string name = fs::path(archive.param).filename().string();
                           return name.substr(0, name.find('.'));
                         });

}  // namespace
}  // namespace driftd::app
