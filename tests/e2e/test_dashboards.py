"""dashboards/: the JSON is what Grafana's linter wants, and every query of every panel and rule finds
series in a real Prometheus: once on a page with one sample of every metric in docs/metrics.md, once on a
driftd that watched elec2."""

import gzip
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import prometheus_server
import pytest
import yaml
from conftest import SECRET, need
from driftd_process import driftd as run_driftd
from paths import ROOT

FOLDER = ROOT / "dashboards"
DASHBOARDS = sorted(FOLDER.glob("*.json"))
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
SELECTORS = ('job=~"$job"', 'instance=~"$instance"')


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def panels(dashboard):
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def drawn(dashboard):
    return [panel for panel in panels(dashboard) if panel["type"] != "row"]


def panel_queries(dashboard):
    return [(panel["title"], target["expr"]) for panel in drawn(dashboard) for target in panel["targets"]]


def annotation_queries(dashboard):
    return [(a["name"], a["expr"]) for a in dashboard["annotations"]["list"] if "expr" in a]


def variables(dashboard):
    return {variable["name"]: variable for variable in dashboard["templating"]["list"]}


def rules():
    groups = yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


@pytest.fixture(params=DASHBOARDS, ids=lambda path: path.stem)
def dashboard(request):
    return load(request.param)


# --- structure -------------------------------------------------------------------------------------


def test_there_is_a_model_dashboard():
    assert "driftd-model" in [load(path)["uid"] for path in DASHBOARDS]


def test_has_a_fixed_identity(dashboard):
    assert re.fullmatch(r"[a-z0-9-]{1,40}", dashboard["uid"])
    assert dashboard["schemaVersion"] >= 39
    assert dashboard["editable"] is False
    assert "driftd" in dashboard["tags"]
    assert "__inputs" not in dashboard and "id" not in dashboard
    assert dashboard["title"] and dashboard["description"]


def test_has_the_usual_variables(dashboard):
    by_name = variables(dashboard)
    source = by_name.pop("datasource")
    assert (source["type"], source["label"], source["query"]) == ("datasource", "Data source", "prometheus")
    for name, label in (("job", "Job"), ("instance", "Instance")):
        variable = by_name[name]
        assert variable["label"] == label
        assert variable["multi"] and variable["includeAll"] and variable["allValue"] == ".+"
    assert by_name["job"]["query"]["query"] == "label_values(driftd_build_info, job)"
    for variable in by_name.values():
        assert variable["type"] == "query" and variable["datasource"] == DATASOURCE
        assert variable["refresh"] == 2, "values change with the time range"


def test_every_panel_explains_itself(dashboard):
    for panel in drawn(dashboard):
        assert panel["title"] and panel["description"].endswith("."), panel["title"]
        assert panel["datasource"] == DATASOURCE and panel["targets"], panel["title"]
        assert all(target["datasource"] == DATASOURCE for target in panel["targets"]), panel["title"]
        defaults = panel["fieldConfig"]["defaults"]
        assert defaults.get("unit") or defaults.get("mappings"), panel["title"]
    assert {"state-timeline", "stat", "timeseries"} <= {panel["type"] for panel in drawn(dashboard)}


def test_panels_fit_the_grid_and_do_not_overlap(dashboard):
    taken, ids = set(), set()
    for panel in panels(dashboard):
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24, panel["title"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        assert not cells & taken, f"{panel['title']} lies over another"
        taken |= cells
        assert panel["id"] not in ids
        ids.add(panel["id"])


def test_every_query_is_of_the_chosen_job_and_instance(dashboard):
    for title, expression in panel_queries(dashboard) + annotation_queries(dashboard):
        for matchers in re.findall(r"\b(?:driftd|process)_\w+\{([^}]*)\}", expression):
            assert all(selector in matchers for selector in SELECTORS), f"{title}: {expression}"
        assert not re.search(r"\b(?:driftd|process)_\w+\b(?!\{)", expression), f"{title}: no selector in {expression}"


def test_counters_are_rates_over_the_rate_interval(dashboard):
    for title, expression in panel_queries(dashboard):
        for match in re.finditer(r"\b\w+_(?:total|bucket|count|sum)\{", expression):
            assert re.search(r"(?:rate|irate|increase)\($", expression[: match.start()]), f"{title}: {expression}"
        assert set(re.findall(r"\[([^\]]*)\]", expression)) <= {"$__rate_interval"}, title


def test_incidents_are_annotations_too(dashboard):
    assert any("driftd_incident_active" in expression for _, expression in annotation_queries(dashboard))


def test_every_rule_explains_itself():
    runbook = (FOLDER / "README.md").read_text(encoding="utf-8").lower()
    for rule in rules():
        name = rule["alert"]
        assert re.fullmatch(r"Driftd[A-Z][A-Za-z]+", name)
        assert rule["labels"]["severity"] in ("critical", "warning", "info"), name
        assert set(rule["annotations"]) >= {"summary", "description", "runbook_url", "dashboard_url"}, name
        assert "{{" not in rule["annotations"]["summary"], f"{name}: the summary is static"
        assert rule["annotations"]["runbook_url"] == f"dashboards/README.md#{name.lower()}"
        assert f"### {name.lower()}\n" in runbook, f"{name} has no section"
        assert rule["annotations"]["dashboard_url"].split("?")[0] == "/d/driftd-model"


def test_every_rule_is_tested():
    tested = (FOLDER / "alerts_test.yml").read_text(encoding="utf-8")
    for rule in rules():
        assert re.search(rf"alertname: {rule['alert']}\n", tested), f"{rule['alert']} never fires in alerts_test.yml"


def test_promtool_finds_nothing():
    need(prometheus_server.missing())
    for arguments in (["check", "rules", "--lint-fatal", FOLDER / "alerts.yml"], ["test", "rules", FOLDER / "alerts_test.yml"]):
        code, said = prometheus_server.promtool(*arguments)
        assert code == 0, said


def test_provisioning_names_the_folder():
    provider = yaml.safe_load((FOLDER / "provisioning.yml").read_text(encoding="utf-8"))["providers"][0]
    assert provider["type"] == "file" and provider["allowUiUpdates"] is False


# --- queries ---------------------------------------------------------------------------------------


def filled_in(expression, values):
    """The expression as Grafana would send it with All chosen in every variable."""
    for name, value in sorted(values.items(), key=lambda item: -len(item[0])):
        expression = expression.replace(f"${name}", value)
    left = re.findall(r"\$\w+|\[\[", expression)
    assert not left, f"not filled in: {left} in {expression}"
    return expression


def values_of(dashboard):
    values = {"__rate_interval": "30s", "__interval": "5s"}
    for name, variable in variables(dashboard).items():
        if variable["type"] == "query":
            values[name] = variable["allValue"] if variable["includeAll"] else variable["current"]["value"]
    return values


def variable_query(text):
    """label_values(SELECTOR, LABEL) as an expression that has a series for each value."""
    selector, label = re.fullmatch(r"label_values\((.*), (\w+)\)", text).groups()
    return f'count by ({label}) ({selector[:-1]}, {label}!=""}})' if selector.endswith("}") else f"count by ({label}) ({selector})"


def without_an_answer(prometheus):
    """Every query of dashboards and rules that finds no series there."""
    wrong = []

    def ask(where, expression):
        if not prometheus.query(expression):
            wrong.append(f"{where}: {expression}")

    for path in DASHBOARDS:
        content = load(path)
        values = values_of(content)
        for where, expression in panel_queries(content) + annotation_queries(content):
            ask(where, filled_in(expression, values))
        for name, variable in variables(content).items():
            if variable["type"] == "query":
                ask(f"variable {name}", filled_in(variable_query(variable["query"]["query"]), values))
    for rule in rules():
        # whether a rule fires is alerts_test.yml's part; here, that what it looks at is there
        for selector in re.findall(r"\b(?:driftd_\w+|up)(?:\{[^}]*\})?", rule["expr"]):
            ask(rule["alert"], re.sub(r'severity="\w+"', 'severity!=""', selector))
    return wrong


LABELS = {
    "event": "prediction", "topic": "predictions", "reason": "not_json", "partition": "0", "clock": "prediction",
    "model": "credit", "version": "7", "column": "income", "statistic": "psi", "metric": "accuracy", "fault": "type_change",
    "detector": "adwin", "kind": "rule", "severity": "critical", "webhook": "retrain", "task": "binary", "reference": "9a1f",
    "revision": "0a6760d",
}  # fmt: skip


def sample_page():
    """One series of every metric that docs/metrics.md names; of those with a segment or a column, a few."""
    lines = []
    table = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    for name, kind, labels in re.findall(r"^\| `(\w+)` \| (\w+)[^|]*\| ([^|]*)\|", table, re.MULTILINE):
        names = re.findall(r"`(\w+)`", labels)
        lines.append(f"# TYPE {name} {kind}")
        for segment in ("", "country=DE") if "segment" in names else ("",):
            for column in ("income", "loss") if "column" in names else ("",):
                values = {**LABELS, "segment": segment, "column": column}
                text = ",".join(f'{label}="{values.get(label, label)}"' for label in names)
                if kind == "histogram":
                    for bound in ("1", "60", "+Inf"):
                        lines.append(f'{name}_bucket{{{text}{"," if text else ""}le="{bound}"}} 5')
                    lines += [f"{name}_sum{{{text}}} 9", f"{name}_count{{{text}}} 5"]
                else:
                    lines.append(f"{name}{{{text}}} 1")
    return "\n".join(lines) + "\n"


@pytest.fixture
def sample_target():
    page = sample_page().encode()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):  # noqa: N802
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_every_query_is_of_metrics_that_exist(prometheus, sample_target):
    server = prometheus(sample_target)
    server.wait_for_series("driftd_build_info")
    server.wait_for_scrapes(3)
    assert without_an_answer(server) == []


def test_every_query_finds_elec2(driftd, broker, topic, prometheus, shared_data, receiver, tmp_path):
    data = shared_data / "data"
    profile = tmp_path / "elec2.profile.json"
    made = run_driftd("profile", "--model", "elec2", "-o", profile, data / "elec2.reference.csv.gz")
    assert made.returncode == 0, made.stderr
    predictions, feedback = topic("predictions", 2), topic("feedback", 2)
    running = driftd(elec2_config(broker, predictions, feedback, profile, receiver))
    server = prometheus(f"127.0.0.1:{running.port}")
    for name, file in ((predictions, "elec2.predictions.jsonl.gz"), (feedback, "elec2.feedback.jsonl.gz")):
        with gzip.open(data / file) as lines:
            broker.produce(name, [line.rstrip(b"\n") for line in lines])
    broker.produce(predictions, [b"not JSON"])
    server.wait_for_series('driftd_join_matched_total{model="elec2"} > 30000', seconds=120)
    server.wait_for_series("driftd_webhook_failures_total", seconds=60)
    server.wait_for_scrapes(3)
    assert without_an_answer(server) == []
    code, said = prometheus_server.promtool("check", "metrics", stdin=running.metrics_text())
    assert code == 0, said


def elec2_config(broker, predictions, feedback, profile, receiver):
    """Two webhooks: one that takes everything, one at which nobody answers."""
    dead = {"url": "http://127.0.0.1:9/", "name": "nobody", "actions": ["notify"]}
    model = {
        "task": "binary",
        "positive": "UP",
        "reference": {"file": str(profile)},
        "window": "7d",
        "segments": [{"column": "period", "cuts": [0.5]}],
        "rules": [
            {"name": "price-psi", "column": "vic_price", "statistic": "psi", "above": 0.1, "action": "retrain", "severity": "critical"},
            {"name": "price-ks", "column": "nsw_price", "statistic": "ks", "above": 0.0, "action": "notify"},
            {"name": "adwin-loss", "column": "loss", "detector": "adwin", "action": "notify"},
        ],
    }
    return {
        "kafka": {"brokers": [broker.bootstrap], "start": "earliest", "topics": {"predictions": [predictions], "feedback": [feedback]}},
        "slot": "1h",
        "max_skew": "365d",
        "models": {"elec2": model},
        "alerts": {
            "webhooks": [{"name": "retrain", "url": receiver.url, "actions": ["retrain", "notify"], "retrains": True, "secret": SECRET}, dead],
        },
    }  # fmt: skip
