"""HTTP with TLS and credentials, as Prometheus and people use it."""

import json
import os
import stat
import threading
import time

import pytest
import requests
from driftd_process import Driftd
from driftd_process import driftd as run_driftd
from process import wait_until
from test_operations import configuration, prediction
from tls_authority import Authority

# `htpasswd -nBC 10 ""`-like, from the tests of Prometheus' exporter-toolkit: carol123
CAROL = "$2y$10$qRTBuFoULoYNA7AQ/F3ck.trZBPyjV64.oA4ZsSBCIWvXuvQlQTuu"
TOKEN = "a-token-of-32-characters-at-least"


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path / "authority")


@pytest.fixture
def protected(program, broker, topic, authority, tmp_path):
    """(driftd over TLS with a user and a token, its topic); trust authority.certificate."""
    name = topic("predictions", 1)
    own = authority.issue("server", "localhost", "127.0.0.1")
    http = {"tls": {"cert_file": str(own.certificate), "key_file": str(own.key)}, "basic_auth": {"carol": CAROL}, "bearer_token": [TOKEN, "old"]}
    process = Driftd(tmp_path / "driftd", configuration(broker.bootstrap, name, http=http))
    process.url = process.url.replace("http://", "https://")
    process.spawn()
    trust = str(authority.certificate)
    process.wait_ready(lambda: ready(process, trust), 60)
    yield process, name, own
    process.kill()


def ready(process, trust):
    try:
        return requests.get(f"{process.url}/-/ready", timeout=5, verify=trust).status_code == 200
    except requests.ConnectionError:
        return False


def test_nobody_gets_in_without_credentials(protected, authority):
    process, _, _ = protected
    session = requests.Session()
    session.trust_env, session.verify = False, str(authority.certificate)
    for path in ("/", "/metrics", "/api/v1/models", "/api/v1/status/config", "/api/v1/status/build", "/nothing"):
        answer = session.get(process.url + path, timeout=10)
        assert answer.status_code == 401 and "driftd" in answer.headers["WWW-Authenticate"], path
    assert session.post(process.url + "/-/reload", timeout=10).status_code == 401
    assert session.get(process.url + "/metrics", auth=("carol", "wrong"), timeout=10).status_code == 401
    assert session.get(process.url + "/metrics", auth=("carol", "carol123"), timeout=10).status_code == 200
    assert session.get(process.url + "/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10).status_code == 200
    for probe in ("/-/healthy", "/-/ready"):
        assert session.get(process.url + probe, timeout=10).status_code == 200
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(process.url + "/-/healthy", timeout=10)  # the system does not know this authority
    # who has credentials may change things, though a proxy says that he is elsewhere; a page of another site may not
    elsewhere = {"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "10.0.0.9", "Host": "driftd.example"}
    assert session.post(process.url + "/-/reload", headers=elsewhere, timeout=10).status_code == 200
    evil = {**elsewhere, "Origin": "https://evil.example"}
    assert session.post(process.url + "/-/reload", headers=evil, timeout=10).status_code == 403
    crossing = {**elsewhere, "Sec-Fetch-Site": "cross-site"}
    assert session.post(process.url + "/-/reload", headers=crossing, timeout=10).status_code == 403


def test_wrong_passwords_do_not_hold_up_a_scrape(protected, authority):
    process, _, _ = protected
    session = requests.Session()
    session.trust_env, session.verify = False, str(authority.certificate)
    assert session.get(process.url + "/metrics", auth=("carol", "carol123"), timeout=10).status_code == 200
    stop = threading.Event()

    def guess(number):
        while not stop.is_set():
            requests.get(process.url + "/metrics", auth=("carol", f"guess {number} {time.monotonic()}"), verify=session.verify, timeout=30)

    guessing = [threading.Thread(target=guess, args=(i,)) for i in range(8)]
    for thread in guessing:
        thread.start()
    slowest = 0.0
    for _ in range(20):
        begin = time.monotonic()
        assert session.get(process.url + "/metrics", auth=("carol", "carol123"), timeout=10).status_code == 200
        slowest = max(slowest, time.monotonic() - begin)
    stop.set()
    for thread in guessing:
        thread.join()
    assert slowest < 3, f"{slowest:.1f} s"


def test_certificates_and_tokens_are_changed_by_a_reload(protected, authority, tmp_path):
    process, name, own = protected
    trust = str(authority.certificate)
    other = Authority(tmp_path / "other")
    renewed = other.issue("server", "localhost", "127.0.0.1")
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    own.key.write_text("no key")  # half of a change: nothing is taken
    refused = requests.post(f"{process.url}/-/reload", headers=bearer, verify=trust, timeout=10)
    assert refused.status_code == 500 and str(own.key) in refused.text
    assert requests.get(f"{process.url}/metrics", headers=bearer, verify=trust, timeout=10).status_code == 200
    own.certificate.write_bytes(renewed.certificate.read_bytes())
    own.key.write_bytes(renewed.key.read_bytes())
    config = json.loads(process.config_path.read_text())
    config["http"]["bearer_token"] = "new"
    process.config_path.write_text(json.dumps(config))
    assert requests.post(f"{process.url}/-/reload", headers=bearer, verify=trust, timeout=10).status_code == 200
    trust = str(other.certificate)
    wait_until(lambda: ready(process, trust), 5, "the new certificate")
    assert requests.get(f"{process.url}/metrics", headers=bearer, verify=trust, timeout=10).status_code == 401
    assert requests.get(f"{process.url}/metrics", headers={"Authorization": "Bearer new"}, verify=trust, timeout=10).status_code == 200


def test_prometheus_scrapes_it(protected, authority, prometheus, broker):
    process, name, _ = protected
    broker.produce(name, [prediction(i) for i in range(50)])
    password = authority.certificate.parent / "password"
    password.write_text("carol123")
    scrape = {"scheme": "https", "tls_config": {"ca_file": str(authority.certificate)}, "basic_auth": {"username": "carol", "password_file": str(password)}}
    server = prometheus(f"127.0.0.1:{process.port}", scrape=scrape)
    wait_until(lambda: server.query("driftd_predictions_total"), 40, "the scrape")


def test_the_commands_ask_with_credentials(protected, authority, tmp_path):
    process, _, _ = protected
    trust = ["--url", process.url, "--ca-file", authority.certificate]
    token = tmp_path / "token"
    token.write_text(TOKEN + "\n")
    for arguments, env in [
        ([*trust, "--token-file", token], {}),
        (trust, {"DRIFTD_TOKEN": TOKEN}),
        ([*trust, "--user", "carol"], {"DRIFTD_PASSWORD": "carol123"}),
        (["--config", process.config_path, "--ca-file", authority.certificate], {}),
    ]:
        done = run_driftd("models", *arguments, env=env)
        assert done.returncode == 0, done.stderr
    refused = run_driftd("models", *trust)
    assert refused.returncode == 1 and "credentials" in refused.stderr
    refused = run_driftd("models", "--url", process.url, env={"DRIFTD_TOKEN": TOKEN})
    assert refused.returncode == 1 and "--ca-file" in refused.stderr


def test_it_listens_on_loopback_alone_unless_told(program, tmp_path):
    config = configuration("127.0.0.1:9092", "all")
    process = Driftd(tmp_path / "driftd", config)
    written = json.loads(process.config_path.read_text())
    del written["http"]
    process.config_path.write_text(json.dumps(written))
    shown = run_driftd("check", "-c", process.config_path, "--print")
    assert "127.0.0.1:9108" in shown.stdout


def test_the_store_is_for_its_owner_alone(driftd, broker, topic):
    process = driftd(configuration(broker.bootstrap, topic("predictions", 1)))
    mode = stat.S_IMODE(os.stat(process.directory / "store").st_mode)
    assert mode & 0o077 == 0, oct(mode)


def test_a_name_made_to_point_here_reads_nothing(driftd, broker, topic):
    process = driftd(configuration(broker.bootstrap, topic("predictions", 1)))
    for host in ("evil.example", "evil.example:9108", "127.evil.example"):
        for path in ("/metrics", "/api/v1/models", "/api/v1/status/config"):
            assert requests.get(process.url + path, headers={"Host": host}, timeout=5).status_code == 403
        assert requests.get(f"{process.url}/-/ready", headers={"Host": host}, timeout=5).status_code == 200
    assert requests.get(f"{process.url}/metrics", headers={"Host": f"localhost:{process.port}"}, timeout=5).status_code == 200
