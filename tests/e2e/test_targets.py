"""Retraining webhooks start real pipelines, alerts reach a real Alertmanager: `driftd webhook --send` makes the very call
that an incident would cause."""

import json
import subprocess
import time
import uuid

import pytest
import receivers
from conftest import need


@pytest.fixture
def send(program, tmp_path):
    """send({webhook}, event): exit code and what it said."""

    def call(webhook, event="opened"):
        config = {"kafka": {"brokers": ["localhost:9"], "topics": {"predictions": ["p"]}},
                  "alerts": {"webhooks": [{"name": "w", "models": ["credit"], **webhook}]}}  # fmt: skip
        file = tmp_path / "driftd.yaml"
        file.write_text(json.dumps(config))
        done = subprocess.run([program, "webhook", "-c", file, "w", "--send", "--event", event], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return call


def started(name, make, directory):
    need(receivers.missing(name))
    return make(directory / name)


def within_one_minute():
    """The example incident is named by its minute; calls that belong together stay in one."""
    left = 60 - time.time() % 60
    if left < 20:
        time.sleep(left + 0.5)


def test_alertmanager_shows_the_incident_until_it_is_resolved(send, tmp_path):
    with started("alertmanager", receivers.alertmanager, tmp_path) as manager:
        webhook = {"target": "alertmanager", "url": manager.url}
        within_one_minute()
        for _ in range(2):
            code, said = send(webhook)
            assert code == 0, said
        (alert,) = manager.get("/api/v2/alerts")
        assert alert["labels"]["alertname"] == "DriftdIncident" and alert["labels"]["model"] == "credit"
        assert alert["status"]["state"] == "active" and alert["endsAt"].startswith("9999")
        code, said = send(webhook, "resolved")
        assert code == 0, said
        assert manager.get("/api/v2/alerts") == []


def test_prefect_starts_one_run_of_an_incident(send, tmp_path):
    with started("prefect", receivers.prefect, tmp_path) as server:
        flow = server.post("/api/flows/", {"name": "retrain"})["id"]
        schema = {"type": "object", "properties": {"model": {"type": "string"}}, "required": ["model"]}
        deployment = server.post("/api/deployments/", {"name": "driftd", "flow_id": flow, "parameter_openapi_schema": schema,
                                                       "enforce_parameter_schema": True})["id"]  # fmt: skip
        webhook = {"target": "prefect", "url": server.url, "with": {"deployment": deployment}}
        within_one_minute()
        for status in ("HTTP 201", "HTTP 200"):
            code, said = send(webhook)
            assert code == 0 and status in said, said
        (run,) = server.post("/api/flow_runs/filter", {})
        assert run["parameters"] == {"model": "credit"}
        code, said = send({**webhook, "with": {"deployment": str(uuid.uuid4())}})
        assert code == 1 and "404" in said, said


def test_dagster_launches_and_what_it_refuses_is_no_success(send, tmp_path):
    with started("dagster", receivers.dagster, tmp_path) as server:
        webhook = {"target": "dagster", "url": server.url, "with": {"job": "retrain", "location": "defs.py"}}
        code, said = send(webhook)
        assert code == 0 and "LaunchRunSuccess" in said, said
        query = "{runsOrError{... on Runs{results{jobName tags{key value}}}}}"
        (run,) = server.post("/graphql", {"query": query})["data"]["runsOrError"]["results"]
        tags = {tag["key"]: tag["value"] for tag in run["tags"]}
        assert run["jobName"] == "retrain" and tags["driftd/model"] == "credit" and tags["driftd/incident"].startswith("rule-")
        code, said = send({**webhook, "with": {"job": "nobody", "location": "defs.py"}})
        assert code == 1 and "HTTP 200" in said and "without the text" in said, said


def test_airflow_starts_one_run_of_an_incident(send, tmp_path):
    with started("airflow", receivers.Airflow, tmp_path) as server:
        token = tmp_path / "token"
        token.write_text(server.token() + "\n")
        webhook = {"target": "airflow3", "url": server.url, "with": {"dag": "retrain"}, "authorization": {"credentials_file": str(token)}}
        within_one_minute()
        for status in ("HTTP 200", "HTTP 409"):
            code, said = send(webhook)
            assert code == 0 and status in said, said
        ((run, _),) = server.runs()
        assert run.startswith("driftd-rule-")
        token.write_text("nonsense")
        code, said = send(webhook)
        assert code == 1 and "HTTP 403" in said, said
