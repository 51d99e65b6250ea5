"""`driftd compare` against scipy on thousands of random pairs of samples: with ties, constants, one to three values,
1e-300 and 1e300, missing values between them. Each column of a file is a pair. What fails is made as small as it can
be made, so that it can be added to tests/detectors/two_samples_cases.py as it stands."""

import csv
import json
import math
import os
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import driftd_process  # noqa: E402
import two_samples  # noqa: E402

pytestmark = pytest.mark.skipif(driftd_process.missing() is not None, reason=str(driftd_process.missing()))
FULL = os.environ.get("DRIFTD_FULL") == "1"
PAIRS_A_FILE = 60
FILES = 80 if FULL else 5


def write(path, columns, rng):
    """Columns of different lengths, what they lack being missing: empty or `NaN`."""
    longest = max(map(len, columns))
    cells = []
    for values in columns:
        column = [repr(float(value)) for value in values] + [rng.choice(["", "NaN"]) for _ in range(longest - len(values))]
        rng.shuffle(column)
        cells.append(column)
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(f"c{i}" for i in range(len(columns)))
        # a first column that is always there: no line is blank
        writer.writerows(row for row in zip(*cells, strict=True))


def compared(pairs, folder):
    rng = np.random.default_rng(len(pairs))
    write(folder / "a.csv", [[0.0] * 320] + [a for a, _ in pairs], rng)
    write(folder / "b.csv", [[0.0] * 320] + [b for _, b in pairs], rng)
    done = driftd_process.driftd("compare", folder / "a.csv", folder / "b.csv", "--format", "json", "--sampled-rows", "0")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["columns"][1:]


def seen_in(column):
    seen = {name: (s["value"], s.get("p_value")) for name, s in column["statistics"].items()}
    if "ks" in seen:
        ks = column["statistics"]["ks"]
        seen["ks_limit"] = (ks["value"], ks["p_value_limit"])
        if "p_value_exact" in ks:
            seen["ks_exact"] = (ks["value"], ks["p_value_exact"])
    return seen


def near(ours, expected, relative, absolute=0.0):
    return abs(ours - expected) <= relative * abs(expected) + absolute


def faults(a, b, column):
    """What driftd says otherwise, by name."""
    ours = seen_in(column)
    expected = two_samples.of_numbers(a, b)
    expected |= two_samples.of_counts(column["counts"]["reference"], column["counts"]["current"])
    found = {}
    for name, (value, p) in expected.items():
        if name not in ours:
            found[name] = ("absent", value)
            continue
        scale = two_samples.scale_of(name, a, b)
        slack = 1e-13 * scale if math.isfinite(scale) else 0.0
        if name not in ("wasserstein", "energy"):  # which have a unit; the others are differences of numbers about 1
            slack += 1e-15
        if not near(ours[name][0], value, 1e-12, slack):
            found[name] = (ours[name][0], value)
        ours_p = ours[name][1]
        # scipy's limit law of Cramer-von Mises is a series that ends early, and a difference from 1; GSL's incomplete
        # beta function, behind Student's t, is good to six digits in far tails
        absolute = {"cramer_von_mises": 5e-8, "kuiper": 1e-14}.get(name, 1e-300)
        relative = 1e-6 if name == "welch_t" else 1e-9
        if (ours_p is None) != (p is None) or (p is not None and not near(ours_p, p, relative, absolute)):
            found[name + " p"] = (ours_p, p)
    for name in ours.keys() - expected.keys() - {"missing_delta"}:
        found[name] = (ours[name][0], "undefined")
    return found


def smaller(a, b):
    for values, other, first in ((a, b, True), (b, a, False)):
        for i in range(len(values)):
            fewer = np.delete(values, i)
            if len(fewer):
                yield (fewer, other) if first else (other, fewer)


def shrunk(a, b, names, folder):
    """The pair without what it can do without and still fail by one of the names."""
    for _ in range(60):
        candidates = list(smaller(a, b))[:120]
        if not candidates:
            return a, b
        columns = compared(candidates, folder)
        failing = [pair for pair, column in zip(candidates, columns, strict=True) if faults(*pair, column).keys() & names]
        if not failing:
            return a, b
        a, b = failing[0]
    return a, b


@pytest.mark.parametrize("seed", range(FILES))
def test_says_what_scipy_says(seed, tmp_path):
    rng = np.random.default_rng(seed)
    pairs = [two_samples.random_pair(rng) for _ in range(PAIRS_A_FILE)]
    for (a, b), column in zip(pairs, compared(pairs, tmp_path), strict=True):
        found = faults(a, b, column)
        if found:
            names = set(found)
            a, b = shrunk(a, b, names, tmp_path)
            column = compared([(a, b)], tmp_path)[0]
            pytest.fail(f"{found}\nalso with {np.sort(a).tolist()} against {np.sort(b).tolist()}: {faults(a, b, column)}")


def test_a_wrong_number_would_be_found(tmp_path):
    """The comparison itself: one digit of one statistic changed is a fault."""
    a, b = np.arange(30.0), np.arange(25.0) + 3.5
    column = compared([(a, b)], tmp_path)[0]
    assert not faults(a, b, column)
    for name in two_samples.of_numbers(a, b).keys() - {"ks_exact", "ks_limit"}:
        changed = json.loads(json.dumps(column))
        changed["statistics"][name]["value"] *= 1 + 1e-9
        assert name in faults(a, b, changed), name
    changed = json.loads(json.dumps(column))
    changed["statistics"]["ks"]["p_value_exact"] *= 1 + 1e-7
    assert "ks_exact p" in faults(a, b, changed)


def test_large_samples_keep_their_digits(tmp_path):
    """Where sums and ranks get long: 30,000 values a side, a million under DRIFTD_FULL."""
    rng = np.random.default_rng(3)
    size = 1_000_000 if FULL else 30_000
    a, b = rng.normal(size=size), rng.normal(0.01, 1.02, size - 7)
    for path, values in (("a.csv", a), ("b.csv", b)):
        (tmp_path / path).write_text("x\n" + "\n".join(map(repr, values.tolist())) + "\n")
    done = driftd_process.driftd("compare", tmp_path / "a.csv", tmp_path / "b.csv", "--format", "json")
    column = json.loads(done.stdout)["columns"][0]
    # numpy's own sums of so many terms are good to about 1e-11
    found = {
        name: pair
        for name, pair in faults(a, b, column).items()
        if isinstance(pair[0], str) or isinstance(pair[1], str) or not near(pair[0], pair[1], 1e-9 if " p" not in name else 1e-7, 1e-9)
    }
    assert not found
