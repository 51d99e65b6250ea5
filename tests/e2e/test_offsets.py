"""Offsets and topics that changed while driftd was away: each has its behaviour (docs/reliability.md), and is told."""

import json

from confluent_kafka import TopicPartition
from confluent_kafka.admin import NewPartitions
from driftd_process import driftd as run_driftd
from process import wait_until
from small_stream import SmallStream, configuration, prediction


READ = 3 * (3000 + 2400) // 6  # events, where nothing else is said


def stopped_after(driftd, broker, topic, portions=3):
    """A driftd that has read some and was stopped."""
    stream = SmallStream(broker, topic, "moved")
    config = configuration(broker, stream.topics, "moved-" + stream.topics["predictions"])
    running = driftd(config)
    stream.send(portions)
    stream.read(running)
    assert running.stop() == 0
    return stream, running, config


def done(admin, what, argument):
    for future in getattr(admin, what)(argument).values():
        future.result(30)


def events(running):
    return running.metric("driftd_events_total")


def wait_for_events(running, count):
    wait_until(lambda: events(running) == count, 60, f"{count} events")


def test_what_retention_ran_over_is_told_and_counted(driftd, broker, topic):
    stream, running, _ = stopped_after(driftd, broker, topic)
    stream.send()  # 250 predictions in each of two partitions, 400 verdicts
    gone = TopicPartition(stream.topics["predictions"], 0, 900)  # 750 were read, 1000 are there
    done(broker.admin(), "delete_records", [gone])
    doctor = run_driftd("doctor", "-c", running.config_path, "--kafka")
    assert doctor.returncode == 0 and "150 offsets are lost to retention" in doctor.stdout
    running.start()
    wait_for_events(running, READ + 900 - 150)
    assert "the offset to go on with, 750, is gone; 150 offsets are lost to retention" in running.log
    assert running.metric("driftd_consumer_offsets_lost_total") == 150
    assert running.metric("driftd_consumer_offsets_lost_total", topic=stream.topics["predictions"], partition="0") == 150


def test_a_topic_made_anew_is_read_from_its_beginning(driftd, broker, topic):
    stream, running, _ = stopped_after(driftd, broker, topic)
    name = stream.topics["predictions"]
    done(broker.admin(), "delete_topics", [name])
    wait_until(lambda: name not in broker.admin().list_topics(timeout=5).topics, 30, "the topic to go")
    broker.create_topic(name, 1)  # with a partition less, which holds up no clock
    broker.produce(name, [{"value": prediction(2000 + i), "partition": 0} for i in range(300)])
    running.start()
    wait_for_events(running, READ + 300)
    assert f"{name}/0: the offset to go on with, 750, is behind the end, 300; the topic was made anew or cut" in running.log
    ahead = [{"value": json.dumps({**json.loads(prediction(2300 + i)), "id": f"n{i}"}).encode(), "partition": 0} for i in range(600)]
    before = running.metric("driftd_watermark_timestamp_seconds", clock="prediction")
    broker.produce(name, ahead)
    wait_for_events(running, READ + 900)
    wait_until(lambda: running.metric("driftd_watermark_timestamp_seconds", clock="prediction") > before, 30, "the clock to go on")


def test_a_partition_that_came_meanwhile_is_read_from_its_beginning(driftd, broker, topic):
    stream, running, config = stopped_after(driftd, broker, topic)
    name = stream.topics["predictions"]
    done(broker.admin(), "create_partitions", [NewPartitions(name, 3)])
    wait_until(lambda: len(broker.admin().list_topics(name, timeout=5).topics[name].partitions) == 3, 30, "the partition")
    broker.produce(name, [{"value": prediction(1500 + i), "partition": 2} for i in range(80)])
    running.configure({**config, "kafka": {**config["kafka"], "start": "latest"}})
    running.start()
    wait_for_events(running, READ + 80)
    assert f"{name}/2: new partition, read from its beginning" in running.log
    broker.produce(name, [{"value": prediction(1600 + i), "partition": i % 3} for i in range(30)])
    wait_for_events(running, READ + 110)


def test_models_and_columns_changed_between_runs_take_up_what_fits(driftd, broker, topic):
    stream, running, config = stopped_after(driftd, broker, topic, portions=4)
    read = 4 * (3000 + 2400) // 6
    changed = {**config, "models": {
        "credit": {"reference": {"first": 500}, "window": "5m", "segments": [],
                   "columns": {"country": {"ignore": True}, "income": {"bins": 5}},
                   "rules": [{"name": "other", "column": "income", "statistic": "ks", "above": 0.4, "at_least": 50, "action": "notify"}]},
        "another": {"task": "regression"}}}  # fmt: skip
    running.configure(changed)
    running.start()
    assert events(running) == read  # counters are state
    stream.send(2)
    stream.read(running)
    assert running.metric("driftd_predictions_total", model="credit") == 3000
    open_rules = {i["rule"] for i in running.get("/api/v1/incidents")["incidents"] if i["state"] == "open" and i["kind"] == "rule"}
    assert open_rules <= {"other"}  # the rule that is gone has closed its incident
    assert running.samples("driftd_drift_statistic", segment="")
    assert not running.samples("driftd_drift_statistic", segment="country=DE")  # its window has passed
    assert running.stop() == 0
    running.configure(config)  # and back
    running.start()
    assert running.metric("driftd_predictions_total", model="credit") == 3000
