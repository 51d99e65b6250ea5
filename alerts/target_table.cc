// The rows. Paths, headers, bodies and codes are those of INTEROP 2.2; what a pipeline is handed is what it
// needs to answer: the model, and the incident where it takes free keys.
#include "alerts/target.h"

namespace driftd::alerts {

namespace {

constexpr std::string_view kBearer = "`authorization: {type: Bearer, credentials_file: FILE}`";
constexpr std::string_view kAgain =
    "starts it again: driftd's own retries are rare, the receiver can tell them by "
    "`webhook-id`";

void add_schedulers(std::vector<Target>& rows) {
  rows.push_back({
      .name = "airflow2",
      .title = "Apache Airflow 2",
      .path = "/api/v1/dags/<dag>/dagRuns",
      .body =
          R"({"dag_run_id": "driftd-{{ incident }}", "conf": {"model": "{{ model }}", "version": "{{ version }}", )"
          R"("incident": "{{ incident }}", "kind": "{{ kind }}"}})",
      .codes = {200, 409},
      .with = {{"dag", "", "the DAG's id"}},
      .credentials = "`basic_auth: {username: NAME, password_file: FILE}`, or what the deployment asks for",
      .twice = "409 for a known `dag_run_id`, which counts as done",
      .setup = "Let `[api] auth_backends` allow what you call with, give the user the permission to create "
               "DAG runs, and "
               "unpause the DAG. The run finds the incident in `dag_run.conf`.",
  });
  rows.push_back({
      .name = "airflow3",
      .title = "Apache Airflow 3",
      .path = "/api/v2/dags/<dag>/dagRuns",
      .body =
          R"({"logical_date": null, "dag_run_id": "driftd-{{ incident }}", "conf": {"model": "{{ model }}", )"
          R"("version": "{{ version }}", "incident": "{{ incident }}", "kind": "{{ kind }}"}})",
      .codes = {200, 409},
      .with = {{"dag", "", "the DAG's id"}},
      .credentials = "`authorization: {credentials_file: FILE}` with a token of `POST /auth/token`, which "
                     "lives a day: let "
                     "a timer write it to that file; driftd reads it at each attempt",
      .twice = "409 for a known `dag_run_id`, which counts as done",
      .setup = "Unpause the DAG. The run finds the incident in `dag_run.conf`.",
  });
  rows.push_back({
      .name = "prefect",
      .title = "Prefect 3",
      .path = "/api/deployments/<deployment>/create_flow_run",
      .body = R"({"parameters": {"model": "{{ model }}"}, "idempotency_key": "{{ incident }}"})",
      .codes = {200, 201},
      .with = {{"deployment", "", "the deployment's UUID"}},
      .credentials = "none, `basic_auth`, or `authorization: {credentials_file: FILE}` (Prefect Cloud: the "
                     "url ends before "
                     "`/api`, accounts and workspaces in it)",
      .twice = "200 and the same run, by `idempotency_key`",
      .setup = "Give the flow a parameter `model`; keys that it does not have are refused (422).",
  });
  rows.push_back({
      .name = "dagster",
      .title = "Dagster",
      .path = "/graphql",
      .body =
          R"({"query": "mutation($p:ExecutionParams!){launchRun(executionParams:$p){__typename}}", "variables": {"p": )"
          R"({"runConfigData": {}, "selector": {"repositoryLocationName": "<location>", "repositoryName": )"
          R"("<repository>", "jobName": "<job>"}, "executionMetadata": {"tags": [{"key": "driftd/model", "value": )"
          R"("{{ model }}"}, {"key": "driftd/incident", "value": "{{ incident }}"}]}}}})",
      .codes = {200},
      .contains = "\"LaunchRunSuccess\"",
      .with = {{"job", "", "the job's name"},
               {"location", "", "the code location's name"},
               {"repository", "__repository__", "the repository's name"}},
      .credentials = "none; Dagster+: `headers: {Dagster-Cloud-Api-Token: ${file:FILE}}`",
      .twice = "a second run",
      .setup = "The run finds the model and the incident in its tags `driftd/model` and `driftd/incident`.",
  });
  rows.push_back({
      .name = "databricks",
      .title = "Databricks",
      .path = "/api/2.2/jobs/run-now",
      .body =
          R"({"job_id": <job>, "idempotency_token": "{{ incident }}", "job_parameters": {"model": "{{ model }}"}})",
      .codes = {200},
      .with = {{"job", "", "the job's number", true}},
      .credentials = "`authorization: {credentials_file: FILE}`, or `oauth2` of a service principal",
      .twice = "the same run, by `idempotency_token`",
      .setup = "Give the job a parameter `model`.",
  });
}

void add_kubernetes(std::vector<Target>& rows) {
  rows.push_back({
      .name = "kubeflow",
      .title = "Kubeflow Pipelines 2",
      .path = "/apis/v2beta1/runs",
      .body =
          R"({"display_name": "driftd-{{ incident }}", "pipeline_version_reference": {"pipeline_id": "<pipeline>"}, )"
          R"("runtime_config": {"parameters": {"model": "{{ model }}"}}})",
      .with = {{"pipeline", "", "the pipeline's id"}},
      .credentials = kBearer,
      .twice = "a second run of the same display name",
      .setup = "Give the pipeline a parameter `model`. The token is that of a service account that may "
               "create runs.",
  });
  rows.push_back({
      .name = "argo_workflows",
      .title = "Argo Workflows, submitted",
      .path = "/api/v1/workflows/<namespace>/submit",
      .body = R"({"resourceKind": "WorkflowTemplate", "resourceName": "<template>", "submitOptions": )"
              R"({"name": "driftd-{{ incident }}", "parameters": ["model={{ model }}"]}})",
      .codes = {200, 409},
      .with = {{"namespace", "", "the namespace of the workflow"},
               {"template", "", "the WorkflowTemplate's name"}},
      .credentials = kBearer,
      .twice = "409 for a known name, which counts as done",
      .setup = "Give the template a parameter `model`. The token is that of a service account that may "
               "create workflows.",
  });
  rows.push_back({
      .name = "argo_workflows_event",
      .title = "Argo Workflows, by an event",
      .path = "/api/v1/events/<namespace>/<discriminator>",
      .with = {{"namespace", "", "the namespace of the WorkflowEventBinding"},
               {"discriminator", "driftd", "what the binding's selector looks for"}},
      .credentials = kBearer,
      .twice = "a second workflow",
      .setup = "Bind a template: `selector: discriminator == \"driftd\"`, `arguments.parameters` from "
               "`payload.data.model` "
               "and `payload.data.incident`. A full queue answers 503 and is tried again.",
  });
  rows.push_back({
      .name = "argo_events",
      .title = "Argo Events webhook",
      .credentials = "`authorization: {credentials_file: FILE}` where the event source has an `authSecret`",
      .twice = kAgain,
      .setup = "Add a `webhook` event source; the url is that of its service with its `endpoint`. The sensor "
               "finds the "
               "whole alert under `body`.",
  });
  rows.push_back({
      .name = "tekton",
      .title = "Tekton EventListener",
      .credentials =
          "an interceptor of the listener's: CEL over the headers, or `headers: {X-Token: ${file:FILE}}`",
      .twice = kAgain,
      .setup =
          "The url is that of the EventListener's service. A TriggerBinding takes `$(body.data.model)` and "
          "`$(body.data.incident)`.",
  });
}

void add_github(std::vector<Target>& rows) {
  rows.push_back({
      .name = "github_workflow",
      .title = "GitHub Actions, a workflow",
      .home = "https://api.github.com",
      .path = "/repos/<repository>/actions/workflows/<workflow>/dispatches",
      .headers = {{"Accept", "application/vnd.github+json"}},
      .body = R"({"ref": "<ref>", "inputs": {"model": "{{ model }}"}})",
      .codes = {200, 204},
      .with = {{"repository", "", "OWNER/NAME"},
               {"workflow", "", "the workflow's file name"},
               {"ref", "main", "the branch or tag to run"}},
      .credentials = "`authorization: {credentials_file: FILE}` with a fine-grained token (Actions: write)",
      .twice = kAgain,
      .setup = "Give the workflow `on: workflow_dispatch` with an input `model`. Further inputs need a "
               "`body` of your own.",
  });
  rows.push_back({
      .name = "github_repository",
      .title = "GitHub Actions, a repository event",
      .home = "https://api.github.com",
      .path = "/repos/<repository>/dispatches",
      .headers = {{"Accept", "application/vnd.github+json"}},
      .body =
          R"({"event_type": "<event_type>", "client_payload": {"model": "{{ model }}", "version": "{{ version }}", )"
          R"("incident": "{{ incident }}", "kind": "{{ kind }}", "severity": "{{ severity }}", )"
          R"("summary": "{{ summary }}", "url": "{{ url }}"}})",
      .codes = {204},
      .with = {{"repository", "", "OWNER/NAME"}, {"event_type", "drift", "what the workflow listens for"}},
      .credentials = "`authorization: {credentials_file: FILE}` with a fine-grained token (Contents: write)",
      .twice = kAgain,
      .setup = "Give the workflow `on: {repository_dispatch: {types: [drift]}}`; it reads "
               "`github.event.client_payload.model`.",
  });
}

void add_continuous_integration(std::vector<Target>& rows) {
  rows.push_back({
      .name = "gitlab",
      .title = "GitLab CI, a pipeline trigger",
      .home = "https://gitlab.com",
      .path = "/api/v4/projects/<project>/trigger/pipeline",
      .form = {{"token", "<token>"},
               {"ref", "<ref>"},
               {"variables[MODEL]", "{{model}}"},
               {"variables[VERSION]", "{{version}}"},
               {"variables[INCIDENT]", "{{incident}}"}},
      .codes = {200, 201},
      .with = {{"project", "", "the project's number"},
               {"token", "", "the trigger's token; `${file:FILE}` keeps it out of the configuration"},
               {"ref", "main", "the branch or tag to run"}},
      .credentials = "the trigger's token, in `with.token`",
      .twice = kAgain,
      .setup = "Settings, CI/CD, Pipeline trigger tokens. The pipeline reads `$MODEL` and `$INCIDENT`.",
  });
  rows.push_back({
      .name = "jenkins",
      .title = "Jenkins, a job with parameters",
      .path = "/job/<job>/buildWithParameters",
      .form = {{"MODEL", "{{model}}"}, {"VERSION", "{{version}}"}, {"INCIDENT", "{{incident}}"}},
      .codes = {200, 201},
      .with = {{"job", "", "the job's name"}},
      .credentials = "`basic_auth: {username: NAME, password_file: FILE}` with an API token",
      .twice = "merged with the queued build where all parameters are equal",
      .setup =
          "Tick *This project is parameterised* and add the string parameters MODEL, VERSION and INCIDENT.",
  });
  rows.push_back({
      .name = "jenkins_generic",
      .title = "Jenkins, Generic Webhook Trigger plugin",
      .path = "/generic-webhook-trigger/invoke",
      .codes = {200},
      .credentials = "`authorization: {credentials_file: FILE}` with the trigger's token",
      .twice = kAgain,
      .setup =
          "Add *Generic Webhook Trigger* to the job, with a token, and variables from `$.data.model` and "
          "`$.data.incident`.",
  });
}

void add_alert_receivers(std::vector<Target>& rows) {
  rows.push_back({
      .name = "pagerduty",
      .title = "PagerDuty, Events API 2",
      .home = "https://events.pagerduty.com",
      .path = "/v2/enqueue",
      .body =
          R"({"routing_key": "<routing_key>", "event_action": "trigger", "dedup_key": "{{ incident }}", "payload": )"
          R"({"summary": "{{ model }}: {{ summary }}", "source": "driftd", "severity": "{{ severity }}", )"
          R"("component": "{{ model }}", "class": "{{ kind }}", "timestamp": "{{ timestamp }}"}, )"
          R"("links": [{"href": "{{ url }}", "text": "driftd"}]})",
      .resolved_body =
          R"({"routing_key": "<routing_key>", "event_action": "resolve", "dedup_key": "{{ incident }}"})",
      .tells_end = true,
      .codes = {202},
      .with = {{"routing_key", "", "the service's integration key"}},
      .credentials = "the integration key, in `with.routing_key`",
      .twice = "the same alert, by `dedup_key`",
      .setup = "Services, Integrations, add *Events API V2*.",
  });
  rows.push_back({
      .name = "slack",
      .title = "Slack, incoming webhook",
      .body = R"({"text": "{{ severity }}: {{ model }} {{ version }}: {{ summary }} {{ url }}"})",
      .resolved_body = R"({"text": "resolved: {{ model }} {{ version }}: {{ summary }} {{ url }}"})",
      .tells_end = true,
      .codes = {200},
      .credentials = "the url is the secret: `url: ${file:FILE}`",
      .twice = "the message again",
      .setup = "Create an app with *Incoming Webhooks* and add one to a channel.",
  });
  rows.push_back({
      .name = "alertmanager",
      .title = "Prometheus Alertmanager",
      .path = "/api/v2/alerts",
      .body =
          R"([{"labels": {"alertname": "DriftdIncident", "model": "{{ model }}", "version": "{{ version }}", "kind": )"
          R"("{{ kind }}", "severity": "{{ severity }}", "incident": "{{ incident }}"}, "annotations": )"
          R"({"summary": "{{ summary }}"}, "startsAt": "{{ opened_at }}", "endsAt": "9999-12-31T23:59:59Z", )"
          R"("generatorURL": "{{ url }}"}])",
      .resolved_body =
          R"([{"labels": {"alertname": "DriftdIncident", "model": "{{ model }}", "version": "{{ version }}", "kind": )"
          R"("{{ kind }}", "severity": "{{ severity }}", "incident": "{{ incident }}"}, "annotations": )"
          R"({"summary": "{{ summary }}"}, "startsAt": "{{ opened_at }}", "endsAt": "{{ resolved_at }}", )"
          R"("generatorURL": "{{ url }}"}])",
      .tells_end = true,
      .codes = {200},
      .credentials = "as it is proxied; often none",
      .twice = "the same alert, by its labels",
      .setup = "Nothing. A Prometheus rule on `driftd_incident_active` (dashboards/) does the same without a "
               "webhook.",
  });
}

void add_others(std::vector<Target>& rows) {
  rows.push_back({
      .name = "grafana",
      .title = "Grafana annotations",
      .path = "/api/annotations",
      .body =
          R"({"time": {{ opened_at_ms }}, "tags": ["driftd", "{{ model }}", "{{ kind }}"], "text": "{{ summary }}"})",
      .resolved_body =
          R"({"time": {{ opened_at_ms }}, "timeEnd": {{ timestamp_ms }}, "tags": ["driftd", "{{ model }}", )"
          R"("{{ kind }}", "resolved"], "text": "{{ summary }}"})",
      .tells_end = true,
      .codes = {200},
      .credentials = "`authorization: {credentials_file: FILE}` with a service account's token",
      .twice = "a second annotation",
      .setup = "Administration, Service accounts, role Editor. Dashboards show it by an annotation query on "
               "the tag "
               "`driftd`.",
  });
  rows.push_back({
      .name = "cloudevents",
      .title = "CloudEvents over HTTP, binary mode",
      .headers = {{"ce-specversion", "1.0"},
                  {"ce-id", "{{ incident }}-{{ event }}-{{ timestamp_ms }}"},
                  {"ce-source", "/driftd"},
                  {"ce-type", "{{ type }}"},
                  {"ce-subject", "{{ model }}"},
                  {"ce-time", "{{ timestamp }}"}},
      .tells_end = true,
      .credentials = kBearer,
      .twice = "the same event, by `ce-source` and `ce-id`",
      .setup = "Nothing: Knative, Argo Events and every broker of CloudEvents take it. The data is the whole "
               "alert.",
  });
}

std::vector<Target> make_targets() {
  std::vector<Target> rows;
  for (const auto add : {add_schedulers, add_kubernetes, add_github, add_continuous_integration}) add(rows);
  for (Target& row : rows) row.pipeline = true;
  for (const auto add : {add_alert_receivers, add_others}) add(rows);
  return rows;
}

}  // namespace

std::span<const Target> targets() {
  static const std::vector<Target> kRows = make_targets();
  return kRows;
}

const Target* find_target(std::string_view name) {
  for (const Target& target : targets())
    if (target.name == name) return &target;
  return nullptr;
}

}  // namespace driftd::alerts
