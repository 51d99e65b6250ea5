// Recorded streams: lines, ends, compression, limits and roles.
#include "collector/file_source.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <thread>

namespace driftd::collector {
namespace {

constexpr std::chrono::milliseconds kNoWait{0};

class FileSourceTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("driftd_file_source_" + std::to_string(std::random_device{}()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) {
    const auto path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  std::string write_gzip(const std::string& name, const std::string& text) {
    const std::string path = (folder_ / name).string();
    const gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
    return path;
  }

  std::filesystem::path folder_;
};

struct Read {
  std::vector<std::pair<std::int64_t, std::string>> records;
  std::vector<bool> oversized;
};

// Everything of every partition, in polls of `most` records.
std::map<std::uint32_t, Read> read_all(FileSource& source, std::size_t most = 100) {
  std::map<std::uint32_t, Read> read;
  const auto finished = [&] {
    for (std::uint32_t i = 0; i < source.partitions().size(); ++i) {
      if (!source.end_of(i).finished) return false;
    }
    return true;
  };
  for (int polls = 0; !finished() && polls < 100'000; ++polls) {
    const auto batch = source.poll(most, kNoWait);
    if (!batch.ok()) throw std::runtime_error(batch.error().message);
    for (const PartitionBatch& part : batch.value().parts) {
      for (const Record& record : part.records) {
        read[part.partition].records.emplace_back(record.offset, *record.value);
        read[part.partition].oversized.push_back(record.oversized);
      }
      EXPECT_TRUE(part.records.empty() || part.next_offset > part.records.back().offset);
    }
  }
  EXPECT_TRUE(finished());
  return read;
}

std::unique_ptr<FileSource> open(std::vector<std::string> paths, std::size_t max_record = 1000) {
  auto source = FileSource::open({.paths = std::move(paths), .max_record = max_record});
  if (!source.ok()) throw std::runtime_error(source.error().message);
  return std::move(*source);
}

using Records = std::vector<std::pair<std::int64_t, std::string>>;

TEST_F(FileSourceTest, OffsetsAreLineNumbersAndEmptyLinesNoRecords) {
  const auto source = open({write("a.jsonl", "{1}\n\n{2}\r\n  \t\r\n{3}")});
  EXPECT_EQ(read_all(*source)[0].records, (Records{{0, "{1}"}, {2, "{2}"}, {4, "{3}"}}));
  EXPECT_EQ(source->end_of(0).next_offset, 5);
  EXPECT_EQ(source->partitions()[0].topic, "a.jsonl");
}

TEST_F(FileSourceTest, RecordsHaveNeitherKeyNorTimestampNorHeaders) {
  const auto source = open({write("a.jsonl", "{}\n")});
  const auto batch = source->poll(10, kNoWait);
  const Record& record = batch.value().parts.at(0).records.at(0);
  EXPECT_FALSE(record.key);
  EXPECT_EQ(record.timestamp, kNoTime);
  EXPECT_TRUE(record.headers.empty());
}

TEST_F(FileSourceTest, AnEmptyFileIsFinishedAtOnce) {
  const auto source = open({write("a.jsonl", ""), write("b.jsonl", "\n\n")});
  EXPECT_TRUE(read_all(*source).empty());
}

TEST_F(FileSourceTest, BatchSizeAndCompressionChangeNothing) {
  std::string text;
  Records expected;
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::string line = "line " + std::to_string(i) + " " + std::string(random() % 300, 'x');
    text += line + (random() % 2 == 0 ? "\n" : "\r\n");
    expected.emplace_back(i, line);
  }
  const auto plain = write("plain.jsonl", text);
  const auto packed = write_gzip("packed.jsonl", text);  // the name says nothing about it
  for (const std::size_t most : {std::size_t{7}, std::size_t{1000}, std::size_t{1'000'000}}) {
    const auto source = open({plain, packed});
    auto read = read_all(*source, most);
    EXPECT_EQ(read[0].records, expected);
    EXPECT_EQ(read[1].records, expected);
  }
}

TEST_F(FileSourceTest, LinesBeyondTheLimitAreCutAndMarked) {
  const std::string huge(3'000'000, 'y');
  const auto path = write(
      "a.jsonl", std::string(1000, 'a') + "\r\n" + std::string(1001, 'b') + "\n" + huge + "\nlast\n" + huge);
  const auto source = open({path});
  const Read read = read_all(*source)[0];
  ASSERT_EQ(read.records.size(), 5U);
  EXPECT_EQ(read.oversized, (std::vector<bool>{false, true, true, false, true}));
  EXPECT_EQ(read.records[1].second, std::string(1000, 'b'));
  EXPECT_EQ(read.records[2].second, std::string(1000, 'y'));
  EXPECT_EQ(read.records[3], (std::pair<std::int64_t, std::string>{3, "last"}));
  EXPECT_EQ(read.records[4].first, 4);
}

TEST_F(FileSourceTest, LinesLongerThanABlockAreReadWhole) {
  const std::string huge(5'000'000, 'y');
  const auto source = open({write("a.jsonl", "a\n" + huge + "\nb")}, 8 << 20);
  const Read read = read_all(*source)[0];
  ASSERT_EQ(read.records.size(), 3U);
  EXPECT_EQ(read.records[1].second, huge);
  EXPECT_EQ(read.oversized, (std::vector<bool>{false, false, false}));
}

TEST_F(FileSourceTest, PausedPartitionsWait) {
  const auto source = open({write("a.jsonl", "1\n"), write("b.jsonl", "2\n")});
  source->pause(0, true);
  for (int i = 0; i < 3; ++i) {
    const auto batch = source->poll(10, kNoWait);
    for (const PartitionBatch& part : batch.value().parts) EXPECT_EQ(part.partition, 1U);
  }
  EXPECT_FALSE(source->end_of(0).finished);
  source->pause(0, false);
  EXPECT_EQ(read_all(*source)[0].records.size(), 1U);
}

TEST_F(FileSourceTest, SeekSkipsLines) {
  const auto source = open({write("a.jsonl", "0\n1\n2\n3\n")});
  source->seek(0, 2);
  EXPECT_EQ(source->end_of(0).next_offset, 2);
  EXPECT_EQ(read_all(*source, 1)[0].records, (Records{{2, "2"}, {3, "3"}}));
}

TEST_F(FileSourceTest, FilesOfOneNameArePartitionsOfOneTopic) {
  const auto source =
      open({write("x/a.jsonl", "{}\n"), write("b.jsonl", "{}\n"), write("y/a.jsonl", "{}\n")});
  EXPECT_EQ(source->partitions()[0].partition, 0);
  EXPECT_EQ(source->partitions()[1].topic, "b.jsonl");
  EXPECT_EQ(source->partitions()[2].topic, "a.jsonl");
  EXPECT_EQ(source->partitions()[2].partition, 1);
}

// A pipe gives its bytes once: what was looked at to find the roles must not be gone.
TEST_F(FileSourceTest, APipeIsReadFromItsFirstByte) {
  const std::string path = (folder_ / "pipe").string();
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  std::string text;
  constexpr int kLines = 40'000;  // several blocks
  for (int i = 0; i < kLines; ++i)
    text += R"({"type":"feedback","model":"m","label":"x","id":")" + std::to_string(i) + "\"}\n";
  std::thread writer([&] { std::ofstream(path, std::ios::binary) << text; });
  auto source = FileSource::open({.paths = {path}});
  ASSERT_TRUE(source.ok()) << source.error().message;
  EXPECT_EQ(source.value()->partitions()[0].roles, static_cast<unsigned>(TopicRole::feedback));
  const Read read = read_all(**source).at(0);
  writer.join();
  ASSERT_EQ(read.records.size(), static_cast<std::size_t>(kLines));
  EXPECT_NE(read.records.front().second.find("\"id\":\"0\""), std::string::npos);
}

TEST_F(FileSourceTest, RolesAreWhatTheFirstEventsAre) {
  const std::string prediction = "{\"type\":\"prediction\",\"model\":\"m\"}\n";
  const std::string feedback = "{\"type\":\"feedback\",\"model\":\"m\",\"id\":\"1\",\"label\":1}\n";
  const std::string model = "{\"type\":\"model\",\"model\":\"m\",\"event\":\"deployed\"}\n";
  const auto source =
      open({write("p", prediction), write("f", feedback), write("m", model),
            write("all", model + "junk\n" + prediction + feedback), write("none", "{\"model\":\"m\"}\n")});
  const auto roles = [&](std::size_t i) { return source->partitions()[i].roles; };
  EXPECT_EQ(roles(0), static_cast<unsigned>(TopicRole::predictions));
  EXPECT_EQ(roles(1), static_cast<unsigned>(TopicRole::feedback));
  EXPECT_EQ(roles(2), static_cast<unsigned>(TopicRole::models));
  EXPECT_EQ(roles(3), 7U);
  EXPECT_EQ(roles(4), static_cast<unsigned>(TopicRole::predictions));
}

TEST_F(FileSourceTest, EveryFileThatCannotBeReadIsNamed) {
  const auto source =
      FileSource::open({.paths = {"/nowhere/a", write("good", "{}\n"), folder_.string(), "/nowhere/b"}});
  ASSERT_FALSE(source.ok());
  EXPECT_NE(source.error().message.find("/nowhere/a"), std::string::npos);
  EXPECT_NE(source.error().message.find("/nowhere/b"), std::string::npos);
  EXPECT_NE(source.error().message.find(folder_.string()), std::string::npos);
}

TEST_F(FileSourceTest, CutGzipIsAnErrorThatNamesTheFile) {
  std::string text;
  std::mt19937_64 random(3);
  while (text.size() < 3'000'000) text += std::to_string(random()) + "\n";
  const std::string path = write_gzip("cut.gz", text);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  const auto source = open({path});
  Status status = success();
  for (int i = 0; i < 100'000 && status.ok() && !source->end_of(0).finished; ++i) {
    if (auto batch = source->poll(1000, kNoWait); !batch.ok()) status = batch.error();
  }
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::corrupt);
  EXPECT_NE(status.error().message.find("cut.gz"), std::string::npos);
}

TEST_F(FileSourceTest, ReadsTheRecordedStreams) {
  const std::string data = std::string(DRIFTD_SHARED_DIR) + "/data/";
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "no shared data at " << data;
  const auto source = open({data + "elec2.predictions.jsonl.gz", data + "elec2.feedback.jsonl.gz"}, 8 << 20);
  EXPECT_EQ(source->partitions()[0].roles, static_cast<unsigned>(TopicRole::predictions));
  EXPECT_EQ(source->partitions()[1].roles, static_cast<unsigned>(TopicRole::feedback));
  auto read = read_all(*source, 10'000);
  EXPECT_EQ(read[0].records.size(), 36'240U);
  EXPECT_EQ(read[1].records.size(), 36'240U);
}

}  // namespace
}  // namespace driftd::collector
