"""Writes measures_cases.txt: STATISTICS 4 to 6 by numpy, law by law, over streams that the test makes as well.

Lines: `stream SYMBOLS BLOCKS RATE GAPS SEED`, `measure FUNCTIONALS CELLS SLOT_SECONDS`, then what comes of it:
`reference INFLATION RESOLVED N PER_SLOT`, `scale SECONDS TAU2 TAU2`, `cell CELL N P ...`.
usage: measures_cases.py > measures_cases.txt
"""
import math

import numpy as np

BLOCK = 300
START = 1767571500  # 2026-01-05T00:05:00Z, a Monday
DAY = 86400
SPARE = 3600  # a span may fall short of its days by this


class Draws:
    def __init__(self, seed):
        self.state = seed

    def __call__(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 11) / 2**53


def stream(symbols, blocks, rate, gaps, seed):
    """Starts, and counts by block: a cycle of a day, a wobble from day to day, and gaps."""
    draw, wobble = Draws(seed), 0.0
    starts, counts = [], []
    for i in range(blocks):
        start = START + BLOCK * i
        if i % 288 == 0:
            wobble = 0.6 * draw() - 0.3
        hour = start % DAY // 3600
        row = [math.floor(draw() * rate * (1 + (hour + 3 * k) % 24 / 24 + (wobble if 2 * k < symbols else -wobble)))
               for k in range(symbols)]
        if draw() >= gaps:
            starts.append(start)
            counts.append(row)
    return np.array(starts), np.array(counts, dtype=float)


def weekday_and_hour(start):
    return int(start // DAY + 3) % 7, int(start % DAY // 3600)


def laws(starts, counts, cells, whole):
    """(p, n_ref) by cell of the week, of the day, or of all."""
    symbols = counts.shape[1]
    p_global, n_global = whole / whole.sum(), whole.sum()

    def shrunk(chosen, parent):
        n = chosen.sum()
        p = (chosen + 0.5 * symbols * p_global) / (n + 0.5 * symbols)
        if n >= 400:
            return p, n
        return (n * p + 200 * parent[0]) / (n + 200), min(n + 200, parent[1])

    if cells == "one":
        return [(p_global, n_global)]
    where = np.array([weekday_and_hour(s) for s in starts])
    hours = [shrunk(counts[where[:, 1] == h].sum(axis=0), (p_global, n_global)) for h in range(24)]
    if cells == "hour_of_day":
        return hours
    return [shrunk(counts[(where[:, 0] == d) & (where[:, 1] == h)].sum(axis=0), hours[h])
            for d in range(7) for h in range(24)]


def cell_of(start, cells):
    day, hour = weekday_and_hour(start)
    return {"one": 0, "hour_of_day": hour, "hour_of_week": 24 * day + hour}[cells]


def functionals(kind, p):
    if kind == "tilts":
        x = 2 * (np.cumsum(p) - p / 2) - 1
        return [math.sqrt(3) * x, math.sqrt(5) * (1.5 * x**2 - 0.5)]
    if kind == "indicators":
        return [np.eye(len(p))[k] for k in range(len(p)) if p[k] >= 0.05]
    return [np.array([0.0, 1.0])]


def residuals(starts, counts, cells, fs):
    """r and N v by block (rows) and functional."""
    span = starts[-1] + BLOCK - starts[0]
    if span >= 14 * DAY - SPARE:
        part = 7 * DAY
    elif span >= 2 * DAY - SPARE:
        part = DAY
    else:
        part = math.ceil(span / BLOCK / 7) * BLOCK
    parts = (starts - starts[0]) // part
    r, nv = np.zeros((len(starts), len(fs))), np.zeros((len(starts), len(fs)))
    for which in np.unique(parts):
        rest = parts != which
        of_rest = laws(starts[rest], counts[rest], cells, counts[rest].sum(axis=0))
        for i in np.flatnonzero(~rest):
            p = of_rest[cell_of(starts[i], cells)][0]
            for j, f in enumerate(fs):
                m = np.dot(p, f)
                r[i, j] = np.dot(counts[i], f) - counts[i].sum() * m
                nv[i, j] = counts[i].sum() * np.dot(p, (f - m) ** 2)
    return r, nv


def by_block(values, starts, length, origin):
    _, number = np.unique((starts - origin) // length, return_inverse=True)
    return np.array([values[number == b].sum(axis=0) for b in range(number.max() + 1)])


def whole_blocks(seconds):
    return math.ceil(seconds / BLOCK) * BLOCK


def measure(kind, cells, slot, starts, counts):
    whole = counts.sum(axis=0)
    n = counts.sum(axis=1)
    keep = n > 0
    r, nv = residuals(starts, counts, cells, functionals(kind, whole / whole.sum()))
    r, nv, n, when = r[keep], nv[keep], n[keep], starts[keep]
    factors, blocks = [], []
    for h in sorted({whole_blocks(slot), 1200, 3600, 14400, 43200, DAY, 2 * DAY}):
        sums = by_block(r, when, h, starts[0])
        if len(sums) >= 7:
            blocks.append(len(sums))
            factors.append(max(1, ((1 + math.sqrt(2 / len(sums))) * (sums**2).sum(axis=0) / nv.sum(axis=0)).max()))
    resolved = len(factors) >= 2 and factors[-1] <= 1.3 * (1 + 1 / math.sqrt(blocks[-1])) * factors[-2]
    per_slot = counts.sum() / ((starts[-1] + BLOCK - starts[0]) / slot)
    print("reference", max(factors).hex(), int(resolved), int(whole.sum()), float(per_slot).hex())
    for h in sorted({whole_blocks(slot), 900, 3600, 10800, 43200}):
        if kind != "tilts" or h < slot or h % slot != 0 or h % BLOCK != 0:
            continue
        sums, events = by_block(r, when, h, 0), by_block(n, when, h, 0)
        if len(sums) < 7:
            continue
        tau2 = ((sums**2).sum(axis=0) * (1 + math.sqrt(2 / len(sums))) - nv.sum(axis=0)) / (events**2).sum()
        print("scale", h, *(max(0.0, float(t)).hex() for t in tau2))
    all_laws = laws(starts, counts, cells, whole)
    for cell in sorted({0, len(all_laws) // 3, len(all_laws) - 1}):
        p, n_ref = all_laws[cell]
        print("cell", cell, int(n_ref), *(float(x).hex() for x in p))


for shape, kind, cells, slot in [
    ((6, 28 * 288, 40, 0.0, 1), "tilts", "hour_of_week", 300),
    ((4, 28 * 288, 1.5, 0.0, 2), "tilts", "hour_of_week", 60),
    ((5, 15 * 288, 9, 0.4, 3), "indicators", "hour_of_week", 3600),
    ((20, 9 * 288, 12, 0.1, 4), "tilts", "hour_of_day", 600),
    ((7, 30 * 12, 30, 0.0, 5), "tilts", "one", 60),
    ((2, 21 * 288, 1.2, 0.2, 6), "value", "hour_of_week", 60),
    ((3, 20 * 288, 15, 0.0, 7), "tilts", "one", 7200),
]:
    print("stream", *shape)
    print("measure", kind, cells, slot)
    measure(kind, cells, slot, *stream(*shape))
