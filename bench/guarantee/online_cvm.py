"""alibi-detect's online Cramer-von-Mises detector on the recorded months, over the means of five minutes less the
reference's mean of the hour of the week. Runs in the environment of requirements-alibi.txt; run.py calls it.

    online_cvm.py STREAMS DRIFTD.json > ROWS.json

Its other online detectors either need PyTorch or TensorFlow (maximum mean discrepancy, least-squares density difference) or
read values of two kinds alone (Fisher's exact test).
"""

import json
import sys
from pathlib import Path

import numpy as np
from alibi_detect.cd import CVMDriftOnline
from month_columns import COLUMNS_A_MONTH, MONITORED, PATIENCE, SHIFTS, alarm_count, columns_of, finite, hours_to, matched_threshold, slot_means, tell

WINDOWS = [12, 48, 144]  # an hour, four, half a day
REFERENCE = 500  # means of the reference: an update compares each with each window
COLUMNS = 4  # an update takes a millisecond
WARM = 288  # updates; more than the widest window


class Statistic(CVMDriftOnline):
    """Its statistic alone: the run time between false alarms, which has no default, is matched afterwards."""

    def _configure_thresholds(self):
        pass


def scores(means, reference, first, last, shift=0.0):
    """The largest statistic over the windows at each update; the day before warms it up."""
    detector = Statistic(reference, ert=MONITORED, window_sizes=WINDOWS, verbose=False)
    found = []
    for place in range(first - WARM, last):
        statistics = detector.score(np.array([means[place] + (shift if place >= first else 0.0)]))
        if place >= first:
            found.append(float(np.max(statistics)))
    return found


def rows(columns, exposure, target):
    chooser = np.random.default_rng(2)
    quiet, planted = [], {shift: [] for shift in SHIFTS}
    for column in columns:
        means = slot_means(column, seasonal=True)
        reference = chooser.choice(means[:MONITORED], REFERENCE, replace=False)[:, None]
        quiet.append(scores(means, reference, MONITORED, column.slots()))
        for shift, by in SHIFTS.items():
            planted[shift].append(scores(means, reference, column.change, column.change + PATIENCE, by))

    limit = matched_threshold(quiet, target * exposure)
    row = {
        "name": "alibi-detect, CVM online, five-minute means, season taken out", "what": "matched", "setting": f"{limit:.3g}",
        "count": alarm_count(quiet, limit), "exposure": exposure,
        "waits": {shift: [hours_to(found, limit) for found in planted[shift]] for shift in SHIFTS},
    }
    tell(row)
    return [row]


def main():
    folder = Path(sys.argv[1])
    ours = {row["where"]: row for row in json.loads(Path(sys.argv[2]).read_text())}
    columns = columns_of(folder)[:COLUMNS]
    found = rows(columns, len(columns) / COLUMNS_A_MONTH, ours["recorded months"]["figure"])
    json.dump(finite(found), sys.stdout)


if __name__ == "__main__":
    main()
