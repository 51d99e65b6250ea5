"""The recorded months that all detectors are shown, and how alarms are counted and delays measured in them.

An alarm is a run of windows (or updates) that say drift, so that a window that stays red counts once. Matched: the
threshold at which the months without a change have no more alarms than driftd had in them, found with all scores in
hand, which is kinder than any choice made beforehand.
"""

import math
import sys

import numpy as np

SLOTS_A_DAY = 288
REFERENCE_DAYS = 28
MONITORED = REFERENCE_DAYS * SLOTS_A_DAY
PATIENCE = 3 * SLOTS_A_DAY
SHIFTS = {"+ .5 sd": 0.5, "+ .25 sd": 0.25}
COLUMNS = 8  # of the first month that others read: rates are those of 20 columns all the same
COLUMNS_A_MONTH = 20


class Column:
    """One column of one month, and the change that is planted in it."""

    def __init__(self, folder, month, column, change):
        prefix = folder / f"month_{month}-column_{column:02}"
        self.values = np.fromfile(prefix.with_suffix(".f32"), dtype=np.float32)
        self.begins = np.concatenate([[0], np.cumsum(np.fromfile(prefix.with_suffix(".i32"), dtype=np.int32))])
        self.change = change
        self.reference = self.values[: self.begins[MONITORED]]

    def slots(self):
        return len(self.begins) - 1

    def window(self, first, end, shift=0.0):
        values = self.values[self.begins[first] : self.begins[end]].astype(float)
        if shift and end > self.change:
            values[max(self.begins[self.change] - self.begins[first], 0) :] += shift
        return values

    def windows(self, length, shift=0.0):
        """(first, end) of the month's windows, or of those that the planted change is looked for in."""
        for first in range(MONITORED, self.slots() - length + 1, length):
            if not shift or (first + length > self.change and first < self.change + PATIENCE):
                yield first, first + length


def runs(flags):
    flags = np.asarray(flags, dtype=bool)
    return int(flags[0]) + int(np.sum(flags[1:] & ~flags[:-1])) if len(flags) else 0


def alarm_count(scores, threshold):
    return sum(runs(np.asarray(column) > threshold) for column in scores)


def matched_threshold(scores, allowed):
    """The least threshold with at most so many alarms over all columns."""
    for threshold in np.unique(np.concatenate([np.asarray(column) for column in scores])):
        if alarm_count(scores, threshold) <= allowed:
            return float(threshold)
    raise AssertionError("the largest score is not above itself")


def hours(column, windows, scores, threshold):
    for (_, end), score in zip(windows, scores, strict=True):
        if score > threshold:
            return (end - column.change) / 12
    return math.inf


def hours_to(scores, threshold):
    """From the change, where there is a score every five minutes from then on."""
    return next(((place + 1) / 12 for place, score in enumerate(scores) if score > threshold), math.inf)


def slot_means(column, seasonal):
    """Means of five minutes; less the reference's mean of that hour of the week where `seasonal`."""
    sums = np.add.reduceat(column.values.astype(float), column.begins[:-1])
    means = sums / np.diff(column.begins)
    if seasonal:
        cells = (np.arange(len(means)) // 12) % 168
        level = np.array([means[:MONITORED][cells[:MONITORED] == cell].mean() for cell in range(168)])
        means = means - level[cells]
    return means


def columns_of(folder):
    changes = [tuple(map(int, line.split())) for line in (folder / "changes.txt").read_text().splitlines()]
    return [Column(folder, *change) for change in changes[:COLUMNS]]


def finite(value):
    """JSON has no infinity."""
    if isinstance(value, float) and math.isinf(value):
        return None
    if isinstance(value, dict):
        return {key: finite(each) for key, each in value.items()}
    if isinstance(value, list):
        return [finite(each) for each in value]
    return value


def tell(row):
    print(row["name"], row["what"], row["setting"], row["count"], {k: float(np.median(v)) for k, v in row["waits"].items()}, file=sys.stderr, flush=True)
