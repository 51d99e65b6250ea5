// The kinds that river has too report where river does: on the streams of its own documentation and on
// the real streams (../shared/golden, ../shared/data; MANIFEST.md), drifts and warnings, to the index.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/detectors/golden.h"

namespace driftd::detectors {
namespace {

using Indices = std::vector<std::int64_t>;
using testing::ElementsAre;
using testing::IsEmpty;

struct Reports {
  Indices drifts;
  Indices warnings;
};

Reports reports_of(const std::string& kind, const std::vector<std::string>& settings,
                   const std::vector<double>& values) {
  const auto detector = detector_of(kind, settings);
  Reports reports;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Signal signal = detector->update(values[i]);
    if (signal == Signal::drift) reports.drifts.push_back(static_cast<std::int64_t>(i));
    if (signal == Signal::warning) reports.warnings.push_back(static_cast<std::int64_t>(i));
  }
  return reports;
}

// The first of the warnings before each drift, and after the last: what river's documentation prints.
Indices first_warnings(const Reports& reports) {
  Indices firsts;
  std::size_t drift = 0;
  bool told = false;
  for (const std::int64_t warning : reports.warnings) {
    for (; drift < reports.drifts.size() && reports.drifts[drift] < warning; ++drift) told = false;
    if (!told) firsts.push_back(warning);
    told = true;
  }
  return firsts;
}

class OnGolden : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kShared)) GTEST_SKIP() << "the golden files are not on this machine";
  }
  static Reports on(const char* file, const std::string& kind,
                    const std::vector<std::string>& settings = {}) {
    return reports_of(kind, settings, numbers_of(kShared / "golden" / (std::string(file) + ".txt")));
  }
};

TEST_F(OnGolden, DdmReportsWhereRiverDoes) {
  const Reports first = on("py42_bern05_to_07", "ddm");
  EXPECT_THAT(first.drifts, ElementsAre(1334));
  EXPECT_THAT(first_warnings(first), ElementsAre(1084, 1492));
  const Reports second = on("np12345_stream2", "ddm");
  EXPECT_THAT(second.drifts, ElementsAre(1049));
  EXPECT_THAT(first_warnings(second), ElementsAre(1007, 1725));
}

TEST_F(OnGolden, EddmReportsWhereRiverDoes) {
  const Reports first = on("py42_bern05_to_07", "eddm", {"alpha=0.8", "beta=0.75"});
  EXPECT_THAT(first.drifts, ElementsAre(1278));
  EXPECT_THAT(first_warnings(first), ElementsAre(1059));
  EXPECT_THAT(on("np12345_stream2", "eddm", {"alpha=0.9", "beta=0.8"}).drifts, ElementsAre(1059));
}

TEST_F(OnGolden, HddmAReportsWhereRiverDoes) {
  const Reports first = on("py42_bern05_to_07", "hddm_a");
  EXPECT_THAT(first.drifts, ElementsAre(1206));
  EXPECT_EQ(first_warnings(first).front(), 451);
  const Reports second = on("np12345_stream2", "hddm_a");
  EXPECT_THAT(second.drifts, ElementsAre(1047));
  EXPECT_EQ(first_warnings(second).front(), 1038);
}

TEST_F(OnGolden, HddmWReportsWhereRiverDoes) {
  const Reports first = on("py42_bern05_to_07", "hddm_w");
  EXPECT_THAT(first.drifts, ElementsAre(1077));
  EXPECT_EQ(first_warnings(first).front(), 451);
  const Reports second = on("np12345_stream2", "hddm_w");
  EXPECT_THAT(second.drifts, ElementsAre(1018));
  EXPECT_EQ(first_warnings(second).front(), 1012);
}

TEST_F(OnGolden, BothHddmReportFallsTooWhereAsked) {
  EXPECT_THAT(on("np12345_stream3", "hddm_a", {"two_sided_test=true"}).drifts, ElementsAre(531, 1015, 1545));
  EXPECT_THAT(on("np12345_stream3", "hddm_w", {"two_sided_test=true"}).drifts, ElementsAre(507, 1032, 1508));
}

TEST_F(OnGolden, FhddmReportsWhereRiverDoes) {
  EXPECT_THAT(on("py42_fhddm", "fhddm").drifts, ElementsAre(315));
}

TEST_F(OnGolden, FhddmReadsErrorsWhereAsked) {
  auto values = numbers_of(kShared / "golden" / "py42_fhddm.txt");
  for (double& value : values) value = 1 - value;
  EXPECT_THAT(reports_of("fhddm", {"ones=errors"}, values).drifts, ElementsAre(315));
}

// The documentation of river's pull request for MDDM prints these for the very stream.
TEST_F(OnGolden, MddmReportsWhereItsImplementationForRiverDoes) {
  const Reports a = on("py42_bern05_to_07", "mddm", {"weights=arithmetic"});
  EXPECT_EQ(a.drifts.front(), 1120);
  EXPECT_EQ(a.warnings.front(), 1107);
  const Reports e = on("py42_bern05_to_07", "mddm", {"weights=euler"});
  EXPECT_EQ(e.drifts.front(), 1110);
  EXPECT_EQ(e.warnings.front(), 1106);
  const Reports g = on("py42_bern05_to_07", "mddm", {"weights=geometric"});
  EXPECT_EQ(g.drifts.front(), 1110);
  EXPECT_EQ(g.warnings.front(), 1106);
}

TEST_F(OnGolden, CusumReportsWhereRiverDoes) {
  EXPECT_THAT(on("py12345_cusum", "cusum").drifts, ElementsAre(201, 251));
}

TEST_F(OnGolden, EwmaReportsWhereRiverDoes) {
  EXPECT_THAT(on("py12345_ewma", "ewma", {"alpha=0.1", "threshold=4", "min_instances=50"}).drifts,
              ElementsAre(1010));
}

Indices unrolled(const nlohmann::json& runs) {
  Indices indices;
  for (const auto& run : runs) {
    for (auto i = run[0].get<std::int64_t>(); i <= run[1].get<std::int64_t>(); ++i) indices.push_back(i);
  }
  return indices;
}

// river leaves the warning on with a drift; here the drift is the signal.
Indices without(const Indices& all, const Indices& taken) {
  const std::set<std::int64_t> gone(taken.begin(), taken.end());
  Indices left;
  std::copy_if(all.begin(), all.end(), std::back_inserter(left), [&](auto i) { return !gone.contains(i); });
  return left;
}

struct RiversKind {
  const char* river;
  const char* ours;
};
class OnRealStreams : public testing::TestWithParam<RiversKind> {};
INSTANTIATE_TEST_SUITE_P(River, OnRealStreams,
                         testing::Values(RiversKind{"DDM", "ddm"}, RiversKind{"EDDM", "eddm"},
                                         RiversKind{"HDDMA", "hddm_a"}, RiversKind{"HDDMW", "hddm_w"},
                                         RiversKind{"FHDDM", "fhddm"}),
                         [](const auto& instance) { return std::string(instance.param.ours); });

TEST_P(OnRealStreams, ReportsAndWarnsWhereRiverDoes) {
  if (!std::filesystem::exists(kShared)) GTEST_SKIP() << "the golden files are not on this machine";
  int streams = 0;
  for (const char* name : {"elec2", "bike_exceedances", "housing", "sea", "sea_drift"}) {
    const auto report =
        nlohmann::json::parse(std::ifstream(kShared / "data" / (std::string(name) + ".drifts.json")));
    const auto values = numbers_of(kShared / "data" / report["stream"].get<std::string>());
    for (const auto& expected : report["detectors"]) {
      if (expected["kind"] != GetParam().river) continue;
      const Reports got = reports_of(GetParam().ours, {}, values);
      EXPECT_EQ(got.drifts, expected["drifts"].get<Indices>()) << name;
      EXPECT_EQ(got.warnings, without(unrolled(expected["warning_runs"]), got.drifts)) << name;
      ++streams;
    }
  }
  EXPECT_EQ(streams, 5);
}

}  // namespace
}  // namespace driftd::detectors
