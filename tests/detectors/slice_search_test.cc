// Where errors gather, against pandas on planted streams (slice_cases.py), and the log that the rows come
// from.
#include "detectors/performance/slice_search.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "detectors/binning.h"
#include "tests/detectors/case_files.h"
#include "tests/detectors/tables.h"

namespace driftd::detectors {
namespace {

// The rows of slice_cases.py, number for number.
struct Rows {
  std::vector<Value> country, age, income, noise;
  std::vector<double> losses;
};
Rows rows_of(std::uint64_t seed, int n, const std::string& plant) {
  static const char* const kCountries[] = {"FR", "DE", "IT", "ES", "PT"};
  UniformDraws draw(seed);
  Rows rows;
  for (int i = 0; i < n; ++i) {
    const std::string country = kCountries[static_cast<int>(std::floor(5 * std::pow(draw(), 1.5)))];
    const double age = 18 + std::floor(60 * draw());
    const double income = 1000 * draw();
    const double noise = draw();
    const bool missing = draw() < .1;
    double rate = .12;
    if (plant == "country_age" && country == "FR" && age > 45) rate = .45;
    if (plant == "income" && (missing || income > 900)) rate = .3;
    if (plant == "neither_alone" && (age > 47) == (income > 500)) rate = .3;
    const double hit = draw();
    double loss = hit < rate ? 1 : 0;
    if (plant == "amounts") loss = -std::log(1 - hit) * (country == "DE" && income <= 500 ? 3 : 1);
    for (const char* known : kCountries)
      if (country == known) rows.country.push_back(text(known));
    rows.age.push_back(number(age));
    rows.income.push_back(missing ? null_value() : number(income));
    rows.noise.push_back(number(noise));
    rows.losses.push_back(loss);
  }
  return rows;
}

struct Sliced {
  SliceColumns columns;
  SlicedRows rows;
};
Sliced sliced(const Rows& rows) {
  const Table table = table_with(
      {{"country", rows.country}, {"age", rows.age}, {"income", rows.income}, {"noise", rows.noise}});
  const Profile profile = build_profile(table, {}).value();
  Sliced made;
  made.columns = SliceColumns(profile);
  made.rows.columns = made.columns.size();
  const Binner binner(profile, Side::predictions);
  std::vector<std::uint8_t> cells(binner.columns()), bins(made.columns.size());
  for (std::size_t row = 0; row < table.size(); ++row) {
    for (std::uint32_t k = 0; k < cells.size(); ++k)
      cells[k] = binner.cell_of(k, table.features[k].value(row)).cell;
    EXPECT_TRUE(made.columns.bin(cells, bins));
    made.rows.bins.insert(made.rows.bins.end(), bins.begin(), bins.end());
    made.rows.losses.push_back(rows.losses[row]);
  }
  return made;
}

std::string words_of(const SliceColumns& columns, const Slice& slice) {
  std::string text;
  for (const SliceTerm& term : slice.terms) text += (text.empty() ? "" : " and ") + columns.words(term);
  return text;
}

TEST(SliceSearch, NamesTheSlicesThatPandasNames) {
  std::vector<Slice> found;
  std::size_t next = 0, compared = 0;
  Sliced made;
  std::string name;
  for (const std::string& line : lines_of(DRIFTD_SOURCE_DIR "/tests/detectors/slice_cases.txt")) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word == "rows") {
      EXPECT_EQ(next, found.size()) << name;
      std::uint64_t seed = 0;
      int n = 0;
      std::string plant;
      words >> seed >> n >> plant;
      name = line;
      made = sliced(rows_of(seed, n, plant));
      found =
          worst_slices(made.columns, made.rows, plant == "amounts" ? LossKind::amounts : LossKind::errors, 3);
      next = 0;
      continue;
    }
    ASSERT_LT(next, found.size()) << name;
    const Slice& slice = found[next++];
    std::int64_t n = 0;
    double share = 0, loss = 0, rest = 0, excess = 0;
    std::string where;
    words >> n >> share >> loss >> rest >> excess;
    std::getline(words >> std::ws, where);
    EXPECT_EQ(words_of(made.columns, slice), where) << name;
    EXPECT_EQ(slice.n, n) << name;
    EXPECT_NEAR(slice.share, share, 1e-12);
    EXPECT_NEAR(slice.loss, loss, 1e-9);
    EXPECT_NEAR(slice.rest, rest, 1e-9);
    EXPECT_NEAR(slice.excess, excess, 1e-8) << name;
    ++compared;
  }
  EXPECT_EQ(next, found.size()) << name;
  EXPECT_GE(compared, 4U);
}

// Without a plant: at most 5 of 100 looks may name one.
TEST(SliceSearch, NamesNothingWithoutCause) {
  int named = 0;
  for (std::uint64_t seed = 100; seed < 130; ++seed) {
    const Sliced made = sliced(rows_of(seed, 1500, "none"));
    named += worst_slices(made.columns, made.rows, LossKind::errors).empty() ? 0 : 1;
  }
  EXPECT_LE(named, 4);
}

TEST(SliceSearch, DoesNotDependOnTheOrderOfTheRows) {
  const Rows rows = rows_of(1, 3000, "country_age");
  Rows turned;
  for (std::size_t i = rows.losses.size(); i-- > 0;) {
    turned.country.push_back(rows.country[i]);
    turned.age.push_back(rows.age[i]);
    turned.income.push_back(rows.income[i]);
    turned.noise.push_back(rows.noise[i]);
    turned.losses.push_back(rows.losses[i]);
  }
  const Sliced a = sliced(rows), b = sliced(turned);
  const auto x = worst_slices(a.columns, a.rows, LossKind::errors);
  const auto y = worst_slices(b.columns, b.rows, LossKind::errors);
  ASSERT_EQ(x.size(), y.size());
  ASSERT_FALSE(x.empty());
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_EQ(x[i].terms, y[i].terms);
    EXPECT_EQ(x[i].excess, y[i].excess);
  }
}

std::vector<SliceRow> some_rows(std::uint64_t seed, std::size_t n) {
  UniformDraws draw(seed);
  std::vector<SliceRow> rows;
  for (std::size_t i = 0; i < n; ++i) {
    const auto hash = static_cast<std::uint64_t>(draw() * 18446744073709551615.);
    rows.push_back({hash, draw() < .2 ? 1. : 0., 0, {static_cast<std::uint8_t>(10 * draw()), 3}});
  }
  return rows;
}

TEST(SliceLog, HoldsAUniformSampleWithinItsBound) {
  SliceLog log(2, 100, 1000);
  double sum = 0;
  for (std::int64_t slot = 0; slot < 100; ++slot) {
    const auto rows = some_rows(static_cast<std::uint64_t>(slot), 200);
    for (const SliceRow& row : rows) sum += row.loss;
    log.push(slot, rows);
    EXPECT_LE(log.held(), 1000U);
  }
  const SlicedRows rows = log.rows_since(0);
  EXPECT_EQ(rows.seen, 20'000);
  EXPECT_GE(rows.size(), 400U);
  double sampled = 0;
  for (const double loss : rows.losses) sampled += loss;
  EXPECT_NEAR(sampled / static_cast<double>(rows.size()), sum / 20'000, .06);
  // The newest slots alone: nothing that came before is in it.
  EXPECT_EQ(log.rows_since(90).seen, 2000);
  log.advance(150);
  EXPECT_EQ(log.rows_since(0).seen, 49 * 200);
}

TEST(SliceLog, ComesBackFromItsBytesAsItWas) {
  SliceLogs logs(7, 2, 10);
  for (std::int64_t slot = 0; slot < 40; ++slot)
    logs.push(slot, some_rows(static_cast<std::uint64_t>(slot), 50));
  Encoder out;
  logs.save(out);
  const std::string bytes = out.take();
  Decoder in(bytes);
  auto loaded = SliceLogs::load(10, kMinute, in);
  ASSERT_TRUE(loaded.ok() && in.at_end());
  Encoder again;
  loaded->save(again);
  EXPECT_EQ(again.take(), bytes);
  EXPECT_EQ(loaded->rows_since(35, 39).losses, logs.rows_since(35, 39).losses);
  EXPECT_EQ(loaded->rows_since(5, 39).seen, 35 * 50);
  for (std::size_t cut = 0; cut < bytes.size(); cut += 101) {
    Decoder torn(std::string_view(bytes).substr(0, cut));
    EXPECT_FALSE(SliceLogs::load(10, kMinute, torn).ok()) << cut;
  }
}

}  // namespace
}  // namespace driftd::detectors
