// What a reference keeps of segments, against segment_reference_cases.txt, which pandas and numpy counted.
#include "detectors/segment_reference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <memory>
#include <numeric>
#include <random>
#include <string>

#include "detectors/binning.h"
#include "detectors/evidence/column_counts.h"
#include "detectors/profile_json.h"
#include "detectors/renewal.h"
#include "tests/detectors/tables.h"

namespace driftd::detectors {
namespace {

constexpr Time kStart = 1'767'225'600 * kSecond;

struct Row {
  std::int64_t time = 0;
  std::string country;
  double income = 0;
  double age = 0;
};

struct Part {
  std::string label;
  std::int64_t rows = 0;
  std::vector<std::int64_t> bins;
  std::map<std::int64_t, std::pair<std::int64_t, std::vector<std::int64_t>>> blocks;
};

struct Cases {
  std::vector<Row> rows;
  std::vector<double> edges;
  std::vector<Part> parts;
};

std::vector<std::int64_t> bins_in(std::istream& in, std::size_t edges) {
  std::vector<std::int64_t> bins(edges + 1);
  for (std::int64_t& bin : bins) in >> bin;
  return bins;
}

Cases read_cases() {
  std::ifstream in(DRIFTD_SOURCE_DIR "/tests/detectors/segment_reference_cases.txt");
  Cases cases;
  std::size_t size = 0;
  in >> size;
  for (std::size_t i = 0; i < size; ++i) {
    Row row;
    std::string income;
    in >> row.time >> row.country >> income >> row.age;
    row.income = std::strtod(income.c_str(), nullptr);
    cases.rows.push_back(row);
  }
  in >> size;
  for (std::size_t i = 0; i < size; ++i) {
    std::string edge;
    in >> edge;
    cases.edges.push_back(std::strtod(edge.c_str(), nullptr));
  }
  in >> size;
  for (std::size_t i = 0; i < size; ++i) {
    Part part;
    std::size_t blocks = 0;
    in >> part.label >> part.rows >> blocks;
    part.bins = bins_in(in, cases.edges.size());
    for (std::size_t b = 0; b < blocks; ++b) {
      std::int64_t block = 0;
      in >> block;
      auto& [rows, bins] = part.blocks[block];
      in >> rows;
      bins = bins_in(in, cases.edges.size());
    }
    cases.parts.push_back(std::move(part));
  }
  return cases;
}

Value country_of(const Row& row) { return row.country == "-" ? null_value() : text(row.country); }
Value income_of(const Row& row) { return std::isnan(row.income) ? null_value() : number(row.income); }

Table table_of_rows(const std::vector<Row>& rows) {
  std::vector<Value> countries, incomes, ages;
  for (const Row& row : rows) {
    countries.push_back(country_of(row));
    incomes.push_back(income_of(row));
    ages.push_back(number(row.age));
  }
  Table table = table_with({{"age", ages}, {"country", countries}, {"income", incomes}});
  for (std::size_t i = 0; i < rows.size(); ++i) table.times[i] = kStart + rows[i].time * kSecond;
  return table;
}

ProfileOptions options_with_segments() {
  ProfileOptions options;
  options.segments = {{{"country", {}}}, {{"age", {30, 50}}}};
  return options;
}

std::vector<std::int64_t> income_bins(const Profile& profile, std::string_view bytes) {
  const auto layout = std::make_shared<const TallyLayout>(profile, Side::predictions);
  const Tally tally = Tally::decode(layout, bytes).value();
  const auto columns = profile.side(Side::predictions);
  const auto place = std::find_if(columns.begin(), columns.end(),
                                  [](const ColumnProfile* column) { return column->name == "income"; });
  std::vector<std::int64_t> counts(evidence::counts_of(**place), 0);
  evidence::add_column_counts(**place, tally.column(static_cast<std::size_t>(place - columns.begin())),
                              counts);
  counts.resize((*place)->evidence_bins);
  return counts;
}

void expect_as_pandas_counts(const Profile& profile, const Cases& cases) {
  ASSERT_EQ(profile.find("income")->evidence_edges, cases.edges);
  ASSERT_EQ(profile.segments.size(), cases.parts.size());
  for (std::size_t i = 0; i < cases.parts.size(); ++i) {
    const SegmentReference& segment = profile.segments[i];
    const Part& part = cases.parts[i];
    EXPECT_EQ(segment.label, part.label);
    EXPECT_EQ(segment.rows, part.rows);
    EXPECT_EQ(income_bins(profile, segment.prediction_counts), part.bins) << part.label;
    ASSERT_EQ(segment.blocks.size(), part.blocks.size()) << part.label;
    for (const ProfileBlock& block : segment.blocks) {
      const auto& [rows, bins] = part.blocks.at(block.block - kStart / kProfileBlock);
      EXPECT_EQ(SparseTally::decode(block.predictions)->events, rows);
      EXPECT_EQ(income_bins(profile, block.predictions), bins);
    }
  }
}

TEST(SegmentReference, HoldsWhatPandasCounts) {
  const Cases cases = read_cases();
  ASSERT_EQ(cases.rows.size(), 3000U);
  expect_as_pandas_counts(build_profile(table_of_rows(cases.rows), options_with_segments()).value(), cases);
}

TEST(SegmentReference, DoesNotDependOnTheOrderOfRows) {
  Cases cases = read_cases();
  const Profile sorted = build_profile(table_of_rows(cases.rows), options_with_segments()).value();
  std::shuffle(cases.rows.begin(), cases.rows.end(), std::mt19937(3));
  const Profile shuffled = build_profile(table_of_rows(cases.rows), options_with_segments()).value();
  EXPECT_EQ(shuffled.segments, sorted.segments);
  EXPECT_EQ(shuffled.digest, sorted.digest);
}

TEST(SegmentReference, IsInTheDigestAndInTheFile) {
  const Cases cases = read_cases();
  const Profile with = build_profile(table_of_rows(cases.rows), options_with_segments()).value();
  const Profile without = build_profile(table_of_rows(cases.rows), {}).value();
  EXPECT_TRUE(without.segments.empty());
  EXPECT_NE(with.digest, without.digest);
  const auto read = profile_from_json(to_json(with));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->segments, with.segments);
}

TEST(SegmentReference, RefusesBytesThatAreNone) {
  const Cases cases = read_cases();
  const Profile profile = build_profile(table_of_rows(cases.rows), options_with_segments()).value();
  const std::string bytes = encode_segment(profile.segments.front());
  ASSERT_TRUE(decode_segment(profile, "x", bytes).ok());
  for (std::size_t size = 0; size < bytes.size(); size += 97)
    EXPECT_FALSE(decode_segment(profile, "x", bytes.substr(0, size)).ok()) << size;
  SegmentReference more = profile.segments.front();
  more.rows += 1;
  EXPECT_FALSE(decode_segment(profile, "x", encode_segment(more)).ok());
}

// Learnt from the stream in two halves, the second counted over the edges of the first.
TEST(SegmentReference, IsRenewedWithItsWhole) {
  const Cases cases = read_cases();
  const std::vector<Row> first(cases.rows.begin(), cases.rows.begin() + 1500);
  const Profile half = build_profile(table_of_rows(first), options_with_segments()).value();
  const auto layout = std::make_shared<const TallyLayout>(half, Side::predictions);
  const Binner binner(half, Side::predictions);
  Renewal renewal(half, Side::predictions, kDay, kStart);
  std::map<std::string, std::int64_t> rows;
  for (std::size_t i = 1500; i < cases.rows.size(); ++i) {
    const Row& row = cases.rows[i];
    std::vector<Feature> features = {{"age", number(row.age)}, {"income", income_of(row)}};
    if (row.country != "-") features.push_back({"country", country_of(row)});
    std::vector<std::uint8_t> cells(3), places(3);
    BinnerHints hints;
    binner.bin(features, cells, places, hints);
    Tally tally(layout);
    tally.add(cells, places);
    std::map<std::string, const Tally*> tallies;
    for (const SegmentDefinition& definition : options_with_segments().segments)
      if (const auto label = segment_label(definition, features)) tallies[*label] = &tally;
    for (const auto& [label, one] : tallies) ++rows[label];
    renewal.add(kStart + row.time * kSecond, tally);
    renewal.add_segments(kStart + row.time * kSecond, tallies);
  }
  Encoder out;
  renewal.save(out);
  Decoder in(out.bytes());
  const auto loaded = Renewal::load(half, in);
  ASSERT_TRUE(loaded.ok());
  const Profile renewed = renewal.finish();
  EXPECT_EQ(loaded->finish().digest, renewed.digest);
  ASSERT_EQ(renewed.segments.size(), half.segments.size());
  for (std::size_t i = 0; i < renewed.segments.size(); ++i)
    EXPECT_EQ(renewed.segments[i].rows, half.segments[i].rows + rows[half.segments[i].label]);
  for (std::size_t i = 0; i < cases.parts.size(); ++i)
    EXPECT_EQ(renewed.segments[i].rows, cases.parts[i].rows);
}

TEST(SegmentReference, KeepsThoseWithMostRows) {
  std::vector<Value> values;
  for (int i = 0; i < 80; ++i)
    for (int n = 0; n <= i; ++n) values.push_back(number(i));
  const Table table = table_with({{"x", values}});
  ProfileOptions options;
  options.segments = {{{"x", {}}}};
  const Profile profile = build_profile(table, options).value();
  ASSERT_EQ(profile.segments.size(), kMostReferenceSegments);
  for (const SegmentReference& segment : profile.segments) EXPECT_GE(segment.rows, 31) << segment.label;
}

// Those of a segment that the whole reference has seen once; over a partition they sum to the whole's.
TEST(SegmentReference, PartsWhatWasSeenOnce) {
  std::vector<Value> colours, sides;
  for (int i = 0; i < 40; ++i) {
    colours.push_back(text(i % 2 == 0 ? "red" : "blue"));
    sides.push_back(text(i % 4 == 0 ? "left" : "right"));
  }
  for (const char* once : {"ash", "oak", "elm"}) {
    colours.push_back(text(once));
    sides.push_back(text(std::string_view(once) == "elm" ? "left" : "right"));
  }
  const Table table = table_with({{"colour", colours}, {"side", sides}});
  ProfileOptions options;
  options.segments = {{{"side", {}}}};
  const Profile profile = build_profile(table, options).value();
  const auto layout = std::make_shared<const TallyLayout>(profile, Side::predictions);
  std::map<std::string, std::int64_t> once;
  for (const SegmentReference& segment : profile.segments) {
    const Tally tally = Tally::decode(layout, segment.prediction_counts).value();
    once[segment.label] = evidence::seen_once(profile.columns.front(), tally.column(0));
  }
  EXPECT_EQ(once, (std::map<std::string, std::int64_t>{{"side=left", 1}, {"side=right", 2}}));
  EXPECT_EQ(evidence::seen_once(profile.columns.front()), 3);
}

}  // namespace
}  // namespace driftd::detectors
