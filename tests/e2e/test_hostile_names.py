"""Names that come with events, in a running service: pages, metrics and the log carry them as what they are, text."""

import json
import subprocess

import pytest
import requests
from process import wait_until
from prometheus_client.parser import text_string_to_metric_families

START = 1_790_000_040_000
NAMES = {
    "script": "<script>alert(document.domain)</script>",
    "quotes": "\"'`\\\" onmouseover=alert(1) x=\"",
    "newlines": "line one\nlevel=error msg=forged ts=2026\r\n{\"level\":\"error\"}\u2028\u2029\x85 end",
    "nul": "before\x00after\x1b[2J\x1b]0;title\x07\x7f",
    "long": "x" * 10_000,
    "exposition": 'm"} 1\ndriftd_forged_total{model="y"} 7\n# EOF\n',
    "template": "{{ model }} ${HOME} $(id) %s %n",
    "path": "../../etc/passwd/%2e%2e?x=1#y",
    "rtl": "\u202egnp.exe\U0001f4a5\ufeff",
}  # fmt: skip


def prediction(i, name, shifted):
    income = i * 37 % 97 + 500.0 * shifted
    features = {name: income, "income": income, "segment": name if i % 2 else "plain"}
    return json.dumps({"type": "prediction", "id": f"{name[:20]}{i}", "model": name, "version": name, "time": START + 1000 * i, "features": features, "prediction": {"label": name if i % 3 else "b"}, "variant": name}).encode()  # fmt: skip


def feedback(i, name):
    return json.dumps({"type": "feedback", "id": f"{name[:20]}{i}", "model": name, "time": START + 1000 * i, "label": name}).encode()


@pytest.fixture(params=["logfmt", "json"])
def running(driftd, broker, topic, receiver, request):
    """driftd that watches models of all these names, each with an open incident."""
    topic_name = topic("all", 1)
    rule = {"name": "moved", "column": "income", "statistic": "psi", "above": 1.0, "at_least": 50, "action": "retrain"}
    process = driftd({
        "kafka": {"brokers": [broker.bootstrap], "group": topic_name, "start": "earliest", "dead_letter_topic": f"{topic_name}-dead",
                  "topics": {"predictions": [topic_name], "feedback": [topic_name]}},
        "log": {"level": "debug", "format": request.param},
        "models": {"default": {"reference": {"first": 200}, "window": "5m", "segments": ["segment"], "rules": [rule]}},
        "alerts": {"webhooks": [{"name": "all", "url": receiver.url}]},
    })  # fmt: skip
    events = [line for i in range(700) for name in NAMES.values() for line in (prediction(i, name, i >= 400), feedback(i, name))]
    broken = [line.replace(b'"model": "x', b'"model": "\xff\xfe\xc3\x28') for line in events[:200]]
    broker.produce(topic_name, events + broken)
    wait_until(lambda: len(process.get("/api/v1/incidents")["incidents"]) >= len(NAMES), 90, "an incident of each")
    return process


def test_names_stay_names(running, receiver):
    pages = ["/api/v1/models", "/api/v1/incidents", "/api/v1/deliveries", "/api/v1/status/config"]
    pages += [f"/api/v1/models/{requests.utils.quote(name, safe='')}" for name in NAMES.values() if len(name) < 5000]
    pages += ["/nothing/<script>alert(1)</script>", "/api/v1/models/%3Cscript%3E", "/api/v1/models/x/series?column=%3Cscript%3E&statistic=psi"]
    for page in pages:
        answer = requests.get(running.url + page, timeout=30)
        assert answer.headers["Content-Type"].startswith("application/json"), page
        assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        answer.content.decode("utf-8")
        answer.json()
    models = {model["model"] for model in running.get("/api/v1/models")["models"]}
    assert models == set(NAMES.values())
    assert {i["model"] for i in running.get("/api/v1/incidents")["incidents"]} == set(NAMES.values())

    text = running.metrics_text()
    families = list(text_string_to_metric_families(text))
    assert not [f for f in families if not f.name.startswith(("driftd_", "process_"))] and "driftd_forged" not in {f.name for f in families}
    assert {s.labels["model"] for f in families for s in f.samples if "model" in s.labels} == set(NAMES.values())
    assert {s.labels["column"] for f in families for s in f.samples if s.name == "driftd_drift_statistic"} >= set(NAMES.values())
    checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr

    received = receiver.wait_for(len(NAMES))
    assert {r.json["data"]["model"] for r in received} == set(NAMES.values())


def test_a_log_line_is_a_line(running):
    log = running.log_path.read_bytes()
    assert b"\x00" not in log and b"\x1b" not in log and b"\r" not in log
    lines = log.decode("utf-8").split("\n")  # and not at what else may look like an end of a line
    assert lines.pop() == ""
    for line in lines:
        if line.startswith("{"):
            assert {"ts", "level", "msg"} <= json.loads(line).keys()
        else:
            assert line.startswith("ts=2") and " level=" in line and not line.startswith("level="), line[:200]
    opened = [line for line in lines if "incident opened" in line]
    assert len(opened) >= len(NAMES)
