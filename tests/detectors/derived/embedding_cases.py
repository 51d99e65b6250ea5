"""Writes embedding_cases.txt: the length scale and the kernel of a few vectors, by scipy and scikit-learn.

    embedding_cases.py > embedding_cases.txt

A line is `name number...`: `vectors` row after row, in single precision; `median` of their distances; `kernel`
exp(-|x-y|^2 / 2 median^2) of each two, by scikit-learn's RBF kernel.
"""

import numpy as np
from scipy.spatial.distance import pdist
from sklearn.metrics.pairwise import rbf_kernel

ROWS, LENGTH = 13, 20  # an even number of pairs; more items than one block of features has


def main():
    random = np.random.default_rng(20261127)
    centres = random.normal(size=(3, LENGTH))
    vectors = np.float32(centres[np.arange(ROWS) % 3] + 0.5 * random.normal(size=(ROWS, LENGTH)))
    wide = vectors.astype(np.float64)
    median = np.median(pdist(wide))
    kernel = rbf_kernel(wide, gamma=1 / (2 * median**2))
    for name, numbers in (("vectors", wide), ("median", np.array(median)), ("kernel", kernel)):
        print(name, *(repr(float(number)) for number in numbers.ravel()))


if __name__ == "__main__":
    main()
