"""The detectors of others on the streams that bench_guarantee left, at their defaults and at the false-alarm rate that
driftd had on the same streams. Runs in the environment of requirements.txt; run.py calls it.

    competitors.py STREAMS DRIFTD.json events|months > ROWS.json
"""

import json
import math
import sys
from pathlib import Path

import numpy as np
from month_columns import finite
from river import drift

# Streams of P8, and their events before the change (known_shifts.cc).
P8 = {
    "known-mean-50": 500, "known-mean-50-late": 5000, "known-sd-2": 500, "known-errors": 500,
    "equal-mean-50": 5000, "equal-mean-25": 5000,
}
PHASES, AFTER = 32, 5000
# An update of KSWIN takes long.
KSWIN_EVENTS = 5_000  # of the stream without a change
KSWIN_STREAMS = 12
KSWIN_WARM = 150  # events before the change that it is shown; its window has 100
KSWIN_AFTER = 1_000


def adwin(delta):
    return drift.ADWIN(delta=delta)


def page_hinkley(threshold):
    return drift.PageHinkley(threshold=threshold)


def kswin(alpha):
    return drift.KSWIN(alpha=alpha, seed=42)


# Name: (maker, default, settings from eager to lazy).
EVENT_DETECTORS = {
    "ADWIN": (adwin, 0.002, (0.9, 0.5, 0.2, 0.05, 0.01, 0.002)),
    "Page-Hinkley": (page_hinkley, 50, (20, 50, 100, 200, 400, 800)),
    "KSWIN": (kswin, 0.005, (5e-3, 1e-5, 1e-8)),
}


def alarms(detector, values):
    count = 0
    for value in values:
        detector.update(value)
        count += detector.drift_detected
    return count


def wait(detector, values, change):
    """Values from the change to the first alarm after it; infinite without one."""
    for place, value in enumerate(values):
        detector.update(value)
        if detector.drift_detected and place >= change:
            return place - change + 1
    return math.inf


def waits(name, setting, folder, case):
    make, before, found = EVENT_DETECTORS[name][0], P8[case], []
    streams = np.fromfile(folder / f"{case}.f64").reshape(-1, before + PHASES - 1 + AFTER)
    for number, stream in enumerate(streams[:KSWIN_STREAMS] if name == "KSWIN" else streams):
        change = before + number % PHASES
        begin = change - KSWIN_WARM if name == "KSWIN" else 0
        end = change + (KSWIN_AFTER if name == "KSWIN" else AFTER)
        found.append(wait(make(setting), stream[begin:end].tolist(), change - begin))
    return found


def matched(rates, target):
    """The most eager setting that alarms no more often than the target; the laziest where none does."""
    allowed = [setting for setting, rate in rates if rate <= target]
    return allowed[0] if allowed else rates[-1][0]


def independent_events(folder, target):
    """Rows of single columns of independent events: the rate on the stream without a change, the waits on P8's."""
    quiet = np.fromfile(folder / "quiet.f64")
    rows = []
    for name, (make, default, settings) in EVENT_DETECTORS.items():
        values = quiet[:KSWIN_EVENTS] if name == "KSWIN" else quiet
        found = {setting: alarms(make(setting), values.tolist()) for setting in settings}
        units = len(values) / 1e5
        chosen = matched([(setting, found[setting] / units) for setting in settings], target)
        for what, setting in (("default", default), ("matched", chosen)):
            cases = P8 if name == "ADWIN" and what == "default" else ("equal-mean-50", "equal-mean-25")
            rows.append({
                "name": name, "what": what, "setting": f"{setting:g}", "count": found[setting], "exposure": units,
                "waits": {case: waits(name, setting, folder, case) for case in cases},
            })
            print(rows[-1]["name"], what, setting, found[setting], units, file=sys.stderr, flush=True)
    return rows


def main():
    folder, part = Path(sys.argv[1]), sys.argv[3]
    ours = {row["where"]: row for row in json.loads(Path(sys.argv[2]).read_text())}
    if part == "events":
        rows = independent_events(folder, ours["independent events, no change"]["figure"])
    else:
        from months import months  # the libraries of windows are slow to load

        rows = months(folder, ours["recorded months"]["figure"])
    json.dump(finite(rows), sys.stdout)


if __name__ == "__main__":
    main()
