"""No planted secret turns up in a log, an answer, a message, the store, or what a crash leaves behind."""

import json
import signal
import time

import requests
from driftd_process import Driftd
from driftd_process import driftd as run_driftd
from planted import HASH, SECRETS, SIGNING, look_through, traces
from process import free_port, wait_until
from test_operations import configuration, prediction

BEARER = {"Authorization": f"Bearer {SECRETS['bearer']}"}
ENVIRONMENT = {"PLANTED_TOKEN": SECRETS["from-environment"], "BODY_PASSWORD": SECRETS["webhook-body"], "URL_TOKEN": SECRETS["webhook-url"]}


def planted(bootstrap, topic, url, directory):
    """A configuration with a secret wherever one may stand."""
    file = directory / "secret"
    file.write_text(SECRETS["from-file"] + "\n")
    hooks = [
        {"name": "signed", "url": f"{url}/${{URL_TOKEN}}", "secret": f"whsec_{SIGNING}",
         "headers": {"X-Api-Key": SECRETS["webhook-header"], "X-Other": "${file:" + str(file) + "}"},
         "body": '{"password": "${BODY_PASSWORD}", "incident": "{{ incident }}"}'},
        {"name": "basic", "url": url, "basic_auth": {"username": "u", "password": SECRETS["basic-password"]}, "form": {"token": "${PLANTED_TOKEN}"}},
        {"name": "bearer", "url": url, "authorization": {"credentials": SECRETS["authorization"]}},
        {"name": "oauth", "url": url, "oauth2": {"client_id": "c", "client_secret": SECRETS["oauth-secret"], "token_url": f"{url}/token"}},
        {"name": "pager", "target": "pagerduty", "url": url, "with": {"routing_key": SECRETS["target-setting"]}},
    ]  # fmt: skip
    config = configuration(bootstrap, topic, log={"level": "debug"}, alerts={"webhooks": hooks})
    config["http"] = {"basic_auth": {"carol": HASH}, "bearer_token": [SECRETS["bearer"], SECRETS["second-bearer"]]}
    config["kafka"]["properties"] = {"sasl.username": "u", "sasl.password": SECRETS["sasl-password"], "ssl.key.password": SECRETS["key-password"]}
    return config


PAGES = ["/", "/metrics", "/-/healthy", "/-/ready", "/api/v1/models", "/api/v1/models/credit", "/api/v1/incidents", "/api/v1/deliveries",
         "/api/v1/status/config", "/api/v1/status/build", "/api/v1/models/credit/slices", "/nothing",
         "/api/v1/models/credit/series?column=income&statistic=psi"]  # fmt: skip


def look_at_pages(process):
    for path in PAGES:
        for headers in (BEARER, {}, {"Authorization": "Bearer wrong"}):
            answer = requests.get(process.url + path, headers=headers, timeout=10)
            look_through(f"GET {path}", answer.content)
            look_through(f"headers of {path}", json.dumps(dict(answer.headers)))
    for path in ["/-/reload", "/api/v1/incidents/x/resolve"]:
        look_through(path, requests.post(process.url + path, headers=BEARER, timeout=10).content)


def test_secrets_stay_where_they_were_put(program, broker, topic, receiver, tmp_path):
    name = topic("predictions", 1)
    receiver.answer(500, body=b"no")
    process = Driftd(tmp_path / "driftd", planted(broker.bootstrap, name, receiver.url, tmp_path), env=ENVIRONMENT)
    process.spawn()
    try:
        process.wait_ready(process.ready, 60)
        broker.produce(name, [prediction(i, i >= 400) for i in range(700)] + [b"no JSON"])
        receiver.wait_for(5)
        wait_until(lambda: b"pending" in requests.get(process.url + "/api/v1/deliveries", headers=BEARER, timeout=10).content, 10, "failed deliveries")
        assert any(SECRETS["webhook-header"] == r.headers.get("x-api-key") for r in receiver.requests), "the receiver alone is told"
        look_at_pages(process)
        process.popen.send_signal(signal.SIGHUP)
        time.sleep(2)  # a checkpoint with all of it
        process.popen.send_signal(signal.SIGABRT)
        process.popen.wait(20)
    finally:
        process.kill()
    look_through("the log", process.log_path.read_bytes())
    left = [path for path in process.directory.rglob("*") if path.is_file() and path != process.config_path]
    assert any("store" in path.parts for path in left)
    for path in left:
        assert not path.name.startswith("core"), "a core file"
        look_through(str(path), path.read_bytes())
    assert any(mark in process.config_path.read_bytes() for marks in traces().values() for mark in marks), "nothing was planted"


def test_secrets_are_not_told_while_it_waits_for_kafka(program, receiver, tmp_path):
    config = planted(f"127.0.0.1:{free_port()}", "all", receiver.url, tmp_path)
    process = Driftd(tmp_path / "driftd", config, env=ENVIRONMENT)
    process.spawn()
    try:
        wait_until(lambda: "waiting for Kafka" in process.log, 40, "the word")
        look_at_pages(process)
        assert process.stop() == 0
    finally:
        process.kill()
    look_through("the log", process.log_path.read_bytes())


def test_what_is_said_of_a_configuration_leaves_them_out(program, tmp_path):
    whole = planted("127.0.0.1:9092", "all", "http://127.0.0.1:8000/hook", tmp_path)
    file = tmp_path / "driftd.yaml"

    def check(config, *more, command="check"):
        file.write_text(json.dumps(config) if isinstance(config, dict) else config)
        done = run_driftd(command, "-c", file, *more, env=ENVIRONMENT)
        look_through(f"{command} {more}", done.stdout + done.stderr)
        return done

    assert check(whole, "--print").returncode == 0
    text = json.dumps(whole, indent=1)
    # every value with a secret in it, made faulty one after the other
    spoilt = 0
    for number, line in enumerate(text.splitlines()):
        if not any(mark.decode() in line for marks in traces().values() for mark in marks[:1]) and "${" not in line:
            continue
        for change in (lambda s: s.replace('": "', '": ["').replace('",', '"],'), lambda s: s.replace('": "', '": "\\u0001{{ nobody }} $'), lambda s: s.replace('": "', '_x": "')):
            lines = text.splitlines()
            lines[number] = change(line)
            done = check("\n".join(lines))
            spoilt += done.returncode == 2
    assert spoilt > 20, spoilt
    for broken in (text[: len(text) // 2], text.replace('"secret"', '"secret'), text.replace("brokers", "brokres")):
        assert check(broken).returncode == 2
    run_whole = json.loads(text)
    run_whole["kafka"]["properties"]["sasl.mechanism"] = "NO-SUCH"
    check(run_whole)


def test_a_request_is_shown_without_them(program, tmp_path):
    file = tmp_path / "driftd.yaml"
    file.write_text(json.dumps(planted("127.0.0.1:9092", "all", f"http://127.0.0.1:{free_port()}/hook", tmp_path)))
    for name in ("signed", "basic", "bearer", "oauth", "pager"):
        sent = run_driftd("webhook", "-c", file, name, "--send", env=ENVIRONMENT)
        look_through(f"webhook {name} --send", sent.stdout + sent.stderr)


def test_planted_secrets_would_be_found():
    for place, marks in traces().items():
        for mark in marks:
            try:
                look_through("a page", b"before " + mark + b" after")
            except AssertionError as error:
                assert place in str(error) or "secret" in str(error)
            else:
                raise AssertionError(f"{place}: {mark!r} went unseen")
