"""Writes row_tests_cases.txt: tests of whole rows as scikit-learn's kernels, neighbours and components give them.

Each line is a JSON object: two matrices and the expected numbers. p-values are not in it: they depend on the draws.
usage: row_tests_cases.py > row_tests_cases.txt
"""
import json

import numpy as np
from scipy.spatial.distance import pdist
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.neighbors import KNeighborsClassifier

rng = np.random.default_rng(20261127)


def discrepancy(x, y):
    """The unbiased estimate of Gretton et al. 2012, equation 3."""
    s = np.median(pdist(np.vstack([x, y])))
    kernel = rbf_kernel(np.vstack([x, y]), gamma=1 / (2 * s * s))
    n, m = len(x), len(y)
    xx, yy, xy = kernel[:n, :n], kernel[n:, n:], kernel[:n, n:]
    value = (xx.sum() - np.trace(xx)) / (n * (n - 1)) + (yy.sum() - np.trace(yy)) / (m * (m - 1)) - 2 * xy.mean()
    return {"squared": value, "bandwidth": s}


def classifier(x, y):
    taught, side = np.vstack([x[::2], y[::2]]), np.r_[np.zeros(len(x[::2])), np.ones(len(y[::2]))]
    neighbours = int(np.sqrt(len(taught)))
    model = KNeighborsClassifier(neighbours, algorithm="brute").fit(taught, side)
    scores = model.predict_proba(np.vstack([x[1::2], y[1::2]]))[:, 1]
    return {"auc": roc_auc_score(np.r_[np.zeros(len(x[1::2])), np.ones(len(y[1::2]))], scores), "neighbours": neighbours}


def reconstruction(x, y):
    model = PCA(0.65, svd_solver="full").fit(x[::2])

    def errors(rows):
        return np.linalg.norm(rows - model.inverse_transform(model.transform(rows)), axis=1)

    before, now = errors(x[1::2]), errors(y)
    return {
        "shift": (now.mean() - before.mean()) / before.std(ddof=1),
        "reference": before.mean(),
        "current": now.mean(),
        "components": int(model.n_components_),
    }


for n, m, width in ((20, 15, 2), (31, 40, 3), (60, 25, 6), (9, 8, 4), (50, 50, 8)):
    mixing = rng.normal(size=(width, width))
    x = rng.normal(size=(n, width)) @ mixing
    y = rng.normal(rng.choice([0, 0.8]), 1, size=(m, width)) @ (mixing if rng.random() < 0.5 else mixing.T)
    expected = {"mmd": discrepancy(x, y), "classifier": classifier(x, y), "reconstruction": reconstruction(x, y)}
    print(json.dumps({"reference": x.tolist(), "current": y.tolist(), "expected": expected}, separators=(",", ":")))
