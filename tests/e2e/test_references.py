"""A reference that somebody adopts while driftd runs over a real broker, and what model events say of a version."""

import json
import random

import pytest
from driftd_process import driftd as run_driftd
from process import wait_until

START = 1_790_000_040_000  # epoch milliseconds, the start of a slot
STEP = 60_000  # a prediction a minute
DAY = 1440  # of them
RULE = {"name": "income-psi", "column": "income", "statistic": "psi", "above": 1.0, "at_least": 50}


def prediction(i, shift=0.0, version="7"):
    rng = random.Random(i)
    return json.dumps({
        "type": "prediction", "id": f"p{i}", "model": "credit", "version": version, "time": START + STEP * i,
        "features": {"income": rng.gauss(50 + shift, 10), "country": "DE" if i % 2 else "FR"},
        "prediction": {"label": "good" if i % 3 else "bad", "score": 0.4 + 0.2 * rng.random()},
    }).encode()  # fmt: skip


def model_event(name, minute, version="7", **metadata):
    return json.dumps({
        "type": "model", "event": name, "model": "credit", "version": version, "time": START + STEP * minute, "metadata": metadata,
    }).encode()  # fmt: skip


def configuration(broker, topic, **model):
    return {
        "kafka": {"brokers": [broker.bootstrap], "group": topic, "start": "earliest", "dead_letter_topic": f"{topic}-dead",
                  "topics": {"predictions": [topic], "models": [topic]}},
        "slot": "5m",
        "storage": {"checkpoint_every": "1s"},
        "models": {"credit": {"reference": {"first": DAY}, "rules": [RULE], "segments": ["country"], **model}},
    }  # fmt: skip


@pytest.fixture
def one_topic(topic):
    return topic("all", 1)


@pytest.fixture
def drifting(driftd, broker, one_topic):
    """One day as the reference, one more like it, then three of higher incomes: (driftd, how many predictions)."""
    running = driftd(configuration(broker, one_topic))
    count = 5 * DAY
    broker.produce(one_topic, [model_event("registered", 1, trained_by="ci", trained_at="2026-09-20"),
                               *[prediction(i, 30.0 * (i >= 2 * DAY)) for i in range(count)]])  # fmt: skip
    wait_until(lambda: running.metric("driftd_predictions_total") == count, 60, "the predictions")
    return running, count


def open_incidents(running, *kinds):
    found = running.get("/api/v1/incidents")["incidents"]
    return {i["incident"]: i for i in found if i["state"] == "open" and (not kinds or i["kind"] in kinds)}


def reference_of(running, version="7"):
    details = running.get("/api/v1/models/credit")["details"]
    return next(one["reference"]["digest"] for one in details if one["version"] == version)


def adopt(running, body, preview=False, status=200):
    answer = running.post("/api/v1/models/credit/reference", json=body, params={"preview": "true"} if preview else {})
    assert answer.status_code == status, answer.text
    return answer.json()


def test_the_last_days_become_the_normal(drifting, broker, one_topic):
    running, count = drifting
    before = wait_until(lambda: open_incidents(running, "data"), 30, "the drift")
    learnt = reference_of(running)
    assert {i["reference"] for i in before.values()} == {learnt}
    assert all(i["metadata"] == {"trained_by": "ci", "trained_at": "2026-09-20"} for i in open_incidents(running).values())
    assert open_incidents(running, "rule")

    preview = adopt(running, {"last": "2d"}, preview=True)
    assert preview["adopted"] is False and preview["before"]["predictions"]["digest"] == learnt
    assert {i["incident"] for i in preview["incidents"]["closed"]} >= set(before)
    assert {i["kind"] for i in preview["incidents"]["left"]} == {"rule"}
    income = next(column for column in preview["columns"] if column["column"] == "income")
    assert income["statistics"]["psi"] > 1 and income["same_bins"]
    assert reference_of(running) == learnt and set(open_incidents(running, "data")) == set(before)

    answer = adopt(running, {"last": "2d"})
    digest = answer["reference"]["digest"]
    assert answer["adopted"] is True and answer["reference"]["rows"] == pytest.approx(2 * DAY, abs=10)
    assert reference_of(running) == digest
    assert not open_incidents(running, "data", "covariate", "prediction")

    running.kill()  # -9
    running.start()
    assert reference_of(running) == digest
    broker.produce(one_topic, [prediction(i, 30.0) for i in range(count, count + DAY)])
    wait_until(lambda: running.metric("driftd_predictions_total") == count + DAY, 60, "what came later")
    wait_until(lambda: not open_incidents(running), 30, "the rule to close")  # it looks at the new reference
    assert running.metric("driftd_drift_statistic", column="income", statistic="psi", segment="") < 0.3

    listed = running.get("/api/v1/models/credit/references")["references"]
    assert [(one["number"], one["origin"], one["in_use_by"]) for one in listed] == [(1, "learnt", []), (2, "recent", ["7"])]
    assert adopt(running, {"digest": learnt[:30]})["reference"]["number"] == 1
    assert reference_of(running) == learnt
    assert running.metric("driftd_model_info", reference=learnt, trained_by="ci", run_id="") == 0  # no such label
    assert running.metric("driftd_model_info", reference=learnt, trained_by="ci") == 1
    adopt(running, {"adopt": 1}, status=409)
    adopt(running, {"adopt": 9}, status=404)
    adopt(running, {"last": "1h"}, status=400)


def test_a_profile_is_adopted_by_command_until_the_file_changes(driftd, broker, one_topic, tmp_path):
    def profile(name, shift, rows):
        events = tmp_path / f"{name}.jsonl"
        events.write_bytes(b"\n".join(prediction(i, shift) for i in range(rows)))
        made = run_driftd("profile", "--model", "credit", events, "-o", tmp_path / f"{name}.json")
        assert made.returncode == 0, made.stderr
        return tmp_path / f"{name}.json"

    def digest(path):
        return json.loads(path.read_text())["digest"]

    named, chosen = profile("named", 0.0, 3 * DAY), profile("chosen", 30.0, 3 * DAY)
    running = driftd(configuration(broker, one_topic, reference={"file": str(named)}))
    broker.produce(one_topic, [prediction(i, 30.0) for i in range(DAY)])
    wait_until(lambda: running.metric("driftd_predictions_total") == DAY, 60, "the predictions")
    assert reference_of(running) == digest(named)
    wait_until(lambda: open_incidents(running, "data"), 30, "the drift")

    told = run_driftd("reference", "--url", running.url, "credit", "--adopt", chosen, "--preview")
    assert told.returncode == 0 and "nothing was changed" in told.stdout, told.stdout + told.stderr
    assert reference_of(running) == digest(named)
    told = run_driftd("reference", "--url", running.url, "credit", "--adopt", chosen)
    assert told.returncode == 0 and "adopted as number 2" in told.stdout, told.stdout + told.stderr
    assert reference_of(running) == digest(chosen) and not open_incidents(running, "data")

    running.kill()
    running.start()
    assert reference_of(running) == digest(chosen)  # the configuration names what it named then
    assert running.reload().status_code == 200
    assert reference_of(running) == digest(chosen)
    named.write_bytes(profile("other", 30.0, 2 * DAY).read_bytes())
    assert running.reload().status_code == 200
    assert reference_of(running) == digest(named)

    told = run_driftd("reference", "--url", running.url, "credit")
    assert told.returncode == 0 and told.stdout.count("sha256:") == 3, told.stdout
    told = run_driftd("reference", "--url", running.url, "credit", "--back", "7")
    assert told.returncode == 1 and "no kept reference" in told.stderr


def test_a_profile_beyond_the_limit_is_refused(driftd, broker, one_topic):
    running = driftd({**configuration(broker, one_topic), "limits": {"max_profile": "64KB"}})
    broker.produce(one_topic, [prediction(i) for i in range(10)])
    wait_until(lambda: running.metric("driftd_predictions_total") == 10, 30, "the predictions")
    url = "/api/v1/models/credit/reference"
    big = json.dumps({"format": "driftd.profile", "padding": "x" * 100_000})
    assert running.post(url, data=big, headers={"Content-Type": "application/json"}).status_code == 413
    assert running.post(url, data="{}", headers={"Content-Type": "text/plain"}).status_code == 415
    assert running.post(url, json={"last": "7d"}, headers={"Origin": "http://evil.example"}).status_code == 403
    assert running.post(url, json={"last": "7d"}).status_code == 409  # no reference yet
    assert running.post(url, json={"sudo": True}).status_code == 400


def test_lineage_is_put_together_whatever_the_events_hold(driftd, broker, one_topic):
    running = driftd(configuration(broker, one_topic, reference={"first": 200}))
    hostile = 'x"\\\n{}' + "y" * 10_000
    broker.produce(one_topic, [
        model_event("registered", 1, trained_by="ci", trained_at="2026-09-20", git_commit=hostile),
        model_event("deployed", 2, run_id="r1", incident="data-00000000000000000000"),
        *[prediction(i) for i in range(3, 300)],
        model_event("retraining_started", 301, run_id="of the next one"),
        *[prediction(i) for i in range(302, 400)],
    ])  # fmt: skip
    wait_until(lambda: running.metric("driftd_predictions_total") == 395, 30, "the predictions")

    def details():
        return running.get("/api/v1/models/credit")["details"][0]

    wait_until(lambda: len(details()["events"]) == 3, 10, "the events")
    one = details()
    assert {key: one["lineage"][key] for key in ("trained_by", "trained_at", "run_id")} == {
        "trained_by": "ci", "trained_at": "2026-09-20", "run_id": "r1"}  # fmt: skip
    assert set(one["lineage"]) == {"trained_by", "trained_at", "run_id", "git_commit"}
    assert [event["event"] for event in one["events"]] == ["registered", "deployed", "retraining_started"]
    (labels, value), *others = running.samples("driftd_model_info", model="credit")
    assert value == 1 and not others and "data_version" not in labels
    assert labels["git_commit"].startswith('x"\\\n{}') and len(labels["git_commit"]) == 128
    running.kill()
    running.start()
    assert details()["lineage"] == one["lineage"] and details()["events"] == one["events"]
