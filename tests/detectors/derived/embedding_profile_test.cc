// Embeddings in a reference: what is one, what its rows count as, what is kept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/embedding.h"
#include "detectors/counter_random.h"
#include "detectors/derived/embedding_binner.h"
#include "detectors/derived/words.h"
#include "detectors/evidence/drift_effect.h"
#include "detectors/profile_json.h"
#include "tests/detectors/derived/references.h"

namespace driftd::detectors::derived::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kRows = 1500, kLength = 6;

// The sum of twelve uniform numbers less six is close to normal.
double noise(std::uint64_t key, std::uint64_t counter) {
  double sum = -6;
  for (std::uint64_t i = 0; i < 12; ++i) sum += counter_uniform(key, 12 * counter + i);
  return sum;
}

// Items of one row; the first two go together as far as `common` says.
std::string vector_text(std::uint64_t key, std::size_t row, double common = 0) {
  std::string text = "[";
  const double shared = noise(key, (row + 1) * 100);
  for (std::size_t i = 0; i < kLength; ++i) {
    const double own = noise(key, (row + 1) * 100 + i + 1);
    const double item = i < 2 ? common * shared + std::sqrt(1 - common * common) * own : own;
    text += (i > 0 ? "," : "") + std::to_string(item);
  }
  return text + "]";
}

Value array(std::string_view text) { return {Value::Kind::array, 0, text}; }

// `odd` comes instead of every hundredth vector.
Table embedding_table(std::uint64_t key, std::optional<std::string> odd = std::nullopt, double common = 0,
                      std::size_t rows = kRows) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < rows; ++i)
    texts.push_back(odd && i % 100 == 7 ? *odd : vector_text(key, i, common));
  std::vector<Value> values;
  for (const std::string& text : texts) values.push_back(text == "null" ? null_value() : array(text));
  Table table = table_with({{"text", values}});
  for (std::size_t i = 0; i < rows; ++i) table.times[i] = static_cast<Time>(i) * 10 * kSecond;
  return table;
}

Options fourier_options(std::int64_t features = 8) {
  Options options = all_options();
  options.fourier = features;
  return options;
}

// Cells and codes of a row.
std::vector<std::uint8_t> row_of(const Profile& profile, const Table& table, std::size_t row) {
  const Binner binner(profile, Side::predictions);
  const EmbeddingBinner embeddings(profile);
  std::vector<std::uint8_t> cells = cells_of(binner, table, row);
  cells.resize(cells.size() + embeddings.codes());
  std::vector<float> items;
  embeddings.code([&](std::uint32_t column) { return table.features[column].value(row); },
                  std::span(cells).last(embeddings.codes()), items);
  return cells;
}

Tally tally_of(const Profile& profile, const Table& table) {
  Tally tally(std::make_shared<const TallyLayout>(profile, Side::predictions));
  const RowDeriver deriver(profile);
  DerivedRow derived;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto row = row_of(profile, table, i);
    tally.add(std::span(row).first(deriver.others()), std::vector<std::uint8_t>(deriver.others(), 0));
    deriver.count(row, tally, derived);
  }
  return tally;
}

TEST(EmbeddingProfile, ArraysOfOneLengthAreAnEmbedding) {
  const Profile profile = reference_of(embedding_table(1), fourier_options());
  const ColumnProfile& column = profile.columns[0];
  EXPECT_EQ(column.type, ColumnType::categorical);
  EXPECT_EQ(column.length, kLength);
  EXPECT_EQ(column.categories, std::vector<std::string>{"6 numbers"});
  EXPECT_EQ(column.reference[kFirstBin].count, static_cast<std::int64_t>(kRows));
  ASSERT_EQ(profile.columns.size(), 1U + 8U);
  EXPECT_EQ(profile.columns[1].name, "derived:text_fourier_1");
  EXPECT_EQ(profile.columns[8].name, "derived:text_fourier_8");
  ASSERT_EQ(profile.derived->embeddings.size(), 1U);
  // Of independent normal items the distance has the square 2 * 6 in the mean, and a median below.
  EXPECT_NEAR(profile.derived->embeddings[0].scale, std::sqrt(2 * 5.35), 0.25);
  for (std::size_t i = 1; i < profile.columns.size(); ++i) {
    EXPECT_EQ(profile.columns[i].present(), static_cast<std::int64_t>(kRows)) << i;  // the whole reference
    EXPECT_GT(profile.columns[i].evidence_bins, 15U) << i;
  }
}

TEST(EmbeddingProfile, MissingAndStrangeValuesAreThoseOfTheColumn) {
  const Profile whole = reference_of(embedding_table(1, "null"), fourier_options());
  EXPECT_EQ(whole.columns[0].reference[kNullCell].count, 15);
  EXPECT_EQ(whole.columns[3].missing(), 0);  // the column says it alone
  EXPECT_EQ(whole.columns[3].present(), static_cast<std::int64_t>(kRows) - 15);
  for (const char* odd : {"[1,2,3]", "[1,2,3,4,5,null]", "[1,2,3,4,5,\"6\"]", "[]", "[1,2,3,4,5,6,7]"}) {
    const Profile profile = reference_of(embedding_table(1, odd), fourier_options());
    EXPECT_EQ(profile.columns[0].length, kLength) << odd;
    EXPECT_EQ(profile.columns[0].reference[kTypeChangeCell].count, 15) << odd;
    EXPECT_EQ(profile.columns[1].present(), static_cast<std::int64_t>(kRows) - 15) << odd;
  }
  const Binner binner(whole, Side::predictions);
  EXPECT_EQ(binner.cell_of(0, number(1)).cell, kTypeChangeCell);
  EXPECT_EQ(binner.cell_of(0, text("6 numbers")).cell, kTypeChangeCell);
  EXPECT_EQ(binner.cell_of(0, Value{}).cell, kAbsentCell);
}

TEST(EmbeddingProfile, ArraysOfManyLengthsAreNone) {
  Table table = embedding_table(1);
  TableColumn mixed("text");
  for (std::size_t i = 0; i < table.size(); ++i) mixed.push(i % 10 == 0 ? array("[1,2]") : array("[1,2,3]"));
  table.features[0] = std::move(mixed);
  const Profile profile = reference_of(table, fourier_options());
  EXPECT_EQ(profile.columns[0].length, 0U);
  EXPECT_EQ(profile.columns[0].reference[kTypeChangeCell].count, static_cast<std::int64_t>(kRows));
  EXPECT_FALSE(profile.derived);
}

TEST(EmbeddingProfile, FewRowsOrNoFeaturesLeaveTheColumnAlone) {
  const Profile few = reference_of(embedding_table(1, std::nullopt, 0, 999), fourier_options());
  const Profile none = reference_of(embedding_table(1), fourier_options(0));
  ProfileOptions typed;
  typed.derived = fourier_options();
  typed.columns["text"].type = ColumnType::categorical;
  for (const Profile& profile : {few, none}) {
    EXPECT_EQ(profile.columns.size(), 1U);
    EXPECT_EQ(profile.columns[0].length, kLength);
  }
  EXPECT_EQ(build_profile(embedding_table(1), typed).value().columns[0].length, 0U);
}

TEST(EmbeddingProfile, SurvivesItsFileToTheBit) {
  const Profile profile = reference_of(embedding_table(1), fourier_options());
  const Profile again = profile_from_json(to_json(profile)).value();
  EXPECT_EQ(again.derived, profile.derived);
  EXPECT_EQ(again.columns[0].length, kLength);
  EXPECT_EQ(to_json(again), to_json(profile));
  const Table table = embedding_table(2);
  EXPECT_EQ(tally_of(again, table), tally_of(profile, table));
}

TEST(EmbeddingProfile, OrderOfRowsDoesNotMatter) {
  const Table table = embedding_table(1, "null");
  Table turned = embedding_table(1, "null");
  TableColumn column("text");
  for (std::size_t i = 0; i < kRows; ++i) column.push(table.features[0].value(kRows - 1 - i));
  turned.features[0] = std::move(column);
  std::reverse(turned.times.begin(), turned.times.end());
  EXPECT_EQ(reference_of(turned, fourier_options()).digest, reference_of(table, fourier_options()).digest);
}

TEST(EmbeddingProfile, ManyRowsAtOnceAreTheSameAsOneByOne) {
  const Profile profile = reference_of(embedding_table(1), fourier_options(40));
  const Table table = embedding_table(2, "null");
  std::vector<std::vector<std::uint8_t>> rows;
  std::vector<const std::uint8_t*> pointers;
  for (std::size_t i = 0; i < table.size(); ++i) rows.push_back(row_of(profile, table, i));
  for (const auto& row : rows) pointers.push_back(row.data());
  const RowDeriver deriver(profile);
  DerivedRows scratch;
  Tally together(std::make_shared<const TallyLayout>(profile, Side::predictions));
  for (const auto& row : rows)
    together.add(std::span(row).first(deriver.others()), std::vector<std::uint8_t>(deriver.others(), 0));
  deriver.count(pointers, together, scratch);
  EXPECT_EQ(together, tally_of(profile, table));
}

TEST(EmbeddingProfile, AnEventIsReadAsARow) {
  const Profile profile = reference_of(embedding_table(1), fourier_options());
  const Table table = embedding_table(2);
  const Binner binner(profile, Side::predictions);
  const EmbeddingBinner embeddings(profile);
  BinnerHints hints;
  std::vector<float> items;
  std::vector<std::uint8_t> row(1 + embeddings.codes()), places(1);
  for (std::size_t i = 0; i < 20; ++i) {
    const std::string written = vector_text(2, i);
    const std::vector<driftd::Feature> features = {{"other", array("[9]")}, {"text", array(written)}};
    binner.bin(features, std::span(row).first(1), places, hints);
    embeddings.bin(features, std::span(row).first(1), std::span(row).last(embeddings.codes()), items);
    EXPECT_EQ(row, row_of(profile, table, i)) << i;
  }
  const std::vector<driftd::Feature> strange = {{"text", array("[1]")}};
  binner.bin(strange, std::span(row).first(1), places, hints);
  embeddings.bin(strange, std::span(row).first(1), std::span(row).last(embeddings.codes()), items);
  EXPECT_EQ(row, (std::vector<std::uint8_t>{kTypeChangeCell, 0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(EmbeddingProfile, AnotherReferenceOfTheModelKeepsItsFeatures) {
  const Profile profile = reference_of(embedding_table(1), fourier_options());
  ProfileOptions options;
  const Profile other = build_profile_like(embedding_table(2), options, profile).value();
  EXPECT_EQ(other.derived, profile.derived);
  const Tally counts = tally_of(profile, embedding_table(2));
  for (std::size_t i = 0; i < other.columns.size(); ++i)
    for (std::size_t cell = 0; cell < other.columns[i].reference.size(); ++cell)
      EXPECT_EQ(other.columns[i].reference[cell].count, counts.column(i)[cell].count) << i << " " << cell;
}

TEST(EmbeddingProfile, AFileWhoseLengthsDoNotFitIsRefused) {
  const Profile profile = reference_of(embedding_table(1), fourier_options());
  Profile other = profile;
  other.columns[0].length = 7;
  EXPECT_FALSE(profile_from_json(to_json(other)).ok());  // its category says 6
  other = profile;
  other.derived->embeddings[0].length = 7;
  const auto read = profile_from_json(to_json(other));
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.error().message, HasSubstr("derived"));
  other = profile;
  other.derived->embeddings[0].scale = 0;
  EXPECT_FALSE(profile_from_json(to_json(other)).ok());
}

TEST(EmbeddingProfile, WordsNameTheEmbedding) {
  const Profile profile = reference_of(embedding_table(1), fourier_options());
  const Tally counts = tally_of(profile, embedding_table(2));
  const evidence::Movement moved{evidence::Shape::scale, -1, 0, {}};
  EXPECT_THAT(words_of(profile, profile.columns[3], counts.column(3), moved),
              HasSubstr("text (embedding of 6 numbers) is distributed in another way, seen in the "
                        "cosine of random direction 3 of 8: "));
}

}  // namespace
}  // namespace driftd::detectors::derived::testing
