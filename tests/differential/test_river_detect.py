"""`driftd detect` against river itself on random streams: the same index for every drift and warning.

KSWIN draws its sample otherwise than river: river is given the places that detectors/counter_random.h
draws. DRIFTD_FULL=1: a thousand streams a kind; else a few.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from river import drift

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import driftd_process  # noqa: E402
import kind_streams as streams  # noqa: E402
from paths import FULL  # noqa: E402

pytestmark = pytest.mark.skipif(driftd_process.missing() is not None, reason=str(driftd_process.missing()))

SHARDS = 10 if FULL else 1
MASK = 2**64 - 1


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


def ddm(rng):
    return {
        "warm_start": int(rng.choice([1, 30, 200])),
        "warning_threshold": float(rng.choice([0.5, 1.0, 2.0])),
        "drift_threshold": float(rng.choice([1.5, 2.5, 3.0])),
    }


def eddm(rng):
    return {
        "warm_start": int(rng.choice([1, 10, 30])),
        "alpha": float(rng.choice([0.98, 0.95, 0.9])),
        "beta": float(rng.choice([0.9, 0.8, 0.7])),
    }


def hddm_a(rng):
    return {
        "drift_confidence": float(rng.choice([0.1, 0.001, 1e-6])),
        "warning_confidence": float(rng.choice([0.3, 0.1, 0.005])),
        "two_sided_test": bool(rng.random() < 0.5),
    }


def hddm_w(rng):
    return {**hddm_a(rng), "lambda_val": float(rng.choice([0.01, 0.05, 0.3, 0.9]))}


def fhddm(rng):
    size = int(rng.choice([10, 50, 100, 300]))
    short = None if rng.random() < 0.5 else int(rng.integers(1, size + 1))
    return {
        "sliding_window_size": size,
        "confidence_level": float(rng.choice([1e-6, 1e-3, 0.1])),
        "short_window_size": short,
    }


def kswin(rng):
    part = int(rng.choice([5, 10, 30, 50]))
    return {
        "alpha": float(rng.choice([0.05, 0.005, 1e-4])),
        "window_size": 2 * part + int(rng.integers(0, 60)),
        "stat_size": part,
        "seed": int(rng.integers(0, 2**62)),
    }


class CounterSampler:
    """detectors/counter_random.h, in the place of the generator of a KSWIN of river."""

    def __init__(self, detector):
        self.detector = detector

    def bits(self, counter):
        z = ((self.detector.seed or 0) + (counter + 1) * 0x9E3779B97F4A7C15) & MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def sample(self, population, count):
        pool, drawn = list(population), []
        for i in range(count):
            word = self.bits((self.detector.n << 16) + i // 2) >> (32 * (i % 2)) & 0xFFFFFFFF
            place = word * len(pool) >> 32
            drawn.append(pool[place])
            pool[place] = pool[-1]
            pool.pop()
        return drawn


class Kswin(drift.KSWIN):
    def _reset(self):
        super()._reset()
        self._rng = CounterSampler(self)


# kind: river's class, its parameters, the streams it takes, and how many streams (all, and in short).
KINDS = {
    "adwin": (drift.ADWIN, adwin, streams.numbers, 1000, 30),
    "page_hinkley": (drift.PageHinkley, page_hinkley, streams.numbers, 1000, 30),
    "ddm": (drift.binary.DDM, ddm, streams.unit_interval, 1000, 30),
    "eddm": (drift.binary.EDDM, eddm, streams.bits, 1000, 30),
    "hddm_a": (drift.binary.HDDMA, hddm_a, streams.unit_interval, 1000, 20),
    "hddm_w": (drift.binary.HDDMW, hddm_w, streams.unit_interval, 1000, 12),
    "fhddm": (drift.binary.FHDDM, fhddm, streams.bits, 1000, 30),
    "kswin": (Kswin, kswin, streams.numbers, 1000, 4),
}


def rivers_events(make, values):
    detector, signals = make(), []
    for value in values:
        # river asks whether a bit is 1, and adds it: an int is what its documentation gives.
        detector.update(value)
        warns = getattr(detector, "warning_detected", False)
        signals.append(streams.DRIFT if detector.drift_detected else streams.WARNING if warns else streams.NONE)
    return streams.events(signals)


def ours(parameters):
    """As driftd spells them: a second window that is not there has length 0."""
    return {name: 0 if value is None else value for name, value in parameters.items()}


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("kind", KINDS)
def test_reports_where_river_does(kind, shard):
    check_kind(kind, shard)


def check_kind(kind, shard, detect=streams.detect, count=None):
    rivers_class, draw, stream, full, short = KINDS[kind]
    count = count or (full if FULL else short)
    found = 0
    for number in range(shard, count, SHARDS):
        rng = np.random.default_rng([20261120, number])
        parameters = {} if number % 4 == 0 else draw(rng)
        values = stream(rng)
        theirs = lambda part, parameters=parameters: rivers_events(lambda: rivers_class(**parameters), part)  # noqa: E731
        expected = streams.compare(kind, ours(parameters), values, theirs, detect)
        found += len(expected)
        if number % 3 == 0:  # what is not finite changes nothing
            holed, places = streams.with_holes(rng, values)
            assert detect(kind, ours(parameters), holed) == [(places[i], state) for i, state in expected]
    assert found > count / SHARDS / 4, "the streams have to hold drifts for this to say anything"


def test_reads_a_column_of_a_table(tmp_path):
    rng = np.random.default_rng(3)
    values = [float(v) for v in np.concatenate([rng.random(500), rng.random(500) + 1])]
    table = tmp_path / "day.csv"
    table.write_text("id,loss\n" + "".join(f"r{i},{v!r}\n" for i, v in enumerate(values)))
    expected = [index for index, _ in rivers_events(drift.ADWIN, values)]
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
        (["ddm", "-"], "1\n0\n3.5\n", 1, "index 2 is 3.5; ddm reads numbers in [0, 1]"),
        (["eddm", "--set", "beta=.99", "-"], "1\n", 2, "beta: has to be at most alpha"),
        (["kswin", "--set", "stat_size=60", "-"], "1\n", 2, "stat_size: has to be at most half of window_size"),
    ],
)
def test_says_what_is_wrong(arguments, stdin, code, words):
    done = driftd_process.driftd("detect", *arguments, stdin=stdin)
    assert done.returncode == code
    assert words in done.stderr


# What driftd adds to river's parameters.
OF_OURS = {"adwin": {"reset"}, "fhddm": {"ones"}}


def test_kinds_tells_rivers_defaults():
    done = driftd_process.driftd("kinds", "--format", "json")
    kinds = {kind["name"]: kind for kind in json.loads(done.stdout)["kinds"]}
    for name, (rivers_class, *_) in KINDS.items():
        mine = {p["name"]: p["default"] for p in kinds[name]["parameters"]}
        rivers = {**rivers_class()._get_params()}
        rivers.pop("window", None)  # values that were there before
        assert mine.keys() == rivers.keys() | OF_OURS.get(name, set())
        for parameter, value in ours(rivers).items():
            if isinstance(value, str | bool):
                assert mine[parameter] == streams.spelled(value)
            else:
                assert float(mine[parameter]) == value
