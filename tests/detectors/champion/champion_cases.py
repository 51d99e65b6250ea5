#!/usr/bin/env python3
"""Writes champion_cases.txt: intervals of confseq 0.0.11 (hedged betting, its defaults), and capitals by numpy.

    PYTHONPATH=CONFSEQ/src champion_cases.py > champion_cases.txt

CONFSEQ is the unpacked source of confseq 0.0.11, whose Python part needs numpy below 2, scipy, matplotlib and multiprocess.
A case is lines `name number...` and ends with an empty line; `cells` are differences and how often each came. confseq
bets along an order: the ends are the medians of those of five shufflings.
"""

import sys

import numpy as np
from confseq.betting import betting_cs

RISK = 0.05
BETS = 0.95 / 2.0 ** np.arange(12)
random = np.random.default_rng(20261128)


def capital(d, mean):
    """Log of the mean over the bets of the product over the differences, one by one."""
    logs = [sum(np.log1p(c * (x - mean) / (1 + mean)) for x in d) for c in BETS]
    return np.logaddexp.reduce(logs) - np.log(len(BETS))


def case(name, d):
    values, counts = np.unique(np.round(d * 840).astype(int), return_counts=True)
    d = np.repeat(values / 840, counts)
    ends = []
    for _ in range(5):
        lower, upper = betting_cs((1 + random.permutation(d)) / 2, alpha=RISK, breaks=4000)
        ends.append((2 * lower[-1] - 1, 2 * upper[-1] - 1))
    lower, upper = np.median(ends, axis=0)
    print("case", name)
    print("cells", *(x for pair in zip(values, counts) for x in pair))
    print("confseq", repr(float(lower)), repr(float(upper)))
    means = [-0.9, -0.1, 0.0, 0.05, 0.5]
    print("means", *means)
    print("above", *(repr(float(capital(d, m))) for m in means))
    print("below", *(repr(float(capital(-d, -m))) for m in means))
    print()
    print(name, lower, upper, file=sys.stderr)


def paired(n, wins, losses):
    return np.repeat([-1.0, 0.0, 1.0], [wins, n - wins - losses, losses])


case("few", paired(60, 10, 4))
case("rare", paired(4000, 30, 12))
case("tenth", paired(1500, 95, 60))
case("half", paired(800, 210, 170))
case("even", paired(2000, 100, 100))
case("groups", (random.random(700) < 0.2) - random.binomial(4, 0.25, 700) / 4)
case("smooth", np.clip(random.normal(-0.03, 0.15, 1200), -1, 1))
case("one_sided", paired(500, 25, 0))
