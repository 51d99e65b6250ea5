#!/usr/bin/env python3
"""Writes segment_reference_cases.txt: rows, and what pandas and numpy count of them by segment.

Rows: time (s), country (- is missing), income (nan is missing), age. Segments: country; age cut at 30 and 50.
Then of each segment: its label, its rows, the counts of income over the evidence bins that all rows together
give (order statistics ceil(n k / 20), right-closed), and the same of each five minutes.

usage: segment_reference_cases.py > segment_reference_cases.txt
"""

import math

import numpy as np
import pandas as pd

BINS = 20


def main():
    rng = np.random.default_rng(11)
    n = 3000
    rows = pd.DataFrame(
        {
            "time": np.sort(rng.integers(0, 7200, n)),
            "country": rng.choice(["DE", "FR", "IT", None], n, p=[0.6, 0.25, 0.1, 0.05]),
            "income": np.round(rng.lognormal(8, 0.5, n), 2),
            "age": rng.integers(18, 80, n),
        }
    )
    rows.loc[rng.random(n) < 0.02, "income"] = np.nan
    print(n)
    for row in rows.itertuples():
        print(row.time, "-" if pd.isna(row.country) else row.country, row.income, row.age)

    known = np.sort(rows["income"].dropna().to_numpy())
    edges = np.unique([known[math.ceil(len(known) * k / BINS) - 1] for k in range(1, BINS)])
    edges = edges[edges < known[-1]]
    print(len(edges), *[float(e).hex() for e in edges])

    def counts(part):
        values = part["income"].dropna().to_numpy()
        return np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1)

    parts = {f"country={country}": part for country, part in rows.dropna(subset=["country"]).groupby("country")}
    cut = pd.cut(rows["age"], [-np.inf, 30, 50, np.inf], labels=["(-inf,30]", "(30,50]", "(50,inf)"])
    parts |= {f"age={label}": part for label, part in rows.groupby(cut, observed=True)}
    print(len(parts))
    for label in sorted(parts):
        part = parts[label]
        blocks = part.groupby(part["time"] // 300)
        print(label, len(part), blocks.ngroups, *counts(part))
        for block, inside in blocks:
            print(block, len(inside), *counts(inside))


main()
