"""Nothing is lost and nothing counts twice (DESIGN 5): driftd is killed and stopped again and again while a real
broker fills, and says in the end what it says undisturbed."""
import gzip
import json
import random
import time

import pytest
from conftest import SECRET
from paths import FULL
from process import wait_until
from same_answer import state_of

EVENTS = 6000
PLACES = 20 if FULL else 8


@pytest.fixture(scope="module")
def elec2(shared_data):
    """(time, kind, line) of predictions and feedback in order of time."""
    events = []
    for kind in ("predictions", "feedback"):
        with gzip.open(shared_data / "data" / f"elec2.{kind}.jsonl.gz") as lines:
            for _, line in zip(range(EVENTS), lines):
                events.append((json.loads(line)["time"], kind, line.rstrip(b"\n")))
    return sorted(events, key=lambda event: event[0])


def config_of(broker, topics, receiver):
    return {
        "kafka": {"brokers": [broker.bootstrap], "start": "earliest", "group": topics["predictions"], "dead_letter_topic": topics["dead"],
                  "topics": {"predictions": [topics["predictions"]], "feedback": [topics["feedback"]]}},
        "storage": {"checkpoint_every": "1s"},
        "idle_after": "1h",
        "max_skew": "30d",
        "threads": 2,
        "models": {"elec2": {
            "reference": {"first": 2000}, "window": "7d",
            "columns": {"nsw_price": {"detectors": [{"kind": "page_hinkley", "threshold": 5}]}},
            "segments": [{"column": "period", "cuts": [0.5]}],
            "rules": [{"name": "price-psi", "column": "nsw_price", "statistic": "psi", "above": 0.5, "action": "notify"},
                      {"name": "adwin-loss", "column": "loss", "detector": "adwin", "action": "retrain"},
                      {"name": "accuracy", "metric": "accuracy", "below": 0.75, "action": "retrain"}]}},
        "alerts": {"webhooks": [{"name": "all", "url": receiver.url, "secret": SECRET}]},
    }  # fmt: skip


FOLLOWED = ("driftd_events_", "driftd_webhook_", "driftd_consumer_lag", "driftd_watermark", "driftd_partition", "driftd_checkpoint")


def wait_until_read(running, predictions, feedback):
    def read():
        return (running.metric("driftd_events_total", event="prediction") == predictions
                and running.metric("driftd_events_total", event="feedback") == feedback
                and running.metric("driftd_webhook_pending") == 0)

    try:
        wait_until(read, 90, "everything to be read and told")
    except AssertionError as late:
        said = [line for line in running.metrics_text().splitlines() if line.startswith(FOLLOWED)]
        raise AssertionError("\n".join([str(late), *said, json.dumps(running.get("/api/v1/deliveries"))[:4000]])) from None


def final_state(running, receiver):
    told = {(r.headers["webhook-id"], r.json["type"]) for r in receiver.requests if r.status == 200}
    incidents = sorted(json.dumps({k: v for k, v in i.items() if k != "url"}, sort_keys=True)
                       for i in running.get("/api/v1/incidents")["incidents"])
    return state_of(running.metrics_text(), by_topic=False), incidents, told


def run_once(driftd, broker, topic, elec2, receiver, suffix, disturb):
    topics = {role: topic(f"{suffix}-{role}", n) for role, n in (("predictions", 4), ("feedback", 2), ("dead", 1))}
    running = driftd(config_of(broker, topics, receiver))
    # The same events, a portion at a time, so that there is always something under way.
    portions = PLACES if disturb else 1
    size = len(elec2) // portions + 1
    for i in range(portions):
        for kind, partitions in (("predictions", 4), ("feedback", 2)):
            broker.produce(topics[kind], portion(elec2, kind, partitions, i * size, (i + 1) * size))
        disturb and disturb(running, i)
    counts = [sum(1 for _, k, _ in elec2 if k == kind) for kind in ("predictions", "feedback")]
    wait_until_read(running, *counts)
    state = final_state(running, receiver)
    running.stop()
    return state


def portion(events, kind, partitions, first, end):
    """Records of events[first:end] of a kind; the partition follows from the place in the whole stream."""
    before = sum(1 for _, k, _ in events[:first] if k == kind)
    lines = [line for _, k, line in events[first:end] if k == kind]
    return [{"value": line, "partition": (before + i) % partitions} for i, line in enumerate(lines)]


def test_kills_and_stops_do_not_show(driftd, broker, topic, elec2, receiver):
    undisturbed = run_once(driftd, broker, topic, elec2, receiver, "calm", None)
    receiver.requests.clear()
    random_numbers = random.Random(11)

    def disturb(running, i):
        time.sleep(random_numbers.uniform(0.0, 1.5))
        running.kill() if i % 4 else running.stop()
        running.start()

    disturbed = run_once(driftd, broker, topic, elec2, receiver, "killed", disturb)
    assert len(undisturbed[1]) > 5
    assert disturbed[0].replace("killed", "calm") == undisturbed[0]
    assert disturbed[1] == undisturbed[1]
    assert disturbed[2] == undisturbed[2]
    assert all(r.verified for r in receiver.requests)
