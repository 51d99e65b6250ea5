#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "app/simulate/concepts.h"
#include "app/simulate/scenario.h"
#include "app/simulate/stream.h"

namespace driftd::app::simulate {
namespace {

using nlohmann::json;

// What tests/app/simulate_expected.py wrote: river's label for every line, and draws by the stated hash.
TEST(Concepts, AreThoseOfRiver) {
  std::ifstream file(DRIFTD_SOURCE_DIR "/tests/app/simulate_expected.txt");
  ASSERT_TRUE(file);
  std::vector<double> weights;
  std::map<std::string, int> lines;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string stream;
    int function = 0;
    words >> stream >> function;
    if (stream == "random") {
      std::uint64_t event = 0;
      words >> event;
      Random random(static_cast<std::uint64_t>(function), event);
      for (std::uint64_t bits = 0; words >> bits;) EXPECT_EQ(random.bits(), bits) << line;
      continue;
    }
    std::vector<double> v;
    for (double value = 0; words >> value;) v.push_back(value);
    const bool expected = v.back() == 1;
    v.pop_back();
    const auto integer = [&](std::size_t i) { return static_cast<std::int64_t>(v[i]); };
    const auto category = [&](std::size_t i) { return static_cast<int>(v[i]); };
    ++lines[stream];
    if (stream == "sea") {
      EXPECT_EQ(sea_concept(function, v[0], v[1]), expected) << line;
    } else if (stream == "stagger") {
      EXPECT_EQ(stagger_concept(function, category(0), category(1), category(2)), expected) << line;
    } else if (stream == "agrawal") {
      const Applicant a{v[0], v[1], integer(2), integer(3), integer(4), integer(5), v[6], integer(7), v[8]};
      EXPECT_EQ(agrawal_concept(function, a), expected) << line;
    } else if (stream == "weights") {
      weights = v;
    } else {
      EXPECT_EQ(hyperplane_concept(weights, v), expected) << line;
    }
  }
  EXPECT_EQ(lines["sea"], 120);
  EXPECT_EQ(lines["stagger"], 90);
  EXPECT_EQ(lines["agrawal"], 300);
  EXPECT_EQ(lines["hyperplane"], 30);
}

std::vector<StreamEvent> all_of(const char* name, const StreamOptions& options) {
  Stream stream(*find_scenario(name), options);
  std::vector<StreamEvent> events;
  while (auto event = stream.next()) events.push_back(std::move(*event));
  return events;
}

TEST(Simulate, GivesEveryPredictionOneFeedbackInOrderOfTime) {
  for (const Scenario* scenario : scenarios()) {
    SCOPED_TRACE(scenario->name);
    const std::vector<StreamEvent> events =
        all_of(scenario->name, {.events = 2000, .rate = 3, .label_delay = 90 * kSecond});
    ASSERT_EQ(events.size(), 4000U);
    std::map<std::string, Time> predicted;
    std::set<std::string> judged;
    Time last = 0;
    for (const StreamEvent& event : events) {
      const json parsed = json::parse(event.json);
      EXPECT_EQ(parsed["type"], event.feedback ? "feedback" : "prediction");
      EXPECT_EQ(parsed["id"], event.id);
      EXPECT_EQ(parsed["model"], scenario->name);
      EXPECT_EQ(parse_rfc3339(parsed["time"].get<std::string>()), event.time);
      EXPECT_GE(event.time, last);
      last = event.time;
      if (event.feedback) {
        EXPECT_TRUE(judged.insert(event.id).second);
        EXPECT_EQ(event.time, predicted.at(event.id) + 90 * kSecond);
      } else {
        EXPECT_TRUE(predicted.emplace(event.id, event.time).second);
        EXPECT_EQ(parsed["version"], "1");
      }
    }
    EXPECT_EQ(judged.size(), 2000U);
  }
}

TEST(Simulate, WritesTheSameBytesOnEveryMachine) {
  const std::vector<StreamEvent> events = all_of("credit", {.events = 2, .model = "c\"redit"});
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(
      events[0].json,
      R"({"type":"prediction","id":"credit-00000000","model":"c\"redit","version":"1",)"
      R"("time":"2026-01-01T00:00:00Z","features":{"age":62,"income":3974.2,"country":"DE","has_card":true,"tenure":32},)"
      R"("prediction":{"label":"good","score":0.0465}})");
  EXPECT_EQ(events[2].json, R"({"type":"feedback","id":"credit-00000000","model":"c\"redit",)"
                            R"("time":"2026-01-01T00:10:00Z","label":"good"})");
}

TEST(Simulate, MakesAnotherStreamOfAnotherSeed) {
  EXPECT_NE(all_of("sea", {.seed = 1, .events = 10})[0].json,
            all_of("sea", {.seed = 2, .events = 10})[0].json);
}

TEST(Simulate, SpacesPredictionsByTheRate) {
  Stream stream(*find_scenario("sea"), {.rate = 4});
  EXPECT_EQ(stream.time_of(0), parse_rfc3339("2026-01-01T00:00:00Z"));
  EXPECT_EQ(stream.time_of(4), parse_rfc3339("2026-01-01T00:00:01Z"));
}

// Share of right predictions among the events [from, to) of `events`.
double accuracy(const Scenario& scenario, double from, double to, std::uint64_t events = 40000) {
  double right = 0;
  double count = 0;
  for (auto i = static_cast<std::uint64_t>(from * static_cast<double>(events));
       i < static_cast<std::uint64_t>(to * static_cast<double>(events)); ++i) {
    const Sample sample = scenario.sample({i, events}, Random(5, i));
    right += sample.predicted == sample.truth ? 1 : 0;
    ++count;
  }
  return right / count;
}

TEST(Scenarios, LoseAccuracyWhereTheirConceptChanges) {
  const auto of = [](const char* name, double from, double to) {
    return accuracy(*find_scenario(name), from, to);
  };
  EXPECT_NEAR(of("sea", 0, .25), .95, .01);
  EXPECT_NEAR(of("sea", .25, .5), .95 - .9 * .085, .015);   // 8.5 of 100 squares lie between 8 and 9
  EXPECT_NEAR(of("sea", .5, .75), .95 - .9 * .075, .015);   // 7.5 between 7 and 8
  EXPECT_NEAR(of("sea", .75, 1), .95 - .9 * .13125, .015);  // 13.1 between 8 and 9.5
  EXPECT_EQ(of("stagger", 0, 1.0 / 3), 1);
  EXPECT_NEAR(of("stagger", 1.0 / 3, 2.0 / 3), 11.0 / 27, .02);  // of 27 objects
  EXPECT_NEAR(of("stagger", 2.0 / 3, 1), 6.0 / 27, .02);
  EXPECT_EQ(of("agrawal", 0, .5), 1);
  EXPECT_LT(of("agrawal", .5, 1), .7);
  EXPECT_EQ(of("hyperplane", 0, .5), 1);
  EXPECT_GT(of("hyperplane", .5, .55), of("hyperplane", .95, 1) + .05) << "gradual";
  EXPECT_NEAR(of("credit", 0, .5), of("credit", .5, .75), .06) << "other applicants, the same risk";
  EXPECT_LT(of("credit", .75, 1), of("credit", .5, .75) - .1);
}

TEST(Scenarios, OfCreditShiftsItsApplicants) {
  const Scenario& credit = *find_scenario("credit");
  const auto mean_income = [&](std::uint64_t from) {
    double sum = 0;
    int nulls = 0;
    for (std::uint64_t i = from; i < from + 2000; ++i) {
      const Sample sample = credit.sample({i, 10000}, Random(1, i));
      sum += std::get<double>(sample.features[1].second);
      nulls += std::holds_alternative<std::nullptr_t>(sample.features[4].second) ? 1 : 0;
    }
    EXPECT_NEAR(nulls / 2000.0, .08, .02);
    return sum / 2000;
  };
  EXPECT_NEAR(mean_income(5000) / mean_income(0), 1.3, .03);
}

TEST(Scenarios, AreAllInTheTable) {
  const std::string table = scenario_table();
  for (const Scenario* scenario : scenarios()) {
    EXPECT_THAT(table, ::testing::HasSubstr(scenario->summary));
    EXPECT_EQ(find_scenario(scenario->name), scenario);
  }
  EXPECT_EQ(find_scenario("nothing"), nullptr);
}

}  // namespace
}  // namespace driftd::app::simulate
