"""Statistics of two samples as scipy, numpy and the formulas of papers give them, for whoever holds driftd against them.

Every function takes two float arrays without missing values and answers a dict of name -> (value, p-value or None);
what is undefined is not in it. Nothing here knows how driftd computes.
"""
import math
import warnings
from fractions import Fraction

import numpy as np
from scipy import special, stats
from scipy._lib._array_api import array_namespace
from scipy.spatial import distance
from scipy.stats import _hypotests


def finite(value):
    return value is not None and math.isfinite(value)


def plain(results):
    """Python's floats, without what is no finite number."""
    numbers = {name: (float(value), None if p is None else float(p)) for name, (value, p) in results.items()}
    return {name: (value, p if finite(p) else None) for name, (value, p) in numbers.items() if finite(value)}


def kuiper(a, b):
    """N. Kuiper 1960, with the correction of M. Stephens 1970 as in Numerical Recipes, 14.3.4."""
    where = np.concatenate([a, b])
    f = np.searchsorted(np.sort(a), where, side="right") / len(a)
    g = np.searchsorted(np.sort(b), where, side="right") / len(b)
    v = max(0.0, (f - g).max()) + max(0.0, (g - f).max())
    root = math.sqrt(len(a) * len(b) / (len(a) + len(b)))
    x = (root + 0.155 + 0.24 / root) * v
    j = np.arange(1, 101)
    p = 1.0 if x < 0.4 else float(np.sum(2 * (4 * j**2 * x**2 - 1) * np.exp(-2 * j**2 * x**2)))
    return v, min(max(p, 0.0), 1.0)


def cramer_von_mises(a, b):
    """scipy's, but where values are tied: there scipy's mid-ranks count ties as distance (cramervonmises_2samp([1] * 10,
    [1] * 40) is 9.4), and the sum of (F - G)^2 of Anderson 1962 is taken at its word."""
    both = np.concatenate([a, b])
    if len(np.unique(both)) == len(both):
        result = stats.cramervonmises_2samp(a, b)
        return result.statistic, result.pvalue
    n, m = len(a), len(b)
    f = np.searchsorted(np.sort(a), both, side="right") / n
    g = np.searchsorted(np.sort(b), both, side="right") / m
    t = n * m / (n + m) ** 2 * np.sum((f - g) ** 2)
    if max(n, m) <= 20:
        t = Fraction(sum(int(d) ** 2 for d in np.rint((f - g) * n * m)), n * m * (n + m) ** 2)
        u = n * m * (n + m) * t + Fraction(n * m * (4 * n * m - 1), 6)
        return t, _hypotests._pval_cvm_2samp_exact(u, n, m)
    at = np.asarray(t)
    return t, float(_hypotests._pval_cvm_2samp_asymptotic(at, n + m, n, m, n * m, xp=array_namespace(at)))


def of_numbers(a, b):
    out = {}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        asymptotic = stats.ks_2samp(a, b, method="asymp")
        rounded = round(len(a) * len(b) / (len(a) + len(b)))
        out["ks"] = (asymptotic.statistic, asymptotic.pvalue if rounded > 0 else None)
        if max(len(a), len(b)) <= 10_000:
            out["ks_exact"] = (asymptotic.statistic, stats.ks_2samp(a, b, method="exact").pvalue)
        out["ks_limit"] = (asymptotic.statistic, special.kolmogorov(asymptotic.statistic * math.sqrt(len(a) * len(b) / (len(a) + len(b)))))
        if min(len(a), len(b)) > 1:
            out["cramer_von_mises"] = cramer_von_mises(a, b)
            # where a variance overflows scipy answers t = 0, whatever the means are
            if finite(np.var(a, ddof=1)) and finite(np.var(b, ddof=1)):
                welch = stats.ttest_ind(a, b, equal_var=False)
                out["welch_t"] = (welch.statistic, welch.pvalue)
        if len(np.unique(np.concatenate([a, b]))) > 1 and len(a) + len(b) > 3:
            ad = stats.anderson_ksamp([a, b])
            out["anderson_darling"] = (ad.statistic, ad.pvalue)
        out["kuiper"] = kuiper(a, b)
        mw = stats.mannwhitneyu(a, b)
        out["mann_whitney"] = (mw.statistic, mw.pvalue if finite(mw.pvalue) else None)
        out["auc"] = (stats.mannwhitneyu(b, a).statistic / (len(a) * len(b)), None)
        w1 = stats.wasserstein_distance(a, b)
        out["wasserstein"] = (w1, None)
        sd = np.std(a, ddof=1) if len(a) > 1 else 0.0
        if sd > 0 and finite(sd):
            out["wasserstein_normed"] = (w1 / sd, None)
        out["energy"] = (stats.energy_distance(a, b), None)
    return plain(out)


def of_counts(reference, current):
    """`reference` and `current`: counts over the same bins or categories."""
    r, c = np.asarray(reference, float), np.asarray(current, float)
    used = r + c > 0
    r, c = r[used], c[used]
    p, q = r / r.sum(), c / c.sum()
    p1, q1 = np.maximum(p, 1e-4), np.maximum(q, 1e-4)
    out = {
        "psi": (np.sum((q1 - p1) * np.log(q1 / p1)), None),
        "jensen_shannon": (distance.jensenshannon(p, q, base=2), None),
        "kl": (stats.entropy(p1, q1), None),
        "hellinger": (np.linalg.norm(np.sqrt(p) - np.sqrt(q)) / math.sqrt(2), None),
        "total_variation": (np.abs(p - q).sum() / 2, None),
        "chi_square": (0.0, 1.0),
        "g_test": (0.0, 1.0),
    }
    if len(r) > 1:
        chi = stats.chi2_contingency([r, c], correction=False)
        out["chi_square"] = (chi.statistic, chi.pvalue)
        g = stats.chi2_contingency([r, c], correction=False, lambda_="log-likelihood")
        out["g_test"] = (g.statistic, g.pvalue)
    if len(r) == 2:
        table = np.array([r, c])
        odds = table + 0.5 * (table == 0).any()
        out["fisher"] = (odds[0, 0] * odds[1, 1] / (odds[0, 1] * odds[1, 0]), stats.fisher_exact(table.astype(int)).pvalue)
    return plain(out)


def scale_of(name, a, b):
    """How large the numbers are whose difference the statistic is: what rounding has to be measured by."""
    n, m = len(a), len(b)
    if name == "cramer_von_mises":
        return (4 * n * m - 1) / (6 * (n + m))
    if name == "welch_t":
        with np.errstate(all="ignore"):
            error = math.sqrt(np.var(a, ddof=1) / n + np.var(b, ddof=1) / m)
            return max(abs(np.mean(a)), abs(np.mean(b))) / error if error > 0 else 1.0
    return 0.0


def random_pair(rng):
    """Two samples of some law: with ties, constants, tiny ones, 1e-300 and 1e300 among them."""
    n, m = (int(rng.choice([1, 2, 3, 4, 5, 8, 9, 13, 20, 21, 50, 150, 300])) for _ in range(2))
    law = rng.integers(9)
    if law == 0:
        a, b = rng.normal(size=n), rng.normal(rng.choice([0, 0.3, 3]), rng.choice([1, 2]), size=m)
    elif law == 1:
        a, b = rng.lognormal(0, 2, n), rng.lognormal(rng.choice([0, 0.5]), 2, m)
    elif law == 2:
        a, b = rng.integers(0, 5, n), rng.integers(0, 5, m)
    elif law == 3:
        a, b = rng.integers(0, 2, n), rng.integers(0, 2, m)
    elif law == 4:
        a, b = np.full(n, 7.25), np.full(m, rng.choice([7.25, 7.5]))
    elif law == 5:
        a, b = rng.normal(size=n) * 1e-300, rng.normal(size=m) * 1e-300
    elif law == 6:
        a, b = rng.normal(size=n) * 1e300, rng.normal(size=m) * 1e300
    elif law == 7:
        a, b = rng.standard_cauchy(n), rng.standard_cauchy(m) + 1
    else:
        pool = rng.choice([-1e300, -1.0, -1e-300, 0.0, 1e-300, 1.0, 1e300], n + m)
        a, b = pool[:n], pool[n:]
    return np.asarray(a, float), np.asarray(b, float)
