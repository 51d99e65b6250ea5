#include "alerts/template.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

namespace driftd::alerts {
namespace {

Incident hostile(const std::string& text) {
  Incident incident;
  incident.id = "rule-0123456789abcdef0123";
  incident.key = {text, "", IncidentKind::rule, "x"};
  incident.findings.summary = text;
  incident.findings.rule = text;
  incident.findings.columns = {{text, "", std::nullopt, {{"psi", .31}, {"ks", .22}}}, {"b", "s=1", .5, {}}};
  incident.findings.performance = {{"accuracy", .91, std::nullopt}};
  incident.findings.coverage = Coverage{9, 4, 1, 0};
  return incident;
}

std::string render(const std::string& text, Place place, const Incident& incident) {
  EXPECT_EQ(template_fault(text), std::nullopt);
  return render_template(text, place, {EventType::opened, 90 * kSecond, &incident, "http://d"});
}

TEST(Template, EscapesForThePlaceInAllThreeSpellings) {
  const Incident incident = hostile("a\"b\\c\nd/&?=ü<");
  for (const char* text : {"{{model}}", "{{ model }}", "{{{model}}}", "{{&model}}", "{{& model }}"}) {
    EXPECT_EQ(render(text, Place::json, incident), R"(a\"b\\c\nd/&?=ü<)");
    EXPECT_EQ(render(text, Place::url, incident), "a%22b%5Cc%0Ad%2F%26%3F%3D%C3%BC%3C");
    EXPECT_EQ(render(text, Place::header, incident), "a\"b\\c d/&?=ü<");
    EXPECT_EQ(render(text, Place::plain, incident), "a\"b\\c\nd/&?=ü<");
  }
}

TEST(Template, RenderedBodiesStayJsonWhateverTheTexts) {
  const std::string body =
      R"({"m":"{{model}}","r":"{{{rule}}}","c":[{{#columns}}{"n":"{{&column}}","s":{{#share}}{{share}}{{/share}})"
      R"({{^share}}null{{/share}},"v":"{{#statistics}}{{statistic}}={{value}};{{/statistics}}"},{{/columns}}0]})";
  ASSERT_EQ(template_fault(body), std::nullopt);
  std::mt19937_64 random(5);
  for (int i = 0; i < 300; ++i) {
    std::string text;
    for (std::size_t size = 1 + random() % 12; size > 0; --size)
      text += static_cast<char>(1 + random() % 127);
    const Incident incident = hostile(text);
    const auto json = nlohmann::json::parse(render(body, Place::json, incident), nullptr, false);
    ASSERT_TRUE(json.is_object());
    EXPECT_EQ(json["m"], text);
    EXPECT_EQ(json["c"][0]["n"], text);
    EXPECT_EQ(json["c"][0]["v"], "psi=0.31;ks=0.22;");
    EXPECT_TRUE(json["c"][0]["s"].is_null());
    EXPECT_EQ(json["c"][1]["s"], .5);
  }
}

TEST(Template, ValuesAreNotTemplates) {
  EXPECT_EQ(render("{{model}}", Place::plain, hostile("{{rule}}{{#columns}}")), "{{rule}}{{#columns}}");
}

TEST(Template, KnowsTimesAndEvents) {
  const Incident incident = hostile("m");
  EXPECT_EQ(render("{{event}} {{type}} {{timestamp}} {{timestamp_ms}} {{url}}", Place::plain, incident),
            "opened drift.incident.opened 1970-01-01T00:01:30Z 90000 "
            "http://d/api/v1/incidents#rule-0123456789abcdef0123");
  EXPECT_EQ(
      render("{{#version}}v{{version}}{{/version}}{{^version}}none{{/version}}", Place::plain, incident),
      "none");
  EXPECT_EQ(
      render("{{#performance}}{{metric}}:{{reference}}:{{current}}{{/performance}}", Place::plain, incident),
      "accuracy:0.91:");
}

TEST(Template, EveryNameOfTheTopRenders) {
  for (const std::string& name : template_names())
    EXPECT_EQ(template_fault("{{" + name + "}}"), std::nullopt);
}

TEST(Template, RefusesWhatItDoesNotKnow) {
  for (const char* bad :
       {"{{modle}}", "{{{modle}}}", "{{&modle}}", "{{#modle}}{{/modle}}", "{{^modle}}{{/modle}}", "{{}}",
        "{{.}}", "{{model.name}}", "{{share}}", "{{#columns}}{{metric}}{{/columns}}",
        "{{#rule}}{{^fault}}{{nope}}{{/fault}}{{/rule}}", "{{^columns}}{{share}}{{/columns}}", "{{> model}}",
        "{{model", "{{#rule}}", "{{/rule}}", "{{#rule}}{{/fault}}", "{{={{}}", "{{=<% %>=}}<% nope %>"})
    EXPECT_NE(template_fault(bad), std::nullopt) << bad;
  EXPECT_EQ(template_fault("{{modle}}"), "unknown name `modle` in a template; did you mean `model`?");
}

TEST(Template, BracesThatMeanNothingPass) {
  const Incident incident = hostile("m");
  EXPECT_EQ(render(R"({"a":{"b":"{{model}}"}})", Place::json, incident), R"({"a":{"b":"m"}})");
  EXPECT_EQ(render("{{=<% %>=}}{{<% model %>}}", Place::json, incident), "{{m}}");
  EXPECT_EQ(render("a{{! a comment }}b", Place::json, incident), "ab");
}

TEST(Template, BoundsItsOwnSize) {
  EXPECT_NE(template_fault(std::string(65 * 1024, 'x')), std::nullopt);
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "{{#rule}}";
  EXPECT_NE(template_fault(deep), std::nullopt);
}

}  // namespace
}  // namespace driftd::alerts
