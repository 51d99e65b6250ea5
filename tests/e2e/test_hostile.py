"""Whatever comes in, driftd goes on: every hostile record is counted under exactly one reason, told to the dead-letter
topic where it has a value, and the good events around it count as if it had not been there."""

import collections
import json
import os
import subprocess
import time

import prometheus_server
import pytest
from conftest import need
from process import wait_until
from prometheus_client.parser import text_string_to_metric_families

START = 1_790_000_000_000  # epoch milliseconds
MAX_RECORD = 8 * 1024 * 1024
MEMORY = 1_000_000_000  # bytes that driftd may never exceed here
NASTY = 'a"b\\c\n<script>alert(1)</script>\u2028{x="y"} \U0001f4a5'
CONFIG = {"models": {"credit": {"reference": {"first": 100}}}}


def event(i, **fields):
    base = {"type": "prediction", "id": f"p{i}", "model": "credit", "version": "7", "time": START + 1000 * i,
            "features": {"income": float(i % 97), "country": "DE" if i % 2 else "FR"},
            "prediction": {"label": "good" if i % 3 else "bad", "score": 0.5}}  # fmt: skip
    return json.dumps({**base, **fields}).encode()


def padded(i, size):
    """A right event of exactly `size` bytes."""
    bare = event(i, padding="")
    return bare.replace(b'"padding": ""', b'"padding": "' + b"x" * (size - len(bare)) + b'"')


def nested(i, depth):
    return event(i).replace(b'"income": ', b'"deep": ' + b"[" * depth + b"]" * depth + b', "income": ')


def wide(i, columns, first=0):
    return event(i, features={f"column{first + k}": k for k in range(columns)})


def rejected(i):
    """(reason, record) of what cannot be an event."""
    return [
        ("not_json", b"not JSON at all"),
        ("not_json", event(i)[:-1]),
        ("not_json", event(i) + b" and more"),
        ("not_json", event(i).replace(b'"credit"', b"NaN")),
        ("not_json", b'{"type":"prediction","model":"credit","features":{"a":01}}'),
        ("not_utf8", event(i).replace(b"credit", b"cr\xc3\x28dit")),
        ("not_utf8", event(i).replace(b"credit", b"\xed\xa0\x80")),
        ("not_utf8", bytes(range(128, 256))),
        ("too_deep", nested(i, 10_000)),
        ("too_deep", b"[" * 10_000),
        ("too_deep", b'{"a":' * 10_000 + b"1" + b"}" * 10_000),
        ("too_large", padded(i, MAX_RECORD + 1)),
        ("too_large", b"{" * (MAX_RECORD + 4096)),
        ("not_an_object", b"[1, 2, 3]"),
        ("not_an_object", b"null"),
        ("not_an_object", b'"prediction"'),
        ("unknown_type", event(i, type="<script>alert(1)</script>")),
        ("unknown_type", event(i, type=[])),
        ("no_model", event(i, model="")),
        ("no_model", event(i, model=None)),
        ("bad_field", event(i, model={"$ne": None})),
        ("bad_field", event(i, features=[1, 2])),
        ("bad_field", event(i, latency_ms=-1)),
        ("bad_time", event(i, time="yesterday")),
        ("bad_time", event(i, time=2**63 - 1)),
        ("bad_time", event(i).replace(str(START + 1000 * i).encode(), b"9" * 400)),
        ("too_many_columns", wide(i, 100_000)),
    ]


def odd(i):
    """Records that are events, however odd."""
    return [
        nested(i, 60),
        padded(i + 1, MAX_RECORD),
        event(i + 2).replace(b'"income": ', b'"income": 1e999, "other": '),
        event(i + 3).replace(b'"income": ', b'"income": -1e999, "tiny": 1e-999, "other": '),
        event(i + 4, features={NASTY: 1.0, "": 2.0, "\u0000": "\u0000"}),
        event(i + 5, model=NASTY, version=NASTY, id=NASTY, features={NASTY: NASTY}),
        event(i + 6, features={}, prediction=None),
        b"\xef\xbb\xbf" + event(i + 7),
        event(i + 8, features={"income": [[[]]], "country": {"a": {"b": 1}}}),
        event(i + 9, features={f"income{k % 3}": k for k in range(50)}),
    ]


def samples(text):
    return [s for family in text_string_to_metric_families(text) for s in family.samples]


def total(text, name, **labels):
    return sum(s.value for s in samples(text) if s.name == name and labels.items() <= s.labels.items())


def reasons(text):
    return {s.labels["reason"]: s.value for s in samples(text) if s.name == "driftd_events_rejected_total" and s.value}


def assert_clean(text):
    need(prometheus_server.missing())
    code, said = prometheus_server.promtool("check", "metrics", stdin=text)
    assert code == 0, said


@pytest.fixture
def replay(program, tmp_path):
    """replay(config, lines): the final metrics. The process has to end well and within its memory."""

    def run(config, lines):
        (tmp_path / "driftd.yaml").write_text(json.dumps(config))
        (tmp_path / "stream.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
        command = [program, "replay", "-c", tmp_path / "driftd.yaml", tmp_path / "stream.jsonl", "--metrics", tmp_path / "end.prom"]
        with open(tmp_path / "said", "wb") as said:
            process = subprocess.Popen(list(map(str, command)), stdout=said, stderr=said)
            _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, (tmp_path / "said").read_text(errors="replace")[-3000:]
        assert used.ru_maxrss * 1024 < MEMORY
        return (tmp_path / "end.prom").read_text()

    return run


def test_every_fault_is_counted_under_its_reason(replay):
    faults = rejected(300)
    text = replay(CONFIG, [*(event(i) for i in range(300)), *(line for _, line in faults), *odd(300),
                           *(event(i) for i in range(400, 700))])  # fmt: skip
    assert reasons(text) == dict(collections.Counter(reason for reason, _ in faults))
    assert total(text, "driftd_predictions_total") == 600 + len(odd(0))
    assert total(text, "driftd_events_total") == 600 + len(odd(0))
    assert total(text, "driftd_predictions_total", model=NASTY, version=NASTY) == 1
    assert total(text, "driftd_predictions_total", model="credit", version="7") == 600 + len(odd(0)) - 1
    assert_clean(text)


def test_names_come_back_as_they_were_sent(replay):
    lines = [event(i, model=NASTY, version=NASTY, features={NASTY: float(i % 50), "plain": NASTY + str(i % 3)}) for i in range(8000)]
    text = replay({"models": {"default": {"reference": {"first": 1000}, "segments": ["plain"]}}}, lines)
    columns = {s.labels["column"] for s in samples(text) if s.name == "driftd_drift_statistic" and s.labels["model"] == NASTY}
    segments = {s.labels["segment"] for s in samples(text) if s.name == "driftd_drift_statistic"}
    assert {NASTY, "plain"} <= columns
    assert {f"plain={NASTY}{k}" for k in range(3)} <= segments
    assert_clean(text)


def test_models_without_end_stop_at_the_limit(replay):
    names = [event(i, model=f"m{i % 5000}", id=f"{i}") for i in range(10_000)]
    text = replay({"limits": {"max_models": 200}}, [*names, *(event(10_000 + i, model="m7") for i in range(100))])
    assert reasons(text) == {"too_many_models": 2 * 4800}
    assert total(text, "driftd_predictions_total") == 2 * 200 + 100
    assert len({s.labels["model"] for s in samples(text) if "model" in s.labels}) == 200
    assert_clean(text)


def test_a_configured_model_is_never_one_too_many(replay):
    text = replay({**CONFIG, "limits": {"max_models": 10}}, [*(event(i, model=f"m{i}") for i in range(50)), event(50)])
    assert reasons(text) == {"too_many_models": 40}
    assert total(text, "driftd_predictions_total", model="credit") == 1


def test_columns_without_end_stop_at_the_limit(replay):
    lines = [wide(50 + i, 100, first=100 * i) for i in range(1000)]
    text = replay({"models": {"credit": {"reference": {"first": 200}}}},
                  [*(event(i) for i in range(50)), *lines, *(event(i) for i in range(1050, 2000))])  # fmt: skip
    assert reasons(text) == {"too_many_columns": 1000 - 19}  # two columns, and a hundred with each of 19 events
    assert total(text, "driftd_predictions_total") == 50 + 19 + 950
    assert len({s.labels["column"] for s in samples(text) if "column" in s.labels}) < 2010
    assert_clean(text)


def test_new_categories_without_end_are_one(replay):
    lines = [event(i, features={"zip": f"zip{i}" if i > 1000 else f"z{i % 9}", "income": i % 9}) for i in range(50_000)]
    text = replay({"models": {"credit": {"reference": {"first": 500}, "segments": ["zip"]}}}, lines)
    assert total(text, "driftd_predictions_total") == 50_000
    assert total(text, "driftd_segments_refused_total") == 50_000 - 1001 - 991  # 9 and 991 zips have a segment
    assert len(text) < 20_000_000
    assert_clean(text)


def test_replay_takes_the_year_9999_as_it_is(replay):
    last = event(300, time="9999-12-31T23:59:59Z")
    text = replay(CONFIG, [*(event(i) for i in range(300)), last, *(event(i) for i in range(301, 400))])
    assert reasons(text) == {}
    assert total(text, "driftd_predictions_total") == 400
    assert total(text, "driftd_events_late_total") == 99  # behind the watermark that the year 9999 has moved
    assert_clean(text)


def test_a_broker_full_of_poison_stops_nothing(driftd, broker, topic):
    predictions, dead = topic("predictions", 1, max_message_bytes=20_000_000), topic("dead", 1, max_message_bytes=20_000_000)
    running = driftd({
        **CONFIG,
        "kafka": {"brokers": [broker.bootstrap], "group": predictions, "start": "earliest", "dead_letter_topic": dead,
                  "topics": {"predictions": [predictions]}},
        "limits": {"max_models": 50},
        "storage": {"checkpoint_every": "1s"},
    })  # fmt: skip
    far = [("too_far_ahead", event(400, time="9999-12-31T23:59:59Z")),
           ("too_far_ahead", event(400, time=int(time.time() * 1000) + 2 * 3_600_000))]  # fmt: skip
    faults = rejected(300) + far
    many = [{"value": event(500, model=f"m{i}", id=str(i)), "key": str(i)} for i in range(5000)]
    broker.produce(predictions, [
        *({"value": event(i)} for i in range(300)),
        *({"value": value, "key": f"key{n}".encode(), "headers": [("number", str(n).encode()), ("nothing", None)]}
          for n, (_, value) in enumerate(faults)),
        *({"value": value, "key": b"\xff\x00"} for value in odd(300)),
        *({"value": None, "key": b"tombstone"} for _ in range(7)),
        *({"value": b"", "key": b"nothing"} for _ in range(5)),
        *many,
        *({"value": event(i)} for i in range(600, 900)),
    ])  # fmt: skip
    good = 600 + len(odd(0))
    wait_until(lambda: running.metric("driftd_predictions_total", model="credit") == good - 1, 60, "the good events")
    text = running.metrics_text()
    expected = collections.Counter(reason for reason, _ in faults)
    # credit and the nasty one are models too
    assert reasons(text) == {**expected, "empty": 12, "too_many_models": 5000 - 48}
    assert total(text, "driftd_events_total") == good + 48
    assert total(text, "driftd_events_total") + total(text, "driftd_events_rejected_total") == good + 5000 + len(faults) + 12
    assert total(text, "process_resident_memory_bytes") < MEMORY
    assert_clean(text)
    # One sampled letter per model beyond the limit; those without a value send none.
    wanted = len(faults) + 5000 - 48
    wait_until(lambda: running.metric("driftd_dead_letters_total") == wanted, 30, "the dead letters")
    for limit, where in (("max_models", "model=m"), ("max_columns", "model=credit"), ("max_record", f"topic={predictions}")):
        told = [line for line in running.log.splitlines() if f"limit=limits.{limit} " in line]
        assert len(told) == 1 and where in told[0] and "remedy=" in told[0], told
    letters = broker.consume(dead, wanted)
    assert len(letters) == len(broker.consume(dead))
    check_letters(letters, faults, predictions)
    assert running.stop() == 0


def check_letters(letters, faults, source):
    by_key = {letter.key(): letter for letter in letters}
    for n, (reason, value) in enumerate(faults):
        letter = by_key[f"key{n}".encode()]
        headers = dict(letter.headers())
        assert headers["driftd.error.reason"].decode() == reason, value[:80]
        assert letter.value() == value
        assert headers["number"] == str(n).encode() and headers["nothing"] is None
        assert headers["driftd.error.message"].decode()
        assert headers["driftd.source.topic"].decode() == source
        assert headers["driftd.source.partition"] == b"0"
        assert headers["driftd.source.offset"].decode() == str(300 + n)
        assert abs(int(headers["driftd.source.timestamp"]) - time.time() * 1000) < 600_000
        assert abs(letter.timestamp()[1] - int(headers["driftd.source.timestamp"])) < 1
    beyond = [dict(letter.headers())["driftd.error.reason"] for letter in letters if not letter.key().startswith(b"key")]
    assert set(beyond) == {b"too_many_models"}
