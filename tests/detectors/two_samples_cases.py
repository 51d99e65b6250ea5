"""Writes two_samples_cases.txt: pairs of samples and counts, and what scipy and numpy make of them.

Each line is a JSON object: "reference", "current" and "expected", name -> [value, p-value or null].
usage: two_samples_cases.py > two_samples_cases.txt
"""
import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import two_samples  # noqa: E402

rng = np.random.default_rng(20261127)


def write(kind, reference, current, expected, **more):
    case = {"kind": kind, "reference": list(reference), "current": list(current), **more, "expected": expected}
    print(json.dumps(case, separators=(",", ":")))


for _ in range(120):
    a, b = two_samples.random_pair(rng)
    scales = {name: two_samples.scale_of(name, a, b) for name in ("cramer_von_mises", "welch_t") if min(len(a), len(b)) > 1}
    scales = {name: scale for name, scale in scales.items() if np.isfinite(scale)}
    write("numbers", np.sort(a).tolist(), np.sort(b).tolist(), two_samples.of_numbers(a, b), scales=scales)
for _ in range(80):
    bins = int(rng.choice([1, 2, 2, 3, 10, 30]))
    weights = rng.dirichlet(np.full(bins, rng.choice([0.2, 1, 10])))
    r = rng.multinomial(int(rng.choice([1, 5, 40, 1000, 100_000])), weights)
    c = rng.multinomial(int(rng.choice([1, 5, 40, 1000, 100_000])), rng.permutation(weights) if rng.random() < 0.3 else weights)
    write("counts", r.tolist(), c.tolist(), two_samples.of_counts(r, c))
