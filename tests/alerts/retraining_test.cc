// The protocol of retraining: its table, and how a model's state walks it.
#include "alerts/retraining.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "alerts/retraining_book.h"

namespace driftd::alerts {
namespace {

using enum RetrainingInput;
using State = RetrainingState;

std::vector<State> all_states() {
  std::vector<State> states;
  for (std::size_t i = 0; i < kRetrainingStates; ++i) states.push_back(static_cast<State>(i));
  return states;
}

TEST(RetrainingTable, SaysOneThingOfEachStateAndInput) {
  std::set<std::pair<State, RetrainingInput>> seen;
  for (const Transition& row : transitions()) EXPECT_TRUE(seen.insert({row.from, row.on}).second) << row.why;
}

TEST(RetrainingTable, HoldsEveryRequestWhileOneIsUnderWay) {
  for (const State state : all_states()) {
    const Transition* row = find_transition(state, requested);
    ASSERT_NE(row, nullptr) << name_of(state);
    EXPECT_EQ(row->effect == RetrainingEffect::hold, state != State::idle) << name_of(state);
    if (state == State::idle) continue;
    EXPECT_EQ(row->to, state);
  }
}

// However it is left alone, a model is idle in the end.
TEST(RetrainingTable, EveryStateEndsByItself) {
  for (const bool answers : {false, true})
    for (const State state : all_states()) {
      if (state == State::requested) continue;  // ends with its delivery, as every delivery does
      Retraining one{state, 0, "rule-1", "7", answers};
      int steps = 0;
      while (one.is_under_way() && ++steps < 10) {
        const auto deadline = one.deadline({});
        ASSERT_TRUE(deadline) << name_of(one.state);
        ASSERT_NE(one.apply(one.end_of_time({}), *deadline), nullptr) << name_of(one.state);
      }
      EXPECT_FALSE(one.is_under_way()) << name_of(state);
    }
}

TEST(RetrainingTable, TakesEveryAnswerInEveryStateThatWaitsForOne) {
  for (const State state :
       {State::requested, State::delivered, State::running, State::trained, State::overdue})
    for (const RetrainingInput answer : {failed, deployed, rolled_back, withdrawn})
      EXPECT_NE(find_transition(state, answer), nullptr) << name_of(state) << " " << name_of(answer);
}

TEST(Retraining, GoesFromTheRequestToTheNewVersionThatIsWatched) {
  Retraining one;
  one.apply(requested, 1 * kHour, "concept-1", "7");
  EXPECT_EQ(one.state, State::requested);
  EXPECT_EQ(one.incident, "concept-1");
  EXPECT_FALSE(one.deadline({})) << "the delivery has its own end";
  one.apply(delivered, 2 * kHour);
  EXPECT_EQ(one.state, State::delivered);
  one.apply(started, 2 * kHour, "concept-1", "8");
  EXPECT_EQ(one.version, "7") << "what is being retrained, not what comes of it";
  one.apply(finished, 3 * kHour, "concept-1", "8");
  EXPECT_EQ(one.state, State::trained);
  const Transition* row = one.apply(deployed, 4 * kHour, "concept-1", "8");
  EXPECT_EQ(row->outcome, RetrainingOutcome::deployed);
  EXPECT_EQ(one.state, State::learning);
  EXPECT_EQ(one.version, "8");
  one.apply(learnt, 5 * kHour);
  EXPECT_EQ(one.state, State::cooling);
  one.apply(time_over, 5 * kHour);
  EXPECT_FALSE(one.is_under_way());
  EXPECT_TRUE(one.answers);
}

TEST(Retraining, WaitsForModelsThatHaveAnsweredBeforeOrWhereItIsConfigured) {
  const Retraining silent{State::delivered, 0, "rule-1", "7", false};
  EXPECT_EQ(silent.end_of_time({}), unanswered);
  EXPECT_EQ(silent.end_of_time({.acknowledge_within = kHour}), time_over);
  const Retraining known{State::delivered, 0, "rule-1", "7", true};
  EXPECT_EQ(known.end_of_time({}), time_over);
  EXPECT_EQ(*known.deadline({}), kHour);
  EXPECT_EQ(*known.deadline({.acknowledge_within = 10 * kMinute}), 10 * kMinute);
}

TEST(Retraining, OneThatIsNotWaitedForKeepsOthersBackForTheCoolDownOfWhoWasCalled) {
  Retraining silent{State::delivered, 0, "rule-1", "7", false};
  EXPECT_EQ(*silent.deadline({}), kHour);
  silent.patience = 10 * kMinute;
  EXPECT_EQ(*silent.deadline({}), 10 * kMinute);
  EXPECT_EQ(*silent.deadline({.acknowledge_within = 2 * kHour}), 2 * kHour);
  silent.answers = true;
  EXPECT_EQ(*silent.deadline({}), kHour);
}

TEST(Retraining, AnAnswerThatNamesAnotherIncidentAnswersTheRequestAllTheSame) {
  Retraining one;
  one.apply(requested, 0, "concept-1", "7");
  one.apply(started, kHour, "data-2", "7");
  EXPECT_EQ(one.incident, "concept-1");
  EXPECT_EQ(one.state, State::running);
}

TEST(Retraining, NothingIsToldTwice) {
  Retraining one{State::overdue, 0, "rule-1", "7", true};
  EXPECT_EQ(one.apply(failed, kHour)->effect, RetrainingEffect::none);
}

TEST(Retraining, SurvivesTheCodecAndRefusesDamage) {
  const Retraining one{State::trained, 7 * kHour, "rule-1", "7", true, 6 * kHour};
  Encoder out;
  one.save(out);
  Decoder in(out.bytes());
  EXPECT_EQ(*Retraining::load(in), one);
  std::string torn = out.bytes();
  torn[0] = 9;
  Decoder bad(torn);
  EXPECT_FALSE(Retraining::load(bad).ok());
}

TEST(RetrainingBook, CountsHowRetrainingsEndedAndKeepsItOverARestart) {
  RetrainingBook book;
  EXPECT_FALSE(book.apply("credit", failed, 0)) << "nothing was asked for";
  EXPECT_EQ(book.find("credit"), nullptr);
  book.apply("credit", requested, 0, "rule-1", "7");
  book.apply("credit", failed, kHour, "rule-1", "7");
  EXPECT_EQ(book.find("credit")->ended.at(static_cast<std::size_t>(RetrainingOutcome::failed)), 1);
  RetrainingBook other;
  book.take_changes([&](std::string_view key, std::optional<std::string_view> bytes) {
    EXPECT_EQ(key, "retraining/credit");
    ASSERT_TRUE(other.restore(key, *bytes).ok());
  });
  EXPECT_EQ(*other.find("credit"), *book.find("credit"));
  book.forget_model("credit");
  bool gone = false;
  book.take_changes([&](std::string_view, std::optional<std::string_view> bytes) { gone = !bytes; });
  EXPECT_TRUE(gone);
  EXPECT_FALSE(other.restore("retraining/credit", "no record").ok());
}

TEST(RetrainingPage, IsTheOneInTheDocumentation) {
  std::ifstream file(std::string(DRIFTD_SOURCE_DIR) + "/docs/retraining.md");
  std::stringstream page;
  page << file.rdbuf();
  EXPECT_EQ(page.str(), retraining_page()) << "run: driftd docs retraining > docs/retraining.md";
}

}  // namespace
}  // namespace driftd::alerts
