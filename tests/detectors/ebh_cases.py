#!/usr/bin/env python3
"""e-BH by its definition (Wang and Ramdas, arXiv 2009.02824, section 4), word for word and slow: writes ebh_cases.txt.

A line: alpha, then the e-values, then "|", then the places of the rejected by rising place.
"""

import random
from fractions import Fraction
from pathlib import Path


def rejected(e, alpha):
    """For every k: are there k hypotheses with e >= J / (alpha k)? The largest such k rejects exactly those."""
    count = len(e)
    best = 0
    for k in range(1, count + 1):
        if sum(value >= Fraction(count) / (alpha * k) for value in e) >= k:
            best = k
    if best == 0:
        return []
    return [i for i, value in enumerate(e) if value >= Fraction(count) / (alpha * best)]


def main():
    draws = random.Random(8)
    lines = []
    for case in range(400):
        count = draws.choice((1, 2, 3, 5, 8, 20, 60))
        alpha = Fraction(draws.choice((1, 2, 4, 8, 16)), 32)
        # Quarters of powers of two: every product and quotient of the definition is exact in binary floating point.
        scale = draws.choice((1, 4, 16, 64, 1024))
        e = [Fraction(draws.randrange(0, 4 * scale), 4) * draws.choice((0, 1, 1, 1, 8)) for _ in range(count)]
        if case % 5 == 0:  # ties, and e-values on the very limit
            e = [draws.choice((Fraction(count) / (alpha * draws.choice((1, 2, 4))), Fraction(count) / alpha, 1)) for _ in range(count)]
            e = [Fraction(value) for value in e]
        lines.append(" ".join([repr(float(alpha)), *(repr(float(value)) for value in e), "|", *map(str, rejected(e, alpha))]))
    Path(__file__).with_suffix(".txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
