"""NannyML's univariate drift of pairs of samples and its estimates of performance without labels, as JSON:
[{"kind": "numbers" or "categories", "reference", "current"}, {"kind": "cbpe" or "dle", "reference": columns, "current":
columns}, ...] is answered by a list of {name: value}.

Jensen-Shannon and Hellinger take Doane's bins of the reference, and one for what lies outside: `bins` has each value's,
so that driftd can be asked of the very same shares."""

import contextlib
import json
import os
import sys
import types

import numpy as np
import pandas as pd

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
# Wanted to tune hyperparameters alone; it would bring XGBoost and CUDA.
sys.modules["flaml"] = types.ModuleType("flaml")
sys.modules["flaml"].AutoML = None
import nannyml  # noqa: E402
from nannyml.chunk import DefaultChunker  # noqa: E402
from nannyml.drift.univariate.methods import FeatureType, MethodFactory  # noqa: E402
from nannyml.thresholds import ConstantThreshold  # noqa: E402

METHODS = {
    "numbers": ["jensen_shannon", "hellinger", "kolmogorov_smirnov", "wasserstein"],
    "categories": ["jensen_shannon", "hellinger", "chi2", "l_infinity"],
}


def bins_of(a, b):
    """NannyML counts what lies outside its bins as one more."""
    known = a[~np.isnan(a)]
    edges = np.histogram_bin_edges(known, bins="doane")
    codes = []
    for side in (known, b[~np.isnan(b)]):
        inside = (side >= edges[0]) & (side <= edges[-1])
        codes.append(np.where(inside, np.searchsorted(edges[1:-1], side, side="right"), len(edges)).tolist())
    return codes


def drift(pair):
    numbers = pair["kind"] == "numbers"
    sides = [pd.Series(pair[side], dtype=float if numbers else str) for side in ("reference", "current")]
    kind = FeatureType.CONTINUOUS if numbers else FeatureType.CATEGORICAL
    answer = {}
    for name in METHODS[pair["kind"]]:
        with contextlib.suppress(Exception):
            method = MethodFactory.create(key=name, feature_type=kind, chunker=DefaultChunker(), threshold=ConstantThreshold())
            method._fit(sides[0])
            value = float(method._calculate(sides[1]))
            if np.isfinite(value):
                answer[name] = value
            if name == "chi2":
                answer["chi2_p"] = float(method._p_value)
    if numbers:
        with contextlib.suppress(Exception):
            answer["bins"] = bins_of(*(side.to_numpy() for side in sides))
    return answer


def estimate(pair):
    """Of all of `current` as one chunk."""
    reference, current = (pd.DataFrame(pair[side]) for side in ("reference", "current"))
    if pair["kind"] == "cbpe":
        names = ["accuracy", "precision", "recall", "f1", "roc_auc"]
        estimator = nannyml.CBPE(y_pred_proba="score", y_pred="prediction", y_true="label", metrics=names,
                                 problem_type="classification_binary", chunk_size=len(current))  # fmt: skip
        # driftd always calibrates, NannyML where it finds that it helps
        sys.modules["nannyml.performance_estimation.confidence_based.cbpe"].needs_calibration = lambda *_, **__: True
    else:
        names = ["mae", "rmse", "mape"]
        features = [name for name in current.columns if name not in ("prediction", "label")]
        estimator = nannyml.DLE(feature_column_names=features, y_pred="prediction", y_true="label", metrics=names,
                                chunk_size=len(current), tune_hyperparameters=False,
                                hyperparameters={"verbose": -1})  # fmt: skip
    estimator.fit(reference)
    frame = estimator.estimate(current).filter(period="analysis").to_df()
    assert len(frame) == 1
    return {name: float(frame.iloc[0][(name, "value")]) for name in names}


with np.errstate(all="ignore"):
    print(json.dumps([drift(pair) if pair["kind"] in METHODS else estimate(pair) for pair in json.load(sys.stdin)]))
