#include <gtest/gtest.h>

#include "app/pipeline/history_writer.h"
#include "tests/app/pipeline_plan.h"

namespace driftd::app {
namespace {

using Slots = std::map<std::int64_t, std::int64_t>;  // events by slot

class History : public testing::Test {
 protected:
  History() {
    auto store = storage::Store::open_temporary({.add = &add_history, .written_by = "test"});
    store_ = std::make_unique<storage::Store>(std::move(*store));
  }
  void commit() {
    storage::WriteBatch batch;
    writer_.put(batch);
    ASSERT_TRUE(store_->write(batch).ok());
    writer_.committed();
  }
  Slots rows(std::uint32_t segment = 0) {
    Slots slots;
    const Status read = writer_.for_each_rows(
        *store_, 1, segment, 0, 100, *plan_, [&](std::int64_t slot, std::string_view bytes) {
          slots[slot] = detectors::Tally::decode(plan_->layout, bytes)->events();
        });
    EXPECT_TRUE(read.ok());
    return slots;
  }
  void add(std::int64_t slot, std::uint32_t series = 1) {
    writer_.add_rows(series, 0, slot, *plan_, counted(*plan_, 4, "DE"));
  }

  std::shared_ptr<const Plan> plan_ = plan_of_rows(50);
  std::unique_ptr<storage::Store> store_;
  HistoryWriter writer_;
};

TEST_F(History, ShowsStoredAndGatheredCountsAsOne) {
  add(5);
  add(5);
  commit();
  add(5);
  add(7);
  add(200);
  EXPECT_EQ(rows(), (Slots{{5, 3}, {7, 1}}));
  commit();
  EXPECT_TRUE(writer_.empty());
  EXPECT_EQ(rows(), (Slots{{5, 3}, {7, 1}}));
  EXPECT_EQ(rows(1), Slots());
}

TEST_F(History, ForgetsWhatWasGatheredOfOneSeriesAlone) {
  add(5);
  add(5, 2);
  writer_.forget(2);
  EXPECT_EQ(rows(), (Slots{{5, 1}}));
  writer_.forget(1);
  EXPECT_EQ(rows(), Slots());
  EXPECT_TRUE(writer_.empty());
}

TEST_F(History, OfPairsTakesBackWhatWasCorrected) {
  detectors::PairTally right;
  detectors::PairTally wrong;
  detectors::ResolvedPair pair;
  pair.task = detectors::Task::binary;
  pair.positive_predicted = true;
  wrong.add(pair);
  pair.positive_actual = true;
  right.add(pair);
  writer_.add_pairs(1, 0, 3, nullptr, nullptr, wrong, 1);
  commit();
  writer_.add_pairs(1, 0, 3, nullptr, nullptr, wrong, -1);
  writer_.add_pairs(1, 0, 3, nullptr, nullptr, right, 1);
  int visits = 0;
  const Status read =
      writer_.for_each_pairs(*store_, 1, 0, 0, 100, [&](std::int64_t slot, const PairHistory& pairs) {
        ++visits;
        EXPECT_EQ(slot, 3);
        EXPECT_EQ(pairs.performance, right);
      });
  EXPECT_TRUE(read.ok());
  EXPECT_EQ(visits, 1);
}

TEST_F(History, OfScoresAddsTakesBackAndForgetsOthersCodes) {
  detectors::EstimateTally one, two;
  one.add(std::vector<detectors::ScoreCode>{{0, 7}});
  two.add(std::vector<detectors::ScoreCode>{{0, 7}});
  two.add(std::vector<detectors::ScoreCode>{{0, 9}});
  detectors::EstimateTally taken;
  taken.add(std::vector<detectors::ScoreCode>{{0, 9}}, -1);
  writer_.add_scores(1, 0, 3, *plan_, one);
  commit();
  writer_.add_scores(1, 0, 3, *plan_, two);
  writer_.add_scores(1, 0, 3, *plan_, taken);
  writer_.add_scores(1, 0, 4, *plan_, {});  // nothing is no slot
  for (const bool stored : {false, true}) {
    if (stored) commit();
    std::map<std::int64_t, std::int64_t> seen;
    const auto see = [&](std::int64_t slot, const detectors::EstimateTally& scores) {
      seen[slot] = scores.predictions();
      EXPECT_EQ(scores.classes().at(0).size(), 1U);
      EXPECT_EQ(scores.classes()[0][0].n, 2);
    };
    EXPECT_TRUE(writer_.for_each_scores(*store_, 1, 0, 0, 100, *plan_, see).ok());
    EXPECT_EQ(seen, (Slots{{3, 2}}));
    EXPECT_EQ(rows(), Slots());
  }
}

// What one addition would store, as the store sees it.
std::vector<std::string> stored_values(const Plan& plan) {
  std::vector<std::string> values;
  for (int i = 0; i < 4; ++i) {
    auto store = storage::Store::open_temporary({.add = &add_history, .written_by = "test"});
    HistoryWriter writer;
    writer.add_rows(1, 0, 9, plan, counted(plan, 5 * i, i % 2 != 0 ? "DE" : "XX"));
    storage::WriteBatch batch;
    writer.put(batch);
    EXPECT_TRUE(store->write(batch).ok());
    EXPECT_TRUE(store
                    ->for_each("h",
                               [&](std::string_view, std::string_view value) {
                                 values.emplace_back(value);
                                 return true;
                               })
                    .ok());
  }
  return values;
}

TEST(AddHistory, GivesTheSameHoweverTheSumsAreGrouped) {
  const auto plan = plan_of_rows(50);
  const auto v = stored_values(*plan);
  ASSERT_EQ(v.size(), 4U);
  const std::string left = add_history(add_history(add_history(v[0], v[1]), v[2]), v[3]);
  EXPECT_EQ(add_history(v[0], add_history(v[1], add_history(v[2], v[3]))), left);
  EXPECT_EQ(add_history(add_history(v[3], v[1]), add_history(v[0], v[2])), left);
  EXPECT_EQ(add_history("", v[0]), v[0]);
  EXPECT_EQ(add_history(v[0], ""), v[0]);
}

// The configuration may name another task over the same store.
TEST_F(History, OfPairsOfAnotherTaskTakesThePlaceOfWhatWasThere) {
  detectors::ResolvedPair pair;
  pair.task = detectors::Task::binary;
  detectors::PairTally binary;
  binary.add(pair);
  pair.task = detectors::Task::regression;
  detectors::PairTally regression;
  regression.add(pair);
  writer_.add_pairs(1, 0, 3, nullptr, nullptr, binary, 1);
  commit();
  writer_.add_pairs(1, 0, 3, nullptr, nullptr, regression, 1);
  writer_.add_pairs(1, 0, 3, nullptr, nullptr, regression, 1);
  for (const bool stored : {false, true}) {
    if (stored) commit();
    int visits = 0;
    const Status read =
        writer_.for_each_pairs(*store_, 1, 0, 0, 100, [&](std::int64_t, const PairHistory& pairs) {
          ++visits;
          EXPECT_EQ(pairs.performance.pairs(), 2);
        });
    EXPECT_TRUE(read.ok());
    EXPECT_EQ(visits, 1);
  }
}

}  // namespace
}  // namespace driftd::app
