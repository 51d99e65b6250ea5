// A confidence sequence for the mean of differences in [-1, 1]: right at every moment at once, however often
// one looks.
//
// Bets that the mean is above m pay 1 + c (d - m) / (1 + m) for a difference d, those that it is below m
// 1 + c (m - d) / (1 - m): never less than 1 - c, and of mean at most 1 while the bet is wrong. The capital
// of a bettor who divides 1 among twelve fixed c (.95, .475, ... each half of the one before) and never moves
// it is a function of the counts alone, so that neither the order nor the grouping of the differences
// matters, and it falls in m, so that the m that are not refuted are an interval.
//
// What is promised (Ville 1939): if each difference's mean, given all before, is at most m, the capital
// against m ever reaches 1 / risk with probability at most `risk`. Nothing else is assumed; differences may
// depend on each other and their law may change. The interval is about one mean m that all of them have:
// where it changes, what holds is "not at all times above the upper end, nor at all times below the lower".
//
// Source: Waudby-Smith and Ramdas, Estimating means of bounded random variables by betting, JRSS B 86, 2024
// (arXiv 2010.09686), section 4; the mixture in place of their predictable bets keeps it free of order. Exact
// to the bit on every machine (detectors/maths/portable.h). Pure; any thread.
#pragma once

#include "detectors/champion/difference_counts.h"

namespace driftd::detectors::champion {

// Log of the capital against "the mean is at most `mean`", and against "at least". -1 < mean < 1.
double log_capital_above(const DifferenceCounts& counts, double mean);
double log_capital_below(const DifferenceCounts& counts, double mean);

struct Interval {
  double lower = -1;
  double upper = 1;
};
// Of confidence 1 - risk, half of the risk on either side. 0 < risk < 1.
Interval confidence_interval(const DifferenceCounts& counts, double risk);
// Log of the capital at which a side speaks.
double log_limit(double risk);

}  // namespace driftd::detectors::champion
