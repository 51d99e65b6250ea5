// Another configuration over the same state: while the engine runs, and after a restart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "detectors/profile_json.h"
#include "tests/app/pipeline_bench.h"
#include "tests/storage/temporary_directory.h"

namespace driftd::app {
namespace {

using testing::HasSubstr;

Version& first_version(Bench& bench) { return bench->state().registry.version(0); }

// What is learnt from more rows than the benches of these tests learn from.
detectors::Profile another_profile(const Script& script) {
  const Config config = config_that_learns(600);
  Bench bench(config, script);
  bench.play(300);
  return first_version(bench).plan->profile;
}

Config config_that_names(const std::string& file, const detectors::Profile& profile) {
  std::ofstream(file) << detectors::to_json(profile);
  Config config = config_that_learns(300);
  config.models.standard.reference = {ReferenceConfig::Source::file, file, 0, 0};
  return config;
}

alerts::RuleConfig rule_that_holds() {
  alerts::RuleConfig rule;
  rule.name = "always";
  rule.column = "age";
  rule.statistic = "psi";
  rule.above = -1;
  rule.at_least = 10;
  return rule;
}

std::size_t open_incidents(Bench& bench) {
  const auto all = bench->state().desk.book.all();
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [](const auto* incident) { return incident->is_open(); }));
}

TEST(Restart, RefusesAnotherSlotOverTheSameStore) {
  const Config config = config_that_learns(300);
  const Script script = half_an_hour();
  Bench bench(config, script);
  bench.play(100);
  ASSERT_TRUE(bench->checkpoint().ok());
  Config other = config_that_learns(300);
  other.slot = 5 * kMinute;
  try {
    bench.restart(other);
    FAIL() << "it started";
  } catch (const std::runtime_error& refused) {
    EXPECT_THAT(refused.what(), HasSubstr("slot: is 5m"));
    EXPECT_THAT(refused.what(), HasSubstr("with slots of 1m; set slot: 1m again"));
    EXPECT_THAT(refused.what(), HasSubstr("storage.path"));
  }
  bench.restart(config);
}

TEST(Restart, SettlesWhatWaitedForTheTaskOnceAFileTellsIt) {
  const Script script = half_an_hour();
  const storage::TemporaryDirectory directory;
  const Config config = config_that_names(directory / "p.json", another_profile(script));
  const Config learning = config_that_learns(100'000);
  Bench bench(learning, script);
  bench.play(40);
  ASSERT_FALSE(first_version(bench).held_pairs.empty());
  ASSERT_TRUE(bench->checkpoint().ok());
  bench.restart(config);
  EXPECT_TRUE(first_version(bench).held_pairs.empty());
  ASSERT_TRUE(first_version(bench).state[0].performance);
  EXPECT_GT(first_version(bench).state[0].performance->total().pairs(), 0);
  EXPECT_EQ(bench.history("psi", "accuracy"), 900);
}

TEST(Reload, RefusesAnotherSlotAndAReferenceThatIsNotThere) {
  const Config config = config_that_learns(300);
  const Script script = half_an_hour();
  Bench bench(config, script);
  bench.play(100);
  Config slot = config_that_learns(300);
  slot.slot = kHour;
  EXPECT_THAT(bench->reconfigure(slot, 0).error().message, HasSubstr("slot: every stored count"));
  Config file = config_that_learns(300);
  file.models.standard.reference = {ReferenceConfig::Source::file, "/nowhere.json", 0, 0};
  EXPECT_THAT(bench->reconfigure(file, 0).error().message, HasSubstr("/nowhere.json"));
  EXPECT_EQ(bench->state().config, &config);
}

TEST(Reload, TakesAnotherReferenceAsARestartWould) {
  const Script script = half_an_hour();
  const storage::TemporaryDirectory directory;
  const detectors::Profile profile = another_profile(script);
  const Config named = config_that_names(directory / "p.json", profile);
  const Config learning = config_that_learns(300);
  for (const int rounds : {5, 30}) {  // while it is learnt, and after
    std::vector<std::string> told;
    for (const bool restarts : {false, true}) {
      Bench bench(learning, script);
      for (int i = 0; i < rounds; ++i) bench.round(20);
      ASSERT_TRUE(bench->checkpoint().ok());
      if (restarts)
        bench.restart(named);
      else
        ASSERT_TRUE(bench->reconfigure(named, 0).ok());
      bench.play(20);
      ASSERT_TRUE(bench->finish().ok());
      EXPECT_EQ(first_version(bench).reference_digest(), profile.digest);
      told.push_back(bench.metrics());
    }
    EXPECT_EQ(told[0], told[1]) << rounds;
  }
}

TEST(Reload, WindowsCoverWhatTheNewConfigurationSays) {
  const Config config = config_that_learns(300);
  const Script script = half_an_hour();
  Bench bench(config, script);
  bench.play(20);
  const auto shown = [&] { return first_version(bench).state[0].rows->total().events(); };
  EXPECT_EQ(shown(), 570);  // nineteen slots since the tenth
  Config shorter = config_that_learns(300);
  shorter.models.standard.window = 5 * kMinute;
  ASSERT_TRUE(bench->reconfigure(shorter, 0).ok());
  EXPECT_EQ(shown(), 150);
}

TEST(Reload, DetectorsAreThoseThatAreDeclaredNow) {
  const Script script = half_an_hour();
  const auto with = [](const std::vector<DetectorConfig>& wanted) {
    Config config = config_that_learns(300);
    config.models.standard.columns["age"].detectors = wanted;
    return config;
  };
  Node lenient = Node::map();
  lenient.set("delta", Node::scalar("0.5"));
  const Config both = with({{"adwin", {}}, {"page_hinkley", {}}});
  const Config one = with({{"adwin", {}}});
  const Config other = with({{"adwin", lenient}});
  Bench bench(both, script);
  bench.play(20);
  auto& running = first_version(bench).detectors;
  ASSERT_EQ(running.size(), 2U);
  const auto* adwin = running[0].detector.get();
  ASSERT_TRUE(bench->reconfigure(one, 0).ok());
  ASSERT_EQ(running.size(), 1U);
  EXPECT_EQ(running[0].kind, "adwin");
  EXPECT_EQ(running[0].detector.get(), adwin);  // goes on as it was
  ASSERT_TRUE(bench->reconfigure(other, 0).ok());
  ASSERT_EQ(running.size(), 1U);
  EXPECT_NE(running[0].detector.get(), adwin);
  ASSERT_TRUE(bench->reconfigure(config_that_learns(300), 0).ok());
  EXPECT_TRUE(running.empty());
}

TEST(Reload, IncidentsOfRulesThatAreGoneClose) {
  const Script script = half_an_hour();
  Config ruled = config_that_learns(300);
  ruled.models.standard.rules = {rule_that_holds()};
  const Config without = config_that_learns(300);
  for (const bool restarts : {false, true}) {
    Bench bench(ruled, script);
    bench.play(20);
    ASSERT_EQ(open_incidents(bench), 1U);
    ASSERT_TRUE(bench->reconfigure(ruled, 0).ok());
    EXPECT_EQ(open_incidents(bench), 1U);
    ASSERT_TRUE(bench->checkpoint().ok());
    if (restarts)
      bench.restart(without);
    else
      ASSERT_TRUE(bench->reconfigure(without, 0).ok());
    EXPECT_EQ(open_incidents(bench), 0U) << restarts;
  }
}

}  // namespace
}  // namespace driftd::app
