#include "storage/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <vector>

#include "storage/keys.h"
#include "tests/storage/temporary_directory.h"

namespace driftd::storage {
namespace {

using ::testing::HasSubstr;

std::map<std::string, std::string> all_of(const Store& store, std::string_view prefix) {
  std::map<std::string, std::string> found;
  EXPECT_TRUE(store.for_each(prefix, [&](std::string_view key, std::string_view value) {
    return found.emplace(key, value).second;
  }));
  return found;
}

TEST(Store, KeepsWhatWasWrittenOverReopening) {
  const TemporaryDirectory directory;
  {
    Result<Store> store = Store::open(directory / "new/store", test_options());
    ASSERT_TRUE(store) << store.error().message;
    WriteBatch batch;
    batch.put("x1", "one");
    batch.put("x2", std::string("\0\xFF", 2));
    batch.erase("x3");
    ASSERT_TRUE(store->write(batch));
  }
  Result<Store> store = Store::open(directory / "new/store", test_options());
  ASSERT_TRUE(store);
  EXPECT_EQ(store->get("x1")->value(), "one");
  EXPECT_EQ(store->get("x2")->value(), std::string("\0\xFF", 2));
  EXPECT_FALSE(store->get("x3")->has_value());
}

TEST(Store, IsReadWhileAnotherWritesAndNotChanged) {
  const TemporaryDirectory directory;
  EXPECT_EQ(Store::open_to_read(directory / "store", test_options()).error().code, ErrorCode::not_found);
  EXPECT_FALSE(std::filesystem::exists(directory / "store"));
  Result<Store> writer = Store::open(directory / "store", test_options());
  ASSERT_TRUE(writer);
  WriteBatch batch;
  batch.put("x1", "one");
  ASSERT_TRUE(writer->write(batch));
  Result<Store> reader = Store::open_to_read(directory / "store", test_options());
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_EQ(reader->get("x1")->value(), "one");
  EXPECT_FALSE(reader->write(batch));
  batch.put("x2", "two");
  ASSERT_TRUE(writer->write(batch));
  EXPECT_FALSE(reader->get("x2")->has_value());  // as it was when it was opened
}

TEST(Store, VisitsAPrefixInByteOrderUntilToldToStop) {
  Result<Store> store = Store::open_temporary(test_options());
  ASSERT_TRUE(store);
  WriteBatch batch;
  for (const char* key : {"b2", "a", "b1", "b\xFF", "c", "b"}) batch.put(key, "");
  ASSERT_TRUE(store->write(batch));
  std::vector<std::string> seen;
  ASSERT_TRUE(store->for_each("b", [&](std::string_view key, std::string_view) {
    seen.emplace_back(key);
    return seen.size() < 3;
  }));
  EXPECT_THAT(seen, ::testing::ElementsAre("b", "b1", "b2"));
}

// Against a std::map that is told the same, with flushes of the engine's memory in between.
TEST(Store, IsAMapWhateverTheOrderOfChanges) {
  const TemporaryDirectory directory;
  std::mt19937_64 random(7);
  std::map<std::string, std::string> model;
  const auto name = [&] { return "x" + std::to_string(random() % 50); };
  for (int session = 0; session < 4; ++session) {
    Result<Store> store = Store::open(directory / "s", test_options());
    ASSERT_TRUE(store);
    for (int round = 0; round < 40; ++round) {
      WriteBatch batch;
      for (int change = 0; change < 20; ++change) {
        const std::string key = name();
        const auto value = static_cast<std::int64_t>(random() % 1000) - 500;
        switch (random() % 8) {
          case 0:
            batch.put(key, number(value));
            model[key] = number(value);
            break;
          case 1:
            batch.erase(key);
            model.erase(key);
            break;
          case 2: {
            const std::string end = key + "5";
            batch.erase_range(key, end);
            model.erase(model.lower_bound(key), model.lower_bound(end));
            break;
          }
          default:
            batch.add_counts(key, number(value));
            model[key] = model.contains(key) ? add_numbers(model[key], number(value)) : number(value);
        }
      }
      ASSERT_TRUE(store->write(batch));
      ASSERT_EQ(all_of(*store, "x"), model);
    }
    ASSERT_EQ(all_of(*store, "x"), model);
  }
}

TEST(Store, AnEmptyRangeErasesNothing) {
  Result<Store> store = Store::open_temporary(test_options());
  ASSERT_TRUE(store);
  WriteBatch batch;
  batch.put("x", "1");
  batch.erase_range("x", "x");
  batch.erase_range("y", "a");
  ASSERT_TRUE(store->write(batch));
  EXPECT_TRUE(store->get("x")->has_value());
}

// The same random changes, compacted now and then, beside the batch as it was made.
TEST(Store, DoesTheSameByACompactedBatch) {
  std::mt19937 random(7);
  for (int round = 0; round < 12; ++round) {
    Result<Store> plain = Store::open_temporary(test_options());
    Result<Store> compacted = Store::open_temporary(test_options());
    WriteBatch before;
    for (char key = 'a'; key < 'h'; ++key) before.put(std::string(1, key), number(key));
    ASSERT_TRUE(plain->write(before));
    ASSERT_TRUE(compacted->write(before));
    WriteBatch whole;
    WriteBatch few;
    for (int change = 0; change < 40; ++change) {
      const std::string key(1, static_cast<char>('a' + random() % 8));
      const std::string value = number(static_cast<std::int64_t>(random() % 1000));
      const std::string end(1, static_cast<char>(key[0] + 1 + static_cast<int>(random() % 3)));
      const auto what = random() % 4;
      for (WriteBatch* batch : {&whole, &few}) {
        if (what == 0) batch->put(key, value);
        if (what == 1) batch->erase(key);
        if (what == 2) batch->erase_range(key, end);
        if (what == 3) batch->add_counts(key, value);
      }
      if (change % 9 == 0) few.compact();
    }
    ASSERT_TRUE(plain->write(whole));
    ASSERT_TRUE(compacted->write(few));
    for (char key = 'a'; key < 'l'; ++key)
      EXPECT_EQ(*plain->get(std::string(1, key)), *compacted->get(std::string(1, key))) << round << key;
  }
}

TEST(Store, ABatchThatIsTriedAgainAndAgainStaysAsSmallAsWhatItSays) {
  WriteBatch batch;
  batch.put("kept", "a");
  const std::size_t once = batch.bytes();
  for (int attempt = 0; attempt < 100; ++attempt) {
    batch.put("kept", "b");
    batch.mark();
    batch.put("made anew", std::string(1000, 'x'));
    batch.add_counts("counts", number(1));
    batch.return_to_mark();
    batch.compact();
    EXPECT_EQ(batch.bytes(), once);
  }
  Result<Store> store = Store::open_temporary(test_options());
  ASSERT_TRUE(store->write(batch));
  EXPECT_EQ(**store->get("kept"), "b");
  EXPECT_FALSE(store->get("counts")->has_value());
}

TEST(Store, IsHeldByOneAtATime) {
  const TemporaryDirectory directory;
  Result<Store> first = Store::open(directory / "s", test_options());
  ASSERT_TRUE(first);
  const Result<Store> second = Store::open(directory / "s", test_options());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::unavailable);
  EXPECT_THAT(second.error().message, HasSubstr("another driftd holds it"));
  EXPECT_THAT(second.error().message, HasSubstr(directory / "s"));
}

TEST(Store, OfANewerDriftdIsRefusedWithItsName) {
  const TemporaryDirectory directory;
  {
    Result<Store> store = Store::open(directory / "s", test_options());
    ASSERT_TRUE(store);
    Encoder writer;
    writer.put_text("driftd 9.1");
    WriteBatch batch;
    batch.put(meta_key("store"), seal("store", kStoreFormat + 1, writer.bytes()));
    ASSERT_TRUE(store->write(batch));
  }
  const Result<Store> store = Store::open(directory / "s", test_options());
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::refused);
  EXPECT_THAT(store.error().message, HasSubstr("driftd 9.1"));
}

TEST(Store, OfSomeoneElseIsRefused) {
  const TemporaryDirectory directory;
  {
    Result<Store> store = Store::open(directory / "s", test_options());
    ASSERT_TRUE(store);
    WriteBatch batch;
    batch.erase(meta_key("store"));
    batch.put("their key", "their value");
    ASSERT_TRUE(store->write(batch));
  }
  const Result<Store> store = Store::open(directory / "s", test_options());
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::refused);
}

TEST(Store, DamagedIdentityIsToldNotGuessed) {
  const TemporaryDirectory directory;
  {
    Result<Store> store = Store::open(directory / "s", test_options());
    ASSERT_TRUE(store);
    WriteBatch batch;
    batch.put(meta_key("store"), "DRFTnonsense");
    ASSERT_TRUE(store->write(batch));
  }
  const Result<Store> store = Store::open(directory / "s", test_options());
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::corrupt);
}

TEST(Store, WhereADirectoryCannotBeSaysSo) {
  const TemporaryDirectory directory;
  std::ofstream(directory / "file") << "x";
  const Result<Store> store = Store::open(directory / "file", test_options());
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::io);
  EXPECT_THAT(store.error().message, HasSubstr(directory / "file"));
}

TEST(Store, TemporaryOneLeavesNothingBehind) {
  std::string path;
  {
    Result<Store> store = Store::open_temporary(test_options());
    ASSERT_TRUE(store);
    path = store->path();
    WriteBatch batch;
    batch.put("x", std::string(100'000, 'x'));
    ASSERT_TRUE(store->write(batch));
    EXPECT_TRUE(std::filesystem::exists(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Store, ThrowingAdditionIsCorruptionOfThatKeyAlone) {
  StoreOptions options = test_options();
  options.add = [](std::string_view, std::string_view) -> std::string { throw std::runtime_error("odd"); };
  Result<Store> store = Store::open_temporary(options);
  ASSERT_TRUE(store);
  WriteBatch batch;
  batch.add_counts("x", "1");
  batch.add_counts("x", "2");
  batch.put("y", "fine");
  ASSERT_TRUE(store->write(batch));
  const auto broken = store->get("x");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::corrupt);
  EXPECT_EQ(store->get("y")->value(), "fine");
}

}  // namespace
}  // namespace driftd::storage
