#include "alerts/incident.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace driftd::alerts {
namespace {

Incident credit_incident() {
  Incident incident;
  incident.key = {"credit", "7", IncidentKind::rule, "income-psi"};
  incident.opened_at = parse_rfc3339("2026-11-20T08:01:00Z").value();
  incident.id = incident_id(incident.key, "sha256:ab", incident.opened_at);
  Findings& findings = incident.findings;
  findings.action = Action::retrain;
  findings.severity = Severity::warning;
  findings.summary = "psi of income is 0.31";
  findings.rule = "income-psi";
  findings.columns = {{"income", "", std::nullopt, {{"psi", 0.31}, {"ks", 0.22}}}};
  findings.performance = {{"accuracy", 0.91, 0.86}, {"f1", std::nullopt, 0.5}};
  findings.coverage = Coverage{39'104, 8'706, 400, 0};
  findings.metadata = R"({"git_commit":"abc","nested":{"a":[1,2]}})";
  return incident;
}

// What DESIGN 4 shows, for an incident without evidence.
TEST(IncidentJson, IsTheDefaultBodyOfTheDesign) {
  const Incident incident = credit_incident();
  const Time at = parse_rfc3339("2026-11-20T08:01:00Z").value();
  EXPECT_EQ(
      event_json(EventType::opened, at, incident, "http://127.0.0.1:9108"),
      R"({"type":"drift.incident.opened","timestamp":"2026-11-20T08:01:00Z","data":{"incident":")" +
          incident.id +
          R"(","model":"credit","version":"7","kind":"rule","severity":"warning","action":"retrain",)"
          R"("strength":null,"rule":"income-psi","fault":null,"summary":"psi of income is 0.31",)"
          R"("opened_at":"2026-11-20T08:01:00Z","estimated_start":null,"evidence":null,"budget":null,)"
          R"("columns":[{"column":"income","segment":"","share":null,"statistics":{"psi":0.31,"ks":0.22}}],)"
          R"("columns_total":1,"performance":{"accuracy":{"reference":0.91,"current":0.86},)"
          R"("f1":{"reference":null,"current":0.5}},)"
          R"("coverage":{"joined":39104,"waiting":8706,"expired":400,"evicted":0},"reference":null,"retraining":null,)"
          R"("url":"http://127.0.0.1:9108/api/v1/incidents#)" +
          incident.id + R"(","metadata":{"git_commit":"abc","nested":{"a":[1,2]}}}})");
}

TEST(IncidentJson, ShowsEvidenceWhereThereIsSome) {
  Incident incident = credit_incident();
  incident.findings.evidence = EvidenceFacts{1.7, "calibrated", incident.opened_at - kHour, {1, 30 * kDay}};
  const auto json = nlohmann::json::parse(data_json(incident, ""));
  EXPECT_EQ(json["evidence"], 1.7);
  EXPECT_EQ(json["strength"], "calibrated");
  EXPECT_EQ(json["estimated_start"], "2026-11-20T07:01:00Z");
  EXPECT_EQ(json["budget"].dump(), R"({"alerts":1,"per":"30d"})");
}

TEST(IncidentJson, ShowsTwentyColumnsAtMostAndSurvivesOddValues) {
  Incident incident = credit_incident();
  for (int i = 0; i < 30; ++i)
    incident.findings.columns.push_back({"c", "", .01, {{"psi", std::numeric_limits<double>::infinity()}}});
  incident.findings.metadata = "[not an object";
  incident.findings.summary = "broken \xff bytes";
  const auto json = nlohmann::json::parse(incident_json(incident, ""));
  EXPECT_EQ(json["columns"].size(), 20U);
  EXPECT_EQ(json["columns_total"], 31);
  EXPECT_TRUE(json["columns"][1]["statistics"]["psi"].is_null());
  EXPECT_EQ(json["metadata"].dump(), "{}");
  EXPECT_EQ(json["state"], "open");
  EXPECT_EQ(json["muted"], false);
  EXPECT_TRUE(json["resolved_at"].is_null());
}

// Made with tests/alerts/incident_id.py.
TEST(IncidentId, IsTheHashOfItsCanonicalBytes) {
  EXPECT_EQ(credit_incident().id, "rule-d41695e603325b376034");
  const std::string id = incident_id({"m", "", IncidentKind::concept_drift, ""}, "", -1);
  EXPECT_EQ(id, "concept-9c6b2adc93b3bbf337e2");
}

TEST(Incident, IsRestoredAsItWas) {
  Incident incident = credit_incident();
  incident.findings.evidence = EvidenceFacts{1.7, "calibrated", std::nullopt, {1, 30 * kDay}};
  incident.state = IncidentState::resolved;
  incident.resolved_at = incident.opened_at + kDay;
  Encoder out;
  incident.save(out);
  Decoder in(out.bytes());
  const auto restored = Incident::load(in);
  ASSERT_TRUE(restored.ok());
  EXPECT_EQ(*restored, incident);
  for (std::size_t size = 0; size < out.bytes().size(); ++size) {
    Decoder cut(std::string_view(out.bytes()).substr(0, size));
    EXPECT_FALSE(Incident::load(cut).ok());
  }
}

}  // namespace
}  // namespace driftd::alerts
