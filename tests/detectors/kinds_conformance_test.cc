// Every kind of the catalogue keeps what detectors/kind.h and sequential_detector.h promise.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/kind.h"

namespace driftd::detectors {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Stretches of about 700 values of different levels, of what the kind accepts.
std::vector<double> stream(const Kind& kind, std::uint64_t seed, std::size_t count) {
  std::mt19937_64 random(seed);
  std::vector<double> values;
  std::uint64_t level = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (random() % 700 == 0) level = (level + 1 + random() % 19) % 20;
    const std::uint64_t draw = random() % 1000;
    if (kind.accepts == Accepts::numbers) {
      values.push_back(static_cast<double>(level) + static_cast<double>(draw) / 1000);
    } else {
      values.push_back(draw < 50 + 45 * level ? 1 : 0);
    }
  }
  return values;
}

std::string state_of(const SequentialDetector& detector) {
  Encoder out;
  detector.save(out);
  return out.take();
}

std::unique_ptr<SequentialDetector> make(const Kind& kind, Node parameters = Node::map()) {
  Faults faults;
  auto detector = kind.make(parameters, "detectors[0]", faults);
  EXPECT_THAT(faults, IsEmpty()) << kind.name;
  return detector;
}

Node one(const std::string& key, const std::string& value) {
  Node node = Node::map();
  node.set(key, Node::scalar(value));
  return node;
}

class EveryKind : public testing::TestWithParam<const Kind*> {};
INSTANTIATE_TEST_SUITE_P(Catalogue, EveryKind, testing::ValuesIn(catalogue().begin(), catalogue().end()),
                         [](const auto& instance) { return std::string(instance.param->name); });

TEST(Catalogue, IsInTheOrderOfNamesWithoutRepeats) {
  ASSERT_FALSE(catalogue().empty());
  EXPECT_TRUE(std::is_sorted(catalogue().begin(), catalogue().end(),
                             [](const Kind* a, const Kind* b) { return a->name < b->name; }));
  EXPECT_EQ(std::adjacent_find(catalogue().begin(), catalogue().end(),
                               [](const Kind* a, const Kind* b) { return a->name == b->name; }),
            catalogue().end());
}

TEST(Catalogue, NamesTheNearestOfAnUnknownKind) {
  Faults faults;
  EXPECT_EQ(make_detector("adwim", Node::map(), "detectors[0].kind", faults), nullptr);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_THAT(faults[0].message, HasSubstr("did you mean adwin"));
  EXPECT_EQ(faults[0].key, "detectors[0].kind");
}

TEST_P(EveryKind, SaysEverythingAboutItself) {
  const Kind& kind = *GetParam();
  for (const std::string_view text :
       {kind.name, kind.summary, kind.reads, kind.cost, kind.memory, kind.guarantee, kind.paper}) {
    EXPECT_THAT(text, Not(IsEmpty())) << kind.name;
  }
  for (const FieldDoc& field : kind.parameters()) {
    EXPECT_FALSE(field.text.empty()) << field.name;
    EXPECT_FALSE(field.standard.empty()) << field.name;
  }
  EXPECT_EQ(find_kind(kind.name), &kind);
}

TEST_P(EveryKind, ItsDefaultsAreInTheirOwnRanges) {
  for (const FieldDoc& field : GetParam()->parameters()) make(*GetParam(), one(field.name, field.standard));
}

TEST_P(EveryKind, RefusesWhatIsOutOfRangeByName) {
  for (const FieldDoc& field : GetParam()->parameters()) {
    const bool bounded = !field.range.empty();
    for (const char* value : {"-1e300", "x", "[]"}) {
      if (!bounded && std::string_view(value) == "-1e300" && field.type == "number") continue;
      Faults faults;
      EXPECT_EQ(GetParam()->make(one(field.name, value), "detectors[0]", faults), nullptr) << field.name;
      ASSERT_EQ(faults.size(), 1U) << field.name << "=" << value;
      EXPECT_EQ(faults[0].key, "detectors[0]." + field.name);
    }
  }
  Faults faults;
  EXPECT_EQ(GetParam()->make(one("no_such_parameter", "1"), "detectors[0]", faults), nullptr);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].key, "detectors[0].no_such_parameter");
}

TEST_P(EveryKind, IsRestoredToAnIdenticalFutureAtAnyStep) {
  const std::vector<double> values = stream(*GetParam(), 1, 4000);
  const auto original = make(*GetParam());
  int drifts = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string state = state_of(*original);
    const auto restored = make(*GetParam());
    Decoder in(state);
    ASSERT_TRUE(restored->load(in).ok());
    ASSERT_TRUE(in.at_end());
    ASSERT_EQ(state_of(*restored), state);
    const Signal signal = original->update(values[i]);
    drifts += signal == Signal::drift ? 1 : 0;
    ASSERT_EQ(restored->update(values[i]), signal) << i;
    ASSERT_EQ(state_of(*restored), state_of(*original)) << i;
  }
  EXPECT_GT(drifts, 0) << "the stream has to move the detector for this test to say anything";
}

TEST_P(EveryKind, ResetEqualsNew) {
  const auto detector = make(*GetParam());
  const std::string fresh = state_of(*detector);
  for (const double value : stream(*GetParam(), 2, 2000)) detector->update(value);
  detector->reset();
  EXPECT_EQ(state_of(*detector), fresh);
}

TEST_P(EveryKind, StartsAfreshOnTheUpdateAfterADriftUnlessItSaysOtherwise) {
  const auto detector = make(*GetParam());
  const auto fresh = make(*GetParam());
  bool seen = false;
  for (const double value : stream(*GetParam(), 3, 8000)) {
    if (seen) {
      detector->update(value);
      fresh->update(value);
      EXPECT_EQ(state_of(*detector) == state_of(*fresh), GetParam()->starts_afresh);
      return;
    }
    seen = detector->update(value) == Signal::drift;
  }
  FAIL() << "no drift was reported";
}

TEST(Catalogue, WhatHasAResetGoesOnAfterADriftWithoutIt) {
  std::vector<std::string_view> seen;
  for (const Kind* kind : catalogue()) {
    const std::vector<FieldDoc> parameters = kind->parameters();
    if (std::none_of(parameters.begin(), parameters.end(), [](auto& p) { return p.name == "reset"; }))
      continue;
    const auto detector = make(*kind, one("reset", "false"));
    const std::vector<double> values = stream(*kind, 3, 8000);
    const auto drift = std::find_if(values.begin(), values.end(),
                                    [&](double value) { return detector->update(value) == Signal::drift; });
    ASSERT_NE(drift, values.end()) << kind->name;
    const auto fresh = make(*kind, one("reset", "false"));
    EXPECT_NE(detector->update(0), Signal::drift);
    fresh->update(0);
    EXPECT_NE(state_of(*detector), state_of(*fresh)) << kind->name;
    seen.push_back(kind->name);
  }
  EXPECT_THAT(seen, testing::ElementsAre("adwin", "seed"));
}

TEST_P(EveryKind, IgnoresWhatItDoesNotAccept) {
  const auto detector = make(*GetParam());
  Signal last = Signal::none;
  for (const double value : stream(*GetParam(), 4, 3000)) {
    for (const double odd : {-0.001, 0.5, 1.001, 1e300}) {
      if (accepts(GetParam()->accepts, odd)) continue;
      const std::string state = state_of(*detector);
      EXPECT_EQ(detector->update(odd), last);
      EXPECT_EQ(state_of(*detector), state);
    }
    last = detector->update(value);
  }
}

TEST_P(EveryKind, IgnoresWhatIsNotFinite) {
  const auto detector = make(*GetParam());
  Signal last = Signal::none;
  for (const double value : stream(*GetParam(), 4, 3000)) {
    for (const double odd :
         {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
          -std::numeric_limits<double>::infinity()}) {
      const std::string state = state_of(*detector);
      EXPECT_EQ(detector->update(odd), last);
      EXPECT_EQ(state_of(*detector), state);
    }
    last = detector->update(value);
  }
}

TEST_P(EveryKind, SurvivesValuesAtTheEndsOfTheDoubles) {
  const auto detector = make(*GetParam());
  const double most = std::numeric_limits<double>::max();
  for (int i = 0; i < 3000; ++i) {
    detector->update(i % 3 == 0 ? most : i % 3 == 1 ? -most : std::numeric_limits<double>::denorm_min());
    detector->update(i / 500 % 2);
  }
  const std::string state = state_of(*detector);
  Decoder in(state);
  EXPECT_TRUE(make(*GetParam())->load(in).ok());
}

TEST_P(EveryKind, KeepsItsMemoryWithinTheDeclaredBound) {
  const auto detector = make(*GetParam());
  for (const double value : stream(*GetParam(), 5, 300'000)) {
    detector->update(value);
    ASSERT_LE(detector->bytes(), detector->memory_limit());
  }
  detector->reset();
  for (int i = 0; i < 300'000; ++i) {
    detector->update(i % 2);
    ASSERT_LE(detector->bytes(), detector->memory_limit());
  }
}

TEST_P(EveryKind, RefusesCutAndScrambledStates) {
  const auto detector = make(*GetParam());
  for (const double value : stream(*GetParam(), 6, 1500)) detector->update(value);
  const std::string state = state_of(*detector);
  const auto victim = make(*GetParam());
  const std::string fresh = state_of(*victim);
  for (std::size_t cut = 0; cut < state.size(); ++cut) {
    Decoder in(std::string_view(state).substr(0, cut));
    EXPECT_FALSE(victim->load(in).ok()) << cut;
    EXPECT_EQ(state_of(*victim), fresh);
  }
  std::mt19937_64 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string scrambled = state;
    for (int i = 0; i < 3; ++i) scrambled[random() % scrambled.size()] = static_cast<char>(random());
    Decoder in(scrambled);
    static_cast<void>(victim->load(in).ok());
    for (int i = 0; i < 100; ++i) victim->update(i % 5);
    ASSERT_LE(victim->bytes(), victim->memory_limit());
  }
}

}  // namespace
}  // namespace driftd::detectors
