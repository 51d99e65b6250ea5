"""Writes slice_cases.txt: the slices in which errors gather, by pandas and numpy, over rows that the test makes as well.

Lines: `rows SEED N PLANT` (PLANT: none, country_age, income, neither_alone, amounts), then
`slice N SHARE LOSS REST EXCESS WHERE` in order. The search is the plain one: every slice by its mask.
usage: slice_cases.py > slice_cases.txt
"""
import itertools
import math

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import norm

COUNTRIES = ["FR", "DE", "IT", "ES", "PT"]
FEATURES = ["country", "age", "income", "noise"]
LEAST, NAMED = 30, 3


class Draws:
    def __init__(self, seed):
        self.state = seed

    def __call__(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 11) / 2**53


def rows(seed, n, plant):
    draw, made = Draws(seed), []
    for _ in range(n):
        country = COUNTRIES[math.floor(5 * draw() ** 1.5)]
        age, income, noise = 18 + math.floor(60 * draw()), 1000 * draw(), draw()
        missing = draw() < 0.1
        rate = 0.12
        if plant == "country_age" and country == "FR" and age > 45:
            rate = 0.45
        if plant == "income" and (missing or income > 900):
            rate = 0.3
        if plant == "neither_alone" and (age > 47) == (income > 500):
            rate = 0.3
        hit = draw()
        loss = float(hit < rate)
        if plant == "amounts":
            loss = -math.log(1 - hit) * (3 if country == "DE" and income <= 500 else 1)
        made.append((country, age, math.nan if missing else income, noise, loss))
    return pd.DataFrame(made, columns=[*FEATURES, "loss"])


def number(value):
    return f"{value:.6g}"


def terms(frame, name):
    """(words, mask) of all that one column may say, and how many there could be."""
    column = frame[name]
    if name == "country":
        return [(f"{name} = {one}", column == one) for one in COUNTRIES], len(COUNTRIES) + 3
    edges = np.unique(np.quantile(column.dropna(), np.arange(1, 10) / 10))
    bins = pd.Series(np.searchsorted(edges, column.fillna(-1), side="left"), frame.index)
    found, last = [], len(edges)
    for a, b in itertools.combinations_with_replacement(range(last + 1), 2):
        if a == 0 and b == last:
            continue
        words = f"{number(edges[a - 1])} < {name} <= {number(edges[b])}" if a > 0 and b < last else (
            f"{name} > {number(edges[a - 1])}" if a > 0 else f"{name} <= {number(edges[b])}")
        found.append((words, column.notna() & (bins >= a) & (bins <= b)))
    found.append((f"{name} is missing", column.isna()))
    return found, len(found)


def divergence(p, q):
    return (p * math.log(p / q) if p > 0 else 0) + ((1 - p) * math.log((1 - p) / (1 - q)) if p < 1 else 0)


class Limits:
    def __init__(self, errors, risk):
        self.errors, self.nats, self.z = errors, math.log(2 / risk), norm.isf(risk)

    def excess(self, inside, outside):
        a, b = inside.mean(), outside.mean()
        if not a > b:
            return 0.0
        if not self.errors:
            return a - b - self.z * math.sqrt(inside.var(ddof=1) / len(inside) + outside.var(ddof=1) / len(outside))
        if b > 0 and len(inside) * divergence(a, b) < self.nats:
            return 0.0  # far from it: the limits need not be found
        low = brentq(lambda q: len(inside) * divergence(a, q) - self.nats, 1e-15, a, xtol=1e-14)
        high = brentq(lambda q: len(outside) * divergence(b, q) - self.nats, b, 1 - 1e-15, xtol=1e-14)
        return low - high


def search(frame, left, said, limits):
    loss, best, worth = frame.loss.to_numpy(), None, 0.0
    masks = {name: np.array([mask.to_numpy() for _, mask in said[name][0]]) for name in FEATURES}
    everything = (left.sum(), loss[left].sum())

    def promises(n, total):
        """What no limit could beat is not looked at; arrays."""
        rest = everything[0] - n
        with np.errstate(divide="ignore", invalid="ignore"):
            gain = n * (total / n - (everything[1] - total) / rest)
        return (n >= LEAST) & (rest >= LEAST) & (gain > worth)

    def consider(words, mask):
        nonlocal best, worth
        inside, outside = loss[left & mask], loss[left & ~mask]
        excess = limits.excess(inside, outside)
        if len(inside) * excess > worth:
            worth = len(inside) * excess
            best = (words, mask, inside, outside, excess)

    for name in FEATURES:
        for i, (words, _) in enumerate(said[name][0]):
            if promises((left & masks[name][i]).sum(), loss[left & masks[name][i]].sum()):
                consider(words, masks[name][i])
    for one, two in itertools.combinations(FEATURES, 2):
        n = masks[one].astype(float) @ (masks[two] & left).T.astype(float)
        total = masks[one].astype(float) @ ((masks[two] & left) * loss).T
        order = np.argwhere(promises(n, total))
        for i, j in order:
            if not promises(n[i, j], total[i, j]):
                continue  # a better one was found since
            a, b = masks[one][i], masks[two][j]
            only_a, only_b = loss[left & a & ~b], loss[left & b & ~a]
            if len(only_a) < LEAST or len(only_b) < LEAST:
                continue
            both = loss[left & a & b]
            if limits.excess(both, only_a) <= 0 or limits.excess(both, only_b) <= 0:
                continue
            consider(f"{said[one][0][i][0]} and {said[two][0][j][0]}", a & b)
    return best


def case(seed, n, plant):
    print("rows", seed, n, plant)
    frame = rows(seed, n, plant)
    said = {name: terms(frame, name) for name in FEATURES}
    counts = [said[name][1] for name in FEATURES]
    candidates = sum(counts) + sum(a * b for a, b in itertools.combinations(counts, 2))
    limits = Limits(plant != "amounts", 0.05 / candidates)
    left = np.ones(len(frame), dtype=bool)
    for _ in range(NAMED):
        best = search(frame, left, said, limits)
        if best is None:
            break
        words, mask, inside, outside, excess = best
        print("slice", len(inside), repr(len(inside) / n), repr(float(inside.mean())), repr(float(outside.mean())),
              repr(float(excess)), words)
        left &= ~mask


if __name__ == "__main__":
    for seed, n, plant in ((1, 6000, "country_age"), (2, 4000, "income"), (3, 6000, "neither_alone"),
                           (4, 4000, "amounts"), (5, 4000, "none")):
        case(seed, n, plant)
