// What was measured of each kind: how often it reports where nothing changes, and how late where
// something does. The figures are made by tests/detectors/kind_measures.py, which says of which streams;
// tests/detectors/kind_measures_test.cc measures them again on streams of its own.
#pragma once

#include <string>
#include <string_view>

namespace driftd::detectors {

struct KindMeasures {
  std::string_view kind;
  std::string_view settings;  // "ones=errors"; empty where all parameters are the defaults
  double independent = 0;     // reports in 10,000 values that are independent and of one law
  double autoregressive = 0;  // of an AR(1) series of coefficient .5 and the same law
  double periodic = 0;        // of independent values around a sine wave of period 1000
  double delay = 0;           // values from a change to the first report, the median; < 0: none was reported
  double missed = 0;          // share of changes that were not reported within 5000 values
};

// nullptr where there is none of that name.
const KindMeasures* measures_of(std::string_view kind);

// The figures in words, over what streams they are; empty where nothing was measured.
std::string measures_text(std::string_view kind);

}  // namespace driftd::detectors
