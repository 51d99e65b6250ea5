// Performance before labels are there: CBPE, confidence-based performance estimation.
//
// Where a score, calibrated on the reference, says how often such predictions are right, the expected
// confusion matrix follows from the scores alone: TP is the sum of p over what was predicted to be of the
// class, FP that of 1 - p, FN the sum of p over the rest, TN what remains; accuracy, precision, recall and
// F1 by plug-in, ROC AUC with weights p and 1 - p; log loss and Brier score as the mean of what a score would
// cost with either label, weighted likewise. Several classes: one against the rest each; accuracy is the mean
// p of the predicted class, log loss the mean cost of the actual class with the p as its weights, the Brier
// score the sum over the classes, the others are means over the classes, as in multiclass_tally.h. The
// calibration error is not estimated: that there is none is the premise.
// Sources: NannyML, *Confidence-based Performance Estimation*; Kivimaki et al., arXiv 2407.08649.
//
// Where it differs from NannyML: scores come from bins (off by at most 1/2048; ROC AUC by at most the
// histogram's bound), isotonic calibration is always applied, and with several classes each p stays as
// calibrated, while NannyML divides a row's by their sum. It is blind to a change of the concept: what it
// says holds as long as the scores are as well calibrated as they were.
//
// Standard errors are those of labels drawn with these p (for accuracy sqrt(sum p(1-p))/n), by the delta
// method for the others; of macro means as if the classes were independent. Pure functions.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "detectors/performance/calibration_map.h"
#include "detectors/performance/estimate_tally.h"
#include "detectors/performance/metric.h"
#include "detectors/performance/pair_tally.h"
#include "detectors/performance/task.h"

namespace driftd::detectors {

// Predictions with one score: those of the class and the others, and how many of each are of the class,
// really or by expectation.
struct ScoreOutcome {
  double predicted = 0;
  double hits = 0;  // true positives
  double rest = 0;
  double misses = 0;  // false negatives
  double score = 0;
};
using ClassOutcome = std::vector<ScoreOutcome>;  // by rising score

struct EstimatedValue {
  Metric metric = Metric::accuracy;
  double value = 0;
  double standard_error = 0;
};

// Where 95 of 100 such draws lie; of a share within [0, 1], of r2 at most 1, of a loss not below 0.
struct Band {
  double lower = 0;
  double upper = 0;
};
Band band_of(const EstimatedValue& value);

// accuracy, precision, recall, f1, roc_auc, log_loss and brier in this order, without what is undefined. One
// class: binary; more: macro. `predictions` is their number.
std::vector<MetricValue> plug_in_metrics(std::span<const ClassOutcome> classes, double predictions);
std::vector<EstimatedValue> estimated_metrics(std::span<const ClassOutcome> classes, double predictions);

// The maps of a reference by ScoreCode::which; empty where a class cannot be calibrated.
using CalibrationMaps = std::vector<std::optional<CalibrationMap>>;
// `performance` is that of the reference's pairs, `task` the one under which predictions are coded. Empty:
// nothing can be estimated.
CalibrationMaps calibration_maps(const PairTally& performance, const TaskSpec& task);

// Classes that have no map are left out.
std::vector<ClassOutcome> expected_outcomes(const EstimateTally& tally, const CalibrationMaps& maps);
std::vector<ClassOutcome> actual_outcomes(const EstimateTally& tally, const CalibrationMaps& maps);

}  // namespace driftd::detectors
