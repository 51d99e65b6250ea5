"""Makes the golden state of a program: a store that holds a bit of everything, what the program that wrote it said
of it, and how it went on.

    make_golden.py /path/to/driftd format7.tar.xz

Run it once with the program of a release whenever kStateFormat has risen, and add the file here: golden_store_test.cc
takes up every format*.tar.xz. It needs what the end-to-end tests need (scripts/setup --tests): a real broker.

In the archive:
    driftd.yaml, credit.profile.json   the configuration
    store/                             as SIGTERM left it after the first part of the stream
    before.*                           /metrics, /api/v1/incidents, /deliveries and /models at that moment
    rest.json                          the records of the second part: {topic: {"first": OFFSET, "values": [...]}}
    after.*                            the same pages after the second part
"""

import json
import random
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))

from driftd_process import Driftd  # noqa: E402
from kafka_broker import KafkaBroker  # noqa: E402
from process import free_port, wait_until  # noqa: E402
from webhook_receiver import WebhookReceiver  # noqa: E402

START = datetime(2026, 9, 1, tzinfo=timezone.utc)
DAYS = 13.4  # the first part; half past nine, so that slots are open
MORE_DAYS = 0.8
STEP = timedelta(minutes=15)
PAGES = {"incidents": "/api/v1/incidents", "deliveries": "/api/v1/deliveries", "models": "/api/v1/models"}
FEW_COLUMNS = {"projections": 1, "pairs": 0, "components": 0}  # keeps the archive small
TOPICS = {"g-predictions-a": 1, "g-predictions-b": 1, "g-feedback": 1}


def stamp(moment):
    return moment.isoformat().replace("+00:00", "Z")


def day_of(moment):
    return (moment - START) / timedelta(days=1)


def prediction(draw, model, version, number, moment):
    day = day_of(moment)
    event = {"type": "prediction", "model": model, "version": version, "id": f"{model}{version}-{number}", "time": stamp(moment),
             "latency_ms": round(draw.uniform(1, 30), 1)}  # fmt: skip
    if model == "credit":  # its income moves on day 4, its labels on day 9
        bad = draw.random() < 0.4
        said = bad != (draw.random() < (0.1 if day < 9 else 0.4))
        event["features"] = {"income": round(draw.gauss(0 if day < 4 else 3, 1), 2), "country": draw.choice(["DE", "DE", "FR"])}
        event["prediction"] = {"label": "bad" if said else "good", "score": round(draw.uniform(0.5, 0.9) if said else draw.uniform(0.1, 0.5), 2)}
        return event, "bad" if bad else "good"
    if model == "shop":  # loses a column on day 10, its amount moves on day 8
        right = draw.random() < 0.8
        event["features"] = {"amount": round(draw.gauss(5 if day < 8 else 9, 2)), "device": draw.choice(["phone", "web"]), "age": draw.randrange(18, 30)}
        if day > 10:
            del event["features"]["age"]
        event["prediction"] = {"label": draw.choice(["a", "b", "c"])}
        return event, event["prediction"]["label"] if right else "a"
    event["features"] = {"rooms": draw.randrange(1, 7), "area": round(draw.lognormvariate(4, 0.4))}
    truth = 30 * event["features"]["rooms"] + event["features"]["area"]
    event["prediction"] = {"value": round(truth + draw.gauss(0, 5), 1)}
    return event, round(truth, 1)


def stream():
    """(time, topic, event) of both parts, in the order of time."""
    draw = random.Random(5)
    made = []
    for number in range(int(timedelta(days=DAYS + MORE_DAYS) / STEP)):
        moment = START + number * STEP
        wanted = [("credit", "7"), ("shop", "1"), ("price", "2026-09")]
        if day_of(moment) > 9.5:
            wanted.append(("shop", "2"))  # has learnt by the end
        if day_of(moment) > DAYS - 1:
            wanted.append(("shop", "3"))  # is learning
        for model, version in wanted:
            event, truth = prediction(draw, model, version, number, moment)
            topic = "g-predictions-a" if number % 2 else "g-predictions-b"
            made.append((moment, topic, event))
            if number % 50 == 7:  # a copy
                made.append((moment + timedelta(seconds=40), topic, event))
            if draw.random() < 0.85 and (model, version) != ("shop", "3"):
                later = moment + timedelta(hours=5, minutes=draw.randrange(60))
                kind = "value" if model == "price" else "label"
                made.append((later, "g-feedback", {"type": "feedback", "model": model, "id": event["id"], "time": stamp(later), kind: truth}))
    for day, model, version, event, metadata in ((1, "credit", "7", "deployed", {"git_commit": "c0ffee"}),
                                                 (9.5, "shop", "2", "registered", {"trained_by": "ci"}),
                                                 (DAYS + 0.001, "price", "2026-09", "deployed", {"run_id": "r7"})):
        moment = START + timedelta(days=day)
        made.append((moment, "g-predictions-a", {"type": "model", "event": event, "model": model, "version": version, "time": stamp(moment), "metadata": metadata}))
    made.append((START + timedelta(days=3), "g-predictions-a", "no event at all"))
    made.sort(key=lambda entry: entry[0])
    return [(moment, topic, json.dumps(event).encode()) for moment, topic, event in made]


def configuration(receiver, group):
    return {
        "slot": "1h", "idle_after": "1000h", "max_skew": "60d", "threads": 2,
        "kafka": {"group": group, "start": "earliest", "dead_letter_topic": "g-dead",
                  "topics": {"predictions": ["g-predictions-a", "g-predictions-b"], "feedback": ["g-feedback"], "models": ["g-predictions-a"]}},
        "storage": {"checkpoint_every": "10m", "retention": "12h"},
        "models": {
            "default": {"label_horizon": "12h", "window": "6h", "derived": FEW_COLUMNS},
            "credit": {"positive": "bad", "reference": {"file": "credit.profile.json", "trust": True}, "segments": ["country"],
                       "columns": {"income": {"detectors": [{"kind": "page_hinkley", "threshold": 20}]}},
                       "rules": [{"name": "income-psi", "column": "income", "statistic": "psi", "above": 1.5, "at_least": 20, "action": "notify"},
                                 {"name": "adwin-loss", "column": "loss", "detector": "adwin", "action": "retrain"},
                                 {"name": "accuracy", "metric": "accuracy", "below": 0.7, "at_least": 20, "action": "retrain"}]},
            "shop": {"reference": {"first": "3d", "trust": True}, "segments": ["device"], "new_version": "learn"},
            "price": {"reference": {"first": 300}, "task": "regression"}},
        "alerts": {"webhooks": [
            {"name": "up", "url": receiver.url},
            {"name": "down", "url": f"http://127.0.0.1:{free_port()}/nobody", "retry": {"for": "300d"}},
            {"name": "retrain", "url": receiver.url + "/retrain", "actions": ["retrain"], "cooldown": "40d"}]},
    }  # fmt: skip


class Maker:
    def __init__(self, running, broker):
        self.running, self.broker = running, broker
        self.sent = dict.fromkeys(TOPICS, 0)

    def send(self, records):
        for topic in TOPICS:
            values = [value for _, of, value in records if of == topic]
            self.broker.produce(topic, [{"value": value, "partition": 0} for value in values])
            self.sent[topic] += len(values)
        total = sum(self.sent.values())
        wait_until(lambda: self.running.metric("driftd_events_total") + self.running.metric("driftd_events_rejected_total") == total, 120,
                   "the stream to be read")

    def only(self, **fields):
        found = [i for i in self.running.get(PAGES["incidents"])["incidents"] if all(i[k] == v for k, v in fields.items())]
        assert found, f"no incident with {fields}: {self.running.get(PAGES['incidents'])}"
        return found[0]["incident"]

    def keep(self, directory, name):
        # Deliveries that can end have ended, so that the pages are those of one moment.
        wait_until(lambda: self.running.metric("driftd_webhook_pending", webhook="up") == 0, 60, "deliveries")
        (directory / f"{name}.prom").write_text(self.running.metrics_text())
        for page, path in PAGES.items():
            (directory / f"{name}.{page}.json").write_text(json.dumps(self.running.get(path), indent=0))


def profile_of_credit(program, directory):
    draw = random.Random(6)
    lines = []
    for number in range(2000):
        event, truth = prediction(draw, "credit", "6", number, START - timedelta(days=14) + number * timedelta(minutes=10))
        lines.append(json.dumps({"time": event["time"], **event["features"], "prediction": event["prediction"]["label"],
                                 "score": event["prediction"]["score"], "label": truth}))  # fmt: skip
    (directory / "training.jsonl").write_text("\n".join(lines) + "\n")
    (directory / "profile.yaml").write_text(json.dumps({"models": {"default": {"derived": FEW_COLUMNS}}}))
    subprocess.run([program, "profile", "-c", "profile.yaml", "--model", "credit", "-o", "credit.profile.json", "training.jsonl"], cwd=directory, check=True)


def make(program, work):
    directory = work / "driftd"
    directory.mkdir()
    profile_of_credit(program, directory)
    records = stream()
    cut = START + timedelta(days=DAYS)
    parts = [[r for r in records if first <= day_of(r[0]) < end] for first, end in ((-1, 6), (6, DAYS))]
    with KafkaBroker(work / "kafka") as broker, WebhookReceiver() as receiver:
        for topic, partitions in TOPICS.items():
            broker.create_topic(topic, partitions)
        broker.create_topic("g-dead", 1)
        config = configuration(receiver, "golden")
        config["kafka"]["brokers"] = [broker.bootstrap]
        running = Driftd(directory, config)
        running.command[0] = str(program)
        with running:
            maker = Maker(running, broker)
            maker.send(parts[0])
            running.post(f"/api/v1/incidents/{maker.only(model='credit', kind='data')}/resolve").raise_for_status()
            maker.send(parts[1])
            running.post(f"/api/v1/incidents/{maker.only(model='shop', kind='schema', state='open')}/acknowledge").raise_for_status()
            running.post(f"/api/v1/incidents/{maker.only(model='credit', kind='concept', state='open')}/resolve").raise_for_status()
            maker.keep(directory, "before")
            for _ in range(2):  # the second time what was in the log is in a table, which is smaller
                running.stop()
                running.start()
            running.stop()
            shutil.copytree(directory / "store", directory / "kept")
            first = dict(maker.sent)
            running.start()
            maker.send([r for r in records if r[0] >= cut])
            maker.keep(directory, "after")
    rest = {topic: {"first": first[topic], "values": [v.decode() for t, of, v in records if of == topic and t >= cut]} for topic in TOPICS}
    (directory / "rest.json").write_text(json.dumps(rest))
    shutil.rmtree(directory / "store")
    (directory / "kept").rename(directory / "store")
    (directory / "store" / "LOCK").unlink()
    for log in (directory / "store").glob("LOG*"):
        log.unlink()
    for name in ("driftd.log", "training.jsonl", "profile.yaml"):
        (directory / name).unlink()
    config["storage"]["path"], config["kafka"]["brokers"] = "store", ["localhost:9092"]
    (directory / "driftd.yaml").write_text(json.dumps(config, indent=1) + "\n")
    return directory


def main():
    program, archive = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as work:
        directory = make(program, Path(work))
        names = sorted(path.name for path in directory.iterdir())
        subprocess.run(["tar", "--sort=name", "--owner=0", "--group=0", "--mtime=@0", "-C", directory, "-cJf", archive, *names], check=True)
    print(f"{archive.name}: {archive.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
