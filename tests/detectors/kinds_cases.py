"""Makes tests/detectors/kinds_cases.txt: streams, and where kinds have to report on them, as others say.

    python tests/detectors/kinds_cases.py > tests/detectors/kinds_cases.txt      (after scripts/setup --tests)

The kinds of MOA are asked of MOA 2024.07.0 itself. MDDM and the detectors that bet are computed here from
their formulas, each sum formed anew at each value.

A line is: kind, settings, stream, drifts, warnings, parted by `|`; a stream is a text of digits, d / 9 each.
"""

import math
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "differential"))
sys.path.insert(0, str(HERE.parent / "support"))

from test_moa_detect import Moa  # noqa: E402

MASK = 2**64 - 1


def uniform(key, counter):
    z = (key + (counter + 1) * 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return ((z ^ (z >> 31)) >> 11) / 2**53


def mddm(values, window=100, weigh=None, confidence=1e-6, warning_confidence=5e-6):
    weights = [weigh(i) for i in range(window)]
    squares = sum((w / sum(weights)) ** 2 for w in weights)
    drift, warning = (math.sqrt(squares * math.log(1 / c) / 2) for c in (confidence, warning_confidence))
    recent, best = [], 0.0
    for value in values:
        recent = [*recent, 1 - value][-window:]
        if len(recent) < window:
            yield "none"
            continue
        mean = sum(w * x for w, x in zip(weights, recent, strict=True)) / sum(weights)
        best = max(best, mean)
        if best - mean > drift:
            yield "drift"
            recent, best = [], 0.0
        else:
            yield "warning" if best - mean > warning else "none"


def run_length(payoffs_of, values, limit, cusum=False):
    """The mixture of capitals, from payoffs that may depend on all that came since the start."""
    capital, since = None, []
    for value in values:
        since.append(value)
        payoffs = payoffs_of(since)
        if capital is None:
            capital = [0.0] * len(payoffs)
        capital = [p * (max(m, 1) if cusum else m + 1) for p, m in zip(payoffs, capital, strict=True)]
        if sum(capital) / len(capital) >= limit:
            yield "drift"
            capital, since = None, []
        else:
            yield "none"


def bets(mean, tolerance, up, down):
    def payoffs(since):
        x, high, low = since[-1], mean + tolerance, mean - tolerance
        rises = [1 + c * (x - high) / high for c in (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)]
        falls = [1 - c * (x - low) / (1 - low) for c in (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)]
        return rises * up + falls * down

    return payoffs


def conformal(values, window, seed, limit):
    """Stretches of `window` values; each but the first has half a window of history, on which nothing is bet."""
    stretch, capital, count = [], [0.0] * 12, 0
    for value in values:
        if len(stretch) == window:
            stretch, capital = stretch[-(window // 2) :], [0.0] * 12
        stretch.append(value)
        above, equal = sum(v > value for v in stretch), sum(v == value for v in stretch)
        p = (above + uniform(seed, count) * equal) / len(stretch)
        count += 1
        stakes = (-2, -1, -0.5, 0.5, 1, 2)
        payoffs = [1 + e * (p - 0.5) for e in stakes] + [1 + e * (abs(2 * p - 1) - 0.5) for e in stakes]
        capital = [x * (m + 1) for x, m in zip(payoffs, capital, strict=True)]
        if sum(capital) / 12 >= 2 * limit:
            yield "drift"
            stretch, capital = [], [0.0] * 12  # the numbers that break ties go on
        else:
            yield "none"


def digits(rng, levels, length):
    """Stretches of 0 and 9 (levels 2) or of all digits, whose level changes."""
    text = ""
    while len(text) < length:
        level = rng.choice([0.1, 0.2, 0.35, 0.6])
        stretch = int(rng.integers(100, 900))
        drawn = 9 * (rng.random(stretch) < level) if levels == 2 else rng.binomial(9, level, stretch)
        text += "".join(map(str, drawn))
    return text[:length]


def line(kind, settings, stream, signals):
    drifts = " ".join(str(i) for i, s in enumerate(signals) if s == "drift")
    warnings = " ".join(str(i) for i, s in enumerate(signals) if s == "warning")
    print("|".join([kind, " ".join(settings), stream, drifts, warnings]))


def moas_kinds(rng):
    moa = Moa()
    for kind, moas, options, settings, levels in (
        ("adwin", "ADWINChangeDetector", {}, ["reset=false"], 10),
        ("cusum", "CusumDM", {"lambda": 5.0}, ["reference=running", "mode=up", "min_instances=29", "slack=0.005", "threshold=5"], 10),
        ("ecdd", "EWMAChartDM", {}, [], 2),
        ("gma", "GeometricMovingAverageDM", {"lambda": 0.1}, ["lambda=0.1"], 10),
        ("rddm", "RDDM", {}, [], 2),
        ("rddm", "RDDM", {"warnLimit": 100, "minSizeStableConcept": 150}, ["warn_limit=100", "min_size_stable_concept=150"], 2),
        ("seed", "SEEDChangeDetector", {}, ["reset=false"], 10),
        ("stepd", "STEPD", {}, [], 2),
    ):  # fmt: skip
        for _ in range(2):
            stream = digits(rng, levels, 3000)
            drifts, warnings, _ = moa.run(moas, options, [int(d) / 9 for d in stream])
            line(kind, settings, stream, ["drift" if i in drifts else "warning" if i in warnings else "none" for i in range(3000)])
    moa.close()


def formulas(rng):
    for weights, weigh in (
        ("arithmetic", lambda i: 1 + 0.01 * i),
        ("euler", lambda i: math.exp(0.01 * i)),
        ("geometric", lambda i: 1.01 ** (i + 1)),
    ):
        stream = digits(rng, 2, 3000)
        line("mddm", [f"weights={weights}"], stream, list(mddm([int(d) // 9 for d in stream], weigh=weigh)))
    for kind in ("shiryaev_roberts", "e_cusum"):
        for mode, up, down in (("up", 1, 0), ("down", 0, 1), ("both", 1, 1)):
            for levels in (2, 10):
                stream = digits(rng, levels, 2000)
                payoffs = bets(0.3, 0.02, up, down)
                signals = run_length(payoffs, [int(d) / 9 for d in stream], 1000, kind == "e_cusum")
                line(kind, ["mean=0.3", "run_length=1000", f"mode={mode}"], stream, list(signals))
    for window in (2000, 151):
        for levels in (2, 10):
            stream = digits(rng, levels, 2000)
            signals = conformal([int(d) / 9 for d in stream], window, 7, 500)
            line("conformal_martingale", ["run_length=500", "seed=7", f"window={window}"], stream, list(signals))


def main():
    rng = np.random.default_rng(20261127)
    moas_kinds(rng)
    formulas(rng)


if __name__ == "__main__":
    main()
