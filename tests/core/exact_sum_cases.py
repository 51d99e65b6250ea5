"""Writes exact_sum_cases.txt: sums of doubles as Python's math.fsum rounds them.

Each line: the expected sum, then the terms, all as hexadecimal floats.
usage: exact_sum_cases.py > exact_sum_cases.txt
"""
import math
import random
import sys

rng = random.Random(20261120)


def wide():
    return math.ldexp(rng.choice((-1, 1)) * (1 + rng.random()), rng.randint(-1073, 1010))


def near(scale):
    return lambda: rng.gauss(0, 1) * 10.0 ** rng.randint(-scale, scale)


def tiny():
    return rng.choice((-1, 1)) * math.ldexp(rng.getrandbits(52), -1074)


def cancelling(draw):
    values = [draw() for _ in range(rng.randint(3, 15))]
    values += [-v for v in values[1:]] + [draw() * 2.0**-60]
    rng.shuffle(values)
    return values


def halves():
    """Exactly between two doubles, or off it by the smallest possible amount."""
    base = math.ldexp(rng.getrandbits(53) | 1 << 52, 0)
    return [base, 0.5, rng.choice((0.0, 5e-324, -5e-324)), rng.choice((0.0, base * 2.0**40, -1.0))]


cases = [[], [0.0], [-0.0, 0.0], [5e-324], [-5e-324, 5e-324], [sys.float_info.max, -sys.float_info.max / 2],
         [1.0, 1e100, 1.0, -1e100], [0.1] * 10, [2.0**53, 1.0, 2.0**-1074], [2.0**53, 1.0], [2.0**53 + 2, 1.0]]
for _ in range(12):
    cases.append([wide() for _ in range(rng.randint(1, 25))])
    cases.append([near(3)() for _ in range(rng.randint(1, 40))])
    cases.append([tiny() for _ in range(rng.randint(1, 12))])
    cases.append(cancelling(wide))
    cases.append(cancelling(near(8)))
    cases.append(halves())
for terms in cases:
    print(" ".join(float.hex(v) for v in [math.fsum(terms), *terms]))
