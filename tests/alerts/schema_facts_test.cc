#include "alerts/schema_facts.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>

namespace driftd::alerts {
namespace {

using Reference = std::vector<std::array<double, 3>>;
using enum SchemaFault;

TEST(SchemaFacts, OpenOverHalfAndCloseUnderAQuarter) {
  SchemaFacts facts(Reference{{0, 0, 0}});
  const auto changes = [&](std::int64_t n, std::int64_t missing) {
    return facts.close_slot(n, std::vector<FaultCounts>{{missing, 0, 0}});
  };
  EXPECT_TRUE(changes(100, 50).empty()) << "half is not over half";
  const auto opened = changes(100, 51);
  ASSERT_EQ(opened.size(), 1U);
  EXPECT_TRUE(opened[0].opened);
  EXPECT_EQ(opened[0].fault, missing_column);
  EXPECT_DOUBLE_EQ(opened[0].share, .51);
  EXPECT_TRUE(changes(100, 25).empty()) << "a quarter is not under a quarter";
  const auto closed = changes(100, 24);
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_FALSE(closed[0].opened);
}

TEST(SchemaFacts, UnknownCategoriesNeedFivePercent) {
  SchemaFacts facts(Reference{{0, 0, 0}});
  EXPECT_TRUE(facts.close_slot(100, std::vector<FaultCounts>{{0, 0, 5}}).empty());
  EXPECT_EQ(facts.close_slot(100, std::vector<FaultCounts>{{0, 0, 6}}).size(), 1U);
  EXPECT_TRUE(facts.is_open(0, unknown_category));
}

TEST(SchemaFacts, WhatTheReferenceHadIsNoFact) {
  SchemaFacts facts(Reference{{.05, .0499, .001}});
  const auto changes = facts.close_slot(100, std::vector<FaultCounts>{{100, 100, 100}});
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].fault, type_change);
}

TEST(SchemaFacts, NothingIsJudgedUnderFiftyPredictions) {
  SchemaFacts facts(Reference{{0, 0, 0}});
  for (int slot = 0; slot < 4; ++slot)
    EXPECT_TRUE(facts.close_slot(12, std::vector<FaultCounts>{{12, 0, 0}}).empty());
  EXPECT_EQ(facts.close_slot(2, std::vector<FaultCounts>{{2, 0, 0}}).size(), 1U);
}

// The definition, said slowly: the fewest last slots that hold at least 50.
TEST(SchemaFacts, AgreeWithTheDefinitionOnRandomStreams) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 200; ++round) {
    SchemaFacts facts(Reference{{0, 0, 0}, {0, 0, 0}});
    std::deque<std::pair<std::int64_t, std::vector<FaultCounts>>> slots;
    std::array<bool, 6> open{};
    for (int slot = 0; slot < 100; ++slot) {
      if (slot % 7 == 3) {
        Encoder out;
        facts.save(out);
        Decoder in(out.bytes());
        const SchemaFacts restored = SchemaFacts::load(in).value();
        EXPECT_EQ(restored, facts);
        facts = restored;
      }
      const auto n = static_cast<std::int64_t>(random() % 40);
      std::vector<FaultCounts> counts(2);
      const bool faulty = random() % 3 != 0;
      for (FaultCounts& column : counts)
        for (std::int64_t& count : column)
          count =
              faulty && n > 0 ? static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n + 1)) : 0;
      const auto changes = facts.close_slot(n, counts);
      std::vector<std::size_t> changed;
      for (const FactChange& change : changes)
        changed.push_back(3 * change.column + static_cast<std::size_t>(change.fault));
      if (n > 0) slots.emplace_back(n, counts);
      std::int64_t sum = 0;
      std::array<std::int64_t, 6> totals{};
      for (auto it = slots.rbegin(); it != slots.rend() && sum < 50; ++it) {
        sum += it->first;
        for (std::size_t cell = 0; cell < 6; ++cell) totals[cell] += it->second[cell / 3][cell % 3];
      }
      std::vector<std::size_t> expected;
      for (std::size_t cell = 0; cell < 6 && n > 0 && sum >= 50; ++cell) {
        const double limit = cell % 3 == 2 ? .05 : .5;
        const double share = static_cast<double>(totals[cell]) / static_cast<double>(sum);
        if (open[cell] ? share < limit / 2 : share > limit) {
          expected.push_back(cell);
          open[cell] = !open[cell];
        }
      }
      EXPECT_EQ(changed, expected);
    }
  }
}

TEST(SchemaFacts, DamagedStateIsRefused) {
  SchemaFacts facts(Reference{{0, 0, 0}});
  (void)facts.close_slot(40, std::vector<FaultCounts>{{40, 0, 3}});
  Encoder out;
  facts.save(out);
  for (std::size_t size = 0; size < out.bytes().size(); ++size) {
    Decoder in(std::string_view(out.bytes()).substr(0, size));
    EXPECT_FALSE(SchemaFacts::load(in).ok());
  }
}

TEST(SchemaFacts, ConfigurationKnowsOff) {
  SchemaConfig config;
  Faults faults;
  fields_of_schema().read(from_assignments({"missing_column=notify", "unknown_category=off"}), config,
                          "schema", faults);
  EXPECT_TRUE(faults.empty());
  EXPECT_EQ(config.action(missing_column), Action::notify);
  EXPECT_EQ(config.action(type_change), Action::stop);
  EXPECT_EQ(config.action(unknown_category), std::nullopt);
}

TEST(SchemaFacts, TellThemselvesApartBySubject) {
  EXPECT_EQ(subject_of(missing_column, "income"), "missing_column:income");
  const Findings findings = findings_of(unknown_category, "country", .0612, Action::notify);
  EXPECT_EQ(findings.fault, "unknown_category");
  EXPECT_EQ(findings.columns.at(0).column, "country");
  EXPECT_EQ(findings.severity, Severity::warning);
}

}  // namespace
}  // namespace driftd::alerts
