// Derived columns through the whole engine: of pairs, directions, components and an embedding, whatever the
// rounds, over restarts, with copies that are replaced, and counted from rows that were kept whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "app/pipeline/row_binning.h"
#include "detectors/counter_random.h"
#include "tests/app/pipeline_bench.h"

namespace driftd::app {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kReference = 1200, kRows = 3000, kChange = 2100;
constexpr std::size_t kItems = 8;

double noise(int row, std::uint64_t number) {
  double sum = -6;
  for (std::uint64_t i = 0; i < 12; ++i)
    sum += detectors::counter_uniform(static_cast<std::uint64_t>(row), 12 * number + i);
  return sum;
}

// A prediction's features: a and b go together, and a vector whose items begin to from the row kChange on,
// when a and b no longer do.
struct Row {
  std::string a, b, vector;

  explicit Row(int number, int change = kChange) {
    const bool early = number < change;
    const double common = noise(number, 0);
    a = std::to_string(common);
    b = std::to_string(early ? .8 * common + .6 * noise(number, 1) : noise(number, 1));
    const double shared = noise(number, 2);
    vector = "[";
    for (std::size_t i = 0; i < kItems; ++i) {
      const double own = noise(number, 3 + i);
      vector += (i > 0 ? "," : "") + std::to_string(early ? own : .7 * shared + .7 * own);
    }
    vector += "]";
    if (number % 40 == 3) vector = "null";
    if (number % 40 == 4) vector = "[1,2]";
  }
  [[nodiscard]] std::string text(int id, Time time) const {
    return R"({"type":"prediction","model":"m","version":"1","id":"i)" + std::to_string(id) +
           R"(","time":")" + format_rfc3339(time) + R"(","features":{"age":)" + a + R"(,"b":)" + b +
           R"(,"vector":)" + vector + R"(,"country":"DE"}})";
  }
  [[nodiscard]] std::vector<Feature> features() const {
    const auto number = [](const std::string& text) {
      return Value{Value::Kind::number, std::stod(text), {}};
    };
    const Value array =
        vector == "null" ? Value{Value::Kind::null, 0, {}} : Value{Value::Kind::array, 0, vector};
    return {
        {"age", number(a)}, {"b", number(b)}, {"vector", array}, {"country", {Value::Kind::text, 0, "DE"}}};
  }
};

Time time_of(int number) { return kBegin + 2 * number * kSecond; }
// Of these a copy with the features of another row, a second earlier, comes later and counts instead.
bool is_replaced(int number) { return number >= kReference && number % 50 == 25; }
Row counted_row(int number, int change) {
  return Row(is_replaced(number) ? 100'000 + number : number, change);
}

Script stream(int change = kChange) {
  Script script(2);
  for (int i = 0; i < kRows; ++i) {
    std::vector<std::string>& part = script[i % 3 == 0 ? 1 : 0];
    part.push_back(Row(i, change).text(i, time_of(i)));
    if (is_replaced(i)) part.push_back(counted_row(i, change).text(i, time_of(i) - kSecond));
  }
  return script;
}

Config config() {
  Config config = config_that_learns(kReference);
  config.models.standard.derived.fourier = 16;
  return config;
}

const Version& version_of(Bench& bench) { return bench->state().registry.version(0); }

TEST(DerivedColumns, CountWhatTheRowsSayOneByOne) {
  const Config learns = config();
  const Script script = stream();
  Bench bench(learns, script);
  bench.play(97, 5);
  ASSERT_TRUE(bench->finish().ok());
  const Version& version = version_of(bench);
  ASSERT_NE(version.plan, nullptr);
  const Plan& plan = *version.plan;
  ASSERT_EQ(plan.profile.rows, kReference);
  ASSERT_EQ(plan.embeddings.codes(), 16U);
  detectors::Tally expected(plan.layout);
  detectors::derived::DerivedRow derived;
  detectors::BinnerHints hints;
  BinnedRow binned;
  for (int i = kReference; i < kRows; ++i) {
    const Row row = counted_row(i, kChange);
    bin_row(plan, row.features(), {}, hints, binned);
    count_row(plan, 0, binned.cells_and_codes_of(plan), binned.places_of(plan), expected, derived);
  }
  const detectors::Tally& window = version.state[0].rows->total();
  EXPECT_EQ(window.events(), kRows - kReference);
  for (std::size_t column = 0; column < plan.columns.size(); ++column) {
    const auto counted = window.column(column), wanted = expected.column(column);
    EXPECT_TRUE(std::equal(counted.begin(), counted.end(), wanted.begin(), wanted.end()))
        << plan.columns[column]->name;
  }
}

TEST(DerivedColumns, AreTheSameWhateverTheRoundsAndRestarts) {
  const Config learns = config();
  const Script script = stream();
  std::string expected;
  for (const auto& [records, restarts] : {std::pair{2000, 0}, {400, 1}, {61, 0}, {61, 7}}) {
    Bench bench(learns, script);
    bench.play(static_cast<std::size_t>(records), restarts);
    ASSERT_TRUE(bench->finish().ok());
    const std::string page = bench.metrics();
    if (expected.empty()) expected = page;
    EXPECT_EQ(page, expected) << records << " " << restarts;
  }
  for (const char* column :
       {"age*b", "projection_16", "missing_pattern", "vector_fourier_16", "hotelling_t2"})
    EXPECT_THAT(expected, HasSubstr("column=\"derived:" + std::string(column) + "\""));
}

TEST(DerivedColumns, TellWhatMovedAndSharesSumToOne) {
  const Config learns = config();
  const Script script = stream();
  Bench bench(learns, script);
  bench.play(200);
  ASSERT_TRUE(bench->finish().ok());
  std::size_t told = 0;
  for (const alerts::Incident* incident : bench->state().desk.book.all()) {
    if (incident->key.kind != alerts::IncidentKind::covariate) continue;
    ++told;
    double shares = 0;
    std::string words;
    for (const alerts::ColumnFinding& column : incident->findings.columns) {
      shares += column.share.value_or(0);
      words += column.change + "; ";
    }
    EXPECT_NEAR(shares, 1, 1e-9);
    EXPECT_THAT(words, HasSubstr("age and b no longer move together"));
    EXPECT_THAT(words, HasSubstr("vector (embedding of 8 numbers) is distributed in another way"));
  }
  EXPECT_EQ(told, 1U);
}

// The features that go together go on so; from the row kChange on one of them lies higher.
Script stream_with_a_shift() {
  Script script(1);
  for (int i = 0; i < kRows; ++i) {
    Row row(i, kRows);
    if (i >= kChange) row.a = std::to_string(std::stod(row.a) + 2);
    script[0].push_back(row.text(i, time_of(i)));
  }
  return script;
}

TEST(DerivedColumns, SayWhichFeaturesOwnDriftIsBehindTheirs) {
  const Config learns = config();
  const Script shifted = stream_with_a_shift(), turned = stream();
  for (const bool explained : {true, false}) {
    Bench bench(learns, explained ? shifted : turned);
    bench.play(200);
    ASSERT_TRUE(bench->finish().ok());
    std::map<alerts::IncidentKind, std::string> told;
    for (const alerts::Incident* incident : bench->state().desk.book.all())
      told[incident->key.kind] = incident->findings.summary;
    ASSERT_TRUE(told.contains(alerts::IncidentKind::covariate));
    EXPECT_EQ(told.contains(alerts::IncidentKind::data), explained);
    const std::string cause = "; age is in the open incident of kind data";
    if (explained)
      EXPECT_THAT(told[alerts::IncidentKind::covariate], EndsWith(cause));
    else
      EXPECT_THAT(told[alerts::IncidentKind::covariate], Not(HasSubstr("kind data")));
  }
}

TEST(DerivedColumns, TellNothingWhereNothingMoves) {
  const Config learns = config();
  const Script script = stream(kRows * 100);
  Bench bench(learns, script);
  bench.play(200);
  ASSERT_TRUE(bench->finish().ok());
  EXPECT_TRUE(bench->state().desk.book.all().empty());
}

}  // namespace
}  // namespace driftd::app
