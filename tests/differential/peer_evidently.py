"""Evidently's drift scores of pairs of samples: reads [{"kind", "reference", "current"}, ...] as JSON, answers a list of
{name: score}; what raises an error or is no number is not there. `default` names the test that it would take by itself.

Scores over bins take those of Sturges over both samples where the reference has more than 20 values: `bins` has each
value's, so that driftd can be asked of the very same shares."""

import contextlib
import json
import sys

import numpy as np
import pandas as pd
from evidently.legacy.calculations.stattests import get_stattest
from evidently.legacy.core import ColumnType

OF_NUMBERS = ["ks", "wasserstein", "ed", "anderson", "cramer_von_mises", "psi", "kl_div", "jensenshannon"]
OF_CATEGORIES = ["psi", "kl_div", "jensenshannon", "hellinger", "fisher_exact"]


def answer(pair):
    numbers = pair["kind"] == "numbers"
    kind = ColumnType.Numerical if numbers else ColumnType.Categorical
    sides = [pd.Series(pair[side], dtype=float if numbers else str) for side in ("reference", "current")]
    scores = {}
    for name in OF_NUMBERS if numbers else OF_CATEGORIES:
        with contextlib.suppress(Exception):
            score = float(get_stattest(*sides, kind, name)(*(s.copy() for s in sides), kind, None).drift_score)
            if np.isfinite(score):
                scores[name] = score
    scores["default"] = get_stattest(*sides, kind, None).name
    if numbers:
        with contextlib.suppress(Exception):
            inner = np.histogram_bin_edges(pd.concat(sides).values, bins="sturges")[1:-1]
            scores["bins"] = [np.searchsorted(inner, side.values, side="right").tolist() for side in sides]
    return scores


with np.errstate(all="ignore"):
    print(json.dumps([answer(pair) for pair in json.load(sys.stdin)]))
