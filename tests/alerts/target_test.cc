// Other people's pipelines are called as they want it: what a receiver gets, beside the calls of INTEROP 2.2.
#include "alerts/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "alerts/delivery.h"
#include "alerts/webhook_request.h"
#include "tests/support/test_receiver.h"

namespace driftd::alerts {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using Assignments = std::vector<std::string>;

WebhookConfig read(const Assignments& keys, const Assignments& with, Faults& faults) {
  Node node = from_assignments(keys);
  if (!with.empty()) node.set("with", from_assignments(with));
  WebhookConfig webhook;
  fields_of_webhook().read(node, webhook, "w", faults);
  return webhook;
}

WebhookConfig good(const Assignments& keys, const Assignments& with = {}) {
  Faults faults;
  const WebhookConfig webhook = read(keys, with, faults);
  for (const Fault& fault : faults) ADD_FAILURE() << to_text(fault);
  return fill_in_target(webhook);
}

Incident incident_of(const WebhookConfig& webhook) {
  Incident incident = example_incident(webhook, 1'796'000'000 * kSecond);
  incident.id = "data-0123456789abcdef0123";
  incident.key.kind = IncidentKind::data;
  incident.findings.summary = R"(income: "up" .4 sd)";
  incident.resolved_at = incident.opened_at + kHour;
  return incident;
}

HttpRequest render(const WebhookConfig& webhook, EventType event = EventType::opened) {
  const Incident incident = incident_of(webhook);
  auto request = render_request(webhook, event, incident.opened_at, incident, "http://driftd", 0);
  EXPECT_TRUE(request.ok());
  return *std::move(request);
}

// What comes of it at a receiver: the head's first line and headers, and the body.
struct Received {
  std::string line, head, body;
};
Received deliver(const std::string& target, const Assignments& with) {
  std::string text;
  {
    TestServer server([&](Connection& connection) {
      text = connection.read_request();
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    const WebhookConfig webhook =
        good({"name=w", "target=" + target, "url=http://127.0.0.1:" + server.port()}, with);
    Delivery delivery({.user_agent = "driftd/test", .ca_file = "", .on_done = {}});
    delivery.submit("one", render(webhook), 5 * kSecond);
    EXPECT_EQ(delivery.wait_results(30 * kSecond).size(), 1U);
  }
  const std::size_t end = text.find("\r\n\r\n"), line = text.find("\r\n");
  return {text.substr(0, line), text.substr(line, end - line), text.substr(end + 4)};
}

struct Expected {
  std::string target;
  Assignments with;
  std::string path;
  json body;  // a string: of a form; null: the whole alert
};

// From INTEROP 2.2, with what goes beyond it where the receiver takes free keys.
std::vector<Expected> expected() {
  const std::string id = "data-0123456789abcdef0123";
  const json conf = {{"model", "credit"}, {"version", "7"}, {"incident", id}, {"kind", "data"}};
  const json labels = {
      {"alertname", "DriftdIncident"}, {"model", "credit"}, {"version", "7"}, {"kind", "data"},
      {"severity", "warning"},         {"incident", id}};
  const std::string url = "http://driftd/api/v1/incidents#" + id;
  return {
      {"airflow2",
       {"dag=retrain"},
       "/api/v1/dags/retrain/dagRuns",
       {{"dag_run_id", "driftd-" + id}, {"conf", conf}}},
      {"airflow3",
       {"dag=retrain"},
       "/api/v2/dags/retrain/dagRuns",
       {{"logical_date", nullptr}, {"dag_run_id", "driftd-" + id}, {"conf", conf}}},
      {"kubeflow",
       {"pipeline=ID"},
       "/apis/v2beta1/runs",
       {{"display_name", "driftd-" + id},
        {"pipeline_version_reference", {{"pipeline_id", "ID"}}},
        {"runtime_config", {{"parameters", {{"model", "credit"}}}}}}},
      {"argo_workflows",
       {"namespace=ml", "template=retrain"},
       "/api/v1/workflows/ml/submit",
       {{"resourceKind", "WorkflowTemplate"},
        {"resourceName", "retrain"},
        {"submitOptions", {{"name", "driftd-" + id}, {"parameters", {"model=credit"}}}}}},
      {"argo_workflows_event", {"namespace=ml"}, "/api/v1/events/ml/driftd", nullptr},
      {"argo_events", {}, "/", nullptr},
      {"tekton", {}, "/", nullptr},
      {"github_workflow",
       {"repository=o/r", "workflow=train.yml"},
       "/repos/o/r/actions/workflows/train.yml/dispatches",
       {{"ref", "main"}, {"inputs", {{"model", "credit"}}}}},
      {"github_repository",
       {"repository=o/r"},
       "/repos/o/r/dispatches",
       {{"event_type", "drift"},
        {"client_payload",
         {{"model", "credit"},
          {"version", "7"},
          {"incident", id},
          {"kind", "data"},
          {"severity", "warning"},
          {"summary", R"(income: "up" .4 sd)"},
          {"url", url}}}}},
      {"gitlab",
       {"project=12", "token=a&b"},
       "/api/v4/projects/12/trigger/pipeline",
       "token=a%26b&ref=main&variables%5BMODEL%5D=credit&variables%5BVERSION%5D=7&variables%5BINCIDENT%5D=" +
           id},
      {"jenkins",
       {"job=retrain"},
       "/job/retrain/buildWithParameters",
       "MODEL=credit&VERSION=7&INCIDENT=" + id},
      {"jenkins_generic", {}, "/generic-webhook-trigger/invoke", nullptr},
      {"prefect",
       {"deployment=5f0e"},
       "/api/deployments/5f0e/create_flow_run",
       {{"parameters", {{"model", "credit"}}}, {"idempotency_key", id}}},
      {"dagster",
       {"job=retrain", "location=L"},
       "/graphql",
       {{"query", "mutation($p:ExecutionParams!){launchRun(executionParams:$p){__typename}}"},
        {"variables",
         {{"p",
           {{"runConfigData", json::object()},
            {"selector",
             {{"repositoryLocationName", "L"}, {"repositoryName", "__repository__"}, {"jobName", "retrain"}}},
            {"executionMetadata",
             {{"tags",
               {{{"key", "driftd/model"}, {"value", "credit"}},
                {{"key", "driftd/incident"}, {"value", id}}}}}}}}}}}},
      {"databricks",
       {"job=123"},
       "/api/2.2/jobs/run-now",
       {{"job_id", 123}, {"idempotency_token", id}, {"job_parameters", {{"model", "credit"}}}}},
      {"pagerduty",
       {"routing_key=K"},
       "/v2/enqueue",
       {{"routing_key", "K"},
        {"event_action", "trigger"},
        {"dedup_key", id},
        {"payload",
         {{"summary", R"(credit: income: "up" .4 sd)"},
          {"source", "driftd"},
          {"severity", "warning"},
          {"component", "credit"},
          {"class", "data"},
          {"timestamp", "2026-11-30T00:53:20Z"}}},
        {"links", {{{"href", url}, {"text", "driftd"}}}}}},
      {"slack", {}, "/", {{"text", "warning: credit 7: income: \"up\" .4 sd " + url}}},
      {"alertmanager",
       {},
       "/api/v2/alerts",
       {{{"labels", labels},
         {"annotations", {{"summary", R"(income: "up" .4 sd)"}}},
         {"startsAt", "2026-11-30T00:53:20Z"},
         {"endsAt", "9999-12-31T23:59:59Z"},
         {"generatorURL", url}}}},
      {"grafana",
       {},
       "/api/annotations",
       {{"time", 1'796'000'000'000},
        {"tags", {"driftd", "credit", "data"}},
        {"text", R"(income: "up" .4 sd)"}}},
      {"cloudevents", {}, "/", nullptr},
  };
}

TEST(Targets, AreCalledAsTheirReceiversWantIt) {
  std::set<std::string> tried;
  for (const Expected& one : expected()) {
    SCOPED_TRACE(one.target);
    tried.insert(one.target);
    const Received received = deliver(one.target, one.with);
    EXPECT_EQ(received.line, "POST " + one.path + " HTTP/1.1");
    EXPECT_THAT(received.head, HasSubstr("\r\nUser-Agent: driftd/test"));
    if (one.body.is_string()) {
      EXPECT_THAT(received.head, HasSubstr("content-type: application/x-www-form-urlencoded"));
      EXPECT_EQ(received.body, one.body.get<std::string>());
      continue;
    }
    EXPECT_THAT(received.head, HasSubstr("content-type: application/json"));
    const json body = json::parse(received.body, nullptr, false);
    ASSERT_FALSE(body.is_discarded()) << received.body;
    if (one.body.is_null())
      EXPECT_EQ(body["data"]["incident"], "data-0123456789abcdef0123");
    else
      EXPECT_EQ(body, one.body);
  }
  for (const Target& target : targets()) EXPECT_TRUE(tried.contains(std::string(target.name))) << target.name;
}

TEST(Targets, SendTheHeadersThatTheirReceiversAskFor) {
  EXPECT_THAT(deliver("github_workflow", {"repository=o/r", "workflow=w"}).head,
              HasSubstr("Accept: application/vnd.github+json"));
  const std::string head = deliver("cloudevents", {}).head;
  for (const char* line :
       {"ce-specversion: 1.0", "ce-type: drift.incident.opened", "ce-source: /driftd", "ce-subject: credit",
        "ce-time: 2026-11-30T00:53:20Z", "ce-id: data-0123456789abcdef0123-opened-1796000000000"})
    EXPECT_THAT(head, HasSubstr(line));
}

TEST(Targets, SayWhatIsDone) {
  const auto verdict = [](const std::string& target, const Assignments& with, int status,
                          const std::string& body) {
    Answer answer;
    answer.status = status;
    answer.body = body;
    return judge_answer(good({"name=w", "target=" + target, "url=http://x"}, with).success, answer, 0)
        .verdict;
  };
  EXPECT_EQ(verdict("airflow3", {"dag=d"}, 200, ""), Verdict::delivered);
  EXPECT_EQ(verdict("airflow3", {"dag=d"}, 409, ""), Verdict::delivered) << "it was started before";
  EXPECT_EQ(verdict("airflow3", {"dag=d"}, 422, ""), Verdict::give_up);
  EXPECT_EQ(verdict("airflow3", {"dag=d"}, 401, ""), Verdict::again) << "tokens end";
  const Assignments job = {"job=j", "location=l"};
  EXPECT_EQ(verdict("dagster", job, 200, R"({"data":{"launchRun":{"__typename":"LaunchRunSuccess"}}})"),
            Verdict::delivered);
  EXPECT_EQ(verdict("dagster", job, 200, R"({"data":{"launchRun":{"__typename":"PythonError"}}})"),
            Verdict::again);
  EXPECT_EQ(verdict("github_workflow", {"repository=o/r", "workflow=w"}, 204, ""), Verdict::delivered);
  EXPECT_EQ(verdict("pagerduty", {"routing_key=k"}, 202, ""), Verdict::delivered);
}

TEST(Targets, WhatTheWebhookStatesStands) {
  const WebhookConfig whole = good(
      {"name=w", "target=airflow3", "url=https://airflow.example/api/v2/dags/retrain_credit/dagRuns",
       R"(body={"logical_date": null, "dag_run_id": "driftd-{{ incident }}", "conf": {"model": "{{ model }}"}})"});
  EXPECT_EQ(whole.url.text, "https://airflow.example/api/v2/dags/retrain_credit/dagRuns");
  EXPECT_EQ(json::parse(render(whole).body)["conf"], (json{{"model", "credit"}}));
  EXPECT_EQ(whole.success.codes, (std::vector{200, 409}));
  Node node = from_assignments({"name=w", "target=github_repository"});
  node.set("with", from_assignments({"repository=o/r"}));
  node.set("headers", from_assignments({"accept=text/plain"}));
  node.set("success", Node::map());
  node.entries.back().value.set("codes", Node::list({Node::scalar("202")}));
  Faults faults;
  WebhookConfig webhook;
  fields_of_webhook().read(node, webhook, "w", faults);
  ASSERT_TRUE(faults.empty());
  webhook = fill_in_target(webhook);
  EXPECT_EQ(webhook.url.text, "https://api.github.com/repos/o/r/dispatches");
  EXPECT_EQ(webhook.success.codes, std::vector{202});
  ASSERT_EQ(webhook.headers.size(), 1U);
  EXPECT_EQ(webhook.headers[0].second.text, "text/plain");
}

TEST(Targets, SettingsAreEscapedForTheirPlaceAndMayBeTemplates) {
  const WebhookConfig webhook =
      good({"name=w", "target=airflow2", "url=http://x/"}, {"dag=retrain {{ model }}?"});
  EXPECT_EQ(render(webhook).url, "http://x/api/v1/dags/retrain%20credit%3F/dagRuns");
  const WebhookConfig quoted =
      good({"name=w", "target=kubeflow", "url=http://x"}, {R"(pipeline=a"b{{ version }})"});
  EXPECT_EQ(json::parse(render(quoted).body)["pipeline_version_reference"]["pipeline_id"], "a\"b7");
}

TEST(Targets, PipelinesAreToldOfTheBeginAndReceiversOfTheEndToo) {
  const std::vector<EventType> all = {EventType::opened, EventType::escalated, EventType::resolved};
  for (const Expected& one : expected()) {
    const Target& target = *find_target(one.target);
    const WebhookConfig webhook = good({"name=w", "target=" + one.target, "url=http://x"}, one.with);
    EXPECT_EQ(webhook.effective_events(), target.tells_end ? all : std::vector{EventType::opened})
        << one.target;
  }
  const WebhookConfig pager = good({"name=w", "target=pagerduty"}, {"routing_key=k"});
  EXPECT_EQ(pager.url.text, "https://events.pagerduty.com/v2/enqueue");
  EXPECT_EQ(
      json::parse(render(pager, EventType::resolved).body),
      (json{{"routing_key", "k"}, {"event_action", "resolve"}, {"dedup_key", "data-0123456789abcdef0123"}}));
  const json over =
      json::parse(render(good({"name=w", "target=alertmanager", "url=http://x"}), EventType::resolved).body);
  EXPECT_EQ(over[0]["endsAt"], "2026-11-30T01:53:20Z");
}

TEST(Targets, FaultsNameTheKeyAndTheRemedy) {
  const auto fault = [](const Assignments& keys, const Assignments& with) {
    Faults faults;
    (void)read(keys, with, faults);
    EXPECT_EQ(faults.size(), 1U);
    return faults.empty() ? std::string() : to_text(faults.front());
  };
  EXPECT_THAT(fault({"name=w", "target=airflow4", "url=http://x"}, {}), HasSubstr("did you mean airflow2?"));
  EXPECT_THAT(fault({"name=w", "target=airflow3", "url=http://x"}, {}),
              StartsWith("w.with.dag: is required by the target airflow3: the DAG's id"));
  EXPECT_THAT(fault({"name=w", "target=airflow3", "url=http://x"}, {"dag=a", "dga=b"}),
              HasSubstr("w.with.dga: "));
  EXPECT_THAT(fault({"name=w", "target=databricks", "url=http://x"}, {"job=1e3"}),
              HasSubstr("w.with.job: is a whole number"));
  EXPECT_THAT(fault({"name=w", "target=jenkins"}, {"job=a"}),
              StartsWith("w.url: is required: the target jenkins"));
  EXPECT_THAT(fault({"name=w", "url=http://x"}, {"dag=a"}), HasSubstr("w.with: "));
  EXPECT_THAT(fault({"name=w"}, {}), StartsWith("w.url: is required"));
  EXPECT_THAT(fault({"name=w", "url="}, {}), StartsWith("w.url: is required"));
}

TEST(Targets, KeepTheirSecrets) {
  Faults faults;
  const WebhookConfig webhook = read({"name=w", "target=pagerduty"}, {"routing_key=hunter2"}, faults);
  EXPECT_THAT(one_line(fields_of_webhook().show(webhook)), Not(HasSubstr("hunter2")));
  const WebhookConfig filled = fill_in_target(webhook);
  EXPECT_TRUE(filled.body->secret && filled.resolved_body->secret);
}

TEST(Targets, ThePageIsWhatTheRowsSay) {
  std::ifstream file(DRIFTD_SOURCE_DIR "/docs/targets.md");
  std::stringstream committed;
  committed << file.rdbuf();
  EXPECT_EQ(committed.str(), targets_page()) << "run: driftd docs targets > docs/targets.md";
}

}  // namespace
}  // namespace driftd::alerts
