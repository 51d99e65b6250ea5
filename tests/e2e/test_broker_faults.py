"""A broker that goes away, comes back with a shorter log, or is slow: driftd waits, says so, answers meanwhile, and says
in the end what it says undisturbed; where records come twice, that is told and counted."""

import time

import kafka_log
import pytest
import requests
from conftest import need
from kafka_apart import BrokerApart
from kafka_broker import KafkaBroker, missing
from paths import FULL
from process import wait_until
from slow_proxy import SlowProxy
from small_stream import SmallStream, configuration

AWAY = 60 if FULL else 12  # seconds; an end that could not be asked for 10 s is not known


def stream_of(broker, name):
    def topic(role, count):
        broker.create_topic(role, count)
        return role

    return SmallStream(broker, topic, name)


def undisturbed(driftd, broker):
    stream = stream_of(broker, "calm")
    running = driftd(configuration(broker, stream.topics, "calm"))
    said = stream.finish(running)
    assert running.stop() == 0
    return said


def answers_for(running, seconds):
    """driftd is ready and answers soon, all that time."""
    end, slowest = time.monotonic() + seconds, 0.0
    while time.monotonic() < end:
        begin = time.monotonic()
        assert requests.get(f"{running.url}/-/ready", timeout=10).status_code == 200
        assert "driftd_events_total" in running.metrics_text()
        slowest = max(slowest, time.monotonic() - begin)
        time.sleep(0.25)
    assert slowest < 3, f"ready and a scrape took {slowest:.1f} s"


def lags(running):
    return {(labels["topic"], labels["partition"]): lag for labels, lag in running.samples("driftd_consumer_lag")}


@pytest.mark.parametrize("way", ["killed", "stopped"])
def test_a_broker_that_goes_away_is_waited_for(driftd, own_broker, way):
    calm = undisturbed(driftd, own_broker)
    stream = stream_of(own_broker, "hard")
    running = driftd(configuration(own_broker, stream.topics, "hard"))
    stream.send(2)  # some of it is being read
    own_broker.kill() if way == "killed" else own_broker.stop()
    before = len(running.log.splitlines())
    answers_for(running, AWAY)
    wait_until(lambda: not lags(running), 20, "the lag to be unknown")
    wait_until(lambda: "the brokers do not answer" in running.log, 30, "it to be told")
    said = running.log.splitlines()[before:]
    assert len(said) < 30 + AWAY / 2, "\n".join(said)  # librdkafka's, which come less and less often
    assert sum("brokers are down" in line for line in said) <= 2, "\n".join(said)
    assert sum("the brokers do not answer" in line for line in said) == 1, "\n".join(said)
    own_broker.start()
    stream.send()
    assert stream.finish(running) == calm
    wait_until(lambda: len(lags(running)) == 3 and not any(lags(running).values()), 30, "a lag of none")
    assert running.log.count("the brokers answer again, after") == 1
    assert running.metric("driftd_consumer_offsets_lost_total") == running.metric("driftd_consumer_rewinds_total") == 0
    assert running.stop() == 0


# -- a log that is shorter than it was -----------------------------------------------------------------------------


def without_duplicates(said):
    return "\n".join(line for line in said[0].splitlines() if not line.startswith("driftd_events_duplicate_total")), said[1]


@pytest.mark.parametrize("driftd_is", ["running", "away"])
def test_a_log_that_was_cut_is_told_and_read_anew(driftd, own_broker, driftd_is):
    calm = undisturbed(driftd, own_broker)
    stream = stream_of(own_broker, "hard")
    running = driftd(configuration(own_broker, stream.topics, "hard"))
    for _ in range(3):
        stream.send()
    stream.read(running)  # 750 predictions in each of two partitions
    if driftd_is == "away":
        assert running.stop() == 0
    own_broker.kill()
    name = stream.topics["predictions"]
    end = kafka_log.cut(own_broker, name, 0, 700)
    assert 0 < end <= 700
    own_broker.start()
    if driftd_is == "away":
        running.start()
    told = f"{name}/0: the offset to go on with, 750, is behind the end, {end}; the topic was made anew or cut, beginning at 0"
    wait_until(lambda: told in running.log, 60, "the cut to be told")
    wait_until(lambda: running.metric("driftd_events_duplicate_total") == end, 60, "what is there to be read again")
    assert running.metric("driftd_consumer_rewinds_total") == 1
    assert running.metric("driftd_consumer_rewinds_total", topic=name, partition="0") == 1
    read = running.metric("driftd_events_total")
    for role in ("predictions", "feedback"):
        own_broker.produce(stream.topics[role], stream.records(role, 3, 6))  # predictions over the same offsets
    wait_until(lambda: running.metric("driftd_events_total") == read + 1500 + 1200, 60, "what comes over the same offsets")
    assert without_duplicates(stream.said(running)) == without_duplicates(calm)
    assert running.stop() == 0


@pytest.fixture
def broker_apart(tmp_path):
    need(missing())
    with BrokerApart(tmp_path / "kafka") as running:
        yield running
        running.kill()


def test_a_log_that_was_cut_and_written_over_is_read_from_the_cut(driftd, broker_apart):
    calm = undisturbed(driftd, broker_apart)
    stream = stream_of(broker_apart, "hard")
    running = driftd(configuration(broker_apart, stream.topics, "hard"))
    for _ in range(3):
        stream.send()
    stream.read(running)
    broker_apart.kill()
    name = stream.topics["predictions"]
    end = kafka_log.cut(broker_apart, name, 0, 700)
    broker_apart.start()
    wait_until(lambda: broker_apart.leads(name), 60, "the partitions to be led")
    stream.send(3)  # 750 in the place of fewer, so that the position lies within the log again
    assert stream.finish(running) == calm
    told = f"{name}/0: its log was cut at {end}; {750 - end} offsets that were read are gone"
    assert told in running.log
    assert running.metric("driftd_consumer_rewinds_total") == 1
    wait_until(lambda: stream.committed("hard").get(("predictions", 0)) == end + 750, 30, "where it is to be kept")
    assert running.stop() == 0


# -- a slow one ----------------------------------------------------------------------------------------------------


def test_a_slow_broker_is_read_to_its_end(driftd, tmp_path):
    need(missing())
    with SlowProxy(lambda: broker.behind_proxy, delay=0.1, bytes_per_second=150_000) as proxy:
        broker = KafkaBroker(tmp_path / "kafka", proxy=proxy.port)
        with broker:
            calm = undisturbed(driftd, broker)
            stream = stream_of(broker, "hard")
            config = configuration(broker, stream.topics, "hard")
            config["kafka"]["brokers"] = [f"127.0.0.1:{proxy.port}"]
            stream.send(4)  # much at once: an answer takes longer than a question may
            running = driftd(config)
            wait_until(lambda: running.metric("driftd_events_total") > 0, 60, "the first events")
            proxy.stalled.set()
            answers_for(running, 30 if FULL else 5)
            proxy.stalled.clear()
            stream.send()
            assert stream.finish(running) == calm
            wait_until(lambda: len(lags(running)) == 3 and not any(lags(running).values()), 60, "a lag of none")
            assert proxy.passed > 500_000, "it was read past the proxy"
            assert running.metric("driftd_consumer_rewinds_total") == 0
            assert running.stop() == 0
