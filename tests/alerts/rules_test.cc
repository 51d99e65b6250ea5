#include "alerts/rules.h"

#include <gtest/gtest.h>

#include <vector>

namespace driftd::alerts {
namespace {

RuleConfig psi_rule() {
  RuleConfig rule;
  rule.name = "income-psi";
  rule.column = "income";
  rule.statistic = "psi";
  rule.above = 0.25;
  return rule;
}

// The changes that a row of values causes, one slot a minute; 'o' opened, 'c' closed, '.' none.
std::string story(const RuleConfig& rule, const std::vector<double>& values, std::int64_t n = 1000) {
  RuleState state;
  std::string changes;
  Time slot_end = kMinute;
  for (const double value : values) {
    const RuleChange change = state.judge(rule, slot_end, {value, n});
    changes += change == RuleChange::opened ? 'o' : change == RuleChange::closed ? 'c' : '.';
    slot_end += kMinute;
  }
  return changes;
}

TEST(Rules, OpenAtTheFirstCloseWithoutAFor) {
  EXPECT_EQ(story(psi_rule(), {.1, .25, .26, .3, .25, .24}), "..o.c.");
}

TEST(Rules, WaitUntilTheConditionHeldForLongEnough) {
  RuleConfig rule = psi_rule();
  rule.hold = 3 * kMinute;
  EXPECT_EQ(story(rule, {.3, .3, .3, .3, .3}), "...o.");
  EXPECT_EQ(story(rule, {.3, .3, .3, .1, .3, .3, .3, .3}), ".......o") << "one good close begins anew";
}

TEST(Rules, CloseOnTheGoodSideOfClearOnly) {
  RuleConfig rule = psi_rule();
  rule.clear = 0.1;
  EXPECT_EQ(story(rule, {.3, .2, .11, .1, .2, .3}), "o..c.o");
}

TEST(Rules, BelowIsTheMirrorImage) {
  RuleConfig rule;
  rule.metric = "accuracy";
  rule.below = 0.8;
  rule.clear = 0.85;
  EXPECT_EQ(story(rule, {.9, .8, .79, .82, .849, .85}), "..o..c");
}

TEST(Rules, TooFewOrUndefinedValuesChangeNothing) {
  RuleConfig rule = psi_rule();
  rule.hold = 2 * kMinute;
  EXPECT_EQ(story(rule, {.3, .3, .3}, 99), "...");
  EXPECT_EQ(story(rule, {.3, .3, .3}, 100), "..o");
  RuleState state;
  EXPECT_EQ(state.judge(rule, 1 * kMinute, {.3, 100}), RuleChange::none);
  EXPECT_EQ(state.judge(rule, 2 * kMinute, {.1, 99}), RuleChange::none) << "does not break the run";
  EXPECT_EQ(state.judge(rule, 3 * kMinute, {std::nullopt, 500}), RuleChange::none);
  EXPECT_EQ(state.judge(rule, 4 * kMinute, {.3, 100}), RuleChange::opened);
  EXPECT_EQ(state.judge(rule, 5 * kMinute, {.1, 99}), RuleChange::none) << "does not close either";
  EXPECT_EQ(state.judge(rule, 6 * kMinute, {.1, 100}), RuleChange::closed);
}

TEST(Rules, HappeningsOpenAndCloseAtTheNextSlot) {
  RuleState state;
  const std::vector<std::pair<bool, RuleChange>> slots = {{false, RuleChange::none},
                                                          {true, RuleChange::opened},
                                                          {true, RuleChange::reopened},
                                                          {false, RuleChange::closed},
                                                          {false, RuleChange::none}};
  for (const auto& [drift, expected] : slots) EXPECT_EQ(state.occurred(drift), expected);
}

TEST(Rules, NewLabelsCountOnFromTheRemainder) {
  RuleConfig rule;
  rule.new_labels = 100;
  RuleState state;
  EXPECT_EQ(state.labels_came(rule, 60), RuleChange::none);
  EXPECT_EQ(state.labels_came(rule, 60), RuleChange::opened);
  EXPECT_EQ(state.labels_came(rule, 79), RuleChange::closed);
  EXPECT_EQ(state.labels_came(rule, 1), RuleChange::opened);
}

TEST(Rules, StateSavedAtAnyStepHasTheSameFuture) {
  RuleConfig rule = psi_rule();
  rule.hold = 2 * kMinute;
  rule.new_labels = 7;
  const std::vector<double> values = {.3, .3, .1, .3, .3, .3, .3, .2, .1, .3, .3, .3};
  for (std::size_t cut = 0; cut <= values.size(); ++cut) {
    RuleState straight;
    RuleState broken;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i == cut) {
        Encoder out;
        broken.save(out);
        Decoder in(out.bytes());
        broken = RuleState::load(in).value();
      }
      const Time end = static_cast<Time>(i) * kMinute;
      EXPECT_EQ(straight.judge(rule, end, {values[i], 100}), broken.judge(rule, end, {values[i], 100}));
      EXPECT_EQ(straight, broken);
    }
  }
}

TEST(Rules, SayWhatTheyFound) {
  RuleConfig rule = psi_rule();
  rule.hold = 30 * kMinute;
  rule.segment = "country=DE";
  rule.action = Action::stop;
  const Findings findings = findings_of(rule, {0.312345, 1000});
  EXPECT_EQ(findings.summary, "income-psi: psi of income where country=DE is 0.3123, above 0.25 for 30m");
  EXPECT_EQ(findings.severity, Severity::critical) << "stop is critical unless the rule says otherwise";
  EXPECT_EQ(findings.rule, "income-psi");
}

// Keys and values, as the configuration would give them.
Node rule_node(const std::vector<std::string>& assignments) { return from_assignments(assignments); }

TEST(RuleConfigTable, ReadsTheRulesOfTheDesign) {
  const std::vector<std::vector<std::string>> good = {
      {"name=income-psi", "column=income", "statistic=psi", "above=0.25", "for=30m", "action=notify"},
      {"name=accuracy-floor", "metric=accuracy", "below=0.8", "at_least=500", "action=retrain"},
      {"name=adwin-loss", "column=loss", "detector=adwin", "action=retrain"},
      {"name=fresh-labels", "new_labels=50000", "action=retrain"}};
  std::vector<RuleConfig::Source> sources;
  for (const auto& assignments : good) {
    RuleConfig rule;
    Faults faults;
    fields_of_rule().read(rule_node(assignments), rule, "rules[0]", faults);
    EXPECT_TRUE(faults.empty()) << to_text(faults.front());
    sources.push_back(rule.source());
    EXPECT_EQ(rule.effective_severity(), Severity::warning);
  }
  using enum RuleConfig::Source;
  EXPECT_EQ(sources, (std::vector{statistic, metric, detector, new_labels}));
}

TEST(RuleConfigTable, RefusesWhatContradictsItself) {
  const std::vector<std::vector<std::string>> bad = {
      {"name=a"},
      {"column=x", "statistic=psi", "above=1"},
      {"name=a", "column=x", "statistic=psi"},
      {"name=a", "statistic=psi", "above=1"},
      {"name=a", "column=x", "statistic=psi", "above=1", "below=0"},
      {"name=a", "column=x", "statistic=psi", "metric=f1", "above=1"},
      {"name=a", "column=x", "statistic=psi", "above=1", "clear=2"},
      {"name=a", "metric=f1", "below=.5", "clear=.4"},
      {"name=a", "metric=f1", "below=.5", "at_least=0"},
      {"name=a", "metric=f1", "below=.5", "column=x"},
      {"name=a", "new_labels=10", "above=1"},
      {"name=a", "new_labels=0"},
      {"name=a", "column=x", "detector=adwin", "for=1h"},
      {"name=a", "column=x", "detector=adwin", "segment=s=1"},
      {"name=a", "metric=f1", "below=.5", "action=panic"}};
  for (const auto& assignments : bad) {
    RuleConfig rule;
    Faults faults;
    fields_of_rule().read(rule_node(assignments), rule, "rules[0]", faults);
    EXPECT_EQ(faults.size(), 1U) << one_line(rule_node(assignments));
  }
}

}  // namespace
}  // namespace driftd::alerts
