// What a store holds after its process was killed, and after its disk was full.
//
// The other process is this program again, asked for one of the DISABLED_ parts below: a mere fork
// would inherit the engine's thread pool without its threads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <random>

#include "storage/store.h"
#include "tests/storage/temporary_directory.h"

namespace driftd::storage {
namespace {

constexpr int kKeys = 40;

std::string key_of(int i) { return "x" + std::to_string(i); }

// Batch after batch until it is killed; tells each one that is on the disk. A batch puts its number
// under every key, adds it to a sum, and now and then is large, so that it spans blocks of the log.
[[noreturn]] void write_for_ever(const std::string& path, int tell) {
  Result<Store> store = Store::open(path, test_options());
  if (!store) _exit(1);
  const auto last = store->get("last");
  std::int64_t n = last->has_value() ? number_of(**last) : 0;
  while (true) {
    ++n;
    WriteBatch batch;
    batch.put("last", number(n));
    batch.add_counts("sum", number(n));
    const std::string padding(n % 7 == 0 ? 50'000 : 10, 'p');
    for (int i = 0; i < kKeys; ++i) batch.put(key_of(i), number(n) + padding);
    if (!store->write(batch)) _exit(2);
    if (::write(tell, &n, sizeof n) != sizeof n) _exit(3);
  }
}

pid_t start_child(const char* part, const std::string& path, int tell) {
  const pid_t child = fork();
  if (child != 0) return child;
  const std::string filter = std::string("--gtest_filter=StoreCrash.DISABLED_") + part;
  setenv("DRIFTD_TEST_PATH", path.c_str(), 1);
  setenv("DRIFTD_TEST_PIPE", std::to_string(tell).c_str(), 1);
  execl("/proc/self/exe", "tests_storage", filter.c_str(), "--gtest_also_run_disabled_tests", nullptr);
  _exit(126);
}

std::int64_t last_told(int from) {
  std::int64_t n = 0;
  std::int64_t last = 0;
  while (::read(from, &n, sizeof n) == sizeof n) last = n;
  return last;
}

void run_and_kill(const std::string& path, useconds_t after, std::int64_t& told) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = start_child("WritesForEver", path, ends[1]);
  close(ends[1]);
  usleep(after);
  kill(child, SIGKILL);
  told = std::max(told, last_told(ends[0]));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself with " << WEXITSTATUS(status);
}

TEST(StoreCrash, DISABLED_WritesForEver) {
  const char* path = std::getenv("DRIFTD_TEST_PATH");
  const char* tell = std::getenv("DRIFTD_TEST_PIPE");
  if (path == nullptr || tell == nullptr) GTEST_SKIP() << "a part of the tests beside it";
  write_for_ever(path, std::atoi(tell));
}

TEST(StoreCrash, KillNineLeavesWholeBatchesAndAllThatWereToldDone) {
  const TemporaryDirectory directory;
  const std::string path = directory / "s";
  std::mt19937 random(11);
  std::int64_t told = 0;
  for (int round = 0; round < 12; ++round) {
    run_and_kill(path, static_cast<useconds_t>(40'000 + random() % 150'000), told);
    if (HasFatalFailure()) return;
    Result<Store> store = Store::open(path, test_options());
    ASSERT_TRUE(store) << store.error().message;
    const auto last = store->get("last");
    if (!last->has_value()) {
      EXPECT_EQ(told, 0);
      continue;
    }
    const std::int64_t n = number_of(**last);
    EXPECT_GE(n, told);
    EXPECT_EQ(number_of(store->get("sum")->value()), n * (n + 1) / 2);
    for (int i = 0; i < kKeys; ++i) ASSERT_EQ(number_of(store->get(key_of(i))->value()), n);
  }
  EXPECT_GT(told, 0);
}

// In a child with a file system of 24 MB of its own: 0 all well, 77 cannot mount here.
int fill_and_go_on(const std::string& mount_point, const std::string& crashed) {
  if (unshare(CLONE_NEWNS) != 0 || mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return 77;
  if (mount("none", mount_point.c_str(), "tmpfs", 0, "size=24m") != 0) return 77;
  const std::string path = mount_point + "/s";
  Result<Store> store = Store::open(path, test_options());
  if (!store) return 1;
  const std::string ballast = mount_point + "/ballast";
  std::ofstream(ballast) << std::string(16 << 20, 'b');
  std::int64_t n = 0;
  const auto write_one = [&] {
    WriteBatch batch;
    batch.put("last", number(n + 1));
    batch.put(key_of(static_cast<int>(n % 16)), std::string(1 << 20, 'v'));
    batch.add_counts("sum", number(1));
    const Status written = store->write(batch);
    if (written) ++n;
    return written;
  };
  Status written = write_one();
  while (written && n < 64) written = write_one();
  if (written) return 2;
  if (written.error().message.find("the disk is full") == std::string::npos) return 3;
  for (int i = 0; i < 3; ++i) {
    if (write_one()) return 4;  // still full
  }
  if (number_of(store->get("last")->value()) != n) return 10;
  const std::int64_t before = n;
  std::filesystem::remove(ballast);
  for (int i = 0; i < 3; ++i) {
    if (!write_one()) return 5;
  }
  if (n != before + 3) return 6;
  std::filesystem::copy(path, crashed, std::filesystem::copy_options::recursive);  // as a kill would leave it
  Result<Store> again = Store::open(crashed, test_options());
  if (!again) return 7;
  if (number_of(again->get("last")->value()) != n) return 8;
  return number_of(again->get("sum")->value()) == n ? 0 : 9;
}

TEST(StoreCrash, DISABLED_FillsTheDisk) {
  const char* path = std::getenv("DRIFTD_TEST_PATH");
  if (path == nullptr) GTEST_SKIP() << "a part of the tests beside it";
  const TemporaryDirectory copy;
  const int code = fill_and_go_on(path, copy / "s");
  if (code != 0) _exit(code);
}

TEST(StoreCrash, AFullDiskIsToldAndPassesWithoutATrace) {
  const TemporaryDirectory directory;
  const pid_t child = start_child("FillsTheDisk", directory.path(), 0);
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "this user may not mount a small file system";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(StoreCrash, AnotherProcessHoldingTheStoreIsNamedAsTheReason) {
  const TemporaryDirectory directory;
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = start_child("WritesForEver", directory / "s", ends[1]);
  std::int64_t first = 0;
  ASSERT_EQ(::read(ends[0], &first, sizeof first), static_cast<ssize_t>(sizeof first));
  const Result<Store> store = Store::open(directory / "s", test_options());
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::unavailable);
  EXPECT_THAT(store.error().message, ::testing::HasSubstr("another driftd holds it"));
}

}  // namespace
}  // namespace driftd::storage
