#!/usr/bin/env python3
"""How often the rule for an unresolved wobble (STATISTICS 5) flags references that have none.

Independent events, 14 and 28 days of five-minute blocks, one numeric column (phi_1 and phi_2); residuals
from hour-of-week means of the other weeks, drawn to hour-of-day means as 200 values more do. Prints, for
each length, the share of references flagged by 1.3 and by 1.3 (1 + 1/sqrt(nb)), nb = blocks at the largest
length. docs/decisions/0007 quotes it.

    wobble_rule.py [REFERENCES]
"""

import sys

import numpy as np

EVENTS = 200  # per five minutes
DAY = 288
LENGTHS = [1, 4, 12, 48, 144, DAY, 2 * DAY]  # 5 min, 20 min, 1 h, 4 h, 12 h, 1 d, 2 d


def residuals(sums, days):
    """Of each block: its sum less what the other weeks expect of its hour of the week."""
    hours = sums.reshape(days, 24, 12)
    left = hours.copy()
    weeks = np.arange(days) // 7
    for week in range(days // 7):
        others = weeks != week
        by_hour = hours[others].mean(axis=(0, 2))
        for day in np.flatnonzero(~others):
            same = others & (np.arange(days) % 7 == day % 7)
            n = same.sum() * 12 * EVENTS
            own = hours[same].mean(axis=(0, 2))
            mean = own if n >= 400 else (n * own + 200 * by_hour) / (n + 200)
            left[day] -= mean[:, None]
    return left.reshape(-1)


def factor(parts, blocks, days):
    number = days * DAY // blocks
    sums = [r[: number * blocks].reshape(number, blocks).sum(axis=1) for r in parts]
    return (1 + np.sqrt(2 / number)) * max((s**2).sum() / (number * blocks * EVENTS) for s in sums), number


def main():
    references = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    rng = np.random.default_rng(5)
    for days in (14, 28):
        letter = widened = 0
        for _ in range(references):
            parts = [residuals(rng.normal(0, np.sqrt(EVENTS), days * DAY), days) for _ in range(2)]
            factors = [max(1, factor(parts, blocks, days)[0]) for blocks in LENGTHS]
            number = factor(parts, LENGTHS[-1], days)[1]
            letter += factors[-1] > 1.3 * factors[-2]
            widened += factors[-1] > 1.3 * (1 + 1 / np.sqrt(number)) * factors[-2]
        print(f"{days} d: 1.3 flags {100 * letter / references:.1f} %, "
              f"1.3 (1 + 1/sqrt({number})) flags {100 * widened / references:.1f} %")


if __name__ == "__main__":
    main()
