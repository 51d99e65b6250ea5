#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/detectors/river_reports.h"

namespace driftd::detectors {
namespace {

using testing::ElementsAre;

#define SKIP_WITHOUT_SHARED() \
  if (!std::filesystem::exists(kShared)) GTEST_SKIP() << "the golden files are not on this machine"

TEST(PageHinkley, ReportsWhereRiverDoesOnTheGoldenStreams) {
  SKIP_WITHOUT_SHARED();
  const auto drifts = [](const char* file, const std::vector<std::string>& settings) {
    return drifts_of(*detector_of("page_hinkley", settings), numbers_of(kShared / "golden" / file));
  };
  EXPECT_THAT(drifts("py12345_01_to_4567.txt", {}), ElementsAre(1006));
  EXPECT_THAT(drifts("np12345_stream3.txt", {"mode=up"}), ElementsAre(588, 1681));
  EXPECT_THAT(drifts("np12345_stream3.txt", {"mode=down"}), ElementsAre(1172));
  EXPECT_THAT(drifts("np12345_stream3.txt", {"mode=both"}), ElementsAre(588, 1097, 1585));
}

TEST(PageHinkley, ReportsWhereRiverDoesOnTheRealStreams) {
  SKIP_WITHOUT_SHARED();
  expect_rivers_reports("PageHinkley", "page_hinkley", [](const char*, const auto&, const auto&) {});
}

TEST(PageHinkley, ItsThresholdIsInTheUnitOfTheStream) {
  std::vector<double> values(200, 0.0);
  values.resize(400, 0.1);
  EXPECT_TRUE(drifts_of(*detector_of("page_hinkley"), values).empty());
  for (double& value : values) value *= 100;
  EXPECT_FALSE(drifts_of(*detector_of("page_hinkley"), values).empty());
}

}  // namespace
}  // namespace driftd::detectors
