"""`driftd detect` against river itself on random streams: the same index for every drift.

DRIFTD_FULL=1: a thousand streams a detector; else a few dozen.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from river import drift

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import driftd_process  # noqa: E402
from paths import FULL  # noqa: E402

pytestmark = pytest.mark.skipif(driftd_process.missing() is not None, reason=str(driftd_process.missing()))

STREAMS = 1000 if FULL else 40
SHARDS = 10 if FULL else 2


def random_stream(rng):
    """A few stretches of one family with levels that may or may not differ."""
    family = rng.choice(["bernoulli", "normal", "uniform", "poisson", "constant", "wild"])
    values = []
    for _ in range(rng.integers(1, 6)):
        length = int(rng.integers(1, 1500))
        level = rng.uniform(0.05, 0.95)
        match family:
            case "bernoulli":
                values.extend((rng.random(length) < level).astype(float))
            case "normal":
                values.extend(rng.normal(level * 4, rng.uniform(0.1, 2), length))
            case "uniform":
                values.extend(rng.uniform(0, level, length))
            case "poisson":
                values.extend(rng.poisson(level * 10, length).astype(float))
            case "constant":
                values.extend([round(level, 1)] * length)
            case "wild":
                values.extend(rng.standard_t(1.5, length) * 10.0 ** rng.integers(-6, 7))
    return [float(v) for v in values]


def adwin(rng):
    return {
        "delta": float(rng.choice([0.002, 0.05, 0.3, 0.9])),
        "clock": int(rng.choice([1, 4, 32, 100])),
        "max_buckets": int(rng.choice([2, 3, 5, 10])),
        "min_window_length": int(rng.choice([1, 5, 20])),
        "grace_period": int(rng.choice([0, 10, 100])),
    }


def page_hinkley(rng):
    return {
        "min_instances": int(rng.choice([1, 30, 200])),
        "delta": float(rng.choice([0.0, 0.005, 0.1])),
        "threshold": float(rng.choice([0.5, 5.0, 50.0])),
        "alpha": float(rng.choice([1.0, 0.9999, 0.99])),
        "mode": str(rng.choice(["up", "down", "both"])),
    }


KINDS = {"adwin": (drift.ADWIN, adwin), "page_hinkley": (drift.PageHinkley, page_hinkley)}


def rivers_drifts(detector, values):
    drifts = []
    for index, value in enumerate(values):
        detector.update(value)
        if detector.drift_detected:
            drifts.append(index)
    return drifts


def our_drifts(kind, parameters, values):
    settings = [word for name, value in parameters.items() for word in ("--set", f"{name}={value!r}".replace("'", ""))]
    done = driftd_process.driftd("detect", kind, *settings, "-", stdin="".join(f"{v!r}\n" for v in values))
    assert done.returncode == 0, done.stderr
    *reports, last = [json.loads(line) for line in done.stdout.splitlines()]
    assert last == {"values": len(values), "drifts": len(reports), "warnings": 0}
    assert all(report["state"] == "drift" for report in reports)
    return [report["index"] for report in reports]


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("kind", KINDS)
def test_reports_where_river_does(kind, shard):
    rivers_class, draw = KINDS[kind]
    found = 0
    for number in range(shard, STREAMS, SHARDS):
        rng = np.random.default_rng([20261120, number])
        parameters = {} if number % 4 == 0 else draw(rng)
        values = random_stream(rng)
        expected = rivers_drifts(rivers_class(**parameters), values)
        assert our_drifts(kind, parameters, values) == expected, (number, parameters)
        found += len(expected)
    assert found > STREAMS / SHARDS / 4, "the streams have to hold drifts for this to say anything"


def test_reads_a_column_of_a_table(tmp_path):
    rng = np.random.default_rng(3)
    values = [float(v) for v in np.concatenate([rng.random(500), rng.random(500) + 1])]
    table = tmp_path / "day.csv"
    table.write_text("id,loss\n" + "".join(f"r{i},{v!r}\n" for i, v in enumerate(values)))
    expected = rivers_drifts(drift.ADWIN(), values)
    for arguments, stdin in (([str(table)], None), (["-"], table.read_text())):
        done = driftd_process.driftd("detect", "adwin", "--column", "loss", *arguments, stdin=stdin)
        assert done.returncode == 0, done.stderr
        assert [json.loads(line)["index"] for line in done.stdout.splitlines()[:-1]] == expected


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "words"),
    [
        (["adwim", "-"], "1\n", 2, "did you mean adwin"),
        (["adwin", "--set", "delta=2", "-"], "1\n", 2, "delta"),
        (["adwin", "--set", "dleta=.1", "-"], "1\n", 2, "did you mean delta"),
        (["adwin", "-"], "1\nx\n", 1, "standard input:2"),
        (["adwin", "/no/such/file"], "", 1, "/no/such/file"),
    ],
)
def test_says_what_is_wrong(arguments, stdin, code, words):
    done = driftd_process.driftd("detect", *arguments, stdin=stdin)
    assert done.returncode == code
    assert words in done.stderr


def test_kinds_tells_rivers_defaults():
    done = driftd_process.driftd("kinds", "--format", "json")
    kinds = {kind["name"]: kind for kind in json.loads(done.stdout)["kinds"]}
    for name, (rivers_class, _) in KINDS.items():
        ours = {p["name"]: p["default"] for p in kinds[name]["parameters"]}
        rivers = rivers_class()._get_params()
        assert ours.keys() == rivers.keys()
        for parameter, value in rivers.items():
            assert ours[parameter] == value if isinstance(value, str) else float(ours[parameter]) == value
