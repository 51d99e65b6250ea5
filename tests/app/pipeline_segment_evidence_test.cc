// Evidence by segment over restarts: what one country alone shows, and a country that came later, are the
// same as without.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "detectors/counter_random.h"
#include "tests/app/pipeline_bench.h"

namespace driftd::app {
namespace {

using ::testing::HasSubstr;

constexpr int kReference = 3600, kLater = 4000, kChange = 4800, kRows = 7000;  // 450 of FR in the reference

// Every eighth prediction is FR, whose age is in the upper half from the row kChange on, which the whole
// hardly shows; every eighth is XX from kLater on.
std::string country_of(int number) {
  if (number % 8 == 1) return "FR";
  return number >= kLater && number % 8 == 2 ? "XX" : "DE";
}

Script stream() {
  Script script(2);
  for (int i = 0; i < kRows; ++i) {
    const Time time = kBegin + 2 * i * kSecond;
    double age = 30 + 30 * detectors::counter_uniform(7, static_cast<std::uint64_t>(i));
    if (i >= kChange && country_of(i) == "FR") age = 30 + age / 2;
    std::string text = prediction_text(i, time, "m", "1", age);
    text.replace(text.find(R"("country":")") + 11, 2, country_of(i));
    script[static_cast<std::size_t>(i % 2)].push_back(text);
    script[static_cast<std::size_t>((i + 1) % 2)].push_back(feedback_text(i, time + kSecond));
  }
  return script;
}

TEST(SegmentEvidence, OverRestartsIsTheSame) {
  Config config = config_that_learns(kReference);
  config.models.standard.columns["country"].importance = 0;  // that XX is new would open the incident
  const Script script = stream();
  std::string expected;
  std::vector<alerts::Incident> expected_incidents;
  for (const auto& [records, restarts] : {std::pair{4000, 0}, {300, 1}, {71, 9}}) {
    Bench bench(config, script);
    bench.play(static_cast<std::size_t>(records), restarts);
    ASSERT_TRUE(bench->finish().ok());
    std::vector<alerts::Incident> incidents;
    for (const alerts::Incident* incident : bench->state().desk.book.all()) incidents.push_back(*incident);
    const std::string page = bench.metrics();
    if (expected.empty()) {
      expected = page;
      expected_incidents = incidents;
    }
    EXPECT_EQ(page, expected) << records << " " << restarts;
    EXPECT_EQ(incidents, expected_incidents) << records << " " << restarts;
  }
  EXPECT_THAT(expected, HasSubstr("segment=\"country=XX\""));
  std::map<std::string, double> told;  // by segment and column
  for (const alerts::Incident& incident : expected_incidents)
    for (const alerts::ColumnFinding& column : incident.findings.columns)
      told[column.segment + "/" + column.column] += column.share.value_or(0);
  EXPECT_GT(told["country=FR/age"], .5);
  EXPECT_LT(told["/age"] + told["country=DE/age"] + told["country=XX/age"], told["country=FR/age"]);
}

}  // namespace
}  // namespace driftd::app
