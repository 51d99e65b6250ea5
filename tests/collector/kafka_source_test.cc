// The Kafka source against librdkafka's own broker.
#include "collector/kafka_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kafka_testing.h"

namespace driftd::collector {
namespace {

using testing::HasSubstr;
using KafkaSourceTest = KafkaTest;

TEST_F(KafkaSourceTest, ReadsEveryPartitionInOrderWithKeysAndTimes) {
  ASSERT_TRUE(mock_->create_topic("a", 3).ok());
  ASSERT_TRUE(mock_->create_topic("b", 1).ok());
  for (int i = 0; i < 3; ++i) send("a", i, 100 * i, 50);
  send("b", 0, 900, 5);
  const auto source = open(options({"a", "b"}));
  ASSERT_EQ(source->partitions().size(), 4U);
  const Values values = read_until(*source, count_is(155));
  for (std::uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(source->partitions()[i].topic, "a");
    EXPECT_EQ(values.at(i), numbers(100 * static_cast<int>(i), 50));
  }
  EXPECT_EQ(values.at(3), numbers(900, 5));
}

TEST_F(KafkaSourceTest, RecordsViewWhatWasSent) {
  ASSERT_TRUE(mock_->create_topic("a", 1).ok());
  auto sink = KafkaSink::open(connection());
  ASSERT_TRUE(sink.ok());
  const Header headers[] = {{"ce_id", "7"}, {"none", std::nullopt}, {"empty", ""}};
  OutgoingRecord out;
  out.topic = "a";
  out.headers = headers;
  out.timestamp = 123 * kSecond;
  out.key = "k";
  ASSERT_TRUE((*sink)->produce(out).ok());  // a tombstone
  ASSERT_TRUE((*sink)->flush(kPatience));
  const auto source = open(options({"a"}));
  Batch batch;
  for (int i = 0; i < 200 && batch.record_count() == 0; ++i) batch = std::move(*source->poll(10, kShortWait));
  ASSERT_EQ(batch.record_count(), 1U);
  const Record& record = batch.parts.at(0).records.at(0);
  EXPECT_EQ(record.offset, 0);
  EXPECT_EQ(batch.parts.at(0).next_offset, 1);
  EXPECT_EQ(record.key, "k");
  EXPECT_FALSE(record.value);
  EXPECT_EQ(record.timestamp, 123 * kSecond);
  ASSERT_EQ(record.headers.size(), 3U);
  EXPECT_EQ(record.headers[0].name, "ce_id");
  EXPECT_EQ(record.headers[0].value, "7");
  EXPECT_FALSE(record.headers[1].value);
  EXPECT_EQ(record.headers[2].value, "");
}

TEST_F(KafkaSourceTest, BeginsWhereTheCallerSeeks) {
  ASSERT_TRUE(mock_->create_topic("a", 2).ok());
  send("a", 0, 0, 100);
  send("a", 1, 0, 100);
  auto with = options({"a"});
  with.start = StartPosition::latest;
  const auto source = open(with);
  source->seek(0, 90);
  source->seek(1, 100);
  EXPECT_EQ(read_for(*source, std::chrono::milliseconds(500)), (Values{{0, numbers(90, 10)}}));
  EXPECT_EQ(source->end_of(0).next_offset, 100);
}

TEST_F(KafkaSourceTest, LatestReadsOnlyWhatComesLater) {
  ASSERT_TRUE(mock_->create_topic("a", 1).ok());
  send("a", 0, 0, 20);
  auto with = options({"a"});
  with.start = StartPosition::latest;
  const auto source = open(with);
  EXPECT_TRUE(read_for(*source, std::chrono::milliseconds(300)).empty());
  EXPECT_EQ(source->end_of(0).next_offset, 20);
  send("a", 0, 20, 3);
  EXPECT_EQ(read_until(*source, count_is(3)).at(0), numbers(20, 3));
}

TEST_F(KafkaSourceTest, TheFirstBatchTellsWhereEveryPartitionBegins) {
  ASSERT_TRUE(mock_->create_topic("a", 2).ok());
  send("a", 0, 0, 20);
  auto with = options({"a"});
  with.start = StartPosition::latest;
  const auto source = open(with);
  const auto first = source->poll(10, kShortWait);
  ASSERT_TRUE(first.ok());
  ASSERT_EQ(first->parts.size(), 2U);
  EXPECT_EQ(first->parts[0].next_offset, 20);
  EXPECT_EQ(first->parts[1].next_offset, 0);
  EXPECT_EQ(first->record_count(), 0U);
  const auto second = source->poll(10, kShortWait);
  ASSERT_TRUE(second.ok());
  EXPECT_TRUE(second->empty());
}

TEST_F(KafkaSourceTest, DrainedAndLagFollowTheEnd) {
  ASSERT_TRUE(mock_->create_topic("a", 2).ok());
  send("a", 0, 0, 30);
  const auto source = open(options({"a"}));
  EXPECT_FALSE(source->end_of(0).drained()) << "the end is not known yet";
  EXPECT_FALSE(source->end_of(0).lag());
  read_until(*source,
             [&](const Values&) { return source->end_of(0).drained() && source->end_of(1).drained(); });
  EXPECT_EQ(source->end_of(0).lag(), 0);
  EXPECT_EQ(source->end_of(0).last_stable_offset, 30);
  EXPECT_FALSE(source->end_of(0).finished);
  source->pause(0, true);
  send("a", 0, 30, 12);
  read_until(*source, [&](const Values&) { return source->end_of(0).lag() == 12; });
  EXPECT_EQ(source->end_of(0).lag(), 12);
}

TEST_F(KafkaSourceTest, PausedPartitionsWaitAndLoseNothing) {
  ASSERT_TRUE(mock_->create_topic("a", 2).ok());
  send("a", 0, 0, 500);
  send("a", 1, 0, 500);
  const auto source = open(options({"a"}));
  source->pause(0, true);  // before the first poll too
  EXPECT_EQ(read_until(*source, count_is(500)), (Values{{1, numbers(0, 500)}}));
  source->pause(1, true);
  source->pause(0, false);
  send("a", 1, 500, 100);
  EXPECT_EQ(read_until(*source, count_is(500)), (Values{{0, numbers(0, 500)}}));
  source->pause(1, false);
  EXPECT_EQ(read_until(*source, count_is(100)), (Values{{1, numbers(500, 100)}}));
}

TEST_F(KafkaSourceTest, PausingInTheMidstOfAStreamLosesNothing) {
  ASSERT_TRUE(mock_->create_topic("a", 2).ok());
  send("a", 0, 0, 600);
  send("a", 1, 0, 600);
  const auto source = open(options({"a"}));
  Values values;
  const auto end = std::chrono::steady_clock::now() + kPatience;
  for (int i = 0; !count_is(1200)(values) && std::chrono::steady_clock::now() < end; ++i) {
    source->pause(0, i % 3 == 1);
    source->pause(1, i % 4 == 2);
    const auto batch = source->poll(37, kShortWait);
    for (const PartitionBatch& part : batch.value().parts) {
      for (const Record& record : part.records) values[part.partition].emplace_back(*record.value);
    }
  }
  for (std::uint32_t i = 0; i < 2; ++i) {
    EXPECT_EQ(values[i].size(), 600U);
    EXPECT_EQ(values[i], numbers(0, 600));
  }
}

// Of librdkafka's own position after an end of partition: collector/kafka_poll.cc.
TEST_F(KafkaSourceTest, PausedAtTheEndItGoesOnWithTheNextRecord) {
  ASSERT_TRUE(mock_->create_topic("a", 1).ok());
  const auto source = open(options({"a"}));
  for (int round = 0; round < 5; ++round) {
    send("a", 0, 10 * round, 5);
    EXPECT_EQ(read_for(*source, std::chrono::milliseconds(400)).at(0), numbers(10 * round, 5));
    source->pause(0, true);
    EXPECT_TRUE(read_for(*source, std::chrono::milliseconds(100)).empty());
    send("a", 0, 10 * round + 5, 5);
    source->pause(0, false);
    EXPECT_EQ(read_until(*source, count_is(5)).at(0), numbers(10 * round + 5, 5));
  }
}

TEST(KafkaLibrary, CodecsThatAreNotBuiltInAreNamed) {
  EXPECT_EQ(missing_codecs("gzip,snappy,ssl,lz4,zstd"), "");
  EXPECT_EQ(missing_codecs("ssl,snappy,lz4_ext"), "gzip, lz4, zstd");
  EXPECT_EQ(missing_codecs(""), "gzip, snappy, lz4, zstd");
  EXPECT_EQ(missing_codecs(kafka_library_features()), "") << kafka_library_features();
}

TEST_F(KafkaSourceTest, MissingTopicsAreAllNamed) {
  if (kafka_library_version().starts_with("2.0.")) {
    GTEST_SKIP() << "the broker inside librdkafka 2.0 creates every topic that is asked for";
  }
  ASSERT_TRUE(mock_->create_topic("there", 1).ok());
  const auto source = KafkaSource::open(options({"gone", "there", "away"}));
  ASSERT_FALSE(source.ok());
  EXPECT_EQ(source.error().code, ErrorCode::not_found);
  EXPECT_THAT(source.error().message, HasSubstr("gone, away"));
}

TEST_F(KafkaSourceTest, WithoutABrokerOpeningSaysUnavailable) {
  auto with = options({"a"});
  with.connection.brokers = {"127.0.0.1:1"};
  with.connect_timeout = std::chrono::milliseconds(300);
  const auto source = KafkaSource::open(with);
  ASSERT_FALSE(source.ok());
  EXPECT_EQ(source.error().code, ErrorCode::unavailable);
}

TEST_F(KafkaSourceTest, WithoutABrokerItStopsWaitingWhenAsked) {
  auto with = options({"a"});
  with.connection.brokers = {"127.0.0.1:1"};
  with.connect_timeout = kPatience;
  int asked = 0;
  with.stop_asked = [&] { return ++asked == 2; };
  const auto begin = std::chrono::steady_clock::now();
  const auto source = KafkaSource::open(with);
  ASSERT_FALSE(source.ok());
  EXPECT_EQ(source.error().code, ErrorCode::unavailable);
  EXPECT_EQ(asked, 2);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, kPatience / 4);
}

TEST_F(KafkaSourceTest, WhoMayBeAskedToStopWaitsNoLongerThanOthers) {
  auto with = options({"a"});
  with.connection.brokers = {"127.0.0.1:1"};
  with.connect_timeout = std::chrono::milliseconds(600);
  int asked = 0;
  with.stop_asked = [&] { return ++asked < 0; };
  EXPECT_EQ(KafkaSource::open(with).error().code, ErrorCode::unavailable);
  EXPECT_THAT(asked, testing::AllOf(testing::Ge(1), testing::Le(3)));
}

TEST_F(KafkaSourceTest, RefusesPropertiesThatAreOursOrUnknown) {
  auto with = options({"a"});
  with.connection.properties = {{"group.id", "x"}};
  EXPECT_EQ(KafkaSource::open(with).error().code, ErrorCode::invalid);
  with.connection.properties = {{"no.such.property", "x"}};
  EXPECT_THAT(KafkaSource::open(with).error().message, HasSubstr("kafka.properties.no.such.property"));
  EXPECT_TRUE(check_kafka_property("fetch.wait.max.ms", "100").ok());
  EXPECT_EQ(check_kafka_property("fetch.wait.max.ms", "soon").error().code, ErrorCode::invalid);
  EXPECT_EQ(check_kafka_property("no.such", "1").error().code, ErrorCode::not_found);
  EXPECT_EQ(check_kafka_property("enable.auto.commit", "true").error().code, ErrorCode::refused);
}

TEST_F(KafkaSourceTest, AStoredOffsetThatIsNoLongerThereIsTold) {
  ASSERT_TRUE(mock_->create_topic("a", 1).ok());
  send("a", 0, 0, 10);
  const auto source = open(options({"a"}));
  source->seek(0, 5000);
  EXPECT_EQ(read_until(*source, count_is(10)).at(0), numbers(0, 10));
  EXPECT_THAT(log(), HasSubstr("the offset to go on with, 5000, is behind the end"));
}

TEST_F(KafkaSourceTest, ANewPartitionIsReadFromItsBeginningWhereverOthersStart) {
  ASSERT_TRUE(mock_->create_topic("a", 2).ok());
  send("a", 0, 0, 10);
  send("a", 1, 20, 10);
  auto with = options({"a"});
  with.start = StartPosition::latest;
  const auto source = open(std::move(with));
  source->seek(0, 4);
  source->seek(1, kFromBeginning);
  const Values values = read_until(*source, count_is(16));
  EXPECT_EQ(values.at(0), numbers(4, 6));
  EXPECT_EQ(values.at(1), numbers(20, 10));
  EXPECT_THAT(log(), HasSubstr("a/1: new partition, read from its beginning"));
  EXPECT_EQ(source->end_of(1).lost, 0);
}

TEST_F(KafkaSourceTest, AReplayedRangeFinishes) {
  ASSERT_TRUE(mock_->create_topic("a", 2).ok());
  send("a", 0, 0, 50);
  auto with = options({"a"});
  with.until = kLatestTime;
  const auto source = open(with);
  send("a", 0, 50, 50);
  read_until(*source,
             [&](const Values&) { return source->end_of(0).finished && source->end_of(1).finished; });
  EXPECT_TRUE(source->end_of(0).finished);
  EXPECT_TRUE(source->end_of(1).finished);
}

TEST_F(KafkaSourceTest, ABrokerThatGoesAwayIsWaitedFor) {
  ASSERT_TRUE(mock_->create_topic("a", 1).ok());
  send("a", 0, 0, 10);
  auto with = options({"a"});
  with.connection.properties = {{"reconnect.backoff.max.ms", "200"}};
  const auto source = open(with);
  EXPECT_EQ(read_until(*source, count_is(10)).at(0), numbers(0, 10));
  mock_->set_broker_up(1, false);
  EXPECT_TRUE(read_for(*source, std::chrono::milliseconds(500)).empty());
  mock_->set_broker_up(1, true);
  send("a", 0, 10, 5);
  EXPECT_EQ(read_until(*source, count_is(5)).at(0), numbers(10, 5));
}

TEST_F(KafkaSourceTest, CommittedPositionsAreWhereTheNextProcessMayBegin) {
  ASSERT_TRUE(mock_->create_topic("a", 1).ok());
  send("a", 0, 0, 10);
  auto with = options({"a"});
  with.process_id = "first";
  with.process_start_ms = 1;
  {
    const auto source = open(with);
    read_until(*source, count_is(10));
    const PartitionOffset offset{0, 7};
    source->commit({&offset, 1});
  }
  with.process_id = "second";
  with.start = StartPosition::committed;
  const auto source = open(with);
  EXPECT_EQ(read_until(*source, count_is(3)).at(0), numbers(7, 3));
}

TEST_F(KafkaSourceTest, OfTwoProcessesTheYoungerEnds) {
  ASSERT_TRUE(mock_->create_topic("a", 1).ok());
  auto with = options({"a"});
  with.process_id = "older";
  with.process_start_ms = 1000;
  const auto older = open(with);
  with.process_id = "younger";
  with.process_start_ms = 2000;
  const auto younger = open(with);
  const PartitionOffset offset{0, 0};
  bool ended = false;
  for (int i = 0; i < 200 && !ended; ++i) {
    const auto from_older = older->poll(10, kShortWait);
    ASSERT_TRUE(from_older.ok()) << from_older.error().message;
    older->commit({&offset, 1});
    const auto from_younger = younger->poll(10, kShortWait);
    ended = !from_younger.ok();
    EXPECT_TRUE(!ended || from_younger.error().code == ErrorCode::refused);
    younger->commit({&offset, 1});
  }
  EXPECT_TRUE(ended);
}

TEST_F(KafkaSourceTest, APredecessorIsNoRival) {
  ASSERT_TRUE(mock_->create_topic("a", 1).ok());
  auto with = options({"a"});
  const PartitionOffset offset{0, 0};
  with.process_id = "zz predecessor";
  with.process_start_ms = 5;
  {
    const auto source = open(with);
    ASSERT_TRUE(source->poll(1, kShortWait).ok());
    source->commit({&offset, 1});
  }
  with.process_id = "successor";
  with.process_start_ms = 9;
  const auto source = open(with);
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(source->poll(1, kShortWait).ok());
    source->commit({&offset, 1});
  }
  EXPECT_THAT(log(), testing::Not(HasSubstr("another driftd")));
}

}  // namespace
}  // namespace driftd::collector
