// Kinds that river does not have report where MOA does, or where their formulas say, to the index
// (tests/detectors/kinds_cases.py made the cases).
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/detectors/golden.h"

namespace driftd::detectors {
namespace {

struct Case {
  std::string kind;
  std::vector<std::string> settings;
  std::vector<double> values;
  std::string drifts;
  std::string warnings;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  std::ifstream file(DRIFTD_SOURCE_DIR "/tests/detectors/kinds_cases.txt");
  for (std::string line; std::getline(file, line);) {
    Case one;
    std::string settings, stream;
    std::istringstream parts(line);
    std::getline(parts, one.kind, '|');
    std::getline(parts, settings, '|');
    std::getline(parts, stream, '|');
    std::getline(parts, one.drifts, '|');
    std::getline(parts, one.warnings, '|');
    std::istringstream words(settings);
    for (std::string word; words >> word;) one.settings.push_back(word);
    for (const char digit : stream) one.values.push_back((digit - '0') / 9.0);
    all.push_back(std::move(one));
  }
  return all;
}

TEST(KindsCases, ReportWhereOthersDo) {
  std::size_t reports = 0;
  const std::vector<Case> all = cases();
  ASSERT_GT(all.size(), 30U);
  for (const Case& one : all) {
    const auto detector = detector_of(one.kind, one.settings);
    std::string drifts, warnings;
    for (std::size_t i = 0; i < one.values.size(); ++i) {
      const Signal signal = detector->update(one.values[i]);
      std::string& told = signal == Signal::drift ? drifts : warnings;
      if (signal != Signal::none) told += (told.empty() ? "" : " ") + std::to_string(i);
    }
    const std::string settings = testing::PrintToString(one.settings);
    EXPECT_EQ(drifts, one.drifts) << one.kind << settings;
    EXPECT_EQ(warnings, one.warnings) << one.kind << settings;
    reports += drifts.empty() ? 0 : 1;
  }
  EXPECT_GT(reports, all.size() / 2) << "the streams have to hold drifts for this to say anything";
}

}  // namespace
}  // namespace driftd::detectors
