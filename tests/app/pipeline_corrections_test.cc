// What is taken back again: verdicts that are corrected, copies that are replaced.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/app/pipeline_bench.h"

namespace driftd::app {
namespace {

std::string verdict(int number, Time time, const std::string& label) {
  return R"({"type":"feedback","model":"m","id":"i)" + std::to_string(number) + R"(","time":")" +
         format_rfc3339(time) + R"(","label":")" + label + "\"}";
}

// Two verdicts of one prediction come before the reference of label and loss is known, and give evidence
// after the slots that it was learnt from; a third comes when it is known.
TEST(Corrections, OfVerdictsNeverMakeCountsNegative) {
  const Config config = config_that_learns(100);
  Script script(3);
  for (int i = 0; i < 400; ++i) script[0].push_back(prediction_text(i, kBegin + 2 * i * kSecond));
  for (int i = 0; i < 200; ++i)
    if (i != 150) script[1].push_back(feedback_text(i, kBegin + 2 * i * kSecond + 3 * kMinute));
  script[2].push_back(verdict(150, kBegin + 480 * kSecond, "yes"));
  script[2].push_back(verdict(150, kBegin + 485 * kSecond, "no"));
  for (int i = 0; i < 300; ++i)
    script[2].push_back(prediction_text(i, kBegin + 486 * kSecond + i * kMillisecond, "other"));
  script[2].push_back(verdict(150, kBegin + 900 * kSecond, "yes"));
  for (const int restarts : {0, 4}) {
    Bench bench(config, script);
    bench.play(10, restarts);
    ASSERT_TRUE(bench->finish().ok());
    const Version& version = *bench->state().registry.find("m")->versions.at("1");
    ASSERT_NE(version.pairs, nullptr);
    std::int64_t expected = 1;  // of the prediction that was corrected
    for (int i = 0; i < 200; ++i)
      expected += i != 150 && slot_of(kBegin + 2 * i * kSecond + 3 * kMinute, kMinute) > version.pairs_after;
    std::int64_t counted = 0;
    const Status read = bench->state().history.for_each_pairs(
        bench.store(), version.series, 0, 0, slot_of(kBegin + kDay, kMinute),
        [&](std::int64_t slot, const PairHistory& pairs) {
          if (pairs.layout == 0) return;
          const auto tally = detectors::Tally::decode(version.pairs->layout, pairs.tally);
          ASSERT_TRUE(tally.ok());
          counted += tally->events();
          for (std::size_t column = 0; column < version.pairs->columns.size(); ++column)
            for (const detectors::CellCount& cell : tally->column(column)) EXPECT_GE(cell.count, 0) << slot;
        });
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(counted, expected) << restarts;
    EXPECT_TRUE(version.uncounted.empty());
  }
}

// What a partition says does not depend on how its records fall into rounds (DESIGN 7.1), late ones included:
// to each record that has closed what its partition's watermark had passed.
TEST(Corrections, AreTheSameWhateverTheRoundsAlsoOfWhatIsLate) {
  const Config config = config_that_learns(100);
  const auto at = [](int seconds) { return kBegin + kHour + seconds * kSecond; };
  Script base(1);
  for (int i = 0; i < 300; ++i) {
    base[0].push_back(prediction_text(i, kBegin + 2 * i * kSecond));
    base[0].push_back(feedback_text(i, kBegin + 2 * i * kSecond + kSecond));
  }
  const std::vector<std::vector<std::string>> stories = {
      {prediction_text(7000, at(60)), prediction_text(7001, at(300)),
       prediction_text(7000, at(59), "m", "1", 3), verdict(7000, at(300), "yes"),
       prediction_text(7002, at(900))},
      {prediction_text(7000, at(0)), verdict(7000, at(1), "yes"), prediction_text(7001, at(600)),
       verdict(7000, at(0), "no"), prediction_text(7002, at(900))},
      {verdict(7000, at(0), "yes"), prediction_text(7001, at(600)), prediction_text(7000, at(0)),
       prediction_text(7002, at(900))}};
  for (const auto& story : stories) {
    Script script = base;
    script[0].insert(script[0].end(), story.begin(), story.end());
    std::string expected;
    for (const std::size_t records : {1U, 3U, 602U, 5000U}) {
      Bench bench(config, script);
      bench.play(records);
      ASSERT_TRUE(bench->finish().ok());
      if (expected.empty()) expected = bench.metrics();
      EXPECT_EQ(bench.metrics(), expected) << records;
    }
  }
}

TEST(Corrections, OfCopiesTakeTheNotesOfNewCategoriesBack) {
  const Config config = config_that_learns(60);
  const auto with_country = [](std::string text, const std::string& country) {
    const std::size_t at = text.find(R"("country":")") + 11;
    return text.replace(at, 2, country);
  };
  Script script(1);
  for (int i = 0; i < 300; ++i) {
    script[0].push_back(prediction_text(i, kBegin + 2 * i * kSecond));
    if (i != 200) continue;
    script[0].push_back(with_country(prediction_text(5000, kBegin + 400 * kSecond), "XX"));
    script[0].push_back(with_country(prediction_text(5001, kBegin + 400 * kSecond), "YY"));
    script[0].push_back(prediction_text(5000, kBegin + 399 * kSecond));  // counts in the other's place
  }
  for (const int restarts : {0, 1}) {
    for (const std::size_t records : {1U, 203U, 1000U}) {
      if (records == 1U && restarts > 0) continue;
      Bench bench(config, script);
      bench.play(records, restarts);
      ASSERT_TRUE(bench->finish().ok());
      const auto& window = bench->state().registry.version(0).state[0].rows;
      const auto noted = window->with_new_categories().new_categories();
      ASSERT_EQ(noted.size(), 1U) << records;
      EXPECT_EQ(noted[0].text, "YY");
      EXPECT_EQ(noted[0].count, 1);
    }
  }
}

TEST(Corrections, LeaveNoRowsBehindOnceTheReferenceIsKnown) {
  const Config config = config_that_learns(300);
  const Script script = half_an_hour();
  Bench bench(config, script);
  const auto blocks = [&] {
    int found = 0;
    EXPECT_TRUE(bench.store()
                    .for_each("",
                              [&](std::string_view key, std::string_view) {
                                found += key.find("rows/") != std::string_view::npos ||
                                         key.find("pairs/") != std::string_view::npos;
                                return true;
                              })
                    .ok());
    return found;
  };
  for (int i = 0; i < 6; ++i) bench.round(40);
  ASSERT_TRUE(bench->checkpoint().ok());
  EXPECT_GT(blocks(), 0);
  bench.restart();
  bench.play(40);
  ASSERT_TRUE(bench->checkpoint().ok());
  EXPECT_EQ(blocks(), 0);
}

}  // namespace
}  // namespace driftd::app
