"""Prints what scikit-learn gives for the three classes of performance_test.cc."""
import numpy as np
from sklearn import metrics

scores = np.array([[.7, .2, .1], [.1, .6, .3], [.2, .2, .6], [.5, .3, .2], [.3, .4, .3], [.1, .1, .8]])
actual = list("abcbac")
predicted = list("abcacc")
for name in ("precision", "recall", "f1"):
    print(name, getattr(metrics, f"{name}_score")(actual, predicted, average="macro", zero_division=0))
print("accuracy", metrics.accuracy_score(actual, predicted))
print("roc_auc", metrics.roc_auc_score(actual, scores, multi_class="ovr", average="macro"))
print("log_loss", metrics.log_loss(actual, scores))
