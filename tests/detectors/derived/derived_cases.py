"""Writes derived_cases.txt: what derived columns must say of a small data set, by scipy and scikit-learn.

    derived_cases.py > derived_cases.txt

Row i has the time 10 i seconds after the epoch, so that the rows of even five minutes are those with i // 30 even.
Every feature has few values, so that each has a cell of its own. A line is `name number...`; nan is a missing value.
"""

import itertools

import numpy as np
from scipy.stats import norm, rankdata
from sklearn.decomposition import PCA

ROWS, SHOWN = 1800, 60
random = np.random.default_rng(20261127)


def data():
    common = random.normal(size=ROWS)
    columns = {
        "a": np.round(common + 0.6 * random.normal(size=ROWS)),
        "b": np.round(2 * (0.8 * common + random.normal(size=ROWS))) / 2,
        "c": random.integers(0, 7, size=ROWS).astype(float),
        "d": np.floor(random.exponential(2, size=ROWS)).clip(0, 12),
        "flag": (common + random.normal(size=ROWS) > 0.8).astype(float),
    }
    columns["b"] = columns["b"].clip(-4, 4)
    columns["c"][random.random(ROWS) < 0.05] = np.nan
    return columns


def ranks(values):
    """The mid-rank in (0, 1) of each value among those that are there; nan where it is missing."""
    known = ~np.isnan(values)
    shares = np.full(len(values), np.nan)
    shares[known] = (rankdata(values[known]) - 0.5) / known.sum()
    return shares


def scores(shares):
    normal = norm.ppf(shares)
    normal = (normal - np.nanmean(normal)) / np.nanstd(normal)
    return np.nan_to_num(normal)  # missing: the mean


def show(name, values):
    print(name, *(repr(float(v)) for v in np.ravel(values)))


columns = data()
shares = {name: ranks(values) for name, values in columns.items()}
matrix = np.column_stack([scores(share) for share in shares.values()])
fitted = np.arange(ROWS) // 30 % 2 == 0

for name, values in columns.items():
    show(name, values)
show("scores", matrix[:SHOWN])

correlation = np.corrcoef(matrix[fitted], rowvar=False)
pairs = sorted(itertools.combinations(range(len(columns)), 2), key=lambda pair: -abs(correlation[pair]))
show("pairs", pairs)
ranked = [2 * share - 1 for share in shares.values()]
show("products", [ranked[i][:SHOWN] * ranked[j][:SHOWN] for i, j in pairs])

for components in (2, 0.65):
    pca = PCA(n_components=components, svd_solver="full").fit(matrix[fitted])
    coordinates = pca.transform(matrix[:SHOWN])
    error = np.linalg.norm(matrix[:SHOWN] - pca.inverse_transform(coordinates), axis=1)
    name = "automatic" if components < 1 else "two"
    show(f"{name}_variances", pca.explained_variance_)
    show(f"{name}_loads", pca.components_)
    show(f"{name}_errors", error)
    show(f"{name}_t2", (coordinates**2 / pca.explained_variance_).sum(axis=1))
