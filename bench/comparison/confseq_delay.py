#!/usr/bin/env python3
"""How many pairs confseq 0.0.11's hedged betting needs until it knows that a challenger is better, on the shadow traffic
of traffic.cc, looked at after every 50 pairs from 100 on; beside a z-test whose number of pairs is fixed beforehand.

    PYTHONPATH=CONFSEQ/src confseq_delay.py [RUNS]

CONFSEQ is the unpacked source of confseq 0.0.11 (numpy below 2, scipy, matplotlib, multiprocess).
"""

import sys
import warnings

import numpy as np
from confseq.betting import betting_mart
from scipy.stats import norm

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 200
RISK, SLOT = 0.05, 50
warnings.filterwarnings("ignore")
random = np.random.default_rng(1)


def needed(disagreement, better, most):
    u = random.random(most)
    d = np.where(u < (disagreement + better) / 2, -1, np.where(u < disagreement, 1, 0))
    capital = betting_mart((1 + d) / 2, 0.5, alpha=RISK, theta=0.5, convex_comb=False)
    looks = np.arange(2 * SLOT, most + 1, SLOT)
    found = looks[capital[looks - 1] >= 1 / RISK]
    return found[0] if len(found) else most


def fixed(disagreement, better, power):
    variance = disagreement - better**2
    return (norm.ppf(1 - RISK / 2) + norm.ppf(power)) ** 2 * variance / better**2


print("| traffic | better by | confseq: median | 90 % | z-test, fixed: power 50 % | 90 % |\n|---|---|---|---|---|---|")
for disagreement, better in ((0.01, 0.002), (0.01, 0.005), (0.1, 0.01), (0.1, 0.02), (0.1, 0.05), (0.4, 0.02), (0.4, 0.05), (0.4, 0.1)):
    runs = [needed(disagreement, better, int(20 * fixed(disagreement, better, 0.9))) for _ in range(RUNS)]
    middle, most = np.quantile(runs, [0.5, 0.9])
    print(f"| `shadow_{disagreement * 100:.0f}` | {better} | {middle:.0f} | {most:.0f} "
          f"| {fixed(disagreement, better, 0.5):.0f} | {fixed(disagreement, better, 0.9):.0f} |", flush=True)
