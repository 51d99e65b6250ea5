// What a certification means, in words: whether the budget is kept, what to do where it is not, and the
// strength that alarms would carry. Fills the members promise, strength, because and advice.
#pragma once

#include "app/certify/certification.h"
#include "app/certify/replay_plan.h"

namespace driftd::app {

void judge(const CertifyInput& input, const ReplayPlan& plan, Certification& certification);

}  // namespace driftd::app
