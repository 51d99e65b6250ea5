"""Records of every make that Kafka allows: compressed, in transactions, without values or keys, with headers, and larger than
any limit. Each counts once or is a dead letter with its reason, and none holds up those behind it."""

import json

import pytest
from confluent_kafka import Producer
from process import wait_until
from small_stream import SmallStream, configuration, prediction

CODECS = ("gzip", "snappy", "lz4", "zstd")
MANY = 30  # seconds


@pytest.fixture
def reading(driftd, broker, topic):
    """reading("name"): a stream and a driftd that reads it."""

    def start(name, **more):
        stream = SmallStream(broker, topic, name)
        return stream, driftd({**configuration(broker, stream.topics, stream.topics["predictions"]), **more})

    return start


@pytest.fixture
def undisturbed(reading):
    stream, running = reading("calm")
    said = stream.finish(running)
    assert running.stop() == 0
    return said


def send_with(producer, topic, records):
    for record in records:
        producer.produce(topic, **record)
    assert producer.flush(60) == 0


def is_drained(running):
    lags = running.samples("driftd_consumer_lag")
    return len(lags) == 3 and all(lag == 0 for _, lag in lags)


@pytest.mark.parametrize("codecs", [*((codec,) for codec in CODECS), CODECS], ids=[*CODECS, "mixed"])
def test_compressed_records_say_the_same(broker, reading, undisturbed, codecs):
    stream, running = reading("packed")
    producers = [broker.producer(compression_type=codec) for codec in codecs]
    for part in range(stream.portions):
        for role in ("predictions", "feedback"):
            send_with(producers[part % len(producers)], stream.topics[role], stream.records(role, part, part + 1))
    stream.sent = stream.portions
    assert stream.finish(running) == undisturbed


# -- transactions --------------------------------------------------------------------------------------------------


def in_transaction(producer, stream, part, commit):
    producer.begin_transaction()
    for role in ("predictions", "feedback"):
        send_with(producer, stream.topics[role], stream.records(role, part, part + 1))
    producer.commit_transaction(MANY) if commit else producer.abort_transaction(MANY)


def transactional(broker, name):
    producer = broker.producer(transactional_id=name)
    producer.init_transactions(MANY)
    return producer


def test_transactions_say_the_same_and_what_was_aborted_never_counts(broker, reading, undisturbed):
    stream, running = reading("whole")
    producer = transactional(broker, stream.topics["predictions"])
    for part in range(stream.portions):
        in_transaction(producer, stream, (part + 3) % stream.portions, commit=False)
        in_transaction(producer, stream, part, commit=True)
    stream.sent = stream.portions
    assert stream.finish(running) == undisturbed
    in_transaction(producer, stream, 0, commit=False)  # at the very end
    wait_until(lambda: is_drained(running), MANY, "the aborted end to be passed")
    running.kill()
    running.start()
    wait_until(lambda: is_drained(running), MANY, "nothing to be left")
    assert stream.finish(running) == undisturbed


def test_an_open_transaction_holds_what_is_behind_it(broker, reading, undisturbed):
    stream, running = reading("held")
    stream.send(2)
    stream.read(running)
    producer = transactional(broker, stream.topics["predictions"])
    producer.begin_transaction()
    send_with(producer, stream.topics["predictions"], [{"value": prediction(2999), "partition": p} for p in (0, 1)])
    for role in ("predictions", "feedback"):
        broker.produce(stream.topics[role], stream.records(role, 2, 3))
    feedback = 3 * 400
    wait_until(lambda: running.metric("driftd_events_total", event="feedback") == feedback, MANY, "what is not held")
    wait_until(lambda: is_drained(running), MANY, "no lag: nothing is there that may be read")
    assert running.metric("driftd_events_total", event="prediction") == 1000
    producer.abort_transaction(MANY)
    stream.sent = 3
    stream.read(running)
    assert stream.finish(running) == undisturbed


def test_a_partition_that_ends_with_what_was_aborted_is_idle_and_the_clock_goes_on(broker, reading):
    stream, running = reading("idle", idle_after="2s")
    producer = transactional(broker, stream.topics["predictions"])
    producer.begin_transaction()
    send_with(producer, stream.topics["predictions"], [{"value": prediction(0), "partition": 0}])
    producer.abort_transaction(MANY)
    broker.produce(stream.topics["predictions"], [{"value": prediction(i), "partition": 1} for i in range(200)])
    clock = json.loads(prediction(100))["time"] / 1000
    wait_until(lambda: running.metric("driftd_watermark_timestamp_seconds", clock="prediction") > clock, MANY, "the clock to go on")
    assert running.metric("driftd_predictions_total") == 200


def test_a_transaction_that_is_open_for_longer_than_idle_after_stops_no_clock_and_counts_when_it_ends(broker, reading):
    stream, running = reading("long", idle_after="2s")
    producer = transactional(broker, stream.topics["predictions"])
    producer.begin_transaction()
    send_with(producer, stream.topics["predictions"], [{"value": prediction(2 * i), "partition": 0} for i in range(100)])
    broker.produce(stream.topics["predictions"], [{"value": prediction(2 * i + 1), "partition": 1} for i in range(100)])
    clock = json.loads(prediction(150))["time"] / 1000
    wait_until(lambda: running.metric("driftd_watermark_timestamp_seconds", clock="prediction") > clock, MANY, "the clock to go on")
    assert running.metric("driftd_predictions_total") == 100
    producer.commit_transaction(MANY)
    wait_until(lambda: running.metric("driftd_predictions_total") == 200, MANY, "what was in it")
    assert running.metric("driftd_events_late_total") > 0  # which tells that idle_after is shorter than transactions are


# -- values, keys, headers -----------------------------------------------------------------------------------------

HEADERS = [("ce_id", b"\xff\xfe"), ("content-type", b"application/nonsense"), ("again", b"1"), ("again", b"2"), ("none", None),
           ("", b"no name"), ("empty", b""), ("\u00fc", b"\x00"), *((f"h{i}", b"v" * 100) for i in range(1000))]  # fmt: skip


def test_keys_and_headers_change_nothing_and_values_that_are_not_there_are_counted(broker, reading, undisturbed):
    stream, running = reading("odd")
    odd = [{"key": None}, {"key": b""}, {"key": b"\x00\xff"}, {"key": b"k" * 100_000}, {"headers": HEADERS}]
    gone = [{"value": None, "key": b"k"}, {"value": None}, {"value": b""}]
    for role in ("predictions", "feedback"):
        records = stream.records(role, 0, stream.portions)
        for i, record in enumerate(records):
            record.update(odd[i % 97] if i % 97 < len(odd) else {})
        for i, one in enumerate(gone):
            records.insert(100 * i, {"partition": 0, **one})
        broker.produce(stream.topics[role], records)
    stream.sent = stream.portions
    assert stream.finish(running) == undisturbed
    assert running.metric("driftd_events_rejected_total", reason="empty") == 2 * len(gone)
    assert running.metric("driftd_dead_letters_total") == 0


def letters(broker, stream, count):
    return {int(dict(m.headers())["driftd.source.offset"]): (m, dict(m.headers())) for m in broker.consume(stream.topics["dead"], count)}


def of_size(size):
    event = json.loads(prediction(7))
    event["features"]["country"] = ""
    event["features"]["country"] = "x" * (size - len(json.dumps(event)))
    return json.dumps(event).encode()


def test_records_of_many_megabytes_count_up_to_the_limit_and_are_dead_letters_beyond(broker, reading):
    stream, running = reading("big", limits={"max_record": 2_000_000})
    sizes = [1_999_999, 2_000_000, 2_000_001, 5_000_000, 15_000_000]
    broker.produce(stream.topics["predictions"], [{"value": of_size(size), "partition": 0} for size in sizes])
    broker.produce(stream.topics["predictions"], [{"value": prediction(8), "partition": 0}])
    wait_until(lambda: running.metric("driftd_events_total") == 3, MANY, "what lies behind")
    assert running.metric("driftd_events_rejected_total", reason="too_large") == 3
    found = letters(broker, stream, 3)
    assert sorted(found) == [2, 3, 4]
    for offset, (letter, headers) in found.items():
        assert headers["driftd.error.reason"] == b"too_large" and len(letter.value()) == sizes[offset]
    wait_until(lambda: running.metric("driftd_dead_letters_total") == 3, MANY, "the letters to be counted")


# A few kilobytes to the broker. Beyond 100 MiB it hangs up on the dead letter instead of refusing it, beyond 128 MiB the
# producer's queue has no room for it, and beyond receive.message.max.bytes zstd is not unpacked.
@pytest.mark.parametrize("codec, size", [("gzip", 110_000_000), ("gzip", 140_000_000), ("zstd", 110_000_000)])
def test_a_small_record_that_unpacks_to_a_huge_one_stops_nothing(broker, reading, undisturbed, codec, size):
    stream, running = reading("bomb")
    producer = Producer({"bootstrap.servers": broker.bootstrap, "message.max.bytes": 1_000_000_000,
                         "queue.buffering.max.kbytes": 1_000_000, "compression.type": codec})  # fmt: skip
    send_with(producer, stream.topics["predictions"], [{"value": b" " * size, "partition": 0}])
    assert stream.finish(running) == undisturbed
    ((letter, headers),) = letters(broker, stream, 1).values()
    assert letter.value() is None
    assert headers["driftd.error.reason"] == b"too_large" and headers["driftd.value.omitted"] == str(size).encode()
    wait_until(lambda: len(stream.committed(stream.topics["predictions"])) == 3, MANY, "a checkpoint")
    assert running.stop() == 0


def test_records_larger_than_the_fetch_limits_stop_nothing(driftd, broker, topic):
    stream = SmallStream(broker, topic, "narrow")
    config = configuration(broker, stream.topics, stream.topics["predictions"])
    config["kafka"]["properties"] = {"fetch.max.bytes": "300000", "message.max.bytes": "200000", "fetch.message.max.bytes": "50000"}
    running = driftd(config)
    records = [{"value": of_size(3_000_000), "partition": p} for p in (0, 1)] + [{"value": prediction(i), "partition": i % 2} for i in range(10)]
    broker.produce(stream.topics["predictions"], records)
    wait_until(lambda: running.metric("driftd_events_total") == 12, MANY, "all of them")


def test_a_limit_of_its_own_that_is_too_small_is_told_and_its_remedy(driftd, broker, topic):
    stream = SmallStream(broker, topic, "narrow")
    config = configuration(broker, stream.topics, stream.topics["predictions"])
    small = {"fetch.max.bytes": "900000", "message.max.bytes": "900000", "receive.message.max.bytes": "1000000"}
    config["kafka"]["properties"] = small
    running = driftd(config)
    broker.produce(stream.topics["predictions"], [{"value": of_size(2_000_000), "partition": 0}])
    wait_until(lambda: "increase receive.message.max.bytes" in running.log, MANY, "it to be told")
    assert running.stop() == 0
    del config["kafka"]["properties"]
    running.configure(config)
    running.start()
    wait_until(lambda: running.metric("driftd_events_total") == 1, MANY, "the record")
