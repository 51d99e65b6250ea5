// A detector for one series: where its kind samples (`seed`), the sampling is keyed by the series, so that
// the detectors of many columns do not err together. Where `parameters` give a seed, that one counts.
#pragma once

#include <memory>
#include <string_view>

#include "detectors/kind.h"

namespace driftd::detectors {

// `series` names the series, the same after every start. Else as make_detector.
std::unique_ptr<SequentialDetector> make_keyed_detector(std::string_view name, const Node& parameters,
                                                        std::string_view series, std::string_view path,
                                                        Faults& faults);

}  // namespace driftd::detectors
