"""Nothing is lost and nothing counts twice (DESIGN 5): driftd is killed and stopped again and again while a real
broker fills, and says in the end what it says undisturbed. It is killed at random instants of its life, its start
included; at a random step of what it writes to its store; and while a receiver has a delivery and has not answered."""
import collections
import gzip
import json
import mmap
import random
import signal
import struct
import time

import pytest
from conftest import SECRET
from paths import FULL
from preload import built, environment
from process import wait_until
from same_answer import state_of
from small_stream import SmallStream, configuration
from webhook_receiver import WebhookReceiver

EVENTS = 6000
ENDS = 224 if FULL else 10  # every tenth is a gentle one


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
        "storage": {"checkpoint_every": "200ms"},
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
        try:
            return (running.metric("driftd_events_total", event="prediction") == predictions
                    and running.metric("driftd_events_total", event="feedback") == feedback
                    and running.metric("driftd_webhook_pending") == 0)
        except AssertionError:  # 503: on a busy machine the slots of a whole stream close for long
            return False

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


class Witness(WebhookReceiver):
    """Kills `victim` when it has taken a delivery, and before it answers."""

    victim = None

    def __init__(self, **options):
        super().__init__(**options)
        self.unanswered = collections.Counter()  # by webhook-id
        self._server.handle_error = lambda *_: None  # who is dead reads no answer

    def _take(self, request):
        answer = super()._take(request)
        victim, self.victim = self.victim, None
        if victim:
            victim.popen.kill()
            self.unanswered[request.headers["webhook-id"]] += 1
        return answer


@pytest.fixture
def witness():
    with Witness(secret=SECRET) as running:
        yield running


class Killer:
    """Ways to end a driftd that was just started; `fell` counts what it was at."""

    AT = {1: "before a write", 2: "within a write", 3: "before a sync", 4: "after a sync", 5: "at a rename"}

    def __init__(self, directory, witness):
        self.random = random.Random(11)
        self.witness = witness
        self.fell = collections.Counter()
        self.told = False  # the last one died in a delivery, which the next will make again
        file = directory / "kills"
        file.write_bytes(bytes(24))
        with open(file, "r+b") as opened:
            self._control = mmap.mmap(opened.fileno(), 24)
        self.env = environment(built("kills", directory), DRIFTD_DISK=directory / "driftd1" / "store", DRIFTD_KILLS=file)

    def end(self, running, i):
        ways = [self.in_a_checkpoint, self.in_a_delivery, self.at_an_instant, self.in_its_start]
        way = self.in_a_delivery if self.told and self.random.random() < 0.7 else ways[i % 4]
        (self.gently if i % 10 == 9 else way)(running)

    def at_an_instant(self, running):
        time.sleep(self.random.uniform(0.0, 1.2))
        running.kill()
        assert_killed(running)
        self.fell["at an instant"] += 1

    def in_a_checkpoint(self, running):
        running.wait_ready(running.ready, 60)
        self._at_a_step(running, self.random.randint(1, 12), True)

    def in_its_start(self, running):
        """Or soon after: it writes some eighty steps until it is ready."""
        self._at_a_step(running, self.random.randint(1, 90), False)

    def _at_a_step(self, running, steps, log_only):
        struct.pack_into("qq", self._control, 8, log_only, 0)
        struct.pack_into("q", self._control, 0, steps)
        dies(running, 60)
        assert_killed(running)
        at = struct.unpack_from("q", self._control, 16)[0]
        self.fell[("in a checkpoint, " if log_only else "in its start, ") + self.AT[at % 10]] += 1

    def in_a_delivery(self, running):
        self.witness.victim = running
        wait_until(lambda: not running.running or running.ready(), 60, "a start")
        try:
            dies(running, 1.5)
        except AssertionError:
            self.witness.victim, self.told = None, False  # there was nothing to tell
            return self.at_an_instant(running)
        assert_killed(running)
        self.fell["in a delivery"] += 1
        self.told = True

    def gently(self, running):
        running.wait_ready(running.ready, 60)
        assert running.stop() == 0
        self.fell["gently"] += 1


def dies(running, seconds):
    wait_until(lambda: not running.running, seconds, "driftd to die", every=0.005)


def assert_killed(running):
    """And that it had not ended by itself."""
    assert running.returncode == -signal.SIGKILL, running.log[-3000:]


def run_once(started, broker, elec2, receiver, ends, end):
    running, topics = started
    # The same events, a portion at a time, so that there is always something under way.
    size = len(elec2) // max(ends, 1) + 1
    for i in range(max(ends, 1)):
        for kind, partitions in (("predictions", 4), ("feedback", 2)):
            broker.produce(topics[kind], portion(elec2, kind, partitions, i * size, (i + 1) * size))
        if ends:
            end(running, i)
            running.spawn()
    running.wait_ready(running.ready, 60)
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


def test_kills_and_stops_do_not_show(driftd, broker, topic, elec2, witness, tmp_path):
    killer = Killer(tmp_path, witness)

    def start(suffix, **options):
        topics = {role: topic(f"{suffix}-{role}", n) for role, n in (("predictions", 4), ("feedback", 2), ("dead", 1))}
        return driftd(config_of(broker, topics, witness), **options), topics

    undisturbed = run_once(start("calm"), broker, elec2, witness, 0, None)
    witness.requests.clear()
    disturbed = run_once(start("killed", env=killer.env), broker, elec2, witness, ENDS, killer.end)
    print(dict(killer.fell))
    assert len(undisturbed[1]) > 5
    assert disturbed[0].replace("killed", "calm") == undisturbed[0]
    assert disturbed[1] == undisturbed[1]
    assert disturbed[2] == undisturbed[2]
    assert all(r.verified for r in witness.requests)
    made = collections.Counter(r.headers["webhook-id"] for r in witness.requests)
    assert all(made[name] > times for name, times in witness.unanswered.items())
    assert killer.fell["in a delivery"] >= ENDS // 12
    assert sum(n for at, n in killer.fell.items() if at.startswith("in a checkpoint")) >= ENDS // 12


def test_an_incident_whose_rule_went_while_it_was_stopped_is_told_as_resolved(driftd, broker, topic, receiver):
    stream = SmallStream(broker, topic, "gone", portions=6)
    hook = {"name": "all", "url": receiver.url, "secret": SECRET, "kinds": ["rule"]}
    config = {**configuration(broker, stream.topics, topic("group", 1)), "alerts": {"webhooks": [hook]}}
    running = driftd(config)
    stream.send(5)
    (opened,) = receiver.wait_for(1)
    running.stop()
    credit = config["models"]["credit"]
    running.configure({**config, "models": {"credit": {**credit, "rules": []}}})
    running.start()
    resolved = receiver.wait_for(2)[1]
    assert [r.json["type"] for r in (opened, resolved)] == ["drift.incident.opened", "drift.incident.resolved"]
    assert opened.json["data"]["incident"] == resolved.json["data"]["incident"]
    wait_until(lambda: running.metric("driftd_webhook_pending") == 0, 30, "the delivery to be known as done")
    assert running.stop() == 0
