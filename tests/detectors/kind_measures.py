"""Measures every kind of the catalogue on streams without and with a change, and prints
detectors/kind_measures.cc:

    kind_measures.py build/release/driftd > detectors/kind_measures.cc

Streams are made of a normal series z: independent (z), autoregressive (AR(1) of coefficient .5 and
deviation 1), periodic (z + a sin(2 pi t / 1000)). Kinds that take any number read z, with a = 1; those that
take 0 and 1 or [0, 1] read whether z is above its upper quintile, with a = .5: errors at a rate of .2.
Without a change: 20 streams of 50,000 values of each. With one: 200 streams of 7000 independent values; from
the 2000th on z is higher by 1, or by what makes a rate of .4. What was reported before a change is set aside.
"""

import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

STREAMS, LENGTH, CHANGES, BEFORE, AFTER = 20, 50_000, 200, 2000, 5000
UPPER_QUINTILE, UPPER_TWO_QUINTILES = 0.8416212335729143, 0.2533471031357997
SETTINGS = {
    "fhddm": ["ones=errors"],
    "shiryaev_roberts": ["mean=0.2"],
    "e_cusum": ["mean=0.2"],
}


def autoregressive(rng, length):
    noise = rng.normal(0, np.sqrt(0.75), length)
    series = np.empty(length)
    last = rng.normal()
    for i in range(length):
        last = series[i] = 0.5 * last + noise[i]
    return series


def laws(rng, length, amplitude):
    wave = amplitude * np.sin(2 * np.pi * np.arange(length) / 1000)
    return {
        "independent": rng.normal(size=length),
        "autoregressive": autoregressive(rng, length),
        "periodic": rng.normal(size=length) + wave,
    }


def write(directory, name, z, bits):
    values = (z > UPPER_QUINTILE).astype(int) if bits else z
    (directory / name).write_text("".join(f"{v:d}\n" if bits else f"{v:.6f}\n" for v in values))


def make_streams(directory):
    for bits in (False, True):
        rng = np.random.default_rng([20261127, int(bits)])
        for number in range(STREAMS):
            for law, z in laws(rng, LENGTH, 0.5 if bits else 1.0).items():
                write(directory, f"{law}-{int(bits)}-{number}", z, bits)
        for number in range(CHANGES):
            z = rng.normal(size=BEFORE + AFTER)
            z[BEFORE:] += UPPER_QUINTILE - UPPER_TWO_QUINTILES if bits else 1.0
            write(directory, f"change-{int(bits)}-{number}", z, bits)


def drifts(program, kind, file):
    settings = [word for setting in SETTINGS.get(kind, []) for word in ("--set", setting)]
    said = subprocess.run([program, "detect", kind, *settings, str(file)], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in said.stdout.splitlines()]
    return [line["index"] for line in lines if line.get("state") == "drift"]


def measure(program, directory, kind, bits):
    rates = {
        law: sum(len(drifts(program, kind, directory / f"{law}-{bits}-{n}")) for n in range(STREAMS))
        / (STREAMS * LENGTH / 10_000)
        for law in ("independent", "autoregressive", "periodic")
    }
    delays = []
    for n in range(CHANGES):
        after = [i for i in drifts(program, kind, directory / f"change-{bits}-{n}") if i >= BEFORE]
        delays.append(after[0] - BEFORE + 1 if after else None)
    found = [delay for delay in delays if delay is not None]
    median = float(np.median(found)) if found else -1.0
    return [*rates.values(), median, 1 - len(found) / CHANGES]


def main():
    program = sys.argv[1]
    kinds = json.loads(subprocess.run([program, "kinds", "--format", "json"], capture_output=True, check=True).stdout)["kinds"]
    rows = []
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        make_streams(directory)
        with ThreadPoolExecutor(2) as pool:
            found = pool.map(
                lambda kind: measure(program, directory, kind["name"], int(kind["accepts"] != "any finite number")), kinds
            )
            for kind, figures in zip(kinds, found, strict=True):
                settings = " ".join(SETTINGS.get(kind["name"], []))
                numbers = ", ".join(f"{figure:.4g}" for figure in figures)
                rows.append(f'    {{"{kind["name"]}", "{settings}", {numbers}}},\n')
    print(f"""// Made by tests/detectors/kind_measures.py; do not edit.
#include "detectors/kind_measures.h"

namespace driftd::detectors {{

const KindMeasures* measures_of(std::string_view kind) {{
  static constexpr KindMeasures kMeasures[] = {{
{"".join("  " + row for row in rows)[:-1]}
  }};
  for (const KindMeasures& measures : kMeasures) {{
    if (measures.kind == kind) return &measures;
  }}
  return nullptr;
}}

}}  // namespace driftd::detectors""")


if __name__ == "__main__":
    main()
