"""`driftd compare` against frouros, Evidently and NannyML, live, on random pairs of samples: with ties, constants, tiny
samples, 1e-300 and 1e300, and NaN where they take it. What fails is made as small as it can be made.

Where driftd differs on purpose docs/catalogue.md says so (*Elsewhere*); what it says of them is held to here too. A peer
that bins numbers by rules of its own is asked for the bin of each value, and driftd for the same statistic of those."""

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
import peers  # noqa: E402
import two_samples  # noqa: E402

pytestmark = [
    pytest.mark.skipif(driftd_process.missing() is not None, reason=str(driftd_process.missing())),
    pytest.mark.skipif(peers.missing() is not None, reason=str(peers.missing())),
]
FULL = os.environ.get("DRIFTD_FULL") == "1"
SEEDS = range(20 if FULL else 1)
PAIRS = 120
PEERS = ("frouros", "evidently", "nannyml")
TIGHT, ROUNDED = (1e-9, 1e-14), (1e-9, 3e-8)  # relative and absolute; sqrt(1 - x) and rests of sums cost half the digits


def ours_of(columns, folder, *options):
    """`compare` of two files whose columns are pairs of lists of texts."""
    for side, name in enumerate(("a.csv", "b.csv")):
        longest = max(len(pair[side]) for pair in columns)
        padded = [[*pair[side], *[""] * (longest - len(pair[side]))] for pair in columns]
        with open(folder / name, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["always", *(f"c{i}" for i in range(len(columns)))])
            writer.writerows(["0", *row] for row in zip(*padded, strict=True))
    done = driftd_process.driftd("compare", folder / "a.csv", folder / "b.csv", "--format", "json", *(options or ("--sampled-rows", "0")))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def statistics_of(columns, folder):
    return [column["statistics"] for column in ours_of(columns, folder)["columns"][1:]]


def as_texts(codes):
    return [f"k{code}" for code in codes]


def number_texts(values):
    return [repr(float(value)) for value in values]


def value(statistics, name, key="value"):
    return statistics.get(name, {}).get(key)


def overflows(a, b):
    with np.errstate(all="ignore"):
        return not all(math.isfinite(np.var(side, ddof=1)) for side in (a, b) if len(side) > 1)


def untied(a, b):
    return len(np.unique(np.concatenate([a, b]))) == len(a) + len(b)


# Each of these gives {what: (driftd's, the peer's, (relative, absolute))}. `binned` is driftd's of the peer's own bins.


def frouros_numbers(said, ours, binned, a, b):
    found = {}
    for name in ("cramer_von_mises", "anderson_darling", "mann_whitney", "welch_t", "wasserstein", "energy"):
        if name not in said or (name == "cramer_von_mises" and not untied(a, b)):
            continue
        if name == "welch_t" and overflows(a, b):  # scipy then says t = 0, whatever the means are
            continue
        theirs, p = said[name]
        scale = two_samples.scale_of(name, a, b)
        found[name] = (value(ours, name), theirs, (1e-9, 1e-13 * scale if math.isfinite(scale) else 0))
        if p is not None and math.isfinite(p):
            found[name + " p"] = (value(ours, name, "p_value"), p, (1e-6, 5e-8))
    found["ks"] = (value(ours, "ks"), said["ks"][0], TIGHT)
    found["ks p"] = (value(ours, "ks", "p_value_exact"), said["ks"][1], TIGHT)
    if "kuiper" in said:
        found["kuiper is ks"] = (value(ours, "ks"), said["kuiper"][0], TIGHT)
    if binned is None:
        return found
    for name in ("hellinger", "total_variation"):
        if name in said:
            found[name] = (value(binned, name), said[name][0], TIGHT)
    if "bhattacharyya" in said:
        found["bhattacharyya"] = (value(binned, "hellinger") ** 2, said["bhattacharyya"][0], TIGHT)
    if "psi" in said and all(set(said["bins"][0]) == set(codes) for codes in said["bins"]):  # an empty bin is 2e-308 there
        found["psi"] = (value(binned, "psi"), said["psi"][0], TIGHT)
    return found


def of_shares(said, ours):
    names = {"psi": "psi", "kl_div": "kl", "jensenshannon": "jensen_shannon", "hellinger": "hellinger"}
    found = {name: (value(ours, ours_name), said[name], ROUNDED) for name, ours_name in names.items() if name in said}
    if "jensenshannon" in found:  # natural logarithms
        found["jensenshannon"] = (value(ours, "jensen_shannon") * math.sqrt(math.log(2)), *found["jensenshannon"][1:])
    return found


def evidently_numbers(said, ours, binned, a, b):
    found = of_shares(said, binned) if binned is not None else {}
    codes = {*said["bins"][0], *said["bins"][1]} if "bins" in said else set()
    if len(np.unique(a)) > 20 and len(codes) <= max(codes, default=0):  # a bin is empty on both sides
        found.pop("kl_div", None)
    if "ks" in said:
        found["ks p"] = (value(ours, "ks", "p_value_exact"), said["ks"], TIGHT)
    deviation = max(float(np.std(a)), 0.001)
    if "wasserstein" in said and math.isfinite(deviation):
        found["wasserstein"] = (value(ours, "wasserstein") / deviation, said["wasserstein"], TIGHT)
    if "ed" in said:
        found["ed"] = (value(ours, "energy"), said["ed"], TIGHT)
    if "anderson" in said:
        found["anderson p"] = (value(ours, "anderson_darling", "p_value"), said["anderson"], TIGHT)
    if "cramer_von_mises" in said and untied(a, b):
        exact = max(len(a), len(b)) <= 20  # in half precision
        found["cramer_von_mises p"] = (value(ours, "cramer_von_mises", "p_value"), said["cramer_von_mises"], (2e-3, 1e-3) if exact else (1e-6, 5e-8))
    return found


def nannyml_numbers(said, ours, binned, a, b):
    found = {}
    for theirs, name in (("kolmogorov_smirnov", "ks"), ("wasserstein", "wasserstein")):
        if theirs in said:
            found[name] = (value(ours, name), said[theirs], TIGHT)
    for name in ("jensen_shannon", "hellinger"):
        if binned is not None and name in said:
            found[name] = (value(binned, name), said[name], ROUNDED)
    return found


NUMBERS = {"frouros": frouros_numbers, "evidently": evidently_numbers, "nannyml": nannyml_numbers}


def of_categories(peer, said, ours, counts):
    if peer == "frouros":
        return {"chi_square": (value(ours, "chi_square"), said["chi_square"][0], TIGHT),
                "chi_square p": (value(ours, "chi_square", "p_value"), said["chi_square"][1], TIGHT)}  # fmt: skip
    if peer == "evidently":
        found = of_shares(said, ours)
        if "fisher_exact" in said and "fisher" in ours:
            found["fisher p"] = (value(ours, "fisher", "p_value"), said["fisher_exact"], (1e-7, 0))
        return found
    found = {name: (value(ours, name), said[name], ROUNDED) for name in ("jensen_shannon", "hellinger") if name in said}
    used = len(counts[0])
    if "chi2" in said and used > 2:  # of two categories NannyML's is Yates'
        found["chi2"] = (value(ours, "chi_square"), said["chi2"], TIGHT)
        found["chi2 p"] = (value(ours, "chi_square", "p_value"), said["chi2_p"], TIGHT)
    p, q = (np.array(side) / sum(side) for side in counts)
    if used == 2:
        found["l_infinity"] = (value(ours, "total_variation"), said["l_infinity"], TIGHT)
    else:
        found["l_infinity of counts"] = (float(np.abs(p - q).max()), said["l_infinity"], TIGHT)
    return found


def faults(found):
    def far(mine, theirs, tolerance):
        return mine is None or abs(mine - theirs) > tolerance[0] * abs(theirs) + tolerance[1]

    return {name: pair[:2] for name, pair in found.items() if far(*pair)}


def with_holes(values, rng):
    """NaN between the values: what is missing is no value."""
    holes = [math.nan] * int(rng.integers(0, 4))
    mixed = [*map(float, values), *holes]
    rng.shuffle(mixed)
    return mixed


def codes_of(peer, said, a, b):
    """The peer's bins, or values by name where it takes them so."""
    if peer == "evidently" and len(np.unique(a)) <= 20:
        known = {number: i for i, number in enumerate(np.unique(np.concatenate([a, b])))}
        return [[known[number] for number in side] for side in (a, b)]
    return said.get("bins")


def check_numbers(peer, pairs, folder, rng):
    """Of each pair what is wrong."""
    asked = pairs
    if peer == "nannyml":
        asked = [(with_holes(a, rng), with_holes(b, rng)) for a, b in pairs]
    answers = peers.ask(peer, [{"kind": "numbers", "reference": list(map(float, a)), "current": list(map(float, b))} for a, b in asked])
    columns, where = [], []
    for (a, b), (x, y), said in zip(pairs, asked, answers, strict=True):
        codes = codes_of(peer, said, a, b)
        where.append(len(columns) if codes else None)
        if codes:
            columns.append([as_texts(side) for side in codes])
        columns.append([number_texts(x), number_texts(y)])
    ours, results, at = statistics_of(columns, folder), [], 0
    for (a, b), said, binned in zip(pairs, answers, where, strict=True):
        at += binned is not None
        results.append(faults(NUMBERS[peer](said, ours[at], ours[binned] if binned is not None else None, a, b)))
        at += 1
    return results


def check_categories(peer, pairs, folder, _):
    answers = peers.ask(peer, [{"kind": "categories", "reference": as_texts(a), "current": as_texts(b)} for a, b in pairs])
    ours = statistics_of([[as_texts(a), as_texts(b)] for a, b in pairs], folder)
    results = []
    for (a, b), said, statistics in zip(pairs, answers, ours, strict=True):
        used = sorted({*a, *b})
        counts = [[list(side).count(category) for category in used] for side in (a, b)]
        results.append(faults(of_categories(peer, said, statistics, counts)))
    return results


def shrunk(check, peer, pair, names, folder, rng):
    """The pair without what it can do without and still fail by one of the names."""
    for _ in range(60):
        candidates = []
        for side in (0, 1):
            for i in range(len(pair[side])):
                fewer = np.delete(pair[side], i)
                if len(fewer):
                    candidates.append((fewer, pair[1]) if side == 0 else (pair[0], fewer))
        candidates = candidates[:80]
        failing = [c for c, found in zip(candidates, check(peer, candidates, folder, rng), strict=True) if found.keys() & names]
        if not failing:
            return pair
        pair = failing[0]
    return pair


def expect_agreement(check, peer, pairs, folder, rng):
    for pair, found in zip(pairs, check(peer, pairs, folder, rng), strict=True):
        if found:
            small = shrunk(check, peer, pair, set(found), folder, rng)
            again = check(peer, [small], folder, rng)[0]
            pytest.fail(f"{peer}: {found}\nalso {np.sort(small[0]).tolist()} against {np.sort(small[1]).tolist()}: {again}")


def random_categories(rng):
    n, m = (int(rng.choice([1, 2, 3, 5, 9, 20, 50, 300])) for _ in range(2))
    kinds = int(rng.choice([1, 2, 2, 3, 6, 20]))
    p, q = (rng.dirichlet(np.full(kinds, rng.choice([0.2, 1, 10]))) for _ in range(2))
    new = rng.integers(0, 2)  # categories that the reference does not have
    return rng.choice(kinds, n, p=p), rng.choice(kinds, m, p=q) + new


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("peer", PEERS)
def test_numbers(peer, seed, tmp_path):
    rng = np.random.default_rng(1000 + seed)
    expect_agreement(check_numbers, peer, [two_samples.random_pair(rng) for _ in range(PAIRS)], tmp_path, rng)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("peer", PEERS)
def test_categories(peer, seed, tmp_path):
    rng = np.random.default_rng(2000 + seed)
    expect_agreement(check_categories, peer, [random_categories(rng) for _ in range(PAIRS)], tmp_path, rng)


def test_evidently_s_choice_of_a_test(tmp_path):
    """What Evidently takes by itself is among what was compared above: by the size of the reference and its values."""
    rng = np.random.default_rng(5)
    asked = [(rng.normal(size=n), rng.normal(size=n)) for n in (500, 1500)] + [(rng.integers(0, 3, n), rng.integers(0, 3, n)) for n in (500, 1500)]
    question = [{"kind": "numbers", "reference": list(map(float, a)), "current": list(map(float, b))} for a, b in asked]
    question += [{"kind": "categories", "reference": as_texts(a), "current": as_texts(b)} for a, b in asked[2:]]
    chosen = [said["default"] for said in peers.ask("evidently", question)]
    assert chosen == ["ks", "wasserstein", "chisquare", "jensenshannon", "chisquare", "jensenshannon"]


def test_rows(tmp_path):
    """frouros' maximum mean discrepancy of the very rows: driftd's are in deviations of the reference."""
    rng = np.random.default_rng(7)
    asked, ours = [], []
    for _ in range(60 if FULL else 6):
        n, m, width = int(rng.integers(8, 80)), int(rng.integers(8, 80)), int(rng.integers(1, 6))
        a, b = rng.normal(size=(n, width)), rng.normal(rng.choice([0, 1]), 1, (m, width))
        columns = [[number_texts(a[:, k]), number_texts(b[:, k])] for k in range(width)]
        ours.append(ours_of(columns, tmp_path, "--ignore", "always")["rows_tests"]["mmd"])
        mean, deviation = a.mean(axis=0), a.std(axis=0)
        rows = [np.clip((side - mean) / deviation, -10, 10).tolist() for side in (a, b)]
        asked.append({"kind": "rows", "reference": rows[0], "current": rows[1], "bandwidth": ours[-1]["bandwidth"]})
    for mine, said in zip(ours, peers.ask("frouros", asked), strict=True):
        assert not faults({"mmd": (mine["value"], said["mmd"][0], (1e-8, 1e-12))})


def test_a_wrong_number_would_be_found(tmp_path, monkeypatch):
    """The comparison itself: what a peer says, changed in the ninth digit, is a fault."""
    rng = np.random.default_rng(9)
    pair = (rng.normal(size=40), rng.normal(size=30))
    for peer in PEERS:
        truth = peers.ask(peer, [{"kind": "numbers", "reference": pair[0].tolist(), "current": pair[1].tolist()}])

        def changed(*_, truth=truth):
            scale = 1 + 3e-6
            return [{name: said if name in ("bins", "default") else [None if v is None else v * scale for v in said]
                     if isinstance(said, list) else said * scale for name, said in one.items()} for one in truth]  # fmt: skip

        with monkeypatch.context() as patch:
            patch.setattr(peers, "ask", changed)
            found = check_numbers(peer, [pair], tmp_path, np.random.default_rng(1))[0]
        assert len(found) >= 4, (peer, found)
