#include "alerts/drift_verdict.h"

#include <gtest/gtest.h>

#include "alerts/drift_episode.h"

namespace driftd::alerts {
namespace {

constexpr DriftVerdict kNotify = {Severity::warning, Action::notify};
constexpr DriftVerdict kRetrain = {Severity::critical, Action::retrain};

DriftFacts drift(IncidentKind kind, double variation) { return {kind, false, variation, {}}; }

TEST(DriftVerdict, ALargeValueDriftWithoutLabelsRetrains) {
  EXPECT_EQ(verdict_on(drift(IncidentKind::data, .05)), kRetrain);
  EXPECT_EQ(verdict_on(drift(IncidentKind::covariate, .3)), kRetrain);
}

TEST(DriftVerdict, ASmallValueDriftNotifies) {
  EXPECT_EQ(verdict_on(drift(IncidentKind::data, .049)), kNotify);
}

TEST(DriftVerdict, LabelsThatShowNoHarmAcquitAValueDrift) {
  DriftFacts facts = drift(IncidentKind::covariate, .3);
  facts.loss = LossSince{500, 0, .003, .01};
  EXPECT_EQ(verdict_on(facts), (DriftVerdict{Severity::critical, Action::notify}));
}

TEST(DriftVerdict, TooFewLabelsOrTooWideALimitDoNotAcquit) {
  DriftFacts facts = drift(IncidentKind::data, .3);
  facts.loss = LossSince{499, 0, .003, .01};
  EXPECT_EQ(verdict_on(facts), kRetrain);
  facts.loss = LossSince{500, 0, .0061, .01};  // 1.645 * .0061 > .01
  EXPECT_EQ(verdict_on(facts), kRetrain);
}

TEST(DriftVerdict, ALossThatRoseByTheToleranceIsCriticalHoweverSmallTheDrift) {
  DriftFacts facts = drift(IncidentKind::data, .01);
  facts.loss = LossSince{1000, .02, .001, .01};
  EXPECT_EQ(verdict_on(facts), kRetrain);
}

TEST(DriftVerdict, ConceptAndPerformanceRetrainAtAnySeverity) {
  for (const IncidentKind kind : {IncidentKind::concept_drift, IncidentKind::performance})
    EXPECT_EQ(verdict_on(drift(kind, .01)), (DriftVerdict{Severity::warning, Action::retrain}));
}

TEST(DriftVerdict, PredictionAndLabelsNotify) {
  for (const IncidentKind kind : {IncidentKind::prediction, IncidentKind::labels})
    EXPECT_EQ(verdict_on(drift(kind, .3)), (DriftVerdict{Severity::critical, Action::notify}));
}

TEST(DriftVerdict, AnUncertifiedReferenceOnlyWarns) {
  for (const IncidentKind kind : kIncidentKinds) {
    DriftFacts facts = drift(kind, .9);
    facts.uncertified = true;
    EXPECT_EQ(verdict_on(facts), kNotify);
    EXPECT_FALSE(waits_for_labels(facts));
  }
}

TEST(DriftEpisode, TwoLowDaysInARowEndIt) {
  DriftEpisode episode(0, .2);
  EXPECT_EQ(episode.next_look(), kDay);
  EXPECT_FALSE(episode.look(.09, 100));
  EXPECT_EQ(episode.next_look(), 2 * kDay);
  EXPECT_FALSE(episode.look(.11, 100));
  EXPECT_FALSE(episode.look(.09, 100));
  EXPECT_TRUE(episode.look(.0, 5000));
}

TEST(DriftEpisode, DaysWithFewValuesAreNotLookedAt) {
  DriftEpisode episode(0, .2);
  EXPECT_FALSE(episode.look(0, 100));
  EXPECT_FALSE(episode.look(.5, 99));
  EXPECT_TRUE(episode.look(0, 100));
}

TEST(DriftEpisode, ASmallDriftEndsUnderAHundredth) {
  DriftEpisode episode(0, .012);
  EXPECT_FALSE(episode.look(.0099, 100));
  EXPECT_TRUE(episode.look(.0099, 100));
}

TEST(DriftEpisode, GoesOnTheSameAfterSaveAndLoad) {
  DriftEpisode episode(5, .2);
  episode.look(0, 100);
  Encoder out;
  episode.save(out);
  Decoder in(out.bytes());
  DriftEpisode loaded;
  loaded.load(in);
  EXPECT_TRUE(in.ok() && in.at_end());
  EXPECT_EQ(loaded, episode);
}

}  // namespace
}  // namespace driftd::alerts
