"""docs/api.md against a running driftd: every answer has the form of its example."""

import json
import re

import requests
from paths import ROOT
from process import wait_until


def examples():
    """(method, target, status, document) of every example in docs/api.md whose answer is JSON."""
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    pattern = r"```console\n\$ curl -s (?:-X (\w+) )?'http://[^/]+(/[^']*)'   # (\d+)\n(.*?)```"
    for method, target, status, body in re.findall(pattern, page, re.DOTALL):
        if body.startswith("{"):
            yield method or "GET", target, int(status), json.loads(body)


def form(value):
    """What a document is made of: names and kinds of values; null fits anything."""
    if isinstance(value, dict):
        return {name: form(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [form(inner) for inner in value[:1]]
    if isinstance(value, bool) or value is None:
        return type(value).__name__
    return "number" if isinstance(value, (int, float)) else "text"


def differences(documented, answered, path=""):
    """Where two forms disagree. Free maps (statistics, metadata, performance) are compared as maps."""
    if "NoneType" in (documented, answered):
        return []
    if isinstance(documented, dict) and isinstance(answered, dict):
        if path.rsplit(".", 1)[-1] in ("statistics", "metadata", "performance"):
            return []
        missing = [f"{path}.{name} is not there" for name in documented if name not in answered]
        return missing + [
            fault for name in documented if name in answered for fault in differences(documented[name], answered[name], f"{path}.{name}")
        ]  # fmt: skip
    if isinstance(documented, list) and isinstance(answered, list):
        return differences(documented[0], answered[0], f"{path}[]") if documented and answered else []
    return [] if documented == answered else [f"{path}: {documented} in docs/api.md, {answered} answered"]


def test_the_page_has_an_example_of_every_route():
    targets = {(method, re.sub(r"\?.*", "", target)) for method, target, _, _ in examples()}
    for method, pattern in (
        ("GET", "/api/v1/models"),
        ("GET", "/api/v1/models/[^/]+"),
        ("GET", "/api/v1/models/[^/]+/series"),
        ("GET", "/api/v1/models/[^/]+/slices"),
        ("DELETE", "/api/v1/models/[^/]+"),
        ("GET", "/api/v1/incidents"),
        ("POST", "/api/v1/incidents/[^/]+/resolve"),
        ("POST", "/api/v1/incidents/[^/]+/acknowledge"),
        ("GET", "/api/v1/digest"),
        ("GET", "/api/v1/deliveries"),
        ("POST", "/api/v1/deliveries/[^/]+/retry"),
        ("GET", "/api/v1/status/config"),
        ("GET", "/api/v1/status/build"),
    ):
        assert any(m == method and re.fullmatch(pattern, t) for m, t in targets), f"{method} {pattern}"


def test_a_running_driftd_answers_in_the_documented_forms(driftd, broker, topic):
    predictions = topic("predictions", 1)
    running = driftd(
        {
            "kafka": {"brokers": [broker.bootstrap], "start": "earliest", "topics": {"predictions": [predictions]}},
            "models": {"credit": {"reference": {"first": 100}}},
            "alerts": {"digest": {"at": "*/5 * * * *"}},
        }
    )
    broker.produce(predictions, [prediction(i) for i in range(1000)])
    wait_until(lambda: requests.get(f"{running.url}/api/v1/digest", timeout=30).status_code == 200, 30, "the first digest")
    for method, target, status, documented in examples():
        if method != "GET" or status != 200:
            continue
        answer = requests.get(running.url + target, timeout=30)
        assert answer.status_code == 200, f"{target}: {answer.text}"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert differences(form(documented), form(answer.json())) == [], target
    missing = requests.get(f"{running.url}/api/v1/models/nobody", timeout=30)
    assert missing.status_code == 404 and set(missing.json()) == {"error"}
    refused = requests.post(f"{running.url}/-/reload", headers={"Origin": "http://elsewhere.example"}, timeout=30)
    assert refused.status_code == 403
    assert running.reload().status_code == 200
    assert requests.delete(f"{running.url}/api/v1/models/credit", timeout=30).status_code == 200


def prediction(i):
    second, label = 1_790_000_000 + 2 * i, "good" if i % 3 else "bad"
    return json.dumps(
        {"type": "prediction", "id": f"p{i}", "model": "credit", "version": "7", "time": second * 1000,
         "features": {"income": float(i % 97), "country": "DE" if i % 2 else "FR"}, "prediction": {"label": label, "score": 0.5}}
    ).encode()  # fmt: skip
