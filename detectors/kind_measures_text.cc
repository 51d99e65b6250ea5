#include <cstdio>

#include "detectors/kind.h"
#include "detectors/kind_measures.h"

namespace driftd::detectors {
namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value < 10 ? "%.2g" : "%.0f", value);
  return text;
}

}  // namespace

std::string measures_text(std::string_view name) {
  const KindMeasures* measures = measures_of(name);
  const Kind* kind = find_kind(name);
  if (measures == nullptr || kind == nullptr) return "";
  const bool numbers = kind->accepts == Accepts::numbers;
  std::string text = "false reports in 10,000 values: " + number(measures->independent) +
                     " of independent ones, " + number(measures->autoregressive) +
                     " of an AR(1) series of coefficient .5, " + number(measures->periodic) +
                     " around a wave of 1000 values; ";
  text += numbers ? "a rise of one standard deviation" : "a rise of the rate of errors from .2 to .4";
  if (measures->delay < 0) {
    text += " was not reported within 5000 values";
  } else {
    text += " is reported after " + number(measures->delay) + " values (median)";
    if (measures->missed > 0) text += ", " + number(100 * measures->missed) + " % of them not within 5000";
  }
  text += numbers ? "; normal values of deviation 1, wave of amplitude 1"
                  : "; errors at a rate of .2, wave between about .1 and .4";
  if (!measures->settings.empty()) text += "; with " + std::string(measures->settings);
  return text;
}

}  // namespace driftd::detectors
