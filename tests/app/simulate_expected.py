#!/usr/bin/env python3
"""Writes simulate_expected.txt: what river says of the classic concepts. Needs river 0.26.

Each line: stream, function or variant, the arguments, river's label (0 or 1). Lines of `random`: seed, event,
and four draws of the hash that app/simulate/random.h states.
"""

import pathlib
import random

from river.datasets import synth

ROWS = 30
MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(x: int) -> int:
    """SplitMix64's finaliser."""
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def draws(seed: int, event: int, count: int) -> list[int]:
    state = mix((mix((seed + GOLDEN) & MASK) + event) & MASK)
    return [mix((state + (k + 1) * GOLDEN) & MASK) for k in range(count)]


def main() -> None:
    lines = []
    for variant in range(4):
        for x, y in synth.SEA(variant=variant, seed=variant + 1).take(ROWS):
            lines.append(("sea", variant, x[0], x[1], int(y)))
    for function in range(3):
        stream = synth.STAGGER(classification_function=function, seed=function + 1)
        for x, y in stream.take(ROWS):
            lines.append(("stagger", function, x["size"], x["color"], x["shape"], y))
    for function in range(10):
        stream = synth.Agrawal(classification_function=function, seed=function + 1)
        for x, y in stream.take(ROWS):
            lines.append(("agrawal", function, *(x[name] for name in stream.feature_names), y))
    stream = synth.Hyperplane(seed=7, n_features=10, n_drift_features=0, noise_percentage=0)
    weights = random.Random(7)
    lines.append(("weights", 0, *(weights.random() for _ in range(10)), 0))
    for x, y in stream.take(ROWS):
        lines.append(("hyperplane", 0, *(x[i] for i in range(10)), y))
    for seed, event in ((0, 0), (1, 0), (42, 99999), (7, 2**40)):
        lines.append(("random", seed, event, *draws(seed, event, 4)))
    text = "".join(" ".join(map(str, line)) + "\n" for line in lines)
    (pathlib.Path(__file__).parent / "simulate_expected.txt").write_text(text)


main()
