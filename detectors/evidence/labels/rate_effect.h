// How large a change of rates is, apart from the evidence (STATISTICS 1 and 7): for columns that have no bins
// to look at (precision, recall, score, arrival). Pure.
//
// The total variation of a 0/1 column is the difference of its rate. Strata of one group ask the same
// question at different ages: the rate that is expected of them is the reference's at those ages. Of several
// groups (deciles of a score, ages of arrival) the differences are averaged by their values. The null mean is
// that of |N(0, s^2)| with s^2 the binomial variance of the counts and of the reference's.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace driftd::detectors::evidence {

// What the reference counted: no and yes by stratum.
struct RateStrata {
  std::vector<std::uint16_t> groups;    // by stratum, not falling
  std::vector<std::int64_t> reference;  // two for each
};

struct RateEffect {
  double excess = 0;    // the mean difference less what equal rates show at these sizes; may be negative
  double expected = 0;  // the rate of yes that the reference has at these ages
  double rate = 0;
  std::int64_t values = 0;
};

// `counts`: no and yes by stratum.
RateEffect rate_effect(const RateStrata& reference, std::span<const std::int64_t> counts);

}  // namespace driftd::detectors::evidence
