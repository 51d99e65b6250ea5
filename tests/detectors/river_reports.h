// The reports of river on the real streams (MANIFEST.md), shared by the tests of the kinds.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/detectors/golden.h"

namespace driftd::detectors {

// `check(name, detector, expected report)` is called after each stream with the detector as it stands.
template <class Check>
void expect_rivers_reports(const std::string& river_kind, const std::string& kind, Check check) {
  int streams = 0;
  for (const char* name : {"elec2", "bike", "bike_exceedances", "housing", "sea", "sea_drift"}) {
    const auto report =
        nlohmann::json::parse(std::ifstream(kShared / "data" / (std::string(name) + ".drifts.json")));
    const auto values = numbers_of(kShared / "data" / report["stream"].get<std::string>());
    ASSERT_EQ(values.size(), report["values"].get<std::size_t>());
    for (const auto& expected : report["detectors"]) {
      if (expected["kind"] != river_kind) continue;
      const auto detector = detector_of(kind);
      EXPECT_EQ(drifts_of(*detector, values), expected["drifts"].get<std::vector<std::int64_t>>()) << name;
      check(name, *detector, expected);
      ++streams;
    }
  }
  EXPECT_EQ(streams, 6);
}

}  // namespace driftd::detectors
