// What the Kafka tests share: a broker inside the process, records sent and read.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "collector/kafka_mock.h"
#include "collector/kafka_sink.h"
#include "collector/kafka_source.h"

namespace driftd::collector {

inline constexpr std::chrono::milliseconds kShortWait{50};
inline constexpr std::chrono::seconds kPatience{20};

class KafkaTest : public testing::Test {
 protected:
  void SetUp() override {
    auto mock = KafkaMock::start();
    ASSERT_TRUE(mock.ok()) << mock.error().message;
    mock_ = std::move(*mock);
  }

  KafkaConnection connection() {
    return {.brokers = mock_->brokers(), .properties = {}, .log = [this](LogLevel, const std::string& line) {
              const std::lock_guard lock(mutex_);
              log_ += line + "\n";
            }};
  }
  std::string log() {
    const std::lock_guard lock(mutex_);
    return log_;
  }

  // Values "0", "1", ... `count` of them from `from` on, one after the other.
  void send(const std::string& topic, std::int32_t partition, int from, int count) {
    auto sink = KafkaSink::open(connection());
    ASSERT_TRUE(sink.ok());
    for (int i = from; i < from + count; ++i) {
      const std::string value = std::to_string(i);
      OutgoingRecord record;
      record.topic = topic;
      record.partition = partition;
      record.key = "key";
      record.value = value;
      record.timestamp = (1'000'000 + i) * kSecond;
      ASSERT_TRUE((*sink)->produce(record).ok());
    }
    ASSERT_TRUE((*sink)->flush(kPatience));
    EXPECT_EQ((*sink)->failed(), 0U);
  }

  KafkaSourceOptions options(std::vector<std::string> topics) {
    KafkaSourceOptions options;
    options.connection = connection();
    for (std::string& topic : topics) options.topics.push_back({std::move(topic), 1});
    options.start = StartPosition::earliest;
    options.end_interval = std::chrono::milliseconds(50);
    options.metadata_interval = std::chrono::milliseconds(100);
    return options;
  }
  static std::unique_ptr<KafkaSource> open(KafkaSourceOptions options) {
    auto source = KafkaSource::open(std::move(options));
    if (!source.ok()) throw std::runtime_error(source.error().message);
    return std::move(*source);
  }

  using Values = std::map<std::uint32_t, std::vector<std::string>>;

  // Polls until the condition holds; the values per partition that came.
  static Values read_until(KafkaSource& source, const std::function<bool(const Values&)>& done,
                           std::chrono::milliseconds patience = kPatience) {
    Values values;
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!done(values) && std::chrono::steady_clock::now() < end) {
      const auto batch = source.poll(1000, kShortWait);
      if (!batch.ok()) throw std::runtime_error(batch.error().message);
      for (const PartitionBatch& part : batch.value().parts) {
        for (const Record& record : part.records)
          values[part.partition].emplace_back(record.value.value_or("none"));
      }
    }
    return values;
  }
  static std::function<bool(const Values&)> count_is(std::size_t count) {
    return [count](const Values& values) {
      std::size_t sum = 0;
      for (const auto& [partition, list] : values) sum += list.size();
      return sum >= count;
    };
  }
  static Values read_for(KafkaSource& source, std::chrono::milliseconds time) {
    return read_until(
        source, [](const Values&) { return false; }, time);
  }
  static std::vector<std::string> numbers(int from, int count) {
    std::vector<std::string> list;
    for (int i = from; i < from + count; ++i) list.push_back(std::to_string(i));
    return list;
  }

  std::unique_ptr<KafkaMock> mock_;
  std::mutex mutex_;
  std::string log_;
};

}  // namespace driftd::collector
