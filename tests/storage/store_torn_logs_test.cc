// Killed twice in the midst of its log, the second time while the first log was still there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <vector>

#include "storage/log_check.h"
#include "storage/store.h"
#include "tests/storage/temporary_directory.h"

namespace driftd::storage {
namespace {

namespace fs = std::filesystem;

class TornLogs : public ::testing::Test {
 protected:
  // Each batch spans several blocks of the log.
  static void write_batches(Store& store, int first, int count) {
    for (int n = first; n < first + count; ++n) {
      WriteBatch batch;
      batch.put("last", number(n));
      batch.put("padding", std::string(100'000, static_cast<char>('a' + n)));
      ASSERT_TRUE(store.write(batch));
    }
  }
  static fs::path newest_log(const std::string& path) {
    std::vector<fs::path> logs;
    for (const auto& entry : fs::directory_iterator(path))
      if (entry.path().extension() == ".log") logs.push_back(entry.path());
    return *std::max_element(logs.begin(), logs.end());
  }
  static void tear(const fs::path& log) { fs::resize_file(log, fs::file_size(log) - 70'000); }

  // What is on the disk as it is killed: batches `first` to `first + count`, the last one torn.
  void kill_in_a_batch(const std::string& path, const std::string& left, int first, int count) {
    Result<Store> store = Store::open(path, test_options());
    ASSERT_TRUE(store) << store.error().message;
    write_batches(*store, first, count);
    fs::copy(path, left);
    tear(newest_log(left));
  }

  void SetUp() override {
    kill_in_a_batch(directory_ / "first", directory_ / "second", 0, 3);
    const fs::path torn = newest_log(directory_ / "second");
    fs::copy(torn, directory_ / "torn");
    kill_in_a_batch(directory_ / "second", left_, 2, 4);
    ASSERT_NE(newest_log(left_).filename(), torn.filename());
    old_ = fs::path(left_) / torn.filename();
    fs::copy(directory_ / "torn", old_, fs::copy_options::overwrite_existing);
  }

  TemporaryDirectory directory_;
  std::string left_ = directory_ / "left";
  fs::path old_;  // its content is in a table, and nobody has erased it yet
};

TEST_F(TornLogs, GoOnFromTheLastWholeBatch) {
  ASSERT_TRUE(find_log_damage(left_)->has_value());
  for (const bool to_read : {true, false}) {
    const Result<Store> store =
        to_read ? Store::open_to_read(left_, test_options()) : Store::open(left_, test_options());
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ(number_of(**store->get("last")), 4);
  }
}

TEST_F(TornLogs, DoNotHideDamageInTheNewest) {
  std::fstream log(newest_log(left_), std::ios::in | std::ios::out | std::ios::binary);
  log.seekp(120'000);
  log.write("damage", 6);
  log.close();
  const Result<Store> refused = Store::open(left_, test_options());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::corrupt);
  EXPECT_THAT(refused.error().message, testing::HasSubstr(newest_log(left_).string()));
}

TEST_F(TornLogs, AreDamageWhereTheyAreNeeded) {
  const std::string needed = directory_ / "needed";
  fs::copy(directory_ / "first", needed);  // whose only log no table holds
  tear(newest_log(needed));
  tear(newest_log(needed));  // batches 1 and 2 are gone, and the younger log begins with batch 2
  fs::copy(newest_log(left_), fs::path(needed) / "999999.log");
  const Result<Store> refused = Store::open(needed, test_options());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace driftd::storage
