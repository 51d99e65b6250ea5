"""Retraining as a protocol, over a real broker: one call at a time, answers, failures, and a person's wish."""

import json
import subprocess

import pytest
from process import wait_until
from test_lifecycle import NO_EVIDENCE, configuration, incidents, model_event, normal, prediction, shifted

RULES = [
    {"name": "income-psi", "column": "income", "statistic": "psi", "above": 1.0, "at_least": 50, "action": "retrain"},
    {"name": "income-ks", "column": "income", "statistic": "ks", "above": 0.5, "at_least": 50, "action": "retrain"},
]


@pytest.fixture
def one_topic(topic):
    return topic("all", 1)


@pytest.fixture
def pipeline(receiver):
    return receiver


@pytest.fixture
def running(driftd, broker, one_topic, pipeline):
    """driftd with two rules that ask for the same retraining, a pipeline, and people who are told of everything."""
    hooks = [{"name": "pipeline", "url": f"{pipeline.url}/pipeline", "actions": ["retrain"], "events": ["opened"]},
             {"name": "people", "url": f"{pipeline.url}/people"}]  # fmt: skip
    model = {"reference": {"first": 200}, "window": "5m", "rules": RULES, "columns": NO_EVIDENCE,
             "retraining": {"acknowledge_within": "10m", "finish_within": "20m"}}  # fmt: skip
    return driftd({**configuration(broker, one_topic), "models": {"credit": model}, "alerts": {"webhooks": hooks}})


def calls(pipeline, who="pipeline"):
    return [r.json for r in pipeline.requests if r.path.endswith(who)]


def retraining(running):
    return running.get("/api/v1/models/credit")["retraining"]


def wait_for_state(running, state):
    return wait_until(lambda: (now := retraining(running))["state"] == state and now, 30, f"the retraining to be {state}")


def drift(running, broker, topic, pipeline):
    """The incident for which the pipeline was called, and the other one."""
    broker.produce(topic, normal(0, 400) + shifted(400, 700))
    wait_until(lambda: len(incidents(running)) == 2, 30, "both incidents")
    wait_for_state(running, "delivered")
    wait_until(lambda: len(calls(pipeline, "people")) == 2, 10, "people to be told of both")
    asked = calls(pipeline)
    assert len(asked) == 1, "a second retraining was started beside the first"
    name = asked[0]["data"]["incident"]
    other = next(i for i in incidents(running) if i["incident"] != name)
    assert other["retraining"] == "held"
    assert retraining(running)["waiting"] == 1
    return name, other["incident"]


def test_one_retraining_comes_back_and_the_new_version_is_watched(running, broker, one_topic, pipeline):
    name, other = drift(running, broker, one_topic, pipeline)
    broker.produce(one_topic, [model_event("retraining_started", 710, incident=name), *shifted(700, 800)])
    assert wait_for_state(running, "running")["incident"] == name
    mine = next(i for i in incidents(running) if i["incident"] == name)
    assert (mine["state"], mine["retraining"]) == ("acknowledged", "running")
    broker.produce(one_topic, [model_event("retraining_finished", 805, incident=name), *shifted(800, 900)])
    wait_for_state(running, "trained")
    event = json.loads(model_event("deployed", 905, incident=name, git_commit="c0ffee"))
    broker.produce(one_topic, [json.dumps({**event, "version": "8"}).encode(), *shifted(900, 1000)])
    learning = wait_for_state(running, "learning")
    assert learning["version"] == "8" and learning["waiting"] == 0, "what waited is answered by what was deployed"
    assert [p["state"] for p in running.get("/api/v1/models/credit")["versions"] if p["version"] == "8"] == ["learning"]
    broker.produce(one_topic, [prediction(i, shifted=True, version="8") for i in range(1000, 1400)])
    wait_for_state(running, "idle")
    assert len(calls(pipeline)) == 1
    waited = [d for d in running.get("/api/v1/deliveries")["deliveries"] if d["webhook"] == "pipeline" and d["incident"] == other]
    assert [(d["state"], d["error"]) for d in waited] == [("abandoned", "another retraining of the model was deployed meanwhile")]
    assert running.metric("driftd_retrainings_total", model="credit", outcome="deployed") == 1
    assert running.metric("driftd_retraining_state", model="credit", state="idle") == 1


def test_one_that_fails_is_told_and_lets_the_next_one_go(running, broker, one_topic, pipeline):
    name, other = drift(running, broker, one_topic, pipeline)
    broker.produce(one_topic, [model_event("retraining_failed", 710, incident=name), *shifted(700, 800)])
    wait_until(lambda: len(calls(pipeline)) == 2, 30, "the one that waited")
    assert calls(pipeline)[1]["data"]["incident"] == other
    told = [c for c in calls(pipeline, "people") if c["type"] == "drift.incident.escalated"]
    assert [(c["data"]["incident"], c["data"]["severity"]) for c in told] == [(name, "critical")]
    assert told[0]["data"]["summary"].startswith("the retraining has failed: ")


def test_one_that_does_not_come_back_is_told(running, broker, one_topic, pipeline):
    name, _ = drift(running, broker, one_topic, pipeline)
    broker.produce(one_topic, shifted(700, 1500))
    wait_for_state(running, "overdue")
    told = wait_until(lambda: [c for c in calls(pipeline, "people") if c["type"] == "drift.incident.escalated"], 10, "the escalation")
    assert told[0]["data"]["incident"] == name and "is not acknowledged" in told[0]["data"]["summary"]
    assert told[0]["data"]["retraining"] == "overdue"
    assert len(calls(pipeline)) == 1


def test_a_retraining_under_way_survives_a_kill(running, broker, one_topic, pipeline):
    name, _ = drift(running, broker, one_topic, pipeline)
    wait_until(lambda: running.metric("driftd_last_checkpoint_timestamp_seconds"), 10, "a checkpoint")
    running.kill()
    running.start()
    assert retraining(running)["incident"] == name
    broker.produce(one_topic, [model_event("retraining_started", 710, incident=name), *shifted(700, 800)])
    wait_for_state(running, "running")
    assert len(calls(pipeline)) == 1


def ask_by_hand(program, running, *more):
    command = [str(program), "retrain", "credit", "--url", running.url, *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_a_person_asks_for_one(running, broker, one_topic, pipeline, program):
    broker.produce(one_topic, normal(0, 400))
    wait_until(lambda: running.metric("driftd_predictions_total") == 400, 30, "the predictions")
    done = ask_by_hand(program, running, "--reason", "new features since monday")
    assert done.returncode == 0, done.stderr
    name = done.stdout.split()[-1]
    call = wait_until(lambda: calls(pipeline), 10, "the call")[0]["data"]
    assert (call["incident"], call["kind"], call["action"], call["rule"]) == (name, "rule", "retrain", "driftd:on-demand")
    assert call["summary"] == "a retraining was asked for: new features since monday"
    again = ask_by_hand(program, running)
    assert again.returncode == 1 and "is under way" not in again.stderr
    assert name in again.stderr and "a retraining of credit is" in again.stderr
    event = json.loads(model_event("deployed", 405))
    broker.produce(one_topic, [json.dumps({**event, "version": "8"}).encode(), *normal(400, 500)])
    wait_until(lambda: not [i for i in incidents(running) if i["state"] != "resolved"], 30, "its incident to end")
    unknown = subprocess.run([str(program), "retrain", "nobody", "--url", running.url], capture_output=True, text=True, timeout=30, check=False)
    assert unknown.returncode == 1 and "nobody" in unknown.stderr


def test_without_a_pipeline_a_person_is_told_what_is_missing(driftd, broker, one_topic, program):
    running = driftd(configuration(broker, one_topic))
    broker.produce(one_topic, normal(0, 400))
    wait_until(lambda: running.metric("driftd_predictions_total") == 400, 30, "the predictions")
    refused = ask_by_hand(program, running)
    assert refused.returncode == 1 and "no webhook starts a retraining of credit" in refused.stderr
