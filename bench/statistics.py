"""Statistics of two samples: driftd beside scipy in the same round, CPU time both.

    ~/.cache/driftd/python/bin/python bench/statistics.py [--rows 1000000] [--rounds 3]

First each statistic on two samples of `rows` normal values (`bench_statistics`; scipy sorts anew in each call, driftd
once for all, which is told apart). Then `driftd compare` of two CSV files of `rows` x 25 (20 numbers, 3 texts,
2 flags), start to exit, beside pandas reading the same files and scipy computing the same tests for one column, times 20.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pandas
from scipy import stats

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from paths import PROGRAM  # noqa: E402

SCIPY = {
    "ks": lambda a, b: stats.ks_2samp(a, b, method="asymp"),
    "cramer_von_mises": lambda a, b: stats.cramervonmises_2samp(a, b, method="asymptotic"),
    "anderson_darling": lambda a, b: stats.anderson_ksamp([a, b]),
    "mann_whitney": stats.mannwhitneyu,
    "wasserstein": stats.wasserstein_distance,
    "energy": stats.energy_distance,
    "welch_t": lambda a, b: stats.ttest_ind(a, b, equal_var=False),
}


def cpu(work):
    before = time.process_time()
    work()
    return time.process_time() - before


def child_cpu(*command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    done = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - began, done.stdout


def each_statistic(folder, rows, rng):
    a, b = rng.normal(size=rows), rng.normal(0.005, 1, rows)
    a.tofile(folder / "a.bin")
    b.tofile(folder / "b.bin")
    _, _, said = child_cpu(PROGRAM.parent / "bench" / "bench_statistics", folder / "a.bin", folder / "b.bin")
    ours = {line["name"]: line["seconds"] for line in map(json.loads, said.splitlines())}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = {name: cpu(lambda test=test: test(a, b)) for name, test in SCIPY.items()}
    print("| statistic | driftd, ms | scipy, ms |\n| --- | --- | --- |")
    for name, seconds in ours.items():
        print(f"| {name} | {seconds * 1e3:.1f} | {theirs[name] * 1e3:.0f} |" if name in theirs else f"| {name} | {seconds * 1e3:.1f} | |")
    return sum(theirs.values())


def write_table(path, rows, shift, rng):
    numbers = {f"n{i}": rng.normal(shift * (i % 4 == 0), 1, rows).round(6) for i in range(20)}
    texts = {f"t{i}": rng.choice(["DE", "FR", "GB", "US"], rows) for i in range(3)}
    flags = {f"f{i}": np.where(rng.random(rows) < 0.3, "true", "false") for i in range(2)}
    pandas.DataFrame({**numbers, **texts, **flags}).to_csv(path, index=False)


def whole(folder, scipy_column):
    ours, wall, _ = child_cpu(PROGRAM, "compare", folder / "a.csv", folder / "b.csv", "--format", "json")
    reading = cpu(lambda: [pandas.read_csv(folder / name) for name in ("a.csv", "b.csv")])
    theirs = reading + 20 * scipy_column
    print(f"compare: driftd {ours:.1f} s CPU ({wall:.1f} s wall), pandas and scipy {theirs:.1f} s (reading {reading:.1f})", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    rng = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_table(folder / "a.csv", arguments.rows, 0, rng)
        write_table(folder / "b.csv", arguments.rows, 0.02, rng)
        for number in range(arguments.rounds):
            print(f"\nround {number + 1}, load {os.getloadavg()[0]:.1f}", flush=True)
            whole(folder, each_statistic(folder, arguments.rows, rng))


if __name__ == "__main__":
    main()
