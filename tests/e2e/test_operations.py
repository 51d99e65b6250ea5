"""How the service starts, tells of itself, stands still and ends: with brokers and receivers that are not there, too."""

import json
import os
import re
import shutil
import signal
import socket
import tempfile
import time
from pathlib import Path

import pytest
import requests
from conftest import SECRET, need
from driftd_process import Driftd
from kafka_broker import KafkaBroker
from kafka_broker import missing as broker_missing
from process import free_port, wait_until
from service_manager import ServiceManager

START = 1_790_000_040_000
RULE = {"name": "income-psi", "column": "income", "statistic": "psi", "above": 1.0, "at_least": 50, "action": "retrain"}
NO_EVIDENCE = {column: {"importance": 0} for column in ["income", "prediction", "loss"]}


def prediction(i, shifted=False):
    return json.dumps({
        "type": "prediction", "id": f"p{i}", "model": "credit", "version": "7", "time": START + 1000 * i,
        "features": {"income": i * 37 % 97 + 500.0 * shifted}, "prediction": "good",
    }).encode()  # fmt: skip


def configuration(bootstrap, topic, **more):
    return {
        "kafka": {"brokers": [bootstrap], "group": topic, "start": "earliest", "dead_letter_topic": f"{topic}-dead", "topics": {"predictions": [topic]}},
        "storage": {"checkpoint_every": "1s"},
        "models": {"credit": {"reference": {"first": 200}, "window": "5m", "rules": [RULE], "columns": NO_EVIDENCE}},
        **more,
    }  # fmt: skip


def status(process, path):
    try:
        return requests.get(process.url + path, timeout=12).status_code
    except requests.ConnectionError:
        return None


@pytest.fixture
def absent_broker(tmp_path):
    """A broker that is not started yet."""
    need(broker_missing())
    broker = KafkaBroker(tmp_path / "kafka")
    yield broker
    broker.kill()


@pytest.fixture
def spawn(program, tmp_path):
    """driftd that is not waited for."""
    started = []

    def start(config, **options):
        process = Driftd(tmp_path / f"driftd{len(started)}", config, **options)
        process.spawn()
        started.append(process)
        wait_until(lambda: status(process, "/-/healthy") or process.returncode is not None, 20, "the HTTP server")
        return process

    yield start
    for process in started:
        process.kill()


def test_it_waits_for_a_broker_that_comes_later_and_answers_meanwhile(spawn, absent_broker):
    process = spawn(configuration(absent_broker.bootstrap, "late"))
    end = time.monotonic() + 14  # longer than one attempt
    slowest = 0.0
    while time.monotonic() < end:
        begin = time.monotonic()
        assert status(process, "/metrics") == 200
        slowest = max(slowest, time.monotonic() - begin)
        assert status(process, "/-/ready") == 503
        time.sleep(0.3)
    assert slowest < 2, f"a scrape took {slowest:.1f} s"
    assert process.metric("driftd_build_info") == 1 and process.metric("driftd_config_last_reload_successful") == 1
    assert "driftd_config_last_reload_successful" in process.metrics_text()
    assert "waits for Kafka" in requests.get(process.url + "/api/v1/models", timeout=5).json()["error"]
    assert "kafka" in process.get("/api/v1/status/config")["yaml"]
    told = [line for line in process.log.splitlines() if 'msg="waiting for Kafka"' in line]
    assert len(told) == 1, told
    assert process.returncode is None

    absent_broker.start()
    wait_until(lambda: "there is no such topic" in process.log, 40, "the missing topic to be told")
    assert status(process, "/-/ready") == 503
    absent_broker.create_topic("late", 2)
    absent_broker.produce("late", [prediction(i) for i in range(50)])
    wait_until(lambda: status(process, "/-/ready") == 200, 40, "readiness")
    wait_until(lambda: process.metric("driftd_predictions_total") == 50, 20, "what was written before")


def test_a_reload_may_mend_the_brokers_that_it_waits_for(spawn, broker, topic):
    name = topic("predictions", 1)
    config = configuration(f"127.0.0.1:{free_port()}", name)
    process = spawn(config)
    process.configure({**config, "slot": "x"})
    assert process.reload().status_code == 500
    process.configure(configuration(broker.bootstrap, name))
    assert process.reload().status_code == 200
    wait_until(lambda: status(process, "/-/ready") == 200, 20, "readiness")


def test_the_service_manager_is_told(driftd, broker, topic, tmp_path):
    name = topic("predictions", 1)
    with ServiceManager(tmp_path, abstract=True) as manager:
        process = driftd(configuration(broker.bootstrap, name), env=manager.environment(watchdog=1.0))
        manager.wait_for("READY")
        assert manager.told("STATUS")[-1] == f"reading 1 partitions, serving {process.url}"
        begin = time.monotonic()
        time.sleep(3)
        beats = manager.told("WATCHDOG", since=begin)
        assert len(beats) >= 6, "fewer than a beat in half the time allowed"
        process.popen.send_signal(signal.SIGHUP)
        manager.wait_for("RELOADING")
        assert int(manager.told("MONOTONIC_USEC")[0]) <= time.monotonic_ns() // 1000
        manager.wait_for("READY", 2)
        process.configure({"slot": "x"})  # one that is refused ends as well
        process.popen.send_signal(signal.SIGHUP)
        manager.wait_for("READY", 3)
        assert process.stop() == 0
        manager.wait_for("STOPPING")
    order = [name for _, message in manager.messages for name in message if name in ("READY", "RELOADING", "STOPPING")]
    assert order == ["READY", "RELOADING", "READY", "RELOADING", "READY", "STOPPING"]


def test_while_it_waits_it_asks_for_time_and_is_not_ready(spawn, absent_broker, tmp_path):
    with ServiceManager(tmp_path) as manager:
        process = spawn(configuration(absent_broker.bootstrap, "all"), env=manager.environment(watchdog=2.0))
        assert int(manager.wait_for("EXTEND_TIMEOUT_USEC", 2)[0]) >= 30_000_000
        assert manager.told("READY") == []
        assert manager.told("STATUS")[-1] == "waiting for Kafka"
        assert process.stop() == 0


@pytest.fixture
def standing_still(driftd, broker, topic, tmp_path):
    """driftd whose loop reads a configuration that nobody writes."""
    name = topic("predictions", 1)
    with ServiceManager(tmp_path) as manager:
        config = configuration(broker.bootstrap, name, service={"stalled_after": "1s", "stop_within": "3s"})
        process = driftd(config, env=manager.environment(watchdog=1.0))
        whole = process.config_path.read_text()
        process.config_path.unlink()
        os.mkfifo(process.config_path)
        process.popen.send_signal(signal.SIGHUP)
        wait_until(lambda: status(process, "/-/healthy") == 503, 10, "the stall to be noticed")
        yield process, manager, whole


def test_a_loop_that_stands_still_is_told_and_feeds_no_watchdog(standing_still):
    process, manager, whole = standing_still
    wait_until(lambda: "the loop stands still" in process.log, 5, "the log's word")
    assert status(process, "/-/ready") == 503
    begin = time.monotonic()
    time.sleep(1.5)
    assert manager.told("WATCHDOG", since=begin) == []
    process.config_path.write_text(whole)
    wait_until(lambda: status(process, "/-/healthy") == 200, 10, "the loop to turn again")
    assert status(process, "/-/ready") == 200
    wait_until(lambda: "the loop turns again" in process.log, 5, "the log's word")
    assert process.metric("driftd_loop_stalls_total") == 1
    manager.wait_for("WATCHDOG", len(manager.told("WATCHDOG")) + 1)


def test_the_end_is_forced_where_the_loop_does_not_see_it(standing_still):
    process, _, _ = standing_still
    begin = time.monotonic()
    process.popen.send_signal(signal.SIGTERM)
    assert process.popen.wait(10) == 1
    assert 2.5 < time.monotonic() - begin < 4.5
    assert "not stopped within 3 s" in process.log


def test_a_second_sigterm_ends_it_at_once(standing_still):
    process, _, _ = standing_still
    process.popen.send_signal(signal.SIGTERM)
    time.sleep(0.6)
    begin = time.monotonic()
    process.popen.send_signal(signal.SIGTERM)
    assert process.popen.wait(10) == 1
    assert time.monotonic() - begin < 1
    assert "asked twice to stop" in process.log


def test_it_ends_in_time_with_a_dead_broker_and_a_receiver_that_never_answers(driftd, own_broker, tmp_path):
    own_broker.create_topic("all", 1)
    hanging = socket.create_server(("127.0.0.1", 0), backlog=16)  # accepts, and says nothing
    hook = {"name": "hangs", "url": f"http://127.0.0.1:{hanging.getsockname()[1]}/", "secret": SECRET, "timeout": "60s"}
    config = configuration(own_broker.bootstrap, "all", alerts={"webhooks": [hook]})
    process = driftd(config)
    own_broker.produce("all", [{"value": prediction(i, i >= 400), "partition": 0} for i in range(700)])
    own_broker.produce("all", [{"value": b"no JSON", "partition": 0}])  # a dead letter that never gets there
    wait_until(lambda: process.metric("driftd_webhook_attempts_total") == 1, 30, "the attempt")
    own_broker.kill()
    time.sleep(1)
    begin = time.monotonic()
    process.popen.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    assert status(process, "/-/ready") in (503, None)
    code = process.popen.wait(30)
    took = time.monotonic() - begin
    assert took < 20, f"{took:.1f} s"
    assert code == 0, process.log[-2000:]
    hanging.close()


def test_it_needs_no_privilege(spawn_as_nobody, broker, topic):
    process = spawn_as_nobody(configuration(broker.bootstrap, topic("predictions", 1)))
    wait_until(lambda: status(process, "/-/ready") == 200, 30, "readiness")
    about = (Path("/proc") / str(process.popen.pid) / "status").read_text()
    assert re.search(r"Uid:\s+65534\s+65534", about) and re.search(r"CapEff:\s+0+\n", about) and re.search(r"CapBnd:\s+0+\n", about)
    assert re.search(r"NoNewPrivs:\s+1", about)
    assert process.metric("process_open_fds") > 0
    assert process.stop() == 0


@pytest.fixture
def spawn_as_nobody(program, tmp_path):
    """driftd as nobody: no group, no capability, and none to be had."""
    need(None if os.geteuid() == 0 and shutil.which("setpriv") else "only root can become nobody")
    confined = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
    home = Path(tempfile.mkdtemp(dir="/tmp"))
    os.chown(home, 65534, 65534)
    copy = home / "driftd"
    shutil.copy(program, copy)  # its own place may be root's alone
    started = []

    def start(config):
        process = Driftd(home / "run", config)
        process.command = [*confined, str(copy), *process.command[1:]]
        os.chown(home / "run", 65534, 65534)
        process.spawn()
        started.append(process)
        wait_until(lambda: status(process, "/-/healthy") or process.returncode is not None, 20, "the HTTP server")
        return process

    yield start
    for process in started:
        process.kill()
    shutil.rmtree(home)
