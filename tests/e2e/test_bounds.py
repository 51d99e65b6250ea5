"""Whatever comes in, memory is bounded: each limit bites, is counted, is told once, and the service goes on."""

import json
import sys

import pytest
import requests
from memory import forget_peak, peak, resident
from paths import FULL, ROOT
from process import wait_until
from slow_clients import SlowClients, StalledReceiver

START = 1_790_000_040_000  # epoch milliseconds, the start of a slot
MB = 1_000_000
RULE = {"name": "moved", "column": "income", "statistic": "psi", "above": 1.0, "at_least": 20, "action": "notify"}
PLAIN = {"pairs": 0, "projections": 0, "components": 0}


def prediction(i, **fields):
    base = {"type": "prediction", "id": f"p{i}", "model": "credit", "version": "7", "time": START + 100 * i,
            "features": {"income": i * 37 % 97, "country": "DE" if i % 2 else "FR"},
            "prediction": {"label": "good" if i % 3 else "bad", "score": 0.5}}  # fmt: skip
    return json.dumps({**base, **fields}).encode()


def configuration(broker, topic, **more):
    return {
        "kafka": {"brokers": [broker.bootstrap], "group": topic, "start": "earliest", "dead_letter_topic": f"{topic}-dead",
                  "topics": {"predictions": [topic], "feedback": [topic]}},
        "storage": {"checkpoint_every": "1s"},
        "models": {"default": {"reference": {"first": 50}, "derived": PLAIN}},
        **more,
    }  # fmt: skip


def bites(running, limit):
    return running.metric("driftd_limit_bites_total", limit=limit)


def told(running, limit):
    """The lines of the log that say that this limit has bitten."""
    name = f'limit="{limit}"' if " " in limit else f"limit={limit} "
    return [line for line in running.log.splitlines() if name in line]


def assert_told_once(running, limit):
    wait_until(lambda: told(running, limit), 10, f"the log's word about {limit}")
    lines = told(running, limit)
    assert len(lines) == 1 and "remedy=" in lines[0], lines


@pytest.fixture
def one_topic(topic):
    return topic("all", 1)


def assert_goes_on(running, broker, topic, first):
    """A hundred further events are counted."""
    before = running.metric("driftd_predictions_total", model="credit")
    broker.produce(topic, [prediction(i) for i in range(first, first + 100)])
    wait_until(lambda: running.metric("driftd_predictions_total", model="credit") == before + 100, 30, "the next hundred events")


def test_each_limit_of_what_events_bring_bites(driftd, broker, one_topic):
    running = driftd(configuration(
        broker, one_topic,
        limits={"max_models": 3, "max_versions": 2, "max_columns": 8, "max_record": "2KB", "max_text": "64B"},
        join={"max_waiting": 100}, metrics={"max_series": 5},
    ))  # fmt: skip
    wide = {f"column{k}": k for k in range(20)}

    def beyond(first):
        return [
            *(prediction(first + i, model=f"m{i}") for i in range(20)),
            *(prediction(first + i, version=f"v{i}") for i in range(20)),
            *(prediction(first + i, features=wide) for i in range(20)),
            *(prediction(first + i, note="x" * 3000) for i in range(20)),
            *(prediction(first + i, id="x" * 100) for i in range(20)),
        ]

    broker.produce(one_topic, [*(prediction(i) for i in range(600)), *beyond(600), *(prediction(i) for i in range(700, 1400)), *beyond(1900)])
    wait_until(lambda: running.metric("driftd_events_total") + running.metric("driftd_events_rejected_total") == 1500, 60, "all to be read")
    limits = ("limits.max_models", "limits.max_versions", "limits.max_columns", "limits.max_record", "limits.max_text",
              "join.max_waiting", "metrics.max_series")  # fmt: skip
    wait_until(lambda: all(bites(running, limit) for limit in limits), 30, "every limit to be counted")
    for limit in limits:
        assert_told_once(running, limit)
    assert bites(running, "limits.max_models") == 2 * 18  # credit is the first, m0 and m1 are two more
    assert bites(running, "limits.max_versions") == 2 * 19
    assert bites(running, "limits.max_record") == bites(running, "limits.max_text") == 40
    assert running.metric("driftd_events_rejected_total", reason="too_large") == 80
    assert running.metric("driftd_join_pending") <= 100
    assert_goes_on(running, broker, one_topic, 2100)
    for limit in limits:
        assert len(told(running, limit)) == 1, limit


def test_long_texts_are_told_apart_by_their_beginning(driftd, broker, one_topic):
    model = {"reference": {"first": 300}, "derived": PLAIN, "segments": ["country"]}
    running = driftd(configuration(broker, one_topic, limits={"max_text": "1KB"}, models={"credit": model}))
    texts = [letter * 100_000 for letter in "abc"]
    before = resident(running.popen.pid)
    broker.produce(one_topic, [prediction(i, features={"country": texts[i % 3]}) for i in range(2200)])
    wait_until(lambda: running.samples("driftd_drift_statistic", model="credit", segment=""), 60, "the reference")
    segments = {labels["segment"] for labels, _ in running.samples("driftd_drift_statistic")} - {""}
    assert len(segments) == 3 and all(len(segment.encode()) <= 1024 + len("country=") for segment in segments)
    wait_until(lambda: bites(running, "limits.max_text") == 2200, 30, "all texts to be shortened")
    assert_told_once(running, "limits.max_text")
    assert resident(running.popen.pid) - before < 300 * MB  # of 220 MB of texts 64 MB lie in the queue of the consumer


def test_what_waits_for_labels_is_held_within_its_memory(driftd, broker, one_topic):
    running = driftd(configuration(broker, one_topic, join={"max_memory": "1MB"}))
    broker.produce(one_topic, [prediction(i) for i in range(20_000)])
    wait_until(lambda: running.metric("driftd_predictions_total") == 20_000, 60, "the predictions")
    assert running.metric("driftd_join_memory_bytes") <= 1_048_576
    evicted, waiting = running.metric("driftd_join_evicted_total"), running.metric("driftd_join_pending")
    assert evicted > 2000 and evicted + waiting == 20_000
    assert bites(running, "join.max_memory") == evicted
    assert_told_once(running, "join.max_memory")
    assert_goes_on(running, broker, one_topic, 20_000)


def test_a_partition_that_is_ahead_waits_while_rows_for_a_reference_pile_up(driftd, broker, topic):
    name = topic("all", 2)
    running = driftd(configuration(broker, name, idle_after="1h", max_skew="1d", limits={"max_unbinned": 10_000}))
    broker.produce(name, [{"value": prediction(0, id="other"), "partition": 1}])
    wait_until(lambda: running.metric("driftd_predictions_total") == 1, 30, "the partition that is behind")
    for part in range(20):  # piece by piece: what has been fetched is taken all the same
        broker.produce(name, [{"value": prediction(i), "partition": 0} for i in range(10_000 * part, 10_000 * (part + 1))])
    wait_until(lambda: bites(running, "limits.max_unbinned"), 60, "the limit")
    wait_until(lambda: running.metric("driftd_consumer_lag", partition="0") > 100_000, 30, "what is not read, for it waits")
    assert running.metric("driftd_predictions_total") < 100_000
    assert_told_once(running, "limits.max_unbinned")
    broker.produce(name, [{"value": prediction(200_000, id="another"), "partition": 1}])
    wait_until(lambda: running.metric("driftd_predictions_total") == 200_002, 90, "all, once the other has caught up")


def restless(rounds, models=10):
    """Minute after minute the column of each model moves and comes back."""
    for second in range(60 * rounds):
        moved = 500 if second // 60 > 4 and second // 60 % 2 else 0
        for model in range(models):
            yield prediction(second, id="", model=f"m{model}", time=START + 1000 * second, features={"income": second * 37 % 97 + moved})


def test_a_receiver_that_never_answers_costs_no_more_than_what_may_wait(driftd, broker, one_topic):
    model = {"reference": {"first": 150}, "window": "1m", "rules": [RULE], "derived": PLAIN}
    with StalledReceiver() as receiver:
        hook = {"name": "stalled", "url": receiver.url}
        running = driftd(configuration(broker, one_topic, lateness="0s", models={"default": model}, alerts={"webhooks": [hook], "max_pending": 30}))
        broker.produce(one_topic, list(restless(30)))
        wait_until(lambda: bites(running, "alerts.max_pending") > 100, 60, "deliveries that are abandoned")
        assert running.metric("driftd_webhook_pending") <= 30
        assert running.metric("driftd_webhook_abandoned_total") == bites(running, "alerts.max_pending")
        assert_told_once(running, "alerts.max_pending")
        assert "webhook=stalled" in told(running, "alerts.max_pending")[0]
        assert len(receiver.connections) <= 4
        assert running.stop() == 0


def test_connections_without_end_are_closed_for_newer_ones(driftd, broker, one_topic):
    running = driftd(configuration(broker, one_topic, http={"max_connections": 16}))
    with SlowClients(running.port, 200) as silent:
        assert running.metric("driftd_http_connections") <= 17
        wait_until(lambda: silent.ended() >= 180, 10, "silent connections to be closed")
        wait_until(lambda: bites(running, "http.max_connections") >= 180, 10, "them to be counted")
        assert_told_once(running, "http.max_connections")
        assert_goes_on(running, broker, one_topic, 0)


def test_bodies_that_never_end_are_held_within_their_memory(driftd, broker, one_topic):
    running = driftd(configuration(broker, one_topic, http={"max_memory": "8MB"}))
    body = b"POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n" + b"x" * 3_999_999
    running.metrics_text()
    forget_peak(running.popen.pid)
    before = resident(running.popen.pid)
    with SlowClients(running.port, 20, body):
        assert running.metrics_text()
        wait_until(lambda: bites(running, "http.max_memory") >= 15, 10, "them to be counted")
        assert peak(running.popen.pid) - before < 40 * MB  # of 80 MB
        assert_told_once(running, "http.max_memory")
        assert_goes_on(running, broker, one_topic, 0)


def test_pages_that_nobody_reads_are_held_within_their_memory(driftd, broker, one_topic):
    running = driftd(configuration(broker, one_topic, http={"max_memory": "16MB"}, limits={"max_models": 200}))
    names = [f"{m:03}" + "x" * 1000 for m in range(100)]
    broker.produce(one_topic, [prediction(i, model=name) for i in range(5) for name in names])
    wait_until(lambda: running.metric("driftd_predictions_total") == 500, 30, "the predictions")
    size = len(running.metrics_text())
    assert size > 5 * MB, size
    forget_peak(running.popen.pid)
    before = resident(running.popen.pid)
    with SlowClients(running.port, 30, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", reads=True):
        for _ in range(5):
            assert len(requests.get(f"{running.url}/metrics", timeout=30).content) > 5 * MB
        assert peak(running.popen.pid) - before < 150 * MB  # a page, while it is made, is there more than once
        assert_goes_on(running, broker, one_topic, 0)


def test_dead_letters_that_nobody_takes_stop_the_reading_and_nothing_is_lost(driftd, broker, one_topic):
    config = configuration(broker, one_topic)
    # The producer itself keeps them for ten seconds, as it would for a broker that is away.
    config["kafka"]["properties"] = {"linger.ms": "10000", "batch.num.messages": "1000000", "batch.size": "2147483647"}
    running = driftd(config)
    broker.produce(one_topic, [b"no event"] * 40_000)
    broker.produce(one_topic, [prediction(i) for i in range(100)])
    wait_until(lambda: bites(running, "dead_letters"), 60, "reading to wait")
    assert 10_000 <= running.metric("driftd_dead_letters_pending") < 40_000
    assert running.metric("driftd_predictions_total") == 0
    assert_told_once(running, "dead_letters")
    wait_until(lambda: running.metric("driftd_predictions_total") == 100, 90, "reading to go on")
    wait_until(lambda: running.metric("driftd_dead_letters_pending") == 0, 60, "the letters")
    assert running.metric("driftd_dead_letters_total") == running.metric("driftd_events_rejected_total") == 40_000


def test_memory_stays_flat_at_full_speed(program, own_broker, tmp_path):
    sys.path.insert(0, str(ROOT / "bench"))
    import soak as bench

    soak = bench.Soak(own_broker, tmp_path)
    soak.run(minutes=30 if FULL else 0.5, scrape_every=0.25)
    hourly, mean, risen = soak.figures()
    said = f"{mean / MB:.0f} MB, {risen / MB:+.1f} MB in the second half, {hourly / MB:+.1f} MB an hour, {soak.read:,.0f} predictions"
    assert soak.code == 0 and soak.calls > 0 and soak.read > 20_000, said
    assert soak.peak < 600 * MB, said
    assert soak.is_flat(10) if FULL else risen < 80 * MB, said
