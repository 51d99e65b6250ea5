"""`driftd detect` against MOA on random streams: the same index for every drift and warning.

MOA counts the first value as its second in some detectors, so a least number of values is one less here.
DRIFTD_FULL=1: a thousand streams a kind; else a few.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import driftd_process  # noqa: E402
import kind_streams as streams  # noqa: E402
from paths import CACHE, FULL  # noqa: E402

JARS = CACHE / "moa"
MISSING = driftd_process.missing() or (
    None if shutil.which("java") and (JARS / "MoaDriver.class").exists() else "no MOA (scripts/setup --tests)"
)
pytestmark = pytest.mark.skipif(MISSING is not None, reason=str(MISSING))

SHARDS = 10 if FULL else 1


class Moa:
    """MoaDriver.java as a function."""

    def __init__(self):
        self.process = subprocess.Popen(
            ["java", "-XX:+UseSerialGC", "-Xmx256m", "-cp", os.pathsep.join([str(JARS), str(JARS / "*")]), "MoaDriver"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def run(self, detector, options, values):
        words = ",".join(f"{name}={value!r}" for name, value in options.items()) or "-"
        self.process.stdin.write(f"{detector} {words} {len(values)}\n".encode() + np.asarray(values, ">f8").tobytes())
        self.process.stdin.flush()
        words = self.process.stdout.readline().decode().split()
        drifts, warnings = words.index("D"), words.index("W")
        end = words.index("E")
        return set(map(int, words[drifts + 1 : warnings])), set(map(int, words[warnings + 1 : end])), int(words[end + 1])

    def events(self, detector, options, values):
        drifts, warnings, _ = self.run(detector, options, values)
        return streams.events(
            streams.DRIFT if i in drifts else streams.WARNING if i in warnings else streams.NONE
            for i in range(len(values))
        )

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)


@pytest.fixture(scope="module")
def moa():
    driver = Moa()
    yield driver
    driver.close()


def cusum(rng):
    least, delta, limit = int(rng.choice([2, 30, 200])), float(rng.choice([0.0, 0.005, 0.1])), float(rng.choice([0.5, 5.0, 50.0]))
    return (
        {"minNumInstances": least, "delta": delta, "lambda": limit},
        {"reference": "running", "mode": "up", "min_instances": least - 1, "slack": delta, "threshold": limit},
    )


def gma(rng):
    options = {
        "minNumInstances": int(rng.choice([1, 30, 200])),
        "lambda": float(rng.choice([0.05, 0.3, 1.0])),
        "alpha": float(rng.choice([0.9, 0.99, 0.999])),
    }
    return options, {**options, "min_num_instances": options["minNumInstances"]}


def ecdd(rng):
    options = {"minNumInstances": int(rng.choice([1, 30, 200])), "lambda": float(rng.choice([0.05, 0.2, 0.5]))}
    return options, {**options, "min_num_instances": options["minNumInstances"]}


def rddm(rng):
    options = {
        "minNumInstances": int(rng.choice([5, 129])),
        "warningLevel": float(rng.choice([1.0, 1.773])),
        "driftLevel": float(rng.choice([1.5, 2.258, 3.0])),
        "maxSizeConcept": int(rng.choice([500, 3000, 40000])),
        "minSizeStableConcept": int(rng.choice([20, 300, 7000])),
        "warnLimit": int(rng.choice([30, 300, 1400])),
    }
    return options, {
        "min_num_instances": options["minNumInstances"],
        "warning_level": options["warningLevel"],
        "drift_level": options["driftLevel"],
        "max_size_concept": options["maxSizeConcept"],
        "min_size_stable_concept": options["minSizeStableConcept"],
        "warn_limit": options["warnLimit"],
    }


def stepd(rng):
    options = {
        "windowSize": int(rng.choice([10, 30, 100])),
        "alphaDrift": float(rng.choice([0.003, 0.0001])),
        "alphaWarning": float(rng.choice([0.05, 0.01])),
    }
    return options, {
        "window_size": options["windowSize"],
        "alpha_drift": options["alphaDrift"],
        "alpha_warning": options["alphaWarning"],
    }


def seed(rng):
    options = {
        "deltaSEED": float(rng.choice([0.05, 0.01, 0.3])),
        "blockSizeSEED": int(rng.choice([32, 64])),
        "epsilonPrimeSEED": float(rng.choice([0.0025, 0.01])),
        "alphaSEED": float(rng.choice([0.2, 0.8])),
        "compressTermSEED": int(rng.choice([50, 75, 100])),
    }
    return options, {
        "delta": options["deltaSEED"],
        "block_size": options["blockSizeSEED"],
        "epsilon_prime": options["epsilonPrimeSEED"],
        "alpha": options["alphaSEED"],
        "compress_term": options["compressTermSEED"],
        "reset": False,
    }


def adwin(rng):
    delta = float(rng.choice([0.002, 0.05, 0.3]))
    return {"deltaAdwin": delta}, {"delta": delta, "reset": False}


def some_of_both(rng):
    """Without stretches that are all alike, where STEPD differs on purpose: 20 alike, twice the least window, are too
    many after any start afresh."""
    values, alike = streams.bits(rng, 0.2, 0.8), 0
    for i in range(1, len(values)):
        alike = alike + 1 if values[i] == values[i - 1] else 0
        if alike == 18:
            values[i], alike = 1 - values[i], 0
    return values


def defaults(ours):
    """What makes of driftd's defaults MOA's."""
    return {name: value for name, value in ours.items() if name in ("reset", "reference", "mode")}


# kind: MOA's class, its options and ours, the streams it takes, and how many streams (all, and in short).
KINDS = {
    "adwin": ("ADWINChangeDetector", adwin, streams.unit_interval, 1000, 20),
    "cusum": ("CusumDM", cusum, streams.numbers, 1000, 20),
    "gma": ("GeometricMovingAverageDM", gma, streams.numbers, 1000, 20),
    "ecdd": ("EWMAChartDM", ecdd, streams.bits, 1000, 20),
    "rddm": ("RDDM", rddm, streams.bits, 1000, 20),
    "stepd": ("STEPD", stepd, some_of_both, 1000, 20),
    "seed": ("SEEDChangeDetector", seed, streams.unit_interval, 1000, 20),
}
OTHER_DEFAULTS = {"cusum": {"slack": 0.005, "threshold": 50.0, "min_instances": 29}}


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("kind", KINDS)
def test_reports_where_moa_does(moa, kind, shard):
    check_kind(moa, kind, shard)


def check_kind(moa, kind, shard, detect=streams.detect, count=None):
    moas_class, draw, stream, full, short = KINDS[kind]
    count = count or (full if FULL else short)
    found = 0
    for number in range(shard, count, SHARDS):
        rng = np.random.default_rng([20261127, number])
        options, parameters = draw(rng)
        parameters.pop("minNumInstances", None)
        if number % 4 == 0:
            options, parameters = {}, {**defaults(parameters), **OTHER_DEFAULTS.get(kind, {})}
        values = stream(rng)
        theirs = lambda part, options=options: moa.events(moas_class, options, part)  # noqa: E731
        found += len(streams.compare(kind, parameters, values, theirs, detect))
    assert found > count / SHARDS / 4, "the streams have to hold drifts for this to say anything"


def test_stepd_is_silent_where_moa_divides_by_no_variance(moa):
    assert moa.events("STEPD", {}, [0.0] * 60) == [(59, "drift")]
    assert streams.detect("stepd", {}, [0.0] * 200) == []
