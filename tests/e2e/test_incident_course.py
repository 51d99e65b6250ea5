"""Walks the edges of docs/incidents.md (DESIGN 7.7): open, close by itself, continue, be resolved and learn the new
normal, escalate, be answered by another version. Event time alone, hence `driftd replay`."""
import json
import random
import subprocess
from datetime import datetime, timedelta, timezone

import pytest

START = datetime(2026, 3, 2, tzinfo=timezone.utc)
STEP = timedelta(seconds=30)
CONFIG = """
slot: 5m
models:
  m:
    positive: bad
    reference: {first: 3d, trust: true}
    label_horizon: 2d
"""


def stamp(time):
    return time.isoformat().replace("+00:00", "Z")


def predictions(days, shift, seed=1, labels=False, wrong=lambda day: 0.1, missing=lambda day: 0):
    draw = random.Random(seed)
    made = []
    for number in range(int(timedelta(days=days) / STEP)):
        time = START + number * STEP
        day = number * STEP / timedelta(days=1)
        bad = draw.random() < 0.4
        said = bad != (draw.random() < wrong(day))
        x = round(draw.gauss(0, 1) + shift(day), 3)
        if draw.random() < missing(day):
            x = None
        made.append((time, {"type": "prediction", "model": "m", "version": "1", "id": f"i{number}", "time": stamp(time),
                            "features": {"x": x},
                            "prediction": {"label": "bad" if said else "good"}}))
        if labels:
            later = time + timedelta(hours=1)
            made.append((later, {"type": "feedback", "model": "m", "id": f"i{number}", "time": stamp(later),
                                 "label": "bad" if bad else "good"}))
    return sorted(made, key=lambda entry: entry[0])


def deployed(day, version, incident):
    time = START + timedelta(days=day)
    return time, {"type": "model", "event": "deployed", "model": "m", "version": version, "time": stamp(time),
                  "metadata": {"incident": incident}}


@pytest.fixture
def replay(program, tmp_path):
    def run(stream, name="run"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "driftd.yaml").write_text(CONFIG)
        files = {}
        for _, event in sorted(stream, key=lambda entry: entry[0]):
            files.setdefault(event["type"], []).append(json.dumps(event))
        for kind, lines in files.items():
            (folder / f"{kind}.jsonl").write_text("\n".join(lines) + "\n")
        done = subprocess.run([program, "replay", "-c", folder / "driftd.yaml", "--metrics", folder / "end.prom",
                               *[folder / f"{kind}.jsonl" for kind in files]], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        return ([(one["type"].rsplit(".", 1)[1], one["timestamp"], one["data"]) for one in told],
                (folder / "end.prom").read_text())

    return run


def of_kind(told, kind):
    return [one for one in told if one[2]["kind"] == kind]


def day_of(timestamp):
    return (datetime.fromisoformat(timestamp.replace("Z", "+00:00")) - START) / timedelta(days=1)


def value(metrics, start):
    return sum(float(line.rsplit(" ", 1)[1]) for line in metrics.splitlines() if line.startswith(start))


def test_closes_by_itself_and_is_continued_within_a_day(replay):
    told, metrics = replay(predictions(10, lambda day: 2 if 4 <= day < 5 or day >= 7.5 else 0))
    data = of_kind(told, "data")
    assert [kind for kind, _, _ in data] == ["opened", "resolved", "opened"], data
    opened, resolved, again = [day_of(time) for _, time, _ in data]
    assert 4 < opened < 4.5
    # looks at +1 d (still moved), +2 d and +3 d (both low)
    assert resolved == pytest.approx(opened + 3, abs=0.01)
    assert 7.5 < again < 8
    assert data[0][2]["incident"] == data[2][2]["incident"]
    assert data[0][2]["opened_at"] == data[2][2]["opened_at"]
    assert value(metrics, 'driftd_incidents_total{model="m",version="1",kind="data"') == 1
    assert value(metrics, "driftd_budget_spent_total") == 2


def test_after_a_day_it_is_another_one(replay):
    told, metrics = replay(predictions(10.5, lambda day: 2 if 4 <= day < 5 or day >= 8.7 else 0))
    data = of_kind(told, "data")
    assert [kind for kind, _, _ in data] == ["opened", "resolved", "opened"], data
    assert data[0][2]["incident"] != data[2][2]["incident"]
    assert value(metrics, 'driftd_incidents_total{model="m",version="1",kind="data"') == 2


def test_resolved_it_learns_the_new_normal(replay):
    stream = predictions(13, lambda day: 2 if day >= 4 else 0)
    (_, time, first), *_ = of_kind(replay(stream)[0], "data")
    answered = [*stream, deployed(5, "1", first["incident"])]
    told, metrics = replay([one for one in answered if one[0] < START + timedelta(days=10)], "learning")
    assert [kind for kind, _, _ in of_kind(told, "data")] == ["opened", "resolved"]
    assert value(metrics, 'driftd_column_evidence{model="m",version="1",segment="",column="x"') == 0  # paused still
    told, metrics = replay(answered, "learnt")
    assert [kind for kind, _, _ in of_kind(told, "data")] == ["opened", "resolved"]
    assert value(metrics, 'driftd_column_evidence{model="m",version="1",segment="",column="x"') > 0
    back = predictions(13, lambda day: 2 if 4 <= day < 12 else 0)
    told, _ = replay([*back, deployed(5, "1", first["incident"])], "back")
    data = of_kind(told, "data")
    assert [kind for kind, _, _ in data if kind != "escalated"] == ["opened", "resolved", "opened"]
    assert 12 < day_of(data[2][1]) < 12.7  # what was normal once is a drift now


def test_answered_by_another_version_its_columns_stay_paused(replay):
    stream = predictions(13, lambda day: 2 if day >= 4 else 0)
    (_, _, first), *_ = of_kind(replay(stream)[0], "data")
    told, metrics = replay([*stream, deployed(5, "2", first["incident"])], "answered")
    assert [kind for kind, _, one in of_kind(told, "data") if one["version"] == "1"] == ["opened", "resolved"]
    assert value(metrics, 'driftd_column_evidence{model="m",version="1",segment="",column="x"') == 0


def test_escalates_once_its_effect_is_critical(replay):
    told, _ = replay(predictions(9, lambda _: 0, missing=lambda day: 0 if day < 4 else 0.045 if day < 7 else 0.3))
    data = of_kind(told, "data")
    assert [kind for kind, _, _ in data][:2] == ["opened", "escalated"], data
    assert data[0][2]["severity"] == "warning" and data[1][2]["severity"] == "critical"
    assert data[0][2]["incident"] == data[1][2]["incident"]


# precision and recall have no bins; their figure is that of their rates.
def test_performance_closes_by_itself(replay):
    told, _ = replay(predictions(10, lambda _: 0, labels=True, wrong=lambda day: 0.4 if 4 <= day < 5 else 0.1))
    performance = of_kind(told, "performance")
    assert [kind for kind, _, _ in performance] == ["opened", "resolved"], performance
    opened, resolved = [day_of(time) for _, time, _ in performance]
    assert 4 < opened < 5 and resolved == pytest.approx(opened + 3, abs=0.01)
    assert "%" in performance[0][2]["columns"][0]["change"]
    coverage = performance[0][2]["coverage"]
    assert coverage["joined"] > 0 and coverage["expired"] == 0 and coverage["waiting"] < 200


def test_columns_on_labels_learn_their_new_normal(replay):
    stream = predictions(13.5, lambda _: 0, labels=True, wrong=lambda day: 0.4 if day >= 4 else 0.1)
    found = {one["kind"]: one["incident"] for kind, _, one in replay(stream)[0] if kind == "opened"}
    answers = [deployed(5, "1", incident) for kind, incident in found.items() if kind in ("concept", "performance")]
    assert len(answers) == 2
    told, metrics = replay([*stream, *answers], "answered")
    for kind in ("concept", "performance"):
        assert [what for what, _, _ in of_kind(told, kind)] == ["opened", "resolved"], kind
    assert value(metrics, 'driftd_column_evidence{model="m",version="1",segment="",column="loss"') > 0
