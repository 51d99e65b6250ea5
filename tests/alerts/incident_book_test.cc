#include "alerts/incident_book.h"

#include <gtest/gtest.h>

namespace driftd::alerts {
namespace {

const IncidentKey kPsi{"credit", "7", IncidentKind::rule, "income-psi"};

Findings findings(Severity severity = Severity::warning, Action action = Action::notify) {
  Findings out;
  out.severity = severity;
  out.action = action;
  out.summary = "something";
  return out;
}

TEST(IncidentBook, HoldsOneOpenIncidentPerKey) {
  IncidentBook book;
  const auto opened = book.open(kPsi, "digest", findings(), kHour);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->type, EventType::opened);
  EXPECT_EQ(opened->incident.opened_at, kHour);
  EXPECT_FALSE(book.open(kPsi, "digest", findings(), 2 * kHour)) << "it is open already";
  IncidentKey other = kPsi;
  other.version = "8";
  EXPECT_TRUE(book.open(other, "digest", findings(), 2 * kHour));
  EXPECT_EQ(book.all().size(), 2U);
  EXPECT_FALSE(book.close({"credit", "9", IncidentKind::rule, "x"}, 3 * kHour));
}

TEST(IncidentBook, EscalatesWhenSeverityOrActionRiseAndNeverFallsBack) {
  IncidentBook book;
  (void)book.open(kPsi, "", findings(), kHour);
  const auto risen = book.open(kPsi, "", findings(Severity::critical), 2 * kHour);
  ASSERT_TRUE(risen);
  EXPECT_EQ(risen->type, EventType::escalated);
  EXPECT_FALSE(book.open(kPsi, "", findings(Severity::info), 3 * kHour));
  EXPECT_EQ(book.open_under(kPsi)->findings.severity, Severity::critical);
  EXPECT_EQ(book.open(kPsi, "", findings(Severity::info, Action::retrain), 4 * kHour)->type,
            EventType::escalated);
}

TEST(IncidentBook, ContinuesWhatComesBackWithinADay) {
  IncidentBook book;
  const auto first = book.open(kPsi, "", findings(), kHour);
  ASSERT_EQ(book.close(kPsi, 2 * kHour)->type, EventType::resolved);
  const auto again = book.open(kPsi, "", findings(), 2 * kHour + kDay);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->type, EventType::opened);
  EXPECT_TRUE(again->reopened);
  EXPECT_EQ(again->incident.id, first->incident.id);
  EXPECT_EQ(again->incident.opened_at, kHour);
  EXPECT_FALSE(again->incident.resolved_at);
  (void)book.close(kPsi, 3 * kDay);
  const auto later = book.open(kPsi, "", findings(), 4 * kDay + 1);
  EXPECT_FALSE(later->reopened);
  EXPECT_NE(later->incident.id, first->incident.id);
  EXPECT_EQ(book.totals().at({"credit", "7", IncidentKind::rule, Severity::warning}), 2U)
      << "a continued incident counts once";
}

TEST(IncidentBook, MutesWhatOpensInAWindow) {
  IncidentBook book;
  book.set_mute_windows({{"credit", kHour, 2 * kHour}});
  EXPECT_TRUE(book.open(kPsi, "", findings(), kHour)->muted);
  EXPECT_TRUE(book.open(kPsi, "", findings(Severity::critical), 3 * kHour)->muted)
      << "it opened muted and stays so";
  EXPECT_TRUE(book.close(kPsi, 3 * kHour)->muted);
  EXPECT_FALSE(book.open(kPsi, "", findings(), 4 * kHour)->muted) << "judged anew when it comes back";
}

TEST(IncidentBook, SendsNoEscalationInAWindowButAnEnd) {
  IncidentBook book;
  book.set_mute_windows({{"", kHour, 2 * kHour}});
  EXPECT_FALSE(book.open(kPsi, "", findings(), kHour - 1)->muted);
  EXPECT_TRUE(book.open(kPsi, "", findings(Severity::critical), kHour)->muted);
  EXPECT_FALSE(book.close(kPsi, kHour + 1)->muted);
}

TEST(IncidentBook, TakesThePersonsWord) {
  IncidentBook book;
  const std::string id = book.open(kPsi, "", findings(), kHour)->incident.id;
  EXPECT_EQ(book.acknowledge("nobody").error().code, ErrorCode::not_found);
  EXPECT_TRUE(book.acknowledge(id).ok());
  EXPECT_EQ(book.find(id)->state, IncidentState::acknowledged);
  EXPECT_TRUE(book.open_under(kPsi)) << "acknowledged is still open";
  EXPECT_EQ(book.resolve(id, 2 * kHour).value().type, EventType::resolved);
  EXPECT_EQ(book.resolve(id, 2 * kHour).error().code, ErrorCode::refused);
  EXPECT_EQ(book.acknowledge(id).error().code, ErrorCode::refused);
  EXPECT_FALSE(book.close(kPsi, 3 * kHour)) << "the rule closing later is no news";
}

TEST(IncidentBook, ModelEventsAnswerTheirIncident) {
  IncidentBook book;
  const std::string id = book.open(kPsi, "", findings(), kHour)->incident.id;
  EXPECT_EQ(IncidentBook::incident_named_in(R"({"incident":")" + id + R"(","x":1})"), id);
  EXPECT_EQ(IncidentBook::incident_named_in(R"({"incident":7})"), "");
  EXPECT_EQ(IncidentBook::incident_named_in("no json"), "");
  EXPECT_FALSE(book.answer(Lifecycle::registered, id, 2 * kHour));
  EXPECT_EQ(book.find(id)->state, IncidentState::open);
  EXPECT_FALSE(book.answer(Lifecycle::retraining_started, id, 2 * kHour));
  EXPECT_EQ(book.find(id)->state, IncidentState::acknowledged);
  EXPECT_EQ(book.answer(Lifecycle::deployed, id, 3 * kHour)->type, EventType::resolved);
  EXPECT_FALSE(book.answer(Lifecycle::rolled_back, id, 3 * kHour));
}

TEST(IncidentBook, GaugesGoADayAfterTheEnd) {
  IncidentBook book;
  const IncidentBook::Series series{"credit", "7", IncidentKind::rule, Severity::warning};
  (void)book.open(kPsi, "", findings(), kHour);
  EXPECT_EQ(book.active(kHour).at(series), 1);
  (void)book.close(kPsi, 2 * kHour);
  EXPECT_EQ(book.active(kDay).at(series), 0);
  EXPECT_TRUE(book.active(kDay + 2 * kHour).empty());
}

TEST(IncidentBook, ForgetsTheOldAndTheSurplus) {
  IncidentBook book(BookOptions{kDay, 2});
  for (int i = 0; i < 5; ++i) {
    const IncidentKey key{"credit", "7", IncidentKind::rule, std::to_string(i)};
    (void)book.open(key, "", findings(), i * kHour);
    if (i < 4) (void)book.close(key, (i + 1) * kHour);
  }
  EXPECT_EQ(book.prune(0), 2U);
  EXPECT_EQ(book.all().size(), 3U) << "two closed ones and the open one";
  EXPECT_EQ(book.prune(4 * kHour), 0U) << "it was old, and none too many";
  EXPECT_EQ(book.all().size(), 2U);
  book.forget_model("credit");
  EXPECT_TRUE(book.all().empty());
  EXPECT_TRUE(book.totals().empty());
}

TEST(IncidentBook, RefusesDamagedEntries) {
  IncidentBook book;
  (void)book.open(kPsi, "", findings(), kHour);
  book.take_changes([](std::string_view key, std::optional<std::string_view> bytes) {
    for (std::size_t i = 0; i < bytes->size(); ++i) {
      std::string damaged(*bytes);
      damaged[i] = static_cast<char>(damaged[i] ^ 4);
      IncidentBook other;
      EXPECT_FALSE(other.restore(key, damaged).ok());
    }
    IncidentBook other;
    EXPECT_FALSE(other.restore("incident/another", *bytes).ok());
  });
}

}  // namespace
}  // namespace driftd::alerts
