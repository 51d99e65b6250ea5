"""Evidence by segment (STATISTICS 7): a drift that one segment has alone opens an incident that names it, out of its
own share of the budget, and whatever the partitions; a value first seen later learns before it is watched."""
import json
import random
import subprocess
from datetime import datetime, timedelta, timezone

import pytest
from same_answer import state_of

START = datetime(2026, 3, 2, tzinfo=timezone.utc)
STEP = timedelta(seconds=20)

CONFIG = """
slot: 5m
models:
  credit:
    positive: bad
    reference: {reference}
    segments: [country]
    label_horizon: 3d
    columns: {{income: {{}}, age: {{}}}}
"""


def stamp(time):
    return time.isoformat().replace("+00:00", "Z")


def country_at(number, day, seed):
    """DE 15 %, FR 50 %, IT the rest; XX, 10 %, from the fourth day on."""
    draw = random.Random(seed * 1_000_003 + number).random()
    if day >= 4 and draw > 0.9:
        return "XX"
    return "DE" if draw < 0.15 else "FR" if draw < 0.65 else "IT"


def events(days, shift_of, wrong_of, seed=1):
    """Predictions and their labels two hours later, as (time, line)."""
    normal = random.Random(seed)
    made = []
    for number in range(int(timedelta(days=days) / STEP)):
        time = START + number * STEP
        day = number * STEP / timedelta(days=1)
        country = country_at(number, day, seed)
        income = round(normal.gauss(0, 1) + shift_of(country, day), 3)
        bad = normal.random() < 0.4
        wrong = normal.random() < 0.1 + wrong_of(country, day)
        score = round(0.2 + 0.6 * (bad != wrong) + 0.2 * normal.random(), 3)
        made.append((time, {"type": "prediction", "model": "credit", "version": "1", "id": f"i{number}",
                            "time": stamp(time), "features": {"country": country, "income": income,
                                                              "age": normal.randrange(18, 80)},
                            "prediction": {"label": "bad" if bad != wrong else "good", "score": score}}))
        later = time + timedelta(hours=2)
        made.append((later, {"type": "feedback", "model": "credit", "id": f"i{number}", "time": stamp(later),
                             "label": "bad" if bad else "good"}))
    return sorted(made, key=lambda entry: entry[0])


def replay(program, folder, stream, partitions=1, reference="{first: 2d}", threads=1):
    folder.mkdir()
    (folder / "driftd.yaml").write_text(f"threads: {threads}\n" + CONFIG.format(reference=reference))
    choose = random.Random(partitions)
    parts = {}
    for _, event in stream:
        parts.setdefault(f"{event['type']}-{choose.randrange(partitions):02}", []).append(json.dumps(event))
    paths = []
    for name, lines in sorted(parts.items()):
        paths.append(folder / f"{name}.jsonl")
        paths[-1].write_text("\n".join(lines) + "\n")
    done = subprocess.run([program, "replay", "-c", folder / "driftd.yaml", *paths, "--metrics", folder / "end.prom"],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout, (folder / "end.prom").read_text()


def opened(text):
    found = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    return [one["data"] for one in found if one["type"] == "drift.incident.opened"]


@pytest.fixture(scope="module")
def drift_in_germany():
    return events(5, lambda country, day: 1.0 if country == "DE" and day >= 3 else 0, lambda country, day: 0)


def test_a_drift_of_one_segment_names_it(program, drift_in_germany, tmp_path):
    text, _ = replay(program, tmp_path / "one", drift_in_germany)
    data = [one for one in opened(text) if one["kind"] == "data"]
    assert data, text
    top = data[0]["columns"][0]
    assert (top["column"], top["segment"]) == ("income", "country=DE")
    assert top["share"] > 0.5
    assert top["change"].startswith("location up, +")
    # the segment moved by its own standard deviation, measured against its own past
    assert 0.7 < float(top["change"].split("+")[1].split()[0]) < 1.3
    assert "income (country=DE): location up" in data[0]["summary"]
    assert sum(column["share"] for column in data[0]["columns"]) == pytest.approx(1, abs=1e-9)
    assert not [column for column in data[0]["columns"] if column["segment"] in ("country=FR", "country=IT")
                and column["share"] > 0.05]
    assert "2026-03-05" in data[0]["opened_at"]


def test_no_drift_opens_nothing(program, tmp_path):
    text, metrics = replay(program, tmp_path / "none", events(5, lambda *_: 0, lambda *_: 0, seed=2))
    # XX is new to the reference, and is told as such
    assert {(one["kind"], one["fault"]) for one in opened(text)} <= {("data", None), ("schema", "unknown_category")}
    for one in opened(text):
        assert one["kind"] == "schema" or one["columns"][0]["column"] == "country"
    assert 'driftd_column_evidence{model="credit",version="1",segment="country=DE",column="income"}' in metrics
    learning = [line for line in metrics.splitlines() if line.startswith("driftd_column_evidence") and "country=XX" in line]
    assert not learning


def test_errors_of_one_segment_name_it(program, tmp_path):
    stream = events(6, lambda *_: 0, lambda country, day: 0.25 if country == "DE" and day >= 4 else 0, seed=3)
    text, _ = replay(program, tmp_path / "labels", stream)
    concept = [one for one in opened(text) if one["kind"] in ("concept", "performance")]
    assert concept, text
    assert concept[0]["columns"][0]["segment"] == "country=DE"
    assert concept[0]["coverage"]["joined"] > 0
    assert concept[0]["coverage"]["evicted"] == 0


def sample(metrics, series):
    return next(float(line.split()[-1]) for line in metrics.splitlines() if line.startswith(series + " "))


@pytest.mark.parametrize("shift", [0.0, 2.0])
def test_a_value_first_seen_later_is_watched_after_a_week(program, tmp_path, shift):
    """Its own arrival has opened an incident of data; what it does later joins that one (DESIGN 7.7)."""
    stream = events(15, lambda country, day: shift if country == "XX" and day >= 12.5 else 0, lambda *_: 0, seed=4)
    text, metrics = replay(program, tmp_path / "later", stream)
    assert len([one for one in opened(text) if one["kind"] == "data"]) == 1
    of_xx = 'driftd_column_evidence{model="credit",version="1",segment="country=XX",column="%s"}'
    assert sample(metrics, of_xx % "age") > 0
    paused = sample(metrics, of_xx % "income") == 0
    alarms = sample(metrics, 'driftd_budget_spent_total{model="credit"}')
    assert (paused, alarms) == ((True, 2) if shift else (False, 1))


def test_partitions_do_not_show(program, drift_in_germany, tmp_path):
    text, metrics = replay(program, tmp_path / "p1", drift_in_germany)
    for partitions, threads in ((3, 4), (16, 2)):
        again = replay(program, tmp_path / f"p{partitions}", drift_in_germany, partitions, threads=threads)
        assert again[0] == text, partitions
        assert state_of(again[1]) == state_of(metrics), partitions


def test_a_profile_from_a_file_keeps_its_segments(program, drift_in_germany, tmp_path):
    past = [event for time, event in drift_in_germany if time < START + timedelta(days=2, hours=3)]
    (tmp_path / "past.jsonl").write_text("\n".join(json.dumps(event) for event in past) + "\n")
    (tmp_path / "driftd.yaml").write_text(CONFIG.format(reference="{file: " + str(tmp_path / "p.json") + "}"))
    done = subprocess.run([program, "profile", "-c", tmp_path / "driftd.yaml", "--model", "credit", "-o",
                           tmp_path / "p.json", tmp_path / "past.jsonl"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    segments = {one["segment"]: one for one in json.loads((tmp_path / "p.json").read_text())["segments"]}
    assert set(segments) == {"country=DE", "country=FR", "country=IT"}
    rows = {}
    for event in past:
        if event["type"] == "prediction":
            label = "country=" + event["features"]["country"]
            rows[label] = rows.get(label, 0) + 1
    assert {label: one["rows"] for label, one in segments.items()} == rows
    text, _ = replay(program, tmp_path / "run", [one for one in drift_in_germany if one[0] >= START + timedelta(days=2)],
                     reference="{file: " + str(tmp_path / "p.json") + "}")
    data = [one for one in opened(text) if one["kind"] == "data"]
    assert data and data[0]["columns"][0]["segment"] == "country=DE"
