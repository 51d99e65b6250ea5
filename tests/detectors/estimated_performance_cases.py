"""Writes estimated_performance_cases.txt: performance, real and estimated, of random sets by scikit-learn and numpy.

The test makes the same sets. Lines: `binary SEED REFERENCE N POWER TIES`, `multiclass SEED REFERENCE N`,
`regression SEED N`; after each what comes of it: `estimated METRIC VALUE ...` (CBPE: isotonic regression on the raw
scores of the reference; log loss and Brier score, which NannyML does not estimate, by scikit-learn's with every row once
as each class with its p as the weight), `deviation VALUE` (standard error of accuracy), `real METRIC VALUE ...`, and of several
classes `weighted METRIC VALUE ...`.
usage: estimated_performance_cases.py > estimated_performance_cases.txt
"""
import math

import numpy as np
from sklearn import metrics
from sklearn.isotonic import IsotonicRegression

LABELS = "abc"


class Draws:
    def __init__(self, seed):
        self.state = seed

    def __call__(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 11) / 2**53


def binary_rows(draw, n, power, ties):
    scores, outcomes = [], []
    for _ in range(n):
        score = draw() ** power
        if ties > 0:
            score = math.floor(score * ties + 0.5) / ties
        scores.append(score)
        outcomes.append(draw() < score**1.5)
    return np.array(scores), np.array(outcomes)


def several_rows(draw, n):
    scores, outcomes = [], []
    for _ in range(n):
        parts = [draw() ** 2 for _ in LABELS]
        row = [part / sum(parts) for part in parts]
        sharp = [score**1.5 for score in row]
        at, k = draw() * sum(sharp), 0
        while k < 2 and at >= sharp[k]:
            at -= sharp[k]
            k += 1
        scores.append(row)
        outcomes.append(k)
    return np.array(scores), np.array(outcomes)


def isotonic(scores, outcomes):
    return IsotonicRegression(out_of_bounds="clip").fit(scores, outcomes.astype(float))


def expected_auc(scores, p):
    """Every row once as a positive of weight p and once as a negative of weight 1 - p."""
    return metrics.roc_auc_score(np.r_[np.ones(len(p)), np.zeros(len(p))], np.r_[scores, scores],
                                 sample_weight=np.r_[p, 1 - p])


def expected_loss(score, scores, p):
    return float(score(np.r_[np.ones(len(p)), np.zeros(len(p))], np.r_[scores, scores], sample_weight=np.r_[p, 1 - p]))


def plug_in(predicted, p):
    hits, missed = p[predicted].sum(), p[~predicted].sum()
    return hits, predicted.sum() - hits, missed, (~predicted).sum() - missed


def calibration_error(scores, outcomes):
    """Over 16 equal bins, closed towards the nearer of 0 and 1; .5 is in the upper half."""
    bins = np.where(scores <= 0.5, np.floor(scores * 16), np.ceil(scores * 16) - 1).clip(0, 15)
    return sum(abs(scores[bins == b].sum() - outcomes[bins == b].sum()) for b in range(16)) / len(scores)


def tell(word, values):
    print(word, *(f"{name} {value!r}" for name, value in values.items()))


def binary(seed, reference, n, power, ties):
    print("binary", seed, reference, n, power, ties)
    draw = Draws(seed)
    calibration = isotonic(*binary_rows(draw, reference, power, ties))
    scores, outcomes = binary_rows(draw, n, power * 1.3, ties)
    predicted = scores >= 0.5
    p = calibration.predict(scores)
    tp, fp, fn, tn = plug_in(predicted, p)
    tell("estimated", {"accuracy": float((tp + tn) / n), "precision": float(tp / (tp + fp)),
                       "recall": float(tp / (tp + fn)), "f1": float(2 * tp / (2 * tp + fp + fn)),
                       "roc_auc": float(expected_auc(scores, p)),
                       "log_loss": expected_loss(metrics.log_loss, scores, p),
                       "brier": expected_loss(metrics.brier_score_loss, scores, p)})
    print("deviation", repr(float(math.sqrt((p * (1 - p)).sum()) / n)))
    tell("real", {"accuracy": metrics.accuracy_score(outcomes, predicted),
                  "precision": metrics.precision_score(outcomes, predicted),
                  "recall": metrics.recall_score(outcomes, predicted), "f1": metrics.f1_score(outcomes, predicted),
                  "roc_auc": metrics.roc_auc_score(outcomes, scores), "log_loss": metrics.log_loss(outcomes, scores),
                  "brier": metrics.brier_score_loss(outcomes, scores),
                  "calibration_error": float(calibration_error(scores, outcomes))})


def multiclass(seed, reference, n):
    print("multiclass", seed, reference, n)
    draw = Draws(seed)
    known, truth = several_rows(draw, reference)
    maps = [isotonic(known[:, k], truth == k) for k in range(len(LABELS))]
    scores, outcomes = several_rows(draw, n)
    predicted = scores.argmax(axis=1)
    p = np.column_stack([maps[k].predict(scores[:, k]) for k in range(len(LABELS))])
    sides = [plug_in(predicted == k, p[:, k]) for k in range(len(LABELS))]
    tell("estimated", {"accuracy": float(sum(tp for tp, _, _, _ in sides) / n),
                       "precision": float(np.mean([tp / (tp + fp) for tp, fp, _, _ in sides])),
                       "recall": float(np.mean([tp / (tp + fn) for tp, _, fn, _ in sides])),
                       "f1": float(np.mean([2 * tp / (2 * tp + fp + fn) for tp, fp, fn, _ in sides])),
                       "roc_auc": float(np.mean([expected_auc(scores[:, k], p[:, k]) for k in range(3)])),
                       "log_loss": float(metrics.log_loss(np.repeat(range(3), n), np.tile(scores, (3, 1)),
                                                          sample_weight=p.T.ravel())),
                       "brier": sum(expected_loss(metrics.brier_score_loss, scores[:, k], p[:, k]) for k in range(3))})
    average = {name: getattr(metrics, f"{name}_score") for name in ("precision", "recall", "f1")}
    auc = {how: metrics.roc_auc_score(outcomes, scores, multi_class="ovr", average=how) for how in ("macro", "weighted")}
    tell("real", {"accuracy": metrics.accuracy_score(outcomes, predicted),
                  **{name: float(score(outcomes, predicted, average="macro")) for name, score in average.items()},
                  "roc_auc": float(auc["macro"]), "log_loss": metrics.log_loss(outcomes, scores),
                  "brier": float(metrics.brier_score_loss(outcomes, scores, scale_by_half=False)),
                  "calibration_error": float(np.mean([calibration_error(scores[:, k], outcomes == k) for k in range(3)]))})
    tell("weighted", {**{name: float(score(outcomes, predicted, average="weighted")) for name, score in average.items()},
                      "roc_auc": float(auc["weighted"])})


def regression(seed, n):
    print("regression", seed, n)
    draw = Draws(seed)
    actual, predicted = [], []
    for _ in range(n):
        actual.append(math.floor(1000 * draw() ** 3) / 8)
        predicted.append(actual[-1] * (0.5 + draw()) + draw())
    actual, predicted = np.array(actual), np.array(predicted)
    some = actual != 0
    tell("real", {"mae": metrics.mean_absolute_error(actual, predicted),
                  "rmse": metrics.root_mean_squared_error(actual, predicted),
                  "mape": metrics.mean_absolute_percentage_error(actual[some], predicted[some]),
                  "r2": metrics.r2_score(actual, predicted)})


if __name__ == "__main__":
    SEED = 0
    for reference, n in ((300, 200), (5000, 1500), (20000, 4000)):
        for power in (1, 0.2, 5):
            for ties in (0, 20):
                SEED += 1
                binary(SEED, reference, n, power, ties)
    for reference, n in ((300, 200), (5000, 1500), (20000, 4000)):
        SEED += 1
        multiclass(SEED, reference, n)
    for n in (5, 100, 3000):
        SEED += 1
        regression(SEED, n)
