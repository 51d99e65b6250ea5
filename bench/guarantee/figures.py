"""Figures with their intervals, as the tables of docs/guarantee.md show them."""

import math

from scipy import stats


def number(value):
    if value is None or math.isinf(value):
        return "never"
    if value == 0:
        return "0"
    digits = max(0, 2 - int(math.floor(math.log10(abs(value)))))
    text = f"{value:.{min(digits, 4)}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def rate(count, exposure):
    """A Poisson rate and its exact 95 % interval (Garwood 1936)."""
    low = stats.chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    high = stats.chi2.ppf(0.975, 2 * count + 2) / 2
    return count / exposure, low / exposure, high / exposure


def median(values):
    """The median and its distribution-free 95 % interval, by order statistics; what was never found is infinite."""
    ordered = sorted(math.inf if value is None else value for value in values)
    n = len(ordered)
    middle = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2 if n else math.inf
    if n < 6:
        return middle, ordered[0], ordered[-1]
    rank = int(stats.binom.ppf(0.025, n, 0.5))
    return middle, ordered[max(rank - 1, 0)], ordered[min(n - rank, n - 1)]


def shown(triple):
    middle, low, high = triple
    if low == middle == high:
        return number(middle)
    return f"{number(middle)} [{number(low)}, {number(high)}]"


def of_row(row):
    """What a row of bench_guarantee measured."""
    if "count" in row:
        return rate(row["count"], row["exposure"])
    return median(row["values"])


def limit(row):
    parts = []
    if "at_most" in row:
        parts.append(f"≤ {number(row['at_most'])}")
    if "at_least" in row:
        parts.append(f"≥ {number(row['at_least'])}")
    return " and ".join(parts) or "none"


def verdict(row):
    if "at_most" not in row and "at_least" not in row:
        return ""
    return "holds" if row["holds"] else "**fails**"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def ratio(ours, theirs):
    """Of two medians, each of its own streams' waits, paired; the interval by a bootstrap over the streams."""
    import numpy as np

    a = np.array([math.inf if value is None else value for value in ours], dtype=float)
    b = np.array([math.inf if value is None else value for value in theirs], dtype=float)
    if math.isinf(np.median(b)):
        return 0.0, 0.0, 0.0
    random = np.random.default_rng(1)
    picks = random.integers(0, len(a), (2000, len(a)))
    with np.errstate(invalid="ignore"):
        ratios = np.median(a[picks], axis=1) / np.median(b[picks], axis=1)
    low, high = np.nanquantile(ratios, [0.025, 0.975])
    return float(np.median(a) / np.median(b)), float(low), float(high)
