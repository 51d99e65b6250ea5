#!/usr/bin/env python3
"""Writes evidence_cases.txt: what monitors and the bank must say, by STATISTICS 3 and 4 in numpy.

    evidence_cases.py > evidence_cases.txt

A case is lines `name number...` and ends with an empty line.
"""

import numpy as np

random = np.random.default_rng(20261121)


def show(kind, **lines):
    print(kind)
    for name, values in lines.items():
        print(name, *(repr(float(v)) for v in np.ravel(values)))
    print()


def phi(degree, u):
    x = 2 * u - 1
    return {
        1: 3**0.5 * x,
        2: 5**0.5 * (1.5 * x**2 - 0.5),
        3: 7**0.5 * (2.5 * x**3 - 1.5 * x),
        4: 3 * (35 * x**4 - 30 * x**2 + 3) / 8,
    }[degree]


def mid_ranks(p):
    return np.cumsum(p) - p / 2


def numeric_payoffs(p):
    """(g by bin, weight before sharing) of the three families."""
    u, inner = mid_ranks(p), np.cumsum(p)[:-1]
    tilts = [
        np.exp(sign * theta * phi(degree, u))
        for degree in (1, 2, 3, 4)
        for theta in (0.1, 0.2, 0.4, 0.8)
        for sign in (1, -1)
    ]
    cdf = []
    for j, share in enumerate(inner):
        for step in (0.04, 0.1, 0.25):
            low = share - step if share - step > 0.001 else share * np.exp(-step / share)
            high = share + step if share + step < 0.999 else 1 - (1 - share) * np.exp(-step / (1 - share))
            for q in (low, high):
                below = np.arange(len(p)) <= j
                cdf.append(np.where(below, q / share, (1 - q) / (1 - share)))
    return tilts, cdf, value_payoffs(p)


def value_payoffs(p):
    payoffs = []
    for k, share in enumerate(p):
        for factor in (0.25, 0.5, 2, 4):
            q = min(share * factor, 0.95)
            if share > 0 and q != share:
                payoffs.append(np.where(np.arange(len(p)) == k, q / share, (1 - q) / (1 - share)))
    return payoffs


def log_likelihood(g, counts, laws, eps):
    z = max(
        (p * g).sum()
        + max(
            eps * (g.max() - g.min()),
            (3 if n < 2000 else 2) * np.sqrt((p * (g - (p * g).sum()) ** 2).sum()) / np.sqrt(n),
        )
        for p, n in laws
    )
    return (counts * np.log(g)).sum() - counts.sum() * np.log(z)


def law(p, n):
    q = p * np.exp(random.normal(0, 0.15, len(p)))
    return q / q.sum(), n


def show_monitor(kind, p, laws, eps):
    counts = random.multinomial(random.integers(1, 300), laws[0][0])
    if kind == "numeric":
        families = numeric_payoffs(p)
        weights = [w / len(f) for w, f in zip((0.6, 0.25, 0.15), families) for _ in f]
        payoffs = [g for f in families for g in f]
    else:
        payoffs = value_payoffs(p)
        weights = [1 / len(payoffs)] * len(payoffs)
    show(
        kind,
        eps=eps,
        p=p,
        regimes=[q for q, _ in laws],
        sizes=[n for _, n in laws],
        counts=counts,
        weights=weights,
        logs=[log_likelihood(g, counts, laws, eps) for g in payoffs],
    )


def monitors():
    uniform = np.full(20, 0.05)
    heavy = np.array([0.55, *np.full(9, 0.45 / 9)])
    for p in (uniform, heavy, np.array([0.3, 0.7])):
        for eps in (0, 0.02):
            show_monitor("numeric", p, [law(p, 900)], eps)
            show_monitor("numeric", p, [law(p, 5000), law(p, 1500)], eps)
    zero = np.array([0.4, 0.0, 0.35, 0.25])
    show_monitor("categorical", zero, [law(zero, 4000)], 0.02)
    zipf = 1 / np.arange(1.0, 31)
    show_monitor("categorical", zipf / zipf.sum(), [law(zipf / zipf.sum(), 700)], 0.02)


def rate_logs(ones, n, cells, tolerance):
    uppers, lowers = [], []
    for share, size in cells:
        m0 = (share * size + 1) / (size + 1)
        allowance = max(tolerance, 2 * np.sqrt((m0 * (1 - m0) + 1 / size) / size) + 1 / size)
        uppers.append(min(m0 + allowance, 1))
        lowers.append(max(m0 - allowance, 0))
    upper, lower = max(uppers), min(lowers)
    logs, weights = [], []
    for m, sign in ((upper, 1), (lower, -1)):
        for factor in (1.1, 1.25, 1.5, 2, 3, 6):
            odds = m / (1 - m) * factor**sign
            q = odds / (1 + odds)
            if m > 0:
                logs.append(ones * np.log(q / m) + (n - ones) * np.log((1 - q) / (1 - m)))
                weights.append((0.9 if sign > 0 else 0.1) / 6)
    return logs, np.array(weights) / np.sum(weights)


def rates():
    for cells in ([(0.1, 5000)], [(0.3, 800), (0.34, 3000)], [(0.001, 100000)]):
        for tolerance in (0.01, 0.02):
            n = int(random.integers(5, 400))
            ones = int(random.binomial(n, cells[0][0]))
            logs, weights = rate_logs(ones, n, cells, tolerance)
            show("rate", tolerance=tolerance, cells=cells, counts=[n - ones, ones], weights=weights, logs=logs)


def bank(regimes):
    """Slots of 5 minutes, three cells of 20 minutes each in turn; slots 7 and 20 have no events: gaps.

    With two regimes a slot's residual is that of either: the block's lies between the sums of the least and of the
    largest, and what is nearest to 0 there counts.
    """
    k, slots = 12, 40
    p = np.full(k, 1 / k)
    laws = [[law(p, n) for n in (500, 2500, 1000)] for _ in range(regimes)]
    blocks = [1, 3, 12]
    tau2 = random.uniform(0, 4e-3, (regimes, 3, 2))
    cells = [(s // 4) % 3 for s in range(slots)]
    counts = [random.multinomial(random.poisson(60), laws[s // 5 % regimes][c][0]) for s, c in enumerate(cells)]
    for s in range(25, 30):
        counts[s] = np.roll(counts[s], 1) + np.arange(k)
    for s in (7, 20):
        counts[s][:] = 0
    grant, first, terms = 1e-4, 2, []
    u = mid_ranks(p)
    for end in range(first, slots):
        for b, length in enumerate(blocks):
            start = end - length + 1
            if (end + 1) % length or start < first:
                continue
            inside = range(start, end + 1)
            if any(counts[s].sum() == 0 for s in inside):
                continue  # gapped ones are dropped
            n = sum(counts[s].sum() for s in inside)
            for f in (0, 1):
                value = phi(f + 1, u)
                means = [[(q * value).sum() for q, _ in regime] for regime in laws]
                variances = [[(q * value**2).sum() - (q * value).sum() ** 2 for q, _ in regime] for regime in laws]
                residuals = [[(counts[s] * (value - mean[cells[s]])).sum() for mean in means] for s in inside]
                least, most = np.min(residuals, axis=1).sum(), np.max(residuals, axis=1).sum()
                r = 0 if least < 0 < most else least if least >= 0 else most
                variance = n * n * max(tau2[regime][b][f] for regime in range(regimes))
                for c in range(3):
                    m = sum(counts[s].sum() for s in inside if cells[s] == c)
                    variance += max((m + m * m / laws[i][c][1]) * variances[i][c] for i in range(regimes))
                if variance > 0:
                    floor = n * 0.02 * (value.max() - value.min())
                    z = max(0, abs(r) - floor) / (1.25 * variance**0.5)
                    e = sum(np.exp(t * z - t * t / 2) + np.exp(-t * z - t * t / 2) for t in (3, 4, 5, 6)) / 8
                    amount = min(0.5 / 10 * grant * length * e, 10)
                    terms.append((end, f, length, 1 if r >= 0 else -1, amount))
    show(
        "bank",
        p=p,
        regimes=[[q for q, _ in regime] for regime in laws],
        sizes=[[n for _, n in regime] for regime in laws],
        tau2=tau2,
        cells=cells,
        counts=counts,
        first=first,
        grant=grant,
        terms=terms,
    )


monitors()
rates()
bank(1)
bank(2)
