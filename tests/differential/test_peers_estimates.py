"""Performance without labels against NannyML, live: CBPE and DLE of random sets through `driftd profile` and `driftd
replay`, and what tests/detectors/nannyml_cases.txt keeps of the real streams."""

import csv
import json
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import driftd_process  # noqa: E402
import peers  # noqa: E402
from paths import ROOT, SHARED  # noqa: E402

pytestmark = [
    pytest.mark.skipif(driftd_process.missing() is not None, reason=str(driftd_process.missing())),
    pytest.mark.skipif(peers.missing() is not None, reason=str(peers.missing())),
]
FULL = os.environ.get("DRIFTD_FULL") == "1"
SETS = 40 if FULL else 4
START = datetime(2026, 3, 2, tzinfo=timezone.utc)


def stamp(seconds):
    return (START + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def estimated(folder, task, reference, current):
    """What driftd lets expect of the current rows: {metric: value}."""
    columns = [name for name in current if name not in ("prediction", "score")]
    rows = len(reference["label"])
    with open(folder / "reference.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["time", *reference])
        writer.writerows([stamp(60 * i - 60 * rows), *row] for i, row in enumerate(zip(*reference.values(), strict=True)))
    with open(folder / "events.jsonl", "w") as file:
        for i, row in enumerate(zip(*current.values(), strict=True)):
            values = dict(zip(current, row, strict=True))
            said = {"score": values["score"], "label": values["prediction"]} if task == "binary" else {"value": values["prediction"]}
            features = {name: values[name] for name in columns}
            file.write(json.dumps({"type": "prediction", "id": str(i), "model": "m", "version": "1", "time": stamp(i),
                                   "features": features, "prediction": said}) + "\n")  # fmt: skip
    known = {"task": task, **({"positive": "1"} if task == "binary" else {})}
    (folder / "make.yaml").write_text(json.dumps({"models": {"m": known}}))
    done = driftd_process.driftd("profile", "-c", folder / "make.yaml", "--model", "m", "-o", folder / "p.json", folder / "reference.csv")
    assert done.returncode == 0, done.stderr
    model = {**known, "window": "24h", "reference": {"file": str(folder / "p.json")}}
    (folder / "driftd.yaml").write_text(json.dumps({"models": {"m": model}}))
    done = driftd_process.driftd("replay", "-c", folder / "driftd.yaml", folder / "events.jsonl", "--metrics", folder / "end.prom")
    assert done.returncode == 0, done.stderr
    found = {}
    for line in (folder / "end.prom").read_text().splitlines():
        if line.startswith("driftd_performance_estimated{"):
            found[line.split('metric="')[1].split('"')[0]] = float(line.rsplit(" ", 1)[1])
    return found


def binary_set(rng, n, power, sharp):
    """Scores that come true as their power `sharp`, as texts of few digits so that both programs read the same."""
    scores = np.round(rng.random(n) ** power, int(rng.choice([2, 3, 6])))
    labels = (rng.random(n) < scores**sharp).astype(int)
    return {"x": np.round(rng.normal(size=n), 3).tolist(), "score": scores.tolist(), "prediction": (scores >= 0.5).astype(int).tolist(),
            "label": labels.tolist()}  # fmt: skip


def without(columns, *names):
    return {name: values for name, values in columns.items() if name not in names}


def test_cbpe_of_random_sets(tmp_path):
    """What differs: scores by bin, and ties in ROC AUC, which NannyML takes in the order of a sort."""
    rng = np.random.default_rng(11)
    sets = []
    for _ in range(SETS):
        power, sharp = float(rng.choice([0.3, 1, 3])), float(rng.choice([0.7, 1, 1.5]))
        reference = binary_set(rng, int(rng.integers(2000, 6000)), power, sharp)
        sets.append((reference, without(binary_set(rng, int(rng.integers(500, 3000)), power * 1.3, sharp), "label")))
    said = peers.ask("nannyml", [{"kind": "cbpe", "reference": without(a, "x"), "current": without(b, "x")} for a, b in sets])
    for (reference, current), theirs in zip(sets, said, strict=True):
        ours = estimated(tmp_path, "binary", reference, current)
        far = {name: (ours.get(name), value) for name, value in theirs.items()
               if name not in ours or abs(ours[name] - value) > (0.01 if name == "roc_auc" else 0.003)}  # fmt: skip
        assert not far, (far, len(reference["label"]), len(current["score"]))


def regression_set(rng, n, shift):
    """Errors that grow with x and differ by group, as additive models see them."""
    x = rng.beta(2 + shift, 2, n)
    group = rng.integers(0, 3, n)
    value = 100 + 50 * x
    label = value + rng.laplace(size=n) * (2 + 8 * x + 4 * group)
    return {"x": np.round(x, 4).tolist(), "group": group.tolist(), "prediction": np.round(value, 3).tolist(), "label": np.round(label, 3).tolist()}


def test_dle_of_random_sets(tmp_path):
    """Another model of the loss (additive here, LightGBM there): they say much the same of another mix of rows."""
    rng = np.random.default_rng(12)
    sets = [(regression_set(rng, 6000, 0), without(regression_set(rng, 3000, rng.choice([0, 1, 2])), "label")) for _ in range(SETS)]
    said = peers.ask("nannyml", [{"kind": "dle", "reference": a, "current": b} for a, b in sets])
    for (reference, current), theirs in zip(sets, said, strict=True):
        ours = estimated(tmp_path, "regression", reference, current)
        far = {name: (ours.get(name), value) for name, value in theirs.items()
               if name not in ours or abs(ours[name] / value - 1) > 0.06}  # fmt: skip
        assert not far, far


@pytest.mark.skipif(not SHARED.is_dir(), reason="no shared data beside the repository")
def test_the_kept_cases_are_nannyml_s():
    """The numbers that the unit tests hold CBPE and DLE of housing and bike to, made anew."""
    cases = ROOT / "tests" / "detectors" / "nannyml_cases"
    done = subprocess.run(
        [peers.PYTHON, "-W", "ignore", f"{cases}.py", SHARED / "data"], capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]

    def values(text):
        lines = [line.split() for line in text.splitlines() if line.startswith(("housing 2", "bike 2"))]
        return {(*line[:2], line[i]): float(line[i + 1]) for line in lines for i in range(2, len(line), 2)}

    made, kept = values(done.stdout), values(Path(f"{cases}.txt").read_text())
    assert made.keys() == kept.keys()
    assert len(kept) > 200
    for key, value in kept.items():
        assert made[key] == pytest.approx(value, rel=1e-6, nan_ok=True), key
