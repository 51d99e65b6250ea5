"""The life of a running driftd over a real broker: incidents and the answers to them, reloads, deliveries, and its end."""

import datetime
import json
import signal
import time

import pytest
import requests
from conftest import SECRET
from driftd_process import Driftd
from driftd_process import driftd as run_driftd
from kafka_broker import KafkaBroker
from process import wait_until

START = 1_790_000_040_000  # epoch milliseconds, the start of a slot
RULE = {"name": "income-psi", "column": "income", "statistic": "psi", "above": 1.0, "at_least": 50, "action": "retrain"}


# Rules alone: the stream drifts, and evidence would say so as well.
NO_EVIDENCE = {column: {"importance": 0} for column in ["income", "country", "prediction", "score", "loss", "precision", "recall"]}


def moment(second):
    return datetime.datetime.fromtimestamp(START / 1000 + second, datetime.UTC).isoformat().replace("+00:00", "Z")


def prediction(i, second=None, shifted=False, **fields):
    base = {"type": "prediction", "id": f"p{i}", "model": "credit", "version": "7", "time": START + 1000 * (i if second is None else second),
            "features": {"income": i * 37 % 97 + 500.0 * shifted, "country": "DE" if i % 2 else "FR"},
            "prediction": {"label": "good" if i % 3 else "bad", "score": 0.5}}  # fmt: skip
    return json.dumps({**base, **fields}).encode()


def feedback(i, second, label="good", **fields):
    return json.dumps({"type": "feedback", "id": f"p{i}", "model": "credit", "time": START + 1000 * second, "label": label, **fields}).encode()


def model_event(name, second, **metadata):
    return json.dumps({"type": "model", "event": name, "model": "credit", "version": "7", "time": moment(second), "metadata": metadata}).encode()


def normal(begin, end):
    return [prediction(i) for i in range(begin, end)]


def shifted(begin, end):
    return [prediction(i, shifted=True) for i in range(begin, end)]


def configuration(broker, topic, receiver=None, **more):
    """One topic for everything."""
    hook = {"name": "all", "url": receiver.url, "secret": SECRET} if receiver else None
    return {
        "kafka": {"brokers": [broker.bootstrap], "group": topic, "start": "earliest", "dead_letter_topic": f"{topic}-dead",
                  "topics": {"predictions": [topic], "feedback": [topic], "models": [topic]}},
        "storage": {"checkpoint_every": "1s"},
        "models": {"credit": {"reference": {"first": 200}, "window": "5m", "rules": [RULE], "columns": NO_EVIDENCE}},
        "alerts": {"webhooks": [hook] if hook else []},
        **more,
    }  # fmt: skip


def incidents(running):
    return running.get("/api/v1/incidents")["incidents"]


def only_incident(running, state="open"):
    """The one incident of the rule, as soon as it is in this state."""

    def there():
        found = [i for i in incidents(running) if i["state"] == state]
        return found and found[0]

    return wait_until(there, 30, f"an incident that is {state}")


@pytest.fixture
def one_topic(topic):
    return topic("all", 1)


@pytest.fixture
def drifting(driftd, broker, one_topic, receiver):
    """(driftd with an open incident, the incident): 400 s as the reference, 300 s of higher incomes."""
    running = driftd(configuration(broker, one_topic, receiver))
    broker.produce(one_topic, normal(0, 400) + shifted(400, 700))
    return running, only_incident(running)


def test_lineage_answers_an_incident(drifting, broker, one_topic, receiver):
    running, incident = drifting
    assert incident["rule"] == "income-psi" and incident["action"] == "retrain" and incident["metadata"] == {}
    name = incident["incident"]
    # A model event takes effect as the slot of its time closes, and moves no clock here.
    broker.produce(one_topic, [model_event("retraining_started", 710, incident=name, run_id="r1"), *shifted(700, 800)])
    assert only_incident(running, "acknowledged")["incident"] == name
    broker.produce(one_topic, [model_event("retraining_failed", 805, incident=name), *shifted(800, 900)])
    wait_until(lambda: running.metric("driftd_events_total", event="model") == 2, 10, "the second model event")
    broker.produce(one_topic, [model_event("deployed", 905, incident=name, git_commit="c0ffee"), *shifted(900, 1000)])
    resolved = only_incident(running, "resolved")
    assert resolved["incident"] == name and resolved["resolved_at"]
    # That it failed is told: nobody else would look.
    told = [r.json["type"].removeprefix("drift.incident.") for r in receiver.wait_for(3)]
    assert told == ["opened", "escalated", "resolved"]
    details = running.get("/api/v1/models/credit")
    lineage = [version["lineage"] for version in details["details"] if version["version"] == "7"]
    assert lineage == [{"git_commit": "c0ffee"}]  # the run is that of the next version
    assert details["open_incidents"] == 0
    assert running.metric("driftd_incident_active", kind="rule") == 0
    assert running.metric("driftd_incidents_total", kind="rule") == 1


def test_model_events_of_other_incidents_change_nothing(drifting, broker, one_topic):
    running, incident = drifting
    broker.produce(one_topic, [
        model_event("deployed", 705, incident="rule-00000000000000000000"),
        model_event("deployed", 706, incident=7),
        model_event("retraining_started", 707),
        *shifted(700, 900),
    ])  # fmt: skip
    wait_until(lambda: running.metric("driftd_predictions_total") == 900, 10, "the predictions")
    assert [(i["incident"], i["state"]) for i in incidents(running)] == [(incident["incident"], "open")]


def test_a_webhook_is_signed_retried_and_listed(driftd, broker, one_topic, receiver):
    receiver.answer(500, times=2)
    running = driftd(configuration(broker, one_topic, receiver))
    broker.produce(one_topic, normal(0, 400) + shifted(400, 700))
    receiver.wait_for(1)

    def deliveries():
        return running.get("/api/v1/deliveries")["deliveries"]

    failed = wait_until(lambda: [d for d in deliveries() if d["attempts"] == 1], 10, "the failed attempt")[0]
    assert (failed["state"], failed["status"], failed["event"], failed["webhook"]) == ("pending", 500, "opened", "all")
    assert failed["next_attempt_at"]
    assert running.post(f"/api/v1/deliveries/{failed['id']}/retry").status_code == 200
    receiver.wait_for(2, 5)
    requests_seen = receiver.wait_for(3)  # the third comes by itself
    wait_until(lambda: deliveries()[0]["state"] == "delivered", 10, "the delivery to be known as done")
    assert (deliveries()[0]["attempts"], deliveries()[0]["status"], len(deliveries())) == (3, 200, 1)
    assert [r.status for r in requests_seen] == [500, 500, 200]
    assert all(r.verified for r in requests_seen), requests_seen[0].refusal
    assert {r.headers["webhook-id"] for r in requests_seen} == {failed["id"]}
    assert len({r.body for r in requests_seen}) == 1
    body = requests_seen[0].json
    assert body["type"] == "drift.incident.opened" and body["data"]["model"] == "credit"
    assert body["data"]["columns"][0]["column"] == "income"
    assert running.metric("driftd_webhook_attempts_total", webhook="all") == 3
    assert running.metric("driftd_webhook_failures_total", webhook="all") == 2
    assert running.metric("driftd_webhook_deliveries_total", webhook="all") == 1
    assert running.metric("driftd_webhook_pending", webhook="all") == 0
    assert running.post("/api/v1/deliveries/nobody/retry").status_code == 404


def test_what_is_given_up_can_be_sent_again(driftd, broker, one_topic, receiver):
    receiver.answer(404, times=1)
    running = driftd(configuration(broker, one_topic, receiver))
    broker.produce(one_topic, normal(0, 400) + shifted(400, 700))

    def first(state):
        found = running.get("/api/v1/deliveries")["deliveries"]
        return found and found[0]["state"] == state and found[0]

    given_up = wait_until(lambda: first("abandoned"), 20, "the delivery to be given up")
    assert running.metric("driftd_webhook_abandoned_total", webhook="all") == 1
    assert running.post(f"/api/v1/deliveries/{given_up['id']}/retry").status_code == 200
    wait_until(lambda: first("delivered"), 10, "the delivery")
    assert [r.headers["webhook-id"] for r in receiver.requests] == [given_up["id"]] * 2


def test_a_mute_window_opens_incidents_and_sends_nothing(driftd, broker, one_topic, receiver):
    mute = [{"model": "credit", "from": moment(0), "to": moment(3600)}]
    config = configuration(broker, one_topic, receiver)
    config["alerts"]["mute"] = mute
    running = driftd(config)
    broker.produce(one_topic, normal(0, 400) + shifted(400, 700))
    assert only_incident(running)["muted"] is True
    time.sleep(1)
    assert receiver.requests == [] and running.get("/api/v1/deliveries")["deliveries"] == []


def test_a_reload_swaps_all_or_nothing(driftd, broker, one_topic):
    config = configuration(broker, one_topic)
    running = driftd(config)
    assert "a_new_rule" not in running.get("/api/v1/status/config")["yaml"]
    faulty = {**config, "models": {"credit": {"windw": "5m", "rules": [{**RULE, "name": "a_new_rule", "statistic": "psy"}]}}, "slot": "x"}
    running.configure(faulty)
    answer = running.reload()
    assert answer.status_code == 500
    for key in ("windw", "psy", "slot", "driftd.yaml"):
        assert key in answer.text, answer.text
    running.popen.send_signal(signal.SIGHUP)
    wait_until(lambda: "reload refused" in running.log, 10, "the refusal")
    assert "a_new_rule" not in running.get("/api/v1/status/config")["yaml"]
    assert running.metric("driftd_config_last_reload_successful") == 0
    assert requests.get(f"{running.url}/-/ready", timeout=5).status_code == 200

    right = {**config, "models": {"credit": {**config["models"]["credit"], "rules": [{**RULE, "name": "a_new_rule"}]}}}
    running.configure(right)
    running.popen.send_signal(signal.SIGHUP)
    wait_until(lambda: "a_new_rule" in running.get("/api/v1/status/config")["yaml"], 10, "the reload")
    assert running.metric("driftd_config_last_reload_successful") == 1
    assert running.reload().status_code == 200
    broker.produce(one_topic, normal(0, 400) + shifted(400, 700))
    assert only_incident(running)["rule"] == "a_new_rule"


def test_a_gentle_end_keeps_all_of_it(drifting, broker, one_topic):
    running, incident = drifting
    before = running.metric("driftd_predictions_total")
    begin = time.monotonic()
    assert running.stop() == 0
    assert time.monotonic() - begin < 5
    assert broker.committed(one_topic, one_topic) == {0: 700}
    running.start()
    assert running.metric("driftd_predictions_total") == before
    assert incidents(running) == [incident]
    broker.produce(one_topic, shifted(700, 710))
    wait_until(lambda: running.metric("driftd_predictions_total") == before + 10, 10, "what came later")
    assert running.stop() == 0


def answer(process, path):
    try:
        return requests.get(process.url + path, timeout=5).status_code
    except requests.ConnectionError:
        return None


def test_without_its_broker_it_lives_but_is_not_ready(program, tmp_path):
    process = Driftd(tmp_path / "driftd", configuration(KafkaBroker(tmp_path), "all"))  # a broker never started
    process.spawn()
    try:
        wait_until(lambda: answer(process, "/-/healthy") == 200, 10, "the HTTP server")
        assert answer(process, "/-/ready") == 503
    finally:
        process.kill()


@pytest.mark.parametrize("wish", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_at_once_while_it_waits_for_its_broker(program, tmp_path, wish):
    process = Driftd(tmp_path / "driftd", configuration(KafkaBroker(tmp_path), "all"))  # a broker never started
    process.spawn()
    try:
        wait_until(lambda: answer(process, "/-/healthy") == 200, 10, "the HTTP server")
        time.sleep(1)  # it waits for metadata
        begin = time.monotonic()
        process.popen.send_signal(wish)
        assert process.popen.wait(15) == 0, process.log
        assert time.monotonic() - begin < 3
        assert "stopped before it had started" in process.log
    finally:
        process.kill()


def test_cloud_events_count_like_bare_ones(driftd, broker, topic):
    def ce(i, **more):
        return {"specversion": "1.0", "id": f"p{i}", "type": "driftd.prediction", "source": "/scoring", "time": moment(i), **more}

    bare, wrapped = topic("bare", 1), topic("wrapped", 1)
    records = []
    for i in range(700):
        data = json.loads(prediction(i, shifted=i >= 400))
        for name in ("id", "type", "time"):
            del data[name]
        if i % 2:
            headers = [("content-type", b"application/cloudevents+json; charset=UTF-8")]
            records.append({"value": json.dumps(ce(i, data=data)).encode(), "headers": headers})
        else:
            headers = [(f"ce_{name}", value.encode()) for name, value in ce(i).items()] + [("content-type", b"application/json")]
            records.append({"value": json.dumps(data).encode(), "headers": headers})
    broker.produce(bare, normal(0, 400) + shifted(400, 700))
    broker.produce(wrapped, records)
    pages = []
    for name in (bare, wrapped):
        running = driftd(configuration(broker, name))
        only_incident(running)
        assert running.metric("driftd_events_rejected_total") == 0
        assert running.metric("driftd_predictions_total", model="credit", version="7") == 700
        pages.append(sorted((s[0]["column"], s[0]["statistic"], s[1]) for s in running.samples("driftd_drift_statistic")))
    assert pages[0] and pages[0] == pages[1]


def test_late_twice_and_corrected_are_counted(driftd, broker, one_topic):
    running = driftd(configuration(broker, one_topic))
    events = normal(0, 600)
    events += [prediction(1000 + k, second=10 * k) for k in range(7)]  # far behind the watermark, at 570
    events += [prediction(590 + k) for k in range(5)]  # copies
    events += [feedback(k, 580) for k in range(100)]
    events += [feedback(k, 580) for k in range(30)]  # equal: duplicates
    events += [feedback(k, 590, label="bad") for k in range(10)]  # corrections are none
    events += [feedback(5000 + k, 590) for k in range(4)]  # of predictions that never come
    events += [feedback(600 + k, 595) for k in range(20)]  # before their predictions
    events += normal(600, 800)
    broker.produce(one_topic, events)
    wait_until(lambda: running.metric("driftd_predictions_total") == 807, 20, "the predictions")
    assert running.metric("driftd_events_late_total", model="credit") == 7
    assert running.metric("driftd_events_duplicate_total", model="credit") == 5 + 30
    assert running.metric("driftd_feedback_total", model="credit") == 164
    assert running.metric("driftd_join_matched_total", model="credit", version="7") == 120
    assert running.metric("driftd_events_total") == len(events)
    assert running.metric("driftd_events_rejected_total") == 0


def test_the_commands_show_and_answer(drifting):
    running, incident = drifting
    name = incident["incident"]

    def ask(*arguments):
        done = run_driftd(*arguments, "--url", running.url)
        assert done.returncode == 0, done.stderr
        return done.stdout

    row = ask("models").splitlines()[1].split()
    assert row[:3] == ["credit", "7", "watching"] and row[-1] == "1"
    assert json.loads(ask("models", "--format", "json"))["models"][0]["model"] == "credit"
    assert json.loads(ask("models", "credit"))["versions"][0]["version"] == "7"
    assert name in ask("incidents")
    ask("incidents", "--acknowledge", name)
    assert "acknowledged" in ask("incidents")
    ask("incidents", "--resolve", name)
    assert "no open incidents" in ask("incidents")
    assert json.loads(ask("incidents", "--all", "--format", "json"))["incidents"][0]["state"] == "resolved"
    refused = run_driftd("incidents", "--resolve", name, "--url", running.url)
    assert refused.returncode == 1 and "resolved already" in refused.stderr
    assert run_driftd("models", "nobody", "--url", running.url).returncode == 1
    assert run_driftd("models", "--url", "http://127.0.0.1:9").returncode == 1


def test_a_deleted_model_is_forgotten_and_may_come_back(drifting, broker, one_topic):
    running, _ = drifting
    assert requests.delete(f"{running.url}/api/v1/models/nobody", timeout=10).status_code == 404
    assert requests.delete(f"{running.url}/api/v1/models/credit", timeout=10).status_code == 200
    assert running.get("/api/v1/models")["models"] == []
    assert requests.get(f"{running.url}/api/v1/models/credit", timeout=10).status_code == 404
    assert incidents(running) == []
    assert 'model="credit"' not in running.metrics_text()
    running.kill()
    running.start()
    assert running.get("/api/v1/models")["models"] == []
    broker.produce(one_topic, normal(700, 1100))
    wait_until(lambda: running.metric("driftd_predictions_total", model="credit") == 400, 10, "the model to come back")
    assert running.metric("driftd_model_info", model="credit") == 1  # learnt anew
