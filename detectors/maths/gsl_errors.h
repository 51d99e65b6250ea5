// GSL calls a process-wide error handler on underflow, and the default one aborts. Every function of this
// folder passes through here before it calls GSL. Any thread.
#pragma once

namespace driftd::detectors::maths {

void without_gsl_aborts();

}  // namespace driftd::detectors::maths
