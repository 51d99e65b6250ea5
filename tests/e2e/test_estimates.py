"""Performance without labels and slices, through `driftd replay`: what is estimated is what labels later say, a broken
calibration revokes it, and an incident names the slice in which errors gather."""

import csv
import json
import random
import subprocess
from datetime import datetime, timedelta, timezone

import pytest

START = datetime(2026, 3, 2, tzinfo=timezone.utc)
COUNTRIES = ["FR", "DE", "IT", "ES", "PT"]


def stamp(seconds):
    return (START + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def row(draw, power=1.0):
    return {"country": draw.choice(COUNTRIES), "age": draw.randint(18, 77), "score": round(draw.random() ** power, 4)}


def label_of(draw, made, *, broken=False, planted=False):
    """The reference's scores come true as their power of 1.5; `broken`: half of the time."""
    chance = 0.5 if broken else made["score"] ** 1.5
    label = draw.random() < chance
    if planted and made["country"] == "FR" and made["age"] > 45:
        label = made["score"] < 0.5
    return "yes" if label else "no"


@pytest.fixture(scope="module")
def profile(program, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference")
    draw = random.Random(1)
    with open(folder / "reference.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["time", "country", "age", "prediction", "score", "label"])
        writer.writeheader()
        for i in range(20000):
            made = row(draw)
            writer.writerow({"time": stamp(i * 8 - 172800), "prediction": "yes" if made["score"] >= 0.5 else "no",
                             "label": label_of(draw, made), **made})
    (folder / "make.yaml").write_text("models: {credit: {task: binary, positive: 'yes'}}\n")
    subprocess.run([program, "profile", "-c", folder / "make.yaml", "--model", "credit", "-o", folder / "profile.json",
                    folder / "reference.csv"], check=True, capture_output=True)
    return folder / "profile.json"


def replay(program, profile, folder, *, power=1.0, **truth):
    """Four hours, one prediction a second, its label five minutes later. Metrics by series, and the incidents."""
    draw = random.Random(2)
    events = []
    for i in range(4 * 3600):
        made = row(draw, power)
        features = {"country": made["country"], "age": made["age"]}
        events.append((i, {"type": "prediction", "id": f"p{i}", "model": "credit", "version": "1", "time": stamp(i),
                           "features": features, "prediction": {"score": made["score"]}}))
        events.append((i + 300, {"type": "feedback", "id": f"p{i}", "model": "credit", "time": stamp(i + 300),
                                 "label": label_of(draw, made, **truth)}))
    events.sort(key=lambda event: event[0])
    (folder / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for _, event in events))
    (folder / "driftd.yaml").write_text(
        "models:\n  credit:\n    task: binary\n    positive: 'yes'\n    budget: {alerts: 100, per: 1d}\n"
        f"    reference: {{file: {profile}, trust: true}}\n")
    done = subprocess.run([program, "replay", "-c", folder / "driftd.yaml", folder / "events.jsonl", "--metrics",
                           folder / "end.prom"], check=True, capture_output=True, text=True)
    metrics = {}
    for line in (folder / "end.prom").read_text().splitlines():
        if not line.startswith("#"):
            series, value = line.rsplit(" ", 1)
            metrics[series] = float(value)
    incidents = [json.loads(line)["data"] for line in done.stdout.splitlines() if line.startswith("{")]
    return metrics, incidents


def value_of(metrics, name, metric):
    found = [v for k, v in metrics.items() if k.startswith(name + "{") and f'metric="{metric}"' in k]
    assert len(found) <= 1
    return found[0] if found else None


def test_the_estimate_follows_the_mix_of_scores(program, profile, tmp_path):
    """Scores move towards 0, what they mean stays: accuracy rises, and the estimate with it."""
    metrics, _ = replay(program, profile, tmp_path, power=3.0)
    for metric in ("accuracy", "precision", "recall", "f1", "roc_auc", "log_loss", "brier"):
        real = value_of(metrics, "driftd_performance", metric)
        assert abs(value_of(metrics, "driftd_performance_estimated", metric) - real) < 0.05, metric
        assert abs(value_of(metrics, "driftd_performance_estimate_error", metric)) < 0.05, metric
    reference = value_of(metrics, "driftd_performance_reference", "accuracy")
    assert value_of(metrics, "driftd_performance", "accuracy") > reference + 0.03
    assert value_of(metrics, "driftd_performance_estimated", "accuracy") > reference + 0.03


def test_a_broken_calibration_revokes_it(program, profile, tmp_path):
    metrics, incidents = replay(program, profile, tmp_path, broken=True)
    calibration = [one for one in incidents if one["kind"] == "performance"]
    assert any(column["column"] == "score" for one in calibration for column in one["columns"])
    assert value_of(metrics, "driftd_performance_estimated", "accuracy") is None
    assert value_of(metrics, "driftd_performance_estimate_error", "accuracy") > 0.1


def test_an_incident_names_the_slice_where_errors_gather(program, profile, tmp_path):
    _, incidents = replay(program, profile, tmp_path, planted=True)
    named = [one for one in incidents if one.get("slices")]
    assert any(one["kind"] == "concept" for one in named)
    for one in named:
        worst = one["slices"][0]
        assert worst["where"].startswith("country = FR and age > 4"), one["summary"]
        assert f"errors gather where {worst['where']}: error rate" in one["summary"]
        assert worst["loss"] > 2 * worst["rest"]
