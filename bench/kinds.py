"""Nanoseconds of CPU time of an update of each kind: driftd's, MOA's and river's in the same rounds, and bytes held.

    ninja -C build/release bench/bench_kinds
    python bench/kinds.py [--rounds 3]        (after scripts/setup --tests)

Each round runs the three one after another over the same sorts of values (bench/kinds_bench.cc says which);
the best of all rounds counts, since whatever else runs on the machine only adds. River and MOA are measured
over fewer values. MOA's time is of its second run over the stream, when its code is compiled.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from river import drift

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))
sys.path.insert(0, str(ROOT / "tests" / "differential"))

from test_moa_detect import Moa  # noqa: E402

# kind: river's class, MOA's, whether it reads any number.
KINDS = {
    "adwin": (drift.ADWIN, "ADWINChangeDetector", True),
    "conformal_martingale": (None, None, True),
    "cusum": (None, "CusumDM", True),
    "ddm": (drift.binary.DDM, "DDM", False),
    "e_cusum": (None, None, False),
    "ecdd": (None, "EWMAChartDM", False),
    "eddm": (drift.binary.EDDM, "EDDM", False),
    "ewma": (None, None, True),
    "fhddm": (drift.binary.FHDDM, None, False),
    "gma": (None, "GeometricMovingAverageDM", True),
    "hddm_a": (drift.binary.HDDMA, "HDDM_A_Test", False),
    "hddm_w": (drift.binary.HDDMW, "HDDM_W_Test", False),
    "kswin": (drift.KSWIN, None, True),
    "mddm": (None, None, False),
    "page_hinkley": (drift.PageHinkley, "PageHinkleyDM", True),
    "rddm": (None, "RDDM", False),
    "seed": (None, "SEEDChangeDetector", False),
    "shiryaev_roberts": (None, None, False),
    "stepd": (None, "STEPD", False),
}


def ours():
    said = subprocess.run([ROOT / "build/release/bench/bench_kinds"], capture_output=True, text=True, check=True).stdout
    return {row["kind"]: row for row in map(json.loads, said.splitlines())}


def rivers(make, values):
    detector = make()
    begun = time.process_time_ns()
    for value in values:
        detector.update(value)
    return (time.process_time_ns() - begun) / len(values)


def moas(moa, name, values):
    moa.run(name, {}, values)
    return moa.run(name, {}, values)[2] / len(values)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    numbers = np.random.default_rng(1).normal(size=1_000_000)
    bits = (numbers > 0.8416212335729143).astype(float)
    best, sizes = {}, {}
    moa = Moa()
    for _ in range(rounds):
        found = {}
        for kind, row in ours().items():
            found[kind] = {"driftd": row["ns"]}
            sizes[kind] = row["bytes"]
        for kind, (river, moas_name, any_number) in KINDS.items():
            values = numbers if any_number else bits
            if moas_name:
                found[kind]["MOA"] = moas(moa, moas_name, values)
            if river:
                few = values[: 2000 if kind == "kswin" else 50_000].tolist()
                found[kind]["river"] = rivers(river, few if any_number else [int(v) for v in few])
        for kind, row in found.items():
            for who, ns in row.items():
                best[kind, who] = min(ns, best.get((kind, who), ns))
    moa.close()
    print("| kind | driftd ns | MOA ns | river ns | driftd bytes |\n| --- | --: | --: | --: | --: |")
    for kind in KINDS:
        cells = [f"{best[kind, who]:,.1f}" if (kind, who) in best else "-" for who in ("driftd", "MOA", "river")]
        fastest = all(best[kind, "driftd"] <= best.get((kind, who), float("inf")) for who in ("MOA", "river"))
        print(f"| `{kind}` | {' | '.join(cells)} | {sizes[kind]:,} |{'' if fastest else ' driftd is not the fastest'}")


if __name__ == "__main__":
    main()
