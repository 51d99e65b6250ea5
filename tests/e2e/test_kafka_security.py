"""TLS and SASL towards a real broker: what is right works, what is wrong is told with its remedy and leaks nothing."""

import time

import pytest
import requests
from conftest import need
from driftd_process import Driftd
from kafka_broker import missing as broker_missing
from kafka_secure import SecureKafkaBroker
from process import wait_until
from test_operations import configuration, prediction
from tls_authority import Authority

PASSWORD = "scram-password-of-the-test"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def secure_broker(tmp_path_factory, authority):
    need(broker_missing())
    with SecureKafkaBroker(tmp_path_factory.mktemp("secure-kafka"), authority, "driftd", PASSWORD) as broker:
        broker.create_topic("predictions", 2)
        broker.create_topic("predictions-dead", 1)
        broker.produce("predictions", [prediction(i) for i in range(100)] + [b"no JSON"])
        yield broker


def secured(broker, group, **client):
    config = configuration(broker.secure_bootstrap, "predictions")
    config["kafka"] |= {"group": group, "properties": broker.client(**client)}
    return config


def test_it_reads_and_writes_over_tls_with_scram(driftd, secure_broker):
    process = driftd(secured(secure_broker, "right"))
    wait_until(lambda: process.metric("driftd_predictions_total") == 100, 30, "the predictions")
    wait_until(lambda: process.metric("driftd_dead_letters_total") == 1, 30, "the dead letter")
    assert process.stop() == 0
    wait_until(lambda: sum(secure_broker.committed("right", "predictions").values()) == 101, 10, "the commit")
    assert PASSWORD not in process.log


@pytest.fixture
def ended(program, tmp_path):
    """ended(config): (exit code, log, seconds) of a driftd that ends by itself."""

    def run(config):
        process = Driftd(tmp_path / "driftd", config)
        begin = time.monotonic()
        process.spawn()
        try:
            return process.popen.wait(30), process.log, time.monotonic() - begin
        finally:
            process.kill()

    return run


def test_a_wrong_password_ends_it_with_words(ended, secure_broker):
    code, log, seconds = ended(secured(secure_broker, "wrong", password="not-the-password-7319"))
    assert code == 1 and seconds < 15
    assert "the brokers refuse these credentials" in log and "sasl.password" in log
    assert "not-the-password-7319" not in log and PASSWORD not in log


def test_an_unknown_user_ends_it_likewise(ended, secure_broker):
    code, log, _ = ended(secured(secure_broker, "nobody", user="nobody"))
    assert code == 1 and "the brokers refuse these credentials" in log and PASSWORD not in log


def test_an_authority_that_did_not_sign_ends_it_with_words(ended, secure_broker, tmp_path):
    code, log, seconds = ended(secured(secure_broker, "other", ca=Authority(tmp_path / "other").certificate))
    assert code == 1 and seconds < 15
    assert "the certificates do not hold" in log and "ssl.ca.location" in log
    assert PASSWORD not in log


def test_speaking_plainly_to_tls_is_waited_out_and_told(program, secure_broker, tmp_path):
    config = configuration(secure_broker.secure_bootstrap, "predictions")
    process = Driftd(tmp_path / "driftd", config)
    process.spawn()
    try:
        wait_until(lambda: "waiting for Kafka" in process.log, 30, "the word")
        assert requests.get(f"{process.url}/-/ready", timeout=5).status_code == 503
        assert process.stop() == 0
    finally:
        process.kill()
