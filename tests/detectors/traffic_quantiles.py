#!/usr/bin/env python3
"""Percentiles of a known stream by numpy: the expected values of traffic_test.cc.

Prints, for n latencies x_i = exp(sin(i) * 3 + i % 7) ms, the least value that a share q does not exceed
(numpy's inverted_cdf).
"""

import numpy as np

for n in (1, 10, 1000, 5000):
    x = np.array([np.exp(np.sin(i) * 3 + i % 7) for i in range(n)])
    row = [float(np.quantile(x, q, method="inverted_cdf")) for q in (0.5, 0.9, 0.95, 0.99)]
    print("{" + f"{n}, {{" + ", ".join(f"{v:.9g}" for v in row) + "}},")
