"""The recorded months under the detectors of others: windows of Evidently and NannyML over the raw values, and river's
over the means of five minutes, as they are and less the reference's mean of the hour of the week.
"""

import math

import numpy as np
import pandas as pd

from competitors import adwin, page_hinkley
from month_columns import (
    COLUMNS_A_MONTH,
    MONITORED,
    PATIENCE,
    SHIFTS,
    SLOTS_A_DAY,
    alarm_count,
    columns_of,
    hours,
    hours_to,
    matched_threshold,
    runs,
    slot_means,
    tell,
)
from river import drift

SAMPLE = 10_000  # of the reference, for Evidently: its tests sort it for each window
START = pd.Timestamp("2026-03-02")
WINDOWS = {"hourly": 12, "daily": SLOTS_A_DAY}
MEANS = {
    "ADWIN": (adwin, 0.002, (0.002, 1e-4, 1e-6, 1e-9, 1e-15, 1e-25, 1e-50, 1e-100, 1e-200)),
    "Page-Hinkley": (page_hinkley, 50, (0.5, 1, 2, 4, 8, 16, 32, 50, 100)),
}
KSWIN_COLUMNS = 2  # an update takes long
WARM = 7 * SLOTS_A_DAY  # of the reference, before the month begins


def rows_of(name, columns, score, default, months, target, length):
    """`score(column, first, end, shift)` of every window, then what default and matched thresholds make of it."""
    quiet = [[score(column, *window, 0.0) for window in column.windows(length)] for column in columns]
    planted = {
        shift: [[score(column, *window, by) for window in column.windows(length, by)] for column in columns]
        for shift, by in SHIFTS.items()
    }
    rows = []
    for what, threshold in (("default", default), ("matched", matched_threshold(quiet, target * months))):
        rows.append({
            "name": name, "what": what, "setting": f"{threshold:.3g}", "count": alarm_count(quiet, threshold), "exposure": months,
            "waits": {
                shift: [
                    hours(column, list(column.windows(length, by)), scores, threshold)
                    for column, scores in zip(columns, planted[shift], strict=True)
                ]
                for shift, by in SHIFTS.items()
            },
        })
        tell(rows[-1])
    return rows


def evidently_rows(columns, months, target):
    from evidently.legacy.calculations.stattests import get_stattest
    from evidently.legacy.core import ColumnType

    chooser = np.random.default_rng(1)
    for column in columns:
        column.sample = pd.Series(chooser.choice(column.reference, SAMPLE, replace=False).astype(float))
    rows = []
    for window, length in WINDOWS.items():
        current = pd.Series(columns[0].window(MONITORED, MONITORED + length))
        test = get_stattest(columns[0].sample, current, ColumnType.Numerical, None)

        def score(column, first, end, shift, test=test):
            return float(test(column.sample, pd.Series(column.window(first, end, shift)), ColumnType.Numerical, None).drift_score)

        name = f"Evidently, {window} windows ({test.display_name})"
        rows += rows_of(name, columns, score, test.default_threshold, months, target, length)
    return rows


def nannyml_scores(column, method, length, shift):
    """(value - mean of the reference's chunks) / their deviation, by NannyML's calculator; its thresholds are 3."""
    import nannyml

    def frame(first, end):
        counts = np.diff(column.begins[first : end + 1])
        stamps = START + pd.to_timedelta(np.repeat(np.arange(first, end), counts) * 5, unit="min")
        return pd.DataFrame({"time": stamps, "value": column.window(first, end, shift)})

    calculator = nannyml.UnivariateDriftCalculator(
        column_names=["value"], timestamp_column_name="time", continuous_methods=[method], chunk_period="h" if length == 12 else "D"
    )
    if not hasattr(column, "fitted"):
        column.fitted = {}
    if (method, length) not in column.fitted:
        calculator.fit(frame(0, MONITORED))
        before = calculator.result.filter(period="reference").to_df()[("value", method, "value")]
        column.fitted[method, length] = calculator, before.mean(), before.std(ddof=0)
    calculator, mean, deviation = column.fitted[method, length]
    windows = list(column.windows(length, shift))
    said = calculator.calculate(frame(windows[0][0], windows[-1][1])).filter(period="analysis").to_df()
    return dict(zip(windows, ((said[("value", method, "value")] - mean) / deviation).tolist(), strict=True))


def nannyml_rows(columns, months, target):
    rows = []
    for method in ("jensen_shannon", "kolmogorov_smirnov"):
        for window, length in WINDOWS.items():
            known = {}

            def score(column, first, end, shift, known=known, method=method, length=length):
                if (column, shift) not in known:
                    known[column, shift] = nannyml_scores(column, method, length, shift)
                return known[column, shift][first, end]

            rows += rows_of(f"NannyML, {window} chunks ({method.replace('_', '-')})", columns, score, 3.0, months, target, length)
            for column in columns:
                column.fitted.clear()
    return rows


def updates(make, setting, means, first, last):
    """Whether each update from `first` to `last` said drift; the week before warms the detector up."""
    detector, flags = make(setting), []
    for place in range(MONITORED - WARM, last):
        detector.update(means[place])
        if place >= first:
            flags.append(detector.drift_detected)
    return flags


def wait_of(make, setting, column, means, shift):
    moved = means.copy()
    moved[column.change :] += shift
    last = column.change + PATIENCE
    flags = updates(make, setting, moved, column.change, last)
    return (flags.index(True) + 1) / 12 if True in flags else math.inf


def river_rows(columns, months, target):
    rows = []
    for seasonal in (False, True):
        means = {column: slot_means(column, seasonal) for column in columns}
        of = f"five-minute means{', season taken out' if seasonal else ''}"
        for name, (make, default, settings) in MEANS.items():
            found = {
                setting: sum(runs(updates(make, setting, means[column], MONITORED, column.slots())) for column in columns)
                for setting in settings
            }
            allowed = [setting for setting in settings if found[setting] <= target * months]
            chosen = allowed[0] if allowed else settings[-1]
            for what, setting in (("default", default), ("matched" if allowed else "laziest", chosen)):
                rows.append({
                    "name": f"{name}, {of}", "what": what, "setting": f"{setting:g}", "count": found[setting], "exposure": months,
                    "waits": {shift: [wait_of(make, setting, column, means[column], by) for column in columns] for shift, by in SHIFTS.items()},
                })
                tell(rows[-1])
        rows += kswin_rows(f"KSWIN, {of}", columns[:KSWIN_COLUMNS], means, months * KSWIN_COLUMNS / len(columns), target)
    return rows


def kswin_rows(name, columns, means, months, target):
    """By its p-value at every update, which does not depend on alpha until it alarms: one pass for all settings."""

    def surprises(values):
        detector, found = drift.KSWIN(alpha=1e-300, seed=42), []
        for value in values:
            detector.update(value)
            found.append(-math.log10(max(detector.p_value, 1e-300)))
        return found

    warm = 300
    quiet = {column: surprises(means[column][MONITORED - warm :])[warm:] for column in columns}
    planted = {
        (column, shift): surprises(np.concatenate([means[column][column.change - warm : column.change],
                                                   means[column][column.change : column.change + PATIENCE] + by]))[warm:]
        for column in columns for shift, by in SHIFTS.items()
    }

    rows = []
    for what, threshold in (("default", -math.log10(0.005)), ("matched", matched_threshold(list(quiet.values()), target * months))):
        rows.append({
            "name": name, "what": what, "setting": f"{10**-threshold:.3g}", "count": alarm_count(quiet.values(), threshold), "exposure": months,
            "waits": {shift: [hours_to(planted[column, shift], threshold) for column in columns] for shift in SHIFTS},
        })
        tell(rows[-1])
    return rows


def months(folder, target):
    columns = columns_of(folder)
    exposure = len(columns) / COLUMNS_A_MONTH
    rows = []
    for part in (river_rows, evidently_rows, nannyml_rows):
        rows += part(columns, exposure, target)
    return rows
