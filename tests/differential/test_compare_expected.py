"""`driftd compare` on the real streams, month by month, against scipy and scikit-learn (data/MANIFEST.md)."""

import csv
import gzip
import json
import math
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import driftd_process  # noqa: E402
from paths import SHARED  # noqa: E402

DATA = SHARED / "data"
pytestmark = [
    pytest.mark.skipif(driftd_process.missing() is not None, reason=str(driftd_process.missing())),
    pytest.mark.skipif(not DATA.is_dir(), reason="no shared data beside the repository"),
]
REFERENCES = {"elec2": "elec2.reference.csv.gz", "housing": "housing_reference.csv.gz", "bike": "bike.reference.csv.gz"}


def close(ours, expected, tolerance=1e-9):
    return math.isclose(ours, expected, rel_tol=tolerance, abs_tol=tolerance)


def close_p(ours, expected):
    """By their size where they are not subject to underflow."""
    return (ours < 1e-299 and expected < 1e-299) or math.isclose(ours, expected, rel_tol=1e-8)


def cell(value):
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else repr(value) if isinstance(value, float) else str(value)


def months(model, folder):
    """The production stream as one CSV file a month, and one of all."""

    def events(kind):
        with gzip.open(DATA / f"{model}.{kind}.jsonl.gz", "rt") as lines:
            return [json.loads(line) for line in lines]

    labels = {e["id"]: e.get("label", e.get("value")) for e in events("feedback")}
    blocks = {"all": []}
    for event in events("predictions"):
        said = event["prediction"]
        said = {"prediction": said["label"], "score": said["score"]} if isinstance(said, dict) else {"prediction": said}
        row = {"id": event["id"], "time": event["time"], **event["features"], **said, "label": labels[event["id"]]}
        blocks["all"].append(row)
        blocks.setdefault(event["time"][:7], []).append(row)
    for name, rows in blocks.items():
        with open(folder / f"{name}.csv", "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(rows[0])
            writer.writerows([cell(value) for value in row.values()] for row in rows)


def compare(*arguments):
    done = driftd_process.driftd("compare", *arguments, "--format", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def check_numeric(ours, expected, where):
    for name in ("min", "max", "mean", "standard_deviation"):
        if expected[name] == expected[name]:
            assert close(ours["summary"]["current"][name], expected[name]), (*where, name)
    assert ours["counts"]["current"] == expected["counts"], where
    statistics = ours["statistics"]
    assert close(statistics["ks"]["value"], expected["ks"]["statistic"]), where
    assert close_p(statistics["ks"]["p_value"], expected["ks"]["p_value"]), where
    assert close_p(statistics["ks"]["p_value_limit"], expected["ks"]["p_value_limit"]), where
    assert close(statistics["wasserstein"]["value"], expected["wasserstein"]), where


def check_categorical(ours, expected, categories, where):
    counts = dict(zip(ours["categories"], ours["counts"]["current"], strict=True))
    assert counts == {c: n for c, n in zip(categories, expected["counts"], strict=True) if c in counts}, where
    chi = ours["statistics"]["chi_square"]
    assert close(chi["value"], expected["chi_square"]["statistic"]), where
    assert close_p(chi["p_value"], expected["chi_square"]["p_value"]), where
    assert chi["dof"] == expected["chi_square"]["dof"], where


def check_column(ours, description, expected, where):
    assert ours["type"] == description["type"], where
    assert close(ours["missing"]["current"], expected["missing_ratio"]), where
    assert ours["missing_counts"]["current"] == expected["missing"], where
    assert close(ours["statistics"]["psi"]["value"], expected["psi"]), where
    assert close(ours["statistics"]["jensen_shannon"]["value"], expected["jensen_shannon"]), where
    if description["type"] == "numeric":
        assert ours["edges"] == description["edges"], where
        assert ours["counts"]["reference"] == description["reference"]["counts"], where
        check_numeric(ours, expected, where)
    else:
        check_categorical(ours, expected, description["categories"], where)


def check_performance(ours, expected, where):
    for name, value in expected.items():
        if value is None:
            assert name not in ours, (*where, name)
        else:
            assert close(ours[name], value), (*where, name, ours[name], value)


@pytest.mark.parametrize("model", REFERENCES)
def test_gives_the_expected_statistics_of_every_month(model, tmp_path):
    expected = json.loads((DATA / "expected" / f"{model}.json").read_text())
    months(model, tmp_path)
    for block in expected["blocks"]:
        report = compare(DATA / REFERENCES[model], tmp_path / f"{block['block']}.csv", "--sampled-rows", "0")
        assert report["rows"] == {"reference": expected["reference"]["rows"], "current": block["rows"]}
        assert report["task"] == expected["task"]
        columns = {column["name"]: column for column in report["columns"]}
        assert columns.keys() == expected["columns"].keys()
        for name, description in expected["columns"].items():
            check_column(columns[name], description, block["columns"][name], (model, block["block"], name))
        check_performance(report["performance"]["reference"], expected["reference"]["performance"], (model, "reference"))
        check_performance(report["performance"]["current"], block["performance"], (model, block["block"]))


def test_events_give_the_same_as_a_table(tmp_path):
    months("housing", tmp_path)
    events = tmp_path / "events.jsonl"
    events.write_text("".join(gzip.open(DATA / f"housing.{kind}.jsonl.gz", "rt").read() for kind in ("predictions", "feedback")))
    reference = DATA / REFERENCES["housing"]
    assert compare(reference, events) == compare(reference, tmp_path / "all.csv")


def test_a_profile_gives_the_binned_statistics(tmp_path):
    expected = json.loads((DATA / "expected" / "elec2.json").read_text())
    profile = tmp_path / "elec2.profile.json"
    done = driftd_process.driftd("profile", "--model", "elec2", "-o", profile, DATA / REFERENCES["elec2"])
    assert done.returncode == 0, done.stderr
    months("elec2", tmp_path)
    for block in expected["blocks"][:4]:
        report = compare(profile, tmp_path / f"{block['block']}.csv")
        for column in report["columns"]:
            wanted = block["columns"][column["name"]]
            assert column["counts"]["current"][: len(wanted["counts"])] == wanted["counts"], column["name"]
            for name in ("psi", "jensen_shannon"):
                assert close(column["statistics"][name]["value"], wanted[name]), (block["block"], column["name"], name)
            if column["type"] == "numeric":
                wasserstein = column["statistics"]["wasserstein"]
                assert abs(wasserstein["value"] - wanted["wasserstein"]) <= wasserstein["bound"] + 1e-12
        check_performance(report["performance"]["current"], block["performance"], ("elec2", block["block"]))


def write(path, rows):
    path.write_text("\n".join(",".join(map(str, row)) for row in rows) + "\n")
    return path


@pytest.fixture
def tables(tmp_path):
    same = [["x", "c"], *[[i % 100, "ab"[i % 2]] for i in range(2000)]]
    moved = [["x", "c"], *[[i % 100 + 40, "ab"[i % 2]] for i in range(2000)]]
    return [write(tmp_path / name, rows) for name, rows in (("a.csv", same), ("b.csv", same), ("moved.csv", moved))]


def test_fails_on_drift_only_where_asked_to(tables):
    same, again, moved = tables
    run = driftd_process.driftd
    assert run("compare", same, moved).returncode == 0
    assert run("compare", same, again, "--fail-on-drift").returncode == 0
    assert run("compare", same, moved, "--fail-on-drift").returncode == 3
    assert run("compare", "--fail-on-drift", same, moved).returncode == 3
    assert run("compare", "--fail-on-drift", same, again, "--format", "json").returncode == 0
    assert run("compare", same, "--fail-on-drift", moved, "--format", "json").returncode == 3
    assert run("compare", same, moved, "--fail-on-drift", "ks=0.9").returncode == 0
    assert run("compare", same, moved, "--fail-on-drift", "psi=9,ks=0.3").returncode == 3
    assert run("compare", "--fail-on-drift", "ks=0.3", same, moved).returncode == 3
    assert run("compare", same, moved, "--fail-on-drift=ks=0.3").returncode == 3


def test_names_the_columns_that_drift(tables):
    same, _, moved = tables
    report = compare(same, moved)
    assert report["drift"] is True
    assert {column["name"]: column["drift"] for column in report["columns"]} == {"x": True, "c": False}
    table = driftd_process.driftd("compare", same, moved).stdout
    assert [line.split()[0] for line in table.splitlines() if line.endswith("DRIFT")] == ["x"]


def test_the_page_needs_nothing_else_and_breaks_on_no_name(tmp_path):
    rows = [["x", "<b>&c"], *[[i % 50, ["<i>", "a & b", "ü" * 30][i % 3]] for i in range(600)]]
    moved = [rows[0], *[[x + 30, c] for x, c in rows[1:]]]
    a, b = write(tmp_path / "a.csv", rows), write(tmp_path / "b.csv", moved)
    done = driftd_process.driftd("compare", a, b, "--format", "html")
    assert done.returncode == 0, done.stderr
    page = done.stdout
    assert not re.search(r"<script|https?://|<link|<img|@import|url\(", page)

    class Balance(HTMLParser):
        stack, texts = [], []

        def handle_starttag(self, tag, attributes):
            if tag not in ("meta", "br", "rect"):
                self.stack.append(tag)

        def handle_endtag(self, tag):
            assert self.stack.pop() == tag

        def handle_startendtag(self, tag, attributes):
            pass

        def handle_data(self, text):
            self.texts.append(text)

    parser = Balance()
    parser.feed(page)
    assert parser.stack == []
    assert "<b>&c" in parser.texts
    assert "Drift" in parser.texts and "No drift" not in parser.texts
    for name in ("psi", "anderson_darling", "mmd", "<i>"):
        assert name in parser.texts, name


def test_a_drift_of_no_column_is_seen_in_whole_rows(tmp_path):
    """Two columns whose law stays and whose correlation goes."""
    near = [x + x * 37 % 50 for x in range(1000)]
    a = write(tmp_path / "a.csv", [["x", "y"], *[[x, near[x]] for x in range(1000)]])
    b = write(tmp_path / "b.csv", [["x", "y"], *[[x, near[(x * 387 + 11) % 1000]] for x in range(1000)]])
    report = compare(a, b)
    assert report["drift"] is False
    assert report["rows_tests"]["sample"] == {"reference": 1000, "current": 1000}
    for name in ("mmd", "classifier", "reconstruction_error"):
        assert report["rows_tests"][name]["p_value"] <= 0.01, name
        assert report["rows_tests"][name]["method"] == "permutation"
    assert compare(a, b) == report
    same = compare(a, a)
    for name in ("mmd", "classifier"):
        assert same["rows_tests"][name]["p_value"] > 0.01, name
    assert "rows_tests" not in compare(a, b, "--sampled-rows", "0")


def test_help_lists_every_statistic():
    text = driftd_process.driftd("compare", "--help").stdout
    for name in ("psi", "kl", "hellinger", "cramer_von_mises", "anderson_darling", "kuiper", "energy", "fisher"):
        assert re.search(rf"^ *{name} ", text, re.MULTILINE), name


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "two data sets"),
        (["A"], "two data sets"),
        (["A", "B", "--format", "xml"], "--format"),
        (["A", "B", "--fail-on-drift", "psy=1"], "did you mean psi"),
        (["A", "B", "--fail-on-drift", "psi="], "needs a limit"),
        (["A", "B", "--bins", "1"], "--bins"),
        (["A", "B", "--label", "nowhere"], "nowhere"),
    ],
)
def test_says_what_is_wrong(tables, arguments, words):
    places = {"A": tables[0], "B": tables[1]}
    done = driftd_process.driftd("compare", *(places.get(word, word) for word in arguments))
    assert done.returncode == 2
    assert words in done.stderr
