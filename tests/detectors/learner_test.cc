#include "detectors/learner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "detectors/binning.h"
#include "detectors/profile_json.h"
#include "detectors/renewal.h"

namespace driftd::detectors {
namespace {

constexpr Duration kSlot = kMinute;

RawRow row_at(std::int64_t slot, int number) {
  RawRow row;
  row.time = slot * kSlot + (number * 7919 % 60) * kSecond;
  row.id = number % 5 == 0 ? "" : std::to_string(number);
  row.hash = static_cast<std::uint64_t>(number) * 0x9E3779B97F4A7C15U;
  row.values = {{Value::Kind::number, number * 0.25, ""},
                {Value::Kind::text, 0, number % 2 == 0 ? "a" : "b"}};
  row.predicted.score = (number % 10) / 10.0;
  if (number % 7 == 0) row.variant = "champion";
  if (number % 3 == 0) row.predicted.scores = {{"a", 0.25}, {"b", 0.75}};
  if (number % 4 == 0) row.verdict = Verdict{"1", 1.0};
  return row;
}

RowTable rows_of(std::int64_t slot, int size) {
  RowTable table{{"x", "c"}, {}};
  for (int i = 0; i < size; ++i) table.rows.push_back(row_at(slot, static_cast<int>(slot) * 100 + i));
  return table;
}

std::string profile_of(const Learner& learner) {
  return to_json(learner.finish({}, ProfileParts::predictions).value());
}

TEST(Learner, TakesWholeSlotsUntilTheyHoldTheRows) {
  Learner learner({ReferenceRule::Kind::first_rows, 25, 0}, kSlot);
  learner.add_slot(3, rows_of(3, 10));
  learner.add_slot(5, rows_of(5, 10));
  EXPECT_FALSE(learner.complete());
  learner.add_slot(9, rows_of(9, 10));
  EXPECT_TRUE(learner.complete());
  learner.add_slot(10, rows_of(10, 10));
  EXPECT_EQ(learner.rows(), 30);
  EXPECT_EQ(learner.first_slot(), 3);
}

TEST(Learner, SpansADurationFromTheFirstSlotEvenWhenTheLastSlotsAreEmpty) {
  Learner learner({ReferenceRule::Kind::first_duration, 0, 10 * kSlot}, kSlot);
  learner.advance(50);
  learner.add_slot(100, rows_of(100, 2));
  learner.add_slot(104, rows_of(104, 2));
  learner.advance(108);
  EXPECT_FALSE(learner.complete());
  learner.advance(109);
  EXPECT_TRUE(learner.complete());

  Learner jumped({ReferenceRule::Kind::first_duration, 0, 10 * kSlot}, kSlot);
  jumped.add_slot(100, rows_of(100, 2));
  jumped.add_slot(110, rows_of(110, 2));
  EXPECT_TRUE(jumped.complete());
  EXPECT_EQ(jumped.rows(), 2) << "the slot lies beyond the duration";
}

TEST(Learner, DoesNotDependOnHowRowsAndColumnsWereBroughtTogether) {
  std::mt19937 random(3);
  const auto learn = [&](bool mixed) {
    Learner learner({ReferenceRule::Kind::first_rows, 1000, 0}, kSlot);
    for (std::int64_t slot = 0; slot < 4; ++slot) {
      RowTable whole = rows_of(slot, 20);
      if (!mixed) {
        learner.add_slot(slot, whole);
        continue;
      }
      std::shuffle(whole.rows.begin(), whole.rows.end(), random);
      RowTable turned{{"c", "x"}, {}};
      RowTable rest{{"x", "c"}, {}};
      for (RawRow& row : whole.rows) {
        const bool turn = random() % 2 == 0;
        if (turn) std::swap(row.values[0], row.values[1]);
        (turn ? turned : rest).rows.push_back(row);
      }
      turned.append(std::move(rest));
      learner.add_slot(slot, turned);
    }
    return learner;
  };
  const Learner plain = learn(false);
  const Learner mixed = learn(true);
  EXPECT_EQ(profile_of(plain), profile_of(mixed));
  Encoder a;
  Encoder b;
  plain.save(a);
  mixed.save(b);
  EXPECT_EQ(a.bytes(), b.bytes());
}

TEST(Learner, KeepsRowsWhole) {
  Learner learner({}, kSlot);
  learner.add_slot(0, rows_of(0, 30));
  RowTable expected = rows_of(0, 30);
  const Result<RowTable> found = learner.all_rows();
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->names, (std::vector<std::string>{"c", "x"}));
  ASSERT_EQ(found->rows.size(), 30U);
  EXPECT_TRUE(std::is_sorted(found->rows.begin(), found->rows.end(),
                             [](const RawRow& a, const RawRow& b) { return a.time < b.time; }));
  for (RawRow& row : expected.rows) {
    std::swap(row.values[0], row.values[1]);
    EXPECT_NE(std::find(found->rows.begin(), found->rows.end(), row), found->rows.end());
  }
}

TEST(Learner, RestoredStateContinuesIdentically) {
  for (std::int64_t cut = 0; cut < 6; ++cut) {
    Learner learner({ReferenceRule::Kind::first_rows, 55, 0}, kSlot);
    for (std::int64_t slot = 0; slot < cut; ++slot) learner.add_slot(slot, rows_of(slot, 10));
    Encoder whole;
    learner.save(whole);
    Decoder whole_in(whole.bytes());
    Learner first = Learner::load(whole_in).value();

    Encoder head;
    learner.save_head(head);
    Decoder head_in(head.bytes());
    Learner second = Learner::load_head(head_in).value();
    for (const auto& [slot, bytes] : learner.take_new_blocks())
      ASSERT_TRUE(second.restore_block(slot, bytes).ok());
    EXPECT_TRUE(learner.take_new_blocks().empty());

    for (std::int64_t slot = cut; slot < 8; ++slot) {
      for (Learner* each : {&learner, &first, &second}) each->add_slot(slot, rows_of(slot, 10));
    }
    EXPECT_TRUE(learner.complete());
    EXPECT_EQ(profile_of(first), profile_of(learner));
    EXPECT_EQ(profile_of(second), profile_of(learner));
  }
}

TEST(Learner, TruncatedBytesAreRefused) {
  Learner learner({}, kSlot);
  learner.add_slot(0, rows_of(0, 3));
  Encoder out;
  learner.save(out);
  for (std::size_t size = 0; size < out.bytes().size(); ++size) {
    Decoder in(std::string_view(out.bytes()).substr(0, size));
    EXPECT_FALSE(Learner::load(in).ok()) << size;
  }
}

TEST(Renewal, HasTheSameEdgesAndTheCountsOfAllItsDays) {
  Learner learner({ReferenceRule::Kind::automatic, 40, 14 * kDay}, kSlot);
  for (std::int64_t slot = 0; slot < 2; ++slot) learner.add_slot(slot, rows_of(slot, 20));
  const Profile profile = learner.finish({}, ProfileParts::predictions).value();
  Renewal renewal(profile, Side::predictions, 14 * kDay, 0);
  const auto layout = std::make_shared<const TallyLayout>(profile, Side::predictions);
  Tally tally(layout);
  const std::vector<std::uint8_t> cells(layout->columns(), kNullCell);
  const std::vector<std::uint8_t> places(layout->columns(), 0);
  tally.add(cells, places);
  renewal.add(2 * kSlot, tally);
  renewal.add(3 * kSlot, tally);
  Encoder out;
  renewal.save(out);
  Decoder in(out.bytes());
  Renewal restored = Renewal::load(profile, in).value();
  for (Renewal* each : {&renewal, &restored}) {
    each->add(kDay, tally);
    each->add(14 * kDay, tally);  // beyond the end
  }
  EXPECT_FALSE(renewal.complete(14 * kDay - 1));
  EXPECT_TRUE(renewal.complete(14 * kDay));
  const Profile made = renewal.finish();
  EXPECT_EQ(to_json(restored.finish()), to_json(made));
  EXPECT_EQ(made.rows, 43);
  EXPECT_NE(made.digest, profile.digest);
  for (std::size_t i = 0; i < made.columns.size(); ++i) {
    EXPECT_EQ(made.columns[i].knots, profile.columns[i].knots);
    EXPECT_EQ(made.columns[i].missing(), profile.columns[i].missing() + 3);
  }
  ASSERT_TRUE(profile_from_json(to_json(made)).ok());
  EXPECT_EQ(made.blocks.size(), 2U);
}

// Longer than five minutes, or no divisor of them.
TEST(Renewal, FilesTheCountsOfASlotWhereItBegins) {
  for (const Duration slot : {10 * kMinute, 7 * kMinute}) {
    Learner learner({ReferenceRule::Kind::automatic, 20, 14 * kDay}, slot);
    learner.add_slot(0, rows_of(0, 20));
    const Profile profile = learner.finish({}, ProfileParts::predictions).value();
    Renewal renewal(profile, Side::predictions, 14 * kDay, 0);
    const auto layout = std::make_shared<const TallyLayout>(profile, Side::predictions);
    Tally tally(layout);
    tally.add(std::vector<std::uint8_t>(layout->columns(), kNullCell),
              std::vector<std::uint8_t>(layout->columns(), 0));
    std::map<std::int64_t, std::int64_t> expected;
    for (std::int64_t number = 100; number < 110; ++number) {
      renewal.add(slot_start(number, slot), tally);
      ++expected[number * slot / (5 * kMinute)];
    }
    std::map<std::int64_t, std::int64_t> filed;
    for (const ProfileBlock& block : renewal.finish().blocks)
      if (block.block >= 100 * slot / kProfileBlock)
        filed[block.block] = Tally::decode(layout, block.predictions)->events();
    EXPECT_EQ(filed, expected);
  }
}

}  // namespace
}  // namespace driftd::detectors
