"""frouros' tests and distances of pairs of samples: reads [{"kind", "reference", "current"}, ...] as JSON, answers a list
of {name: [value, p-value or null]}; what raises an error or is no number is not there.

Distances over bins take ten of equal width over both samples: `bins` has each value's, so that driftd can be asked of
the very same shares."""

import contextlib
import functools
import json
import sys

import frouros.detectors.data_drift as frouros
import numpy as np
from frouros.utils.kernels import rbf_kernel

TESTS = {
    "ks": frouros.KSTest,
    "cramer_von_mises": frouros.CVMTest,
    "anderson_darling": frouros.AndersonDarlingTest,
    "mann_whitney": frouros.MannWhitneyUTest,
    "welch_t": frouros.WelchTTest,
    "kuiper": frouros.KuiperTest,
}
DISTANCES = {"wasserstein": frouros.EMD, "energy": frouros.EnergyDistance}
OF_BINS = {
    "psi": frouros.PSI,
    "hellinger": frouros.HellingerDistance,
    "bhattacharyya": frouros.BhattacharyyaDistance,
    "total_variation": frouros.HINormalizedComplement,
}


def compared(detector, a, b, **options):
    detector.fit(X=a)
    return detector.compare(X=b, **options)[0]


def put(answer, name, value, p=None):
    numbers = [float(value), None if p is None else float(p)]
    if np.isfinite(numbers[0]):
        answer[name] = numbers


def of_numbers(a, b):
    answer = {}
    for name, kind in TESTS.items():
        with contextlib.suppress(Exception):
            result = compared(kind(), a, b)
            put(answer, name, result.statistic, result.p_value)
    for name, kind in {**DISTANCES, **OF_BINS}.items():
        with contextlib.suppress(Exception):
            put(answer, name, compared(kind(), a, b).distance)
    with contextlib.suppress(Exception):
        edges = np.histogram(np.hstack((a, b)), bins=10)[1]
        inner = edges[1:-1]
        answer["bins"] = [np.searchsorted(inner, side, side="right").tolist() for side in (a, b)]
    return answer


def of_categories(a, b):
    answer = {}
    result = compared(frouros.ChiSquareTest(), np.array(a), np.array(b), correction=False)
    put(answer, "chi_square", result.statistic, result.p_value)
    return answer


def of_rows(a, b, bandwidth):
    answer = {}
    kernel = functools.partial(rbf_kernel, sigma=bandwidth)
    put(answer, "mmd", compared(frouros.MMD(kernel=kernel), a, b).distance)
    return answer


def answer(pair):
    if pair["kind"] == "categories":
        return of_categories(pair["reference"], pair["current"])
    a, b = np.array(pair["reference"], float), np.array(pair["current"], float)
    return of_rows(a, b, pair["bandwidth"]) if pair["kind"] == "rows" else of_numbers(a, b)


with np.errstate(all="ignore"):
    print(json.dumps([answer(pair) for pair in json.load(sys.stdin)]))
