// Dead letters carry the whole record and the reason, and count once they are acknowledged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collector/dead_letters.h"
#include "collector/kafka_dead_letters.h"
#include "kafka_testing.h"

namespace driftd::collector {
namespace {

const PartitionInfo kPartition{"predictions", 3, 1};

Record bad_record(std::span<const Header> headers = {}) {
  Record record;
  record.offset = 42;
  record.timestamp = 1'700'000'000'123 * kMillisecond;
  record.key = "k";
  record.value = "not json";
  record.headers = headers;
  return record;
}

std::map<std::string, std::string> by_name(const auto& headers) {
  std::map<std::string, std::string> map;
  for (const auto& header : headers) map[std::string(header.name)] = header.value.value_or("none");
  return map;
}

TEST(DeadLetters, HeadersAreTheRecordsFollowedByOurs) {
  const Header own[] = {{"trace", "abc"}, {"flag", std::nullopt}};
  const Record record = bad_record(own);
  const auto headers = dead_letter_headers(
      {.record = &record, .partition = &kPartition, .reason = Rejection::not_json, .message = "at byte 0"});
  EXPECT_EQ(headers[0].name, "trace");
  EXPECT_EQ(by_name(headers),
            (std::map<std::string, std::string>{{"trace", "abc"},
                                                {"flag", "none"},
                                                {"driftd.error.reason", "not_json"},
                                                {"driftd.error.message", "at byte 0"},
                                                {"driftd.source.topic", "predictions"},
                                                {"driftd.source.partition", "3"},
                                                {"driftd.source.offset", "42"},
                                                {"driftd.source.timestamp", "1700000000123"}}));
}

TEST(DeadLetters, InMemoryOnlyTheNewestAreKept) {
  MemoryDeadLetters letters(2);
  for (const char* message : {"one", "two", "three"}) {
    const Record record = bad_record();
    letters.send(
        {.record = &record, .partition = &kPartition, .reason = Rejection::bad_time, .message = message});
  }
  EXPECT_EQ(letters.delivered().at("predictions"), 3U);
  EXPECT_EQ(letters.pending(), 0U);
  ASSERT_EQ(letters.kept().size(), 2U);
  EXPECT_EQ(by_name(letters.kept()[1].headers)["driftd.error.message"], "three");
}

class KafkaDeadLettersTest : public KafkaTest {
 protected:
  void await(DeadLetterSink& letters) {
    for (int i = 0; i < 400 && letters.pending() > 0; ++i) letters.poll(kShortWait);
  }
  // The one record of the topic "dead", to be asked for once; it is there as long as the test.
  const Record& the_letter() {
    source_ = open(options({"dead"}));
    for (int i = 0; i < 200 && batch_.record_count() == 0; ++i)
      batch_ = std::move(*source_->poll(10, kShortWait));
    EXPECT_EQ(batch_.record_count(), 1U);
    return batch_.parts.at(0).records.at(0);
  }

 private:
  std::unique_ptr<KafkaSource> source_;
  Batch batch_;
};

TEST_F(KafkaDeadLettersTest, ArriveWithEverythingTheRecordHad) {
  ASSERT_TRUE(mock_->create_topic("dead", 1).ok());
  auto letters = KafkaDeadLetters::open(connection(), "dead");
  ASSERT_TRUE(letters.ok());
  const Header own[] = {{"trace", "abc"}};
  const Record record = bad_record(own);
  (*letters)->send(
      {.record = &record, .partition = &kPartition, .reason = Rejection::not_json, .message = "at byte 0"});
  EXPECT_EQ((*letters)->pending(), 1U);
  EXPECT_TRUE((*letters)->delivered().empty());
  await(**letters);
  EXPECT_EQ((*letters)->pending(), 0U);
  EXPECT_EQ((*letters)->delivered().at("predictions"), 1U);

  const Record& read = the_letter();
  EXPECT_EQ(read.key, "k");
  EXPECT_EQ(read.value, "not json");
  EXPECT_EQ(read.timestamp, record.timestamp);
  ASSERT_EQ(read.headers.size(), 7U);
  EXPECT_EQ(read.headers[0].value, "abc");
  EXPECT_EQ(read.headers[1].name, "driftd.error.reason");
  EXPECT_EQ(read.headers[1].value, "not_json");
}

TEST_F(KafkaDeadLettersTest, StayPendingWhileTheBrokerIsAway) {
  ASSERT_TRUE(mock_->create_topic("dead", 1).ok());
  auto with = connection();
  with.properties = {{"reconnect.backoff.max.ms", "200"}};
  auto letters = KafkaDeadLetters::open(with, "dead");
  ASSERT_TRUE(letters.ok());
  mock_->set_broker_up(1, false);
  const Record record = bad_record();
  (*letters)->send(
      {.record = &record, .partition = &kPartition, .reason = Rejection::not_json, .message = ""});
  for (int i = 0; i < 10; ++i) (*letters)->poll(kShortWait);
  EXPECT_EQ((*letters)->pending(), 1U);
  mock_->set_broker_up(1, true);
  await(**letters);
  EXPECT_EQ((*letters)->pending(), 0U);
}

TEST_F(KafkaDeadLettersTest, WhatIsTooLargeForItsHeadersOrItsKeyArrivesWithoutThem) {
  ASSERT_TRUE(mock_->create_topic("dead", 1).ok());
  auto with = connection();
  with.properties = {{"message.max.bytes", "5000"}};
  auto letters = KafkaDeadLetters::open(with, "dead");
  ASSERT_TRUE(letters.ok());
  const std::string huge(20'000, 'x');
  const Header own[] = {{"trace", huge}};
  Record record = bad_record(own);
  record.key = huge;
  (*letters)->send(
      {.record = &record, .partition = &kPartition, .reason = Rejection::not_json, .message = "odd"});
  await(**letters);
  EXPECT_EQ((*letters)->pending(), 0U);
  EXPECT_EQ((*letters)->delivered(), (std::map<std::string, std::uint64_t>{{kPartition.topic, 1}}));
  auto told = by_name(the_letter().headers);
  EXPECT_EQ(told["driftd.error.message"], "odd");
  EXPECT_EQ(told["driftd.headers.omitted"], "20005");
  EXPECT_EQ(told["driftd.key.omitted"], "20000");
  EXPECT_EQ(told.count("trace"), 0U);
}

TEST_F(KafkaDeadLettersTest, WhatIsTooLargeArrivesWithoutItsValue) {
  ASSERT_TRUE(mock_->create_topic("dead", 1).ok());
  auto with = connection();
  with.properties = {{"message.max.bytes", "5000"}};
  auto letters = KafkaDeadLetters::open(with, "dead");
  ASSERT_TRUE(letters.ok());
  Record record = bad_record();
  const std::string huge(20'000, 'x');
  record.value = huge;
  (*letters)->send(
      {.record = &record, .partition = &kPartition, .reason = Rejection::too_large, .message = ""});
  await(**letters);
  EXPECT_EQ((*letters)->pending(), 0U);
  const Record& read = the_letter();
  EXPECT_FALSE(read.value);
  EXPECT_EQ(read.headers.back().name, "driftd.value.omitted");
  EXPECT_EQ(read.headers.back().value, "20000");
}

TEST_F(KafkaDeadLettersTest, WhatCouldNeverArriveIsLeftOutAndTold) {
  ASSERT_TRUE(mock_->create_topic("dead", 1).ok());
  auto letters = KafkaDeadLetters::open(connection(), "dead");
  ASSERT_TRUE(letters.ok());
  const std::string huge((std::size_t{32} << 20) + 1, 'x');
  const Header own[] = {{"trace", huge}};
  Record record = bad_record(own);
  record.key = record.value = huge;
  (*letters)->send(
      {.record = &record, .partition = &kPartition, .reason = Rejection::too_large, .message = ""});
  EXPECT_FALSE((*letters)->full());
  await(**letters);
  EXPECT_EQ((*letters)->pending(), 0U);
  const Record& read = the_letter();
  EXPECT_FALSE(read.value);
  EXPECT_FALSE(read.key);
  auto told = by_name(read.headers);
  EXPECT_EQ(told["driftd.error.reason"], "too_large");
  EXPECT_EQ(told["driftd.value.omitted"], "33554433");
  EXPECT_EQ(told["driftd.key.omitted"], "33554433");
  EXPECT_EQ(told["driftd.headers.omitted"], "33554438");
  EXPECT_EQ(told.count("trace"), 0U);
}

}  // namespace
}  // namespace driftd::collector
