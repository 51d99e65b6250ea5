#!/usr/bin/env python3
"""Measures what driftd promises and writes docs/guarantee.md and docs/guarantee.svg.

    bench/guarantee/run.py [--resume] [--stage STAGE]...

    protocols    the protocols of STATISTICS 14 in full, by bench_guarantee (half an hour of CPU)
    competitors  the detectors of others on the same streams, in environments of their own (requirements*.txt)
    real         `driftd replay` of ../shared/data with evidence
    report       the document and the picture out of what the others left in build/guarantee

--resume keeps what is there already. Needs what scripts/setup installs; the environment of the others is made in the
cache beside it.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import real_data

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / "build" / "release"
WORK = ROOT / "build" / "guarantee"
STREAMS = WORK / "streams"
CACHE = Path(os.environ.get("DRIFTD_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "driftd")
DATA = ROOT.parent / "shared" / "data"
PROTOCOLS = ("P1", "P2", "P3", "P5", "P6", "P7", "P7b", "P8", "P9", "P11", "P12", "P14", "mutations", "compared")
STAGES = ("protocols", "competitors", "real", "report")


def build():
    subprocess.run(["cmake", "--preset", "release", "-DDRIFTD_BENCH=ON"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", "--preset", "release", "--target", "driftd", "bench_guarantee"], cwd=ROOT, check=True)


def environment(name="guarantee", requirements="requirements.txt"):
    """A Python of the others, installed once."""
    target, wanted = CACHE / name, (HERE / requirements).read_text()
    mark = target / ".complete"
    if not mark.exists() or mark.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", target], check=True)
        pip = [target / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
        subprocess.run([*pip, "-r", HERE / requirements], check=True)
        mark.write_text(wanted)
    return target / "bin" / "python"


def save(path, command):
    """The command's output as a file, whole or not at all. Exit code 1 says that a limit is broken, which is told."""
    begun = path.with_suffix(".begun")
    with open(begun, "w") as out:
        done = subprocess.run(command, stdout=out, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command[0]} failed with exit code {done.returncode}")
    begun.rename(path)


def run_protocols(resume):
    STREAMS.mkdir(parents=True, exist_ok=True)
    for name in PROTOCOLS:
        path = WORK / f"{name}.jsonl"
        if not (resume and path.exists()):
            save(path, [BUILD / "bench" / "bench_guarantee", "--protocol", name, "--json", "--streams", STREAMS])


def run_competitors(resume):
    rows = WORK / "compared.json"
    rows.write_text(json.dumps([json.loads(line) for line in (WORK / "compared.jsonl").read_text().splitlines()]))
    for part in ("events", "months"):
        path = WORK / f"competitors_{part}.json"
        if not (resume and path.exists()):
            save(path, [environment(), HERE / "competitors.py", STREAMS, rows, part])
    path = WORK / "competitors_alibi.json"
    if not (resume and path.exists()):
        save(path, [environment("guarantee-alibi", "requirements-alibi.txt"), HERE / "online_cvm.py", STREAMS, rows])


def run_real(resume):
    path = WORK / "real.json"
    if not (resume and path.exists()):
        path.write_text(json.dumps(real_data.all_incidents(BUILD / "driftd", DATA, WORK / "real"), indent=1))


def run_report(_resume):
    subprocess.run([environment(), HERE / "report.py", WORK, ROOT / "docs"], check=True)


def main():
    said = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    said.add_argument("--resume", action="store_true", help="keep what build/guarantee has")
    said.add_argument("--stage", action="append", choices=STAGES, help="only these")
    options = said.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    build()
    stages = {"protocols": run_protocols, "competitors": run_competitors, "real": run_real, "report": run_report}
    for name in options.stage or STAGES:
        stages[name](options.resume)


if __name__ == "__main__":
    main()
