// A flipped bit, or a lost end, anywhere in the files of a store: what is read is what was written, or an
// error that names the store, or, where only the end of the log is missing, the state after an earlier batch
// as a whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <random>
#include <sstream>

#include "storage/keys.h"
#include "storage/log_check.h"
#include "storage/salvage.h"
#include "storage/store.h"
#include "tests/storage/temporary_directory.h"

namespace driftd::storage {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using Content = std::map<std::string, std::string>;

Result<Content> content_of(const Store& store) {
  Content content;
  const Status read = store.for_each("", [&](std::string_view key, std::string_view value) {
    content.emplace(key, value);
    return true;
  });
  if (!read) return read.error();
  return content;
}

std::string read_file(const fs::path& name) {
  std::ifstream in(name, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}
void write_file(const fs::path& name, const std::string& bytes) {
  std::ofstream(name, std::ios::binary | std::ios::trunc) << bytes;
}

// So many times as many with DRIFTD_FULL=1.
int trials(int few) { return std::getenv("DRIFTD_FULL") != nullptr ? 10 * few : few; }

// A store of several tables and a log, and what it held after every batch.
class DamagedStore : public ::testing::Test {
 protected:
  void SetUp() override {
    std::mt19937 random(3);
    for (int session = 0; session < 3; ++session) {  // what the log held becomes a table at each opening
      Result<Store> store = Store::open(path_, test_options());
      ASSERT_TRUE(store) << store.error().message;
      for (int n = 0; n < 5; ++n) {
        WriteBatch batch;
        for (int i = 0; i < 40; ++i)
          batch.put("s" + std::to_string(random() % 300),
                    number(static_cast<std::int64_t>(random())) + std::string(random() % 90, 'v'));
        for (int i = 0; i < 10; ++i)
          batch.add_counts("h" + std::to_string(random() % 30), number(1 + session));
        batch.erase_range("s10", "s11");
        batch.put("mnumber", number(session * 10 + n));
        ASSERT_TRUE(store->write(batch));
        after_.push_back(*content_of(*store));
      }
    }
  }

  // The state that a reader believes, or the error that refuses it.
  Result<Content> believed(const std::string& path, bool to_read) {
    Result<Store> store =
        to_read ? Store::open_to_read(path, test_options()) : Store::open(path, test_options());
    if (!store) return store.error();
    return content_of(*store);
  }

  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path_)) {
      const std::string name = entry.path().filename();
      if (name != "LOCK" && !name.starts_with("LOG") && fs::file_size(entry.path()) > 0)
        names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  // How many batches lie between the state and the last one; nothing: it is none of ours.
  std::optional<std::size_t> batches_behind(const Content& content) const {
    for (std::size_t i = after_.size(); i-- > 0;)
      if (after_[i] == content) return after_.size() - 1 - i;
    return std::nullopt;
  }

  TemporaryDirectory directory_;
  std::string path_ = directory_ / "store";
  std::vector<Content> after_;
};

TEST_F(DamagedStore, AFlippedBitAnywhereIsNamedAndNeverBelieved) {
  std::mt19937 random(17);
  const std::vector<std::string> names = files();
  std::map<std::string, int> outcomes;
  for (int trial = 0; trial < trials(250); ++trial) {
    const std::string copy = directory_ / "copy";
    fs::remove_all(copy);
    fs::copy(path_, copy);
    const std::string name = names[random() % names.size()];
    std::string bytes = read_file(fs::path(copy) / name);
    const std::size_t at = random() % bytes.size();
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << (random() % 8)));
    write_file(fs::path(copy) / name, bytes);
    const Result<Content> found = believed(copy, trial % 2 == 0);
    const std::string place = name + " at " + std::to_string(at);
    if (!found) {
      EXPECT_THAT(found.error().message, HasSubstr(copy)) << place;
      ++outcomes["refused"];
      continue;
    }
    const auto behind = batches_behind(*found);
    ASSERT_TRUE(behind) << place << ": a state that never was";
    if (*behind > 0) {  // the last record of the log cannot be told from a torn one
      EXPECT_TRUE(name.ends_with(".log")) << place;
      EXPECT_EQ(*behind, 1U) << place;
    }
    ++outcomes[*behind == 0 ? "the same" : "the batch before"];
  }
  EXPECT_GT(outcomes["refused"], 100);
  EXPECT_GT(outcomes["the same"], 10);  // names and options that nobody reads
}

TEST_F(DamagedStore, ALostEndOfAnyFileLeavesWholeBatches) {
  std::mt19937 random(18);
  const std::vector<std::string> names = files();
  std::map<std::string, int> outcomes;
  for (int trial = 0; trial < trials(150); ++trial) {
    const std::string copy = directory_ / "copy";
    fs::remove_all(copy);
    fs::copy(path_, copy);
    const std::string name = names[random() % names.size()];
    const auto size = fs::file_size(fs::path(copy) / name);
    fs::resize_file(fs::path(copy) / name, random() % size);
    const Result<Content> found = believed(copy, trial % 2 == 0);
    if (!found) {
      EXPECT_THAT(found.error().message, HasSubstr(copy)) << name;
      ++outcomes["refused"];
      continue;
    }
    const auto behind = batches_behind(*found);
    ASSERT_TRUE(behind) << name << ": a state that never was";
    EXPECT_TRUE(*behind == 0 || name.ends_with(".log")) << name;
    ++outcomes[*behind == 0 ? "the same" : "an earlier batch"];
  }
  EXPECT_GT(outcomes["refused"], 50);
  EXPECT_GT(outcomes["an earlier batch"], 5);
}

TEST_F(DamagedStore, DamageInTheMidstOfTheLogIsToldAndPassedOnWish) {
  std::string log;
  for (const std::string& name : files())
    if (name.ends_with(".log")) log = name;
  const fs::path file = fs::path(path_) / log;
  EXPECT_FALSE(find_log_damage(path_)->has_value());
  std::string bytes = read_file(file);
  bytes[bytes.size() / 2] = static_cast<char>(~bytes[bytes.size() / 2]);
  write_file(file, bytes);
  ASSERT_TRUE(find_log_damage(path_)->has_value());
  EXPECT_EQ(find_log_damage(path_)->value().file, log);
  const Result<Store> refused = Store::open(path_, test_options());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::corrupt);
  EXPECT_THAT(refused.error().message, HasSubstr(file.string()));
  EXPECT_THAT(refused.error().message, HasSubstr("driftd doctor"));
  StoreOptions options = test_options();
  options.past_damage = true;
  const Result<Store> passed = Store::open_to_read(path_, options);
  ASSERT_TRUE(passed) << passed.error().message;
  const auto behind = batches_behind(*content_of(*passed));
  ASSERT_TRUE(behind);
  EXPECT_GT(*behind, 0U);
  EXPECT_LT(*behind, 5U);
}

TEST_F(DamagedStore, ATornTailOfTheLogIsNoDamage) {
  for (const std::string& name : files()) {
    if (!name.ends_with(".log")) continue;
    const fs::path file = fs::path(path_) / name;
    fs::resize_file(file, fs::file_size(file) - 100);
  }
  EXPECT_FALSE(find_log_damage(path_)->has_value());
  const Result<Store> store = Store::open(path_, test_options());
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ(batches_behind(*content_of(*store)), 1U);
}

TEST_F(DamagedStore, WhatCanBeReadIsReadAndTheRestIsToldByItsKeys) {
  {
    Result<Store> store = Store::open(path_, test_options());  // everything becomes tables
    ASSERT_TRUE(store);
    ASSERT_TRUE(store->compact("", "z"));
  }
  const Result<Store> whole = Store::open_to_read(path_, test_options());
  const Content all = *content_of(*whole);
  std::mt19937 random(19);
  int lost_some = 0;
  for (int trial = 0; trial < 60; ++trial) {
    const std::string copy = directory_ / "copy";
    fs::remove_all(copy);
    fs::copy(path_, copy);
    std::vector<std::string> tables;
    for (const std::string& name : files())
      if (name.ends_with(".sst")) tables.push_back(name);
    const fs::path file = fs::path(copy) / tables[random() % tables.size()];
    std::string bytes = read_file(file);
    bytes[random() % (bytes.size() / 2)] ^= 4;  // the values come first
    write_file(file, bytes);
    Result<Store> store = Store::open_to_read(copy, test_options());
    if (!store) continue;  // the identity record itself
    Content read;
    const std::vector<LostKeys> lost = for_each_readable(
        *store, {},
        [&](std::string_view key, std::string_view value) { return read.emplace(key, value).second; });
    lost_some += !lost.empty();
    for (const auto& [key, value] : all) {
      const bool told = std::any_of(lost.begin(), lost.end(), [&, &k = key](const LostKeys& range) {
        return k >= range.first && (range.end.empty() || k < range.end);
      });
      if (told)
        EXPECT_FALSE(read.contains(key)) << key;
      else
        EXPECT_EQ(read[key], value) << key;
    }
  }
  EXPECT_GT(lost_some, 20);
}

TEST_F(DamagedStore, ACopyIsMadeBesideItsWriterAndHoldsOneMoment) {
  Result<Store> writer = Store::open(path_, test_options());
  ASSERT_TRUE(writer);
  const Result<Store> reader = Store::open_to_read(path_, test_options());
  ASSERT_TRUE(reader) << reader.error().message;
  WriteBatch batch;
  batch.put("mnumber", number(99));
  ASSERT_TRUE(writer->write(batch));
  ASSERT_TRUE(writer->compact("", "z"));  // the files that the reader reads go
  const std::string copy = directory_ / "copy";
  ASSERT_TRUE(write_new_store(copy, test_options(), [&](const Put& put) -> Status {
    Status done = success();
    const Status read = reader->for_each("", [&](std::string_view key, std::string_view value) {
      if (key != meta_key("store")) done = put(key, value);
      return bool(done);
    });
    return read ? done : read;
  }));
  const Result<Store> copied = Store::open_to_read(copy, test_options());
  ASSERT_TRUE(copied);
  EXPECT_EQ(*content_of(*copied), after_.back());
  EXPECT_FALSE(write_new_store(copy, test_options(), [](const Put&) -> Status { return success(); }));
}

TEST_F(DamagedStore, IsNotMendedWhileSomeoneHoldsIt) {
  {
    const Result<Store> store = Store::open(path_, test_options());
    ASSERT_TRUE(store);
    const Result<StoreLock> lock = StoreLock::take(path_);
    ASSERT_FALSE(lock);
    EXPECT_EQ(lock.error().code, ErrorCode::unavailable);
  }
  const Result<StoreLock> lock = StoreLock::take(path_);
  EXPECT_TRUE(lock);
  EXPECT_FALSE(Store::open(path_, test_options()));
}

TEST_F(DamagedStore, WithoutItsListOfFilesIsRebuiltFromThem) {
  for (const std::string& name : files())
    if (name.starts_with("MANIFEST")) fs::resize_file(fs::path(path_) / name, 10);
  ASSERT_FALSE(Store::open(path_, test_options()));
  ASSERT_TRUE(rebuild_list_of_files(path_, test_options()));
  const Result<Store> store = Store::open(path_, test_options());
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ(*content_of(*store), after_.back());
}

}  // namespace
}  // namespace driftd::storage
