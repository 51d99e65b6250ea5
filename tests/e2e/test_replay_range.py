"""driftd replay --from/--to: a range of Kafka is the same as its events in files, and nothing beyond the range is read."""

import datetime
import gzip
import json
import random
import subprocess
import threading
import time

import pytest
from same_answer import state_of

MODELS = """
models:
  elec2:
    reference: {first: 2000}
    window: 7d
    label_horizon: 7d
    columns: {nsw_price: {detectors: [{kind: page_hinkley, threshold: 5}]}}
    segments: [{column: period, cuts: [0.25, 0.5]}]
    rules:
      - {name: price-psi, column: nsw_price, statistic: psi, above: 0.5, clear: 0.25, for: 6h, action: notify}
      - {name: accuracy-floor, metric: accuracy, below: 0.7, action: retrain}
      - {name: fresh-labels, new_labels: 1000, action: retrain}
"""


def milliseconds(text):
    return int(datetime.datetime.fromisoformat(text).timestamp() * 1000)


def text_of(ms):
    return datetime.datetime.fromtimestamp(ms / 1000, datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def spread(path, partitions, seed):
    """[(partition, epoch milliseconds, line)] of a stream, in event time."""
    random_numbers = random.Random(seed)
    lines = [line.rstrip(b"\n") for line in gzip.decompress(path.read_bytes()).splitlines()[:6000]]
    records = [(random_numbers.randrange(partitions), milliseconds(json.loads(line)["time"]), line) for line in lines]
    return sorted(records, key=lambda record: record[1])


class Recorded:
    """Streams in topics of a broker, each record's timestamp its event's time, and the same streams for files."""

    def __init__(self, broker, streams):
        self.broker, self.streams = broker, streams
        for topic, records in streams.items():
            broker.produce(topic, [{"value": line, "partition": p, "timestamp": ms} for p, ms, line in records])
        times = [ms for records in streams.values() for _, ms, _ in records]
        self.first, self.last = min(times), max(times)

    def write_files(self, folder, begin, end):
        paths = []
        for topic, records in self.streams.items():
            for partition in sorted({p for p, _, _ in records}):
                chosen = [line for p, ms, line in records if p == partition and begin <= ms < end]
                paths.append(folder / f"{topic}.{partition}.jsonl")
                paths[-1].write_bytes(b"".join(line + b"\n" for line in chosen))
        return paths

    def count(self, begin, end):
        return sum(begin <= ms < end for records in self.streams.values() for _, ms, _ in records)


@pytest.fixture
def recorded(shared_data, broker, topic):
    data = shared_data / "data"
    predictions, feedback = topic("predictions", 4, retention_ms=-1), topic("feedback", 2, retention_ms=-1)
    return Recorded(broker, {predictions: spread(data / "elec2.predictions.jsonl.gz", 4, 1),
                             feedback: spread(data / "elec2.feedback.jsonl.gz", 2, 2)})  # fmt: skip


@pytest.fixture
def replay(program, recorded, tmp_path):
    """replay(arguments...): (exit code, metrics, incidents, what was said)."""
    predictions, feedback = recorded.streams
    kafka = {"brokers": [recorded.broker.bootstrap], "group": predictions, "topics": {"predictions": [predictions], "feedback": [feedback]}}
    (tmp_path / "driftd.yaml").write_text(f"kafka: {json.dumps(kafka)}\n{MODELS}")

    def run(*arguments):
        page = tmp_path / "end.prom"
        page.unlink(missing_ok=True)
        command = [program, "replay", "-c", tmp_path / "driftd.yaml", *arguments, "--metrics", page]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120)
        return done.returncode, page.read_text() if page.exists() else "", done.stdout, done.stderr

    return run


def range_of(begin, end):
    return ["--from", begin if isinstance(begin, str) else text_of(begin), "--to", end if isinstance(end, str) else text_of(end)]


def events_of(page):
    return sum(float(line.rsplit(" ", 1)[1]) for line in page.splitlines() if line.startswith("driftd_events_total"))


def assert_same(from_kafka, from_files):
    assert from_kafka[0] == from_files[0] == 0, from_kafka[3] + from_files[3]
    assert from_kafka[2] == from_files[2]
    assert state_of(from_kafka[1]) == state_of(from_files[1])


def test_all_of_a_topic_is_what_its_files_are(replay, recorded, tmp_path):
    from_files = replay(*recorded.write_files(tmp_path, 0, recorded.last + 1))
    assert from_files[2].count('"drift.incident.opened"') >= 3
    whole = replay(*range_of("1990-01-01T00:00:00Z", "2030-01-01T00:00:00+02:00"))
    assert_same(whole, from_files)
    assert events_of(whole[1]) == 12_000
    assert_same(replay(*range_of(recorded.first, recorded.last + 1)), from_files)
    predictions = next(iter(recorded.streams))
    assert recorded.broker.committed(predictions, predictions) == {}  # a replay leaves no trace


def test_a_range_begins_and_ends_at_its_times(replay, recorded, tmp_path):
    begin = recorded.first + (recorded.last - recorded.first) // 5
    end = recorded.first + (recorded.last - recorded.first) * 4 // 5
    exact = sorted(ms for _, ms, _ in next(iter(recorded.streams.values())))[3000]
    for low, high in ((begin, end), (begin, exact), (exact, end), (exact, exact + 1)):
        from_kafka = replay(*range_of(low, high))
        assert_same(from_kafka, replay(*recorded.write_files(tmp_path, low, high)))
        assert events_of(from_kafka[1]) == recorded.count(low, high) > 0
    # Less than a millisecond after a record's time is after it.
    after = text_of(exact)[:-1] + "001Z"
    assert events_of(replay(*range_of(after, text_of(end)))[1]) == recorded.count(exact + 1, end)
    assert events_of(replay(*range_of(text_of(begin), after))[1]) == recorded.count(begin, exact + 1)


def test_nothing_lies_in_an_empty_range(replay, recorded):
    middle = (recorded.first + recorded.last) // 2
    for low, high in ((middle, middle), (0, recorded.first), (recorded.last + 1, recorded.last + 10**9)):
        code, page, incidents, said = replay(*range_of(low, high))
        assert code == 0, said
        assert incidents == "" and events_of(page) == 0
        assert "driftd_predictions_total{" not in page


def test_producers_may_go_on(replay, recorded, tmp_path):
    """What is written while the range is read is not in it, whether it ends at a time or at the end that was there."""
    from_files = replay(*recorded.write_files(tmp_path, 0, recorded.last + 1))
    topics = list(recorded.streams)
    lines = [records[-1][2] for records in recorded.streams.values()]
    stop = threading.Event()

    def produce_on():
        producer = recorded.broker.producer()
        while not stop.is_set():
            now = int(time.time() * 1000)
            for topic, line in zip(topics, lines, strict=True):
                producer.produce(topic, line.replace(b'"id":"', b'"id":"later'), timestamp=now)
            producer.poll(0)
            time.sleep(0.001)
        producer.flush(30)

    later = threading.Thread(target=produce_on)
    later.start()
    try:
        for _ in range(3):
            assert_same(replay(*range_of(recorded.first, recorded.last + 1)), from_files)
        code, page, _, said = replay(*range_of(recorded.first, "9999-12-31T23:59:59Z"))
        assert code == 0, said
        assert events_of(page) > 12_000
    finally:
        stop.set()
        later.join()


@pytest.mark.parametrize(("arguments", "words"), [
    (["--from", "2026-11-01T00:00:00Z"], "both --from and --to"),
    ([], "both --from and --to"),
    (range_of("yesterday", "2026-11-01T00:00:00Z"), '--from: "yesterday"'),
    (range_of("2026-11-01T00:00:00Z", "2026-11-02T00:00:00"), '--to: "2026-11-02T00:00:00"'),
    (range_of("2026-11-02T00:00:00Z", "2026-11-01T00:00:00Z"), "--to is before --from"),
    (["day.jsonl", *range_of("2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z")], "where INPUT is named"),
])  # fmt: skip
def test_a_range_that_is_none_is_refused(program, tmp_path, arguments, words):
    (tmp_path / "driftd.yaml").write_text("kafka: {brokers: [127.0.0.1:9], topics: {predictions: [none]}}")
    done = subprocess.run([program, "replay", "-c", tmp_path / "driftd.yaml", *arguments], capture_output=True, text=True, timeout=30)
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
