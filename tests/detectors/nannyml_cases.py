"""Writes nannyml_cases.txt: performance without labels as NannyML estimates it, on real data by month.

`housing MONTH METRIC VALUE ...` is CBPE (its calibrator is asked for even where NannyML would leave scores alone, as
driftd always calibrates), `bike MONTH METRIC VALUE ...` DLE, both with `real_METRIC` what labels said; of bike also
`real_r2`, scikit-learn's: NannyML estimates none. ENV is what scripts/setup.d/peers makes.
usage: ENV/bin/python nannyml_cases.py SHARED_DATA | grep -v LightGBM > nannyml_cases.txt
"""
import os
import sys
import types
import warnings
from pathlib import Path

import pandas as pd

warnings.filterwarnings("ignore")
os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
# Wanted to tune hyperparameters alone; it would bring XGBoost and CUDA.
sys.modules["flaml"] = types.ModuleType("flaml")
sys.modules["flaml"].AutoML = None
import nannyml  # noqa: E402
from sklearn.metrics import r2_score  # noqa: E402

DATA = Path(sys.argv[1])
BIKE = ["season", "hour", "weekday", "weather", "holiday", "working_day", "temp", "feels_like", "humidity", "windspeed"]


def read(name):
    return pd.read_csv(DATA / f"{name}.csv.gz", parse_dates=["time"])


def tell(data, result, names, more=None):
    frame = result.filter(period="analysis").to_df()
    for _, row in frame.iterrows():
        line = [data, str(row[("chunk", "key")])]
        for name in names:
            line += [name, repr(float(row[(name, "value")])), f"real_{name}", repr(float(row[(name, "realized")]))]
        print(*line, *(more[row[("chunk", "key")]] if more else []))


def housing():
    reference = read("housing_reference")
    current = read("housing_production").merge(read("housing_labels")[["id", "label"]], on="id")
    names = ["accuracy", "precision", "recall", "f1", "roc_auc"]
    estimator = nannyml.CBPE(y_pred_proba="score", y_pred="prediction", y_true="label", timestamp_column_name="time",
                             metrics=names, problem_type="classification_binary", chunk_period="M")
    cbpe = sys.modules["nannyml.performance_estimation.confidence_based.cbpe"]
    cbpe.needs_calibration = lambda *_, **__: True
    estimator.fit(reference)
    assert estimator.needs_calibration
    tell("housing", estimator.estimate(current), names)


def bike():
    reference = read("bike.reference")
    events = pd.read_json(DATA / "bike.predictions.jsonl.gz", lines=True)
    labels = pd.read_json(DATA / "bike.feedback.jsonl.gz", lines=True)[["id", "value"]]
    current = pd.DataFrame(list(events["features"]))
    current["id"], current["time"] = events["id"], pd.to_datetime(events["time"])
    current["prediction"] = events["prediction"].astype(float)
    current = current.merge(labels.rename(columns={"value": "label"}), on="id")
    for name in ("season", "hour", "weekday", "weather"):  # its encoder does not read pandas' texts of today
        codes = {text: code for code, text in enumerate(sorted(reference[name].unique()))}
        for frame in (reference, current):
            frame[name] = frame[name].map(codes).fillna(-1).astype(int)
    for frame in (reference, current):
        for name in ("holiday", "working_day"):
            frame[name] = frame[name].astype(int)
        frame["label"] = frame["label"].astype(float)
    names = ["mae", "rmse", "mape"]
    estimator = nannyml.DLE(feature_column_names=BIKE, y_pred="prediction", y_true="label", metrics=names,
                            timestamp_column_name="time", chunk_period="M", tune_hyperparameters=False)
    estimator.fit(reference)
    months = current.groupby(current["time"].dt.strftime("%Y-%m"))
    real = {month: ["real_r2", repr(r2_score(rows["label"], rows["prediction"]))] for month, rows in months}
    tell("bike", estimator.estimate(current), names, real)


if __name__ == "__main__":
    housing()
    bike()
