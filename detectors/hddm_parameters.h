// What HDDM-A and HDDM-W take alike, by river's names: how sure a report has to be, and on which sides.
#pragma once

#include "core/fields.h"

namespace driftd::detectors {

struct HddmParameters {
  double drift_confidence = 0.001;
  double warning_confidence = 0.005;
  bool two_sided_test = false;
};

// Their field table; Parameters is HddmParameters or derives from it and adds its own.
template <class Parameters>
Fields<Parameters> hddm_fields() {
  Fields<Parameters> table;
  table
      .number("drift_confidence", static_cast<double Parameters::*>(&HddmParameters::drift_confidence),
              open_range(0.0, 1.0), "",
              "Chance of one false drift at one comparison: smaller means fewer and later reports.")
      .number("warning_confidence", static_cast<double Parameters::*>(&HddmParameters::warning_confidence),
              open_range(0.0, 1.0), "", "The same for a warning.")
      .flag("two_sided_test", static_cast<bool Parameters::*>(&HddmParameters::two_sided_test),
            "Whether falls of the mean are reported too.");
  return table;
}

}  // namespace driftd::detectors
