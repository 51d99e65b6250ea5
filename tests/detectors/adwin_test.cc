#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/detectors/river_reports.h"

namespace driftd::detectors {
namespace {

using testing::ElementsAre;

#define SKIP_WITHOUT_SHARED() \
  if (!std::filesystem::exists(kShared)) GTEST_SKIP() << "the golden files are not on this machine"

TEST(Adwin, ReportsWhereRiverDoesOnTheGoldenStreams) {
  SKIP_WITHOUT_SHARED();
  const auto drifts = [](const char* file) {
    return drifts_of(*detector_of("adwin"), numbers_of(kShared / "golden" / file));
  };
  EXPECT_THAT(drifts("py12345_01_to_4567.txt"), ElementsAre(1023));
  EXPECT_THAT(drifts("np12345_stream1.txt"), ElementsAre(1023));
  EXPECT_THAT(drifts("py42_multi.txt"), ElementsAre(1023, 2015, 3007));
}

TEST(Adwin, ReportsWhereRiverDoesOnTheRealStreamsAndEndsInItsState) {
  SKIP_WITHOUT_SHARED();
  expect_rivers_reports("ADWIN", "adwin", [](const char* name, const auto& detector, const auto& expected) {
    Encoder out;
    detector.save(out);
    Decoder in(out.bytes());
    EXPECT_EQ(in.get_double(), expected["final"]["total"].template get<double>()) << name;
    EXPECT_EQ(in.get_double(), expected["final"]["variance"].template get<double>()) << name;
  });
}

TEST(Adwin, ChecksOnlyEveryClockValues) {
  std::vector<double> values(100, 0.0);
  values.resize(200, 1.0);
  for (const std::int64_t drift : drifts_of(*detector_of("adwin", {"clock=7"}), values)) {
    EXPECT_EQ((drift + 1) % 7, 0);
  }
  EXPECT_FALSE(drifts_of(*detector_of("adwin", {"clock=7"}), values).empty());
}

TEST(Adwin, HoldsLogarithmicallyManySummaries) {
  const auto detector = detector_of("adwin");
  for (int i = 0; i < 1 << 20; ++i) detector->update(i % 2);
  EXPECT_LE(detector->bytes(), 4096U);
}

}  // namespace
}  // namespace driftd::detectors
