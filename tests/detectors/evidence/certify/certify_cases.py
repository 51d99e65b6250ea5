"""Writes certify_cases.txt: what scipy says of shifts over the bins of a normal column, and of Poisson intervals.

Each line: what it is, its arguments, its values (hexadecimal floats).
    location BINS SIZE SHARE...   shares of N(SIZE, 1) in the BINS bins that hold equal shares of N(0, 1)
    poisson COUNT LOW HIGH        the exact 95 % interval of a Poisson mean, found by its defining tails
usage: certify_cases.py > certify_cases.txt
"""
import numpy as np
from scipy import optimize, stats


def write(name, *numbers):
    print(name, *(float(x).hex() for x in numbers))


for bins in (4, 20):
    edges = stats.norm.isf(1 - np.arange(1, bins) / bins)
    for size in (0.05, 0.15, 0.5, 2.0):
        below = np.concatenate([[0], stats.norm.cdf(edges, loc=size), [1]])
        write("location", bins, size, *np.diff(below))
for count in (0, 1, 5, 12, 200, 5000):
    high = optimize.brentq(lambda mean, count=count: stats.poisson.cdf(count, mean) - 0.025, count, 2 * count + 20, xtol=1e-12)
    low = 0 if count == 0 else optimize.brentq(lambda mean, count=count: stats.poisson.sf(count - 1, mean) - 0.025, 1e-9, count, xtol=1e-12)
    write("poisson", count, low, high)
