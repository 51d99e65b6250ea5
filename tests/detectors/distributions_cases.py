"""Writes distributions_cases.txt: distribution functions as scipy computes them.

Each line: the function's name, its arguments, its value (hexadecimal floats).
usage: distributions_cases.py > distributions_cases.txt
"""
import numpy as np
from scipy import special, stats

rng = np.random.default_rng(20261120)


def write(name, *numbers):
    value = float(numbers[-1])
    if value != 0.0 and abs(value) < 1e-300:
        return
    print(name, *(float(x).hex() for x in numbers))


for n in (1, 2, 3, 5, 10, 20, 50, 100, 139, 140, 141, 200, 500, 1000, 3333, 7256, 20000, 100000, 150000, 1000000):
    scaled = np.concatenate([rng.uniform(0.3, 3.0, 8), rng.uniform(3.0, 17.0, 3)])
    for d in [*(scaled / np.sqrt(n)), 0.4 / n, 0.75 / n, 1.0 / n, 1.6 / n, 1 - 0.6 / n, 0.5, 0.77]:
        if 0 < d < 1:
            write("kstwo_sf", n, d, stats.kstwo.sf(d, n))
            if n <= 20000:
                write("smirnov_sf", n, d, special.smirnov(n, d))
for x in [0.0, 0.03, 0.05, 0.2, 0.5, 0.8, 0.82, 0.8201, 1.0, 1.36, 2.0, 5.0, 10.0, 18.0, *rng.uniform(0.1, 4, 20)]:
    write("kolmogorov_sf", x, special.kolmogorov(x))
for dof in (1, 2, 3, 9, 10, 19, 49, 250, 1000):
    for x in [1e-8, 0.01, dof / 10, dof / 2, dof, 1.2 * dof, 2 * dof, 5 * dof, 20 * dof, 700.0, 1300.0]:
        write("chi_square_sf", x, dof, stats.chi2.sf(x, dof))
    for p in (0.001, 0.05, 0.5, 0.9, 0.95, 0.99, 0.9999):
        write("chi_square_quantile", p, dof, stats.chi2.ppf(p, dof))
    write("chi_mean", dof, stats.chi.mean(dof))
for x in (-37.0, -8.0, -3.0, -1.0, -0.1, 0.0, 0.5, 1.96, 5.0, 8.0, 20.0, 37.0):
    write("normal_cdf", x, stats.norm.cdf(x))
    write("normal_sf", x, stats.norm.sf(x))
    for dof in (1.0, 2.5, 10.0, 1000.0):
        write("student_t_sf", x, dof, stats.t.sf(x, dof))
for p in (1e-300, 1e-20, 1e-6, 0.025, 0.3, 0.5, 0.975, 0.999999):
    write("normal_quantile", p, stats.norm.ppf(p))
