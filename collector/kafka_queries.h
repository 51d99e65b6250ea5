// Questions to the brokers that block, each with a bound in time. Any thread.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "collector/kafka_handles.h"
#include "collector/kafka_takeover.h"

namespace driftd::collector {

struct TopicPartition {
  std::string topic;
  std::int32_t partition = 0;
};

struct TopicSize {
  std::string topic;
  std::optional<std::int32_t> partitions;  // none: there is no such topic
};

struct Committed {
  std::optional<std::int64_t> offset;
  std::string metadata;
};

// How long a question may wait for its answer.
struct Patience {
  Patience(std::chrono::milliseconds most) : wait(most) {}  // NOLINT(google-explicit-constructor)
  Patience(std::chrono::milliseconds most, std::function<bool()> over)
      : wait(most), is_over(std::move(over)) {}

  std::chrono::milliseconds wait;
  // Where given, asked a few times a second while nobody answers; true ends the waiting.
  std::function<bool()> is_over;
};

class KafkaQueries {
 public:
  // `topics` are those that sizes() tells of; the handle outlives this.
  KafkaQueries(rd_kafka_t* handle, const std::vector<std::string>& topics);

  // unavailable: no broker answered in time.
  Result<std::vector<TopicSize>> sizes(const Patience& patience) const;
  // Per partition: the earliest offset that exists; the last stable one; or the first of that time or
  // later (none: there is no such record). Fails as a whole if one partition's leader does not answer.
  Result<std::vector<std::int64_t>> begins(const std::vector<TopicPartition>& of,
                                           const Patience& patience) const;
  Result<std::vector<std::int64_t>> ends(const std::vector<TopicPartition>& of,
                                         const Patience& patience) const;
  // The last stable offsets of those whose leaders answer.
  Result<std::vector<std::optional<std::int64_t>>> known_ends(const std::vector<TopicPartition>& of,
                                                              const Patience& patience) const;
  Result<std::vector<std::optional<std::int64_t>>> at(const std::vector<TopicPartition>& of, Time time,
                                                      const Patience& patience) const;
  Result<std::vector<Committed>> committed(const std::vector<TopicPartition>& of,
                                           const Patience& patience) const;
  // Offsets aligned with the partitions; the metadata goes with each.
  Status commit(const std::vector<TopicPartition>& of, const std::vector<std::int64_t>& offsets,
                const std::string& metadata, std::chrono::milliseconds wait) const;
  // Of a handle that nobody polls: takes in what it has to say.
  void serve_events() const;

 private:
  Result<PartitionList> ask(const std::vector<TopicPartition>& of, std::int64_t what,
                            const Patience& patience) const;
  Result<std::vector<std::int64_t>> offsets(const std::vector<TopicPartition>& of, std::int64_t what,
                                            const Patience& patience) const;

  rd_kafka_t* handle_;
  std::vector<KafkaTopicHandle> topics_;  // their being held makes them "locally known"
};

PartitionList make_partition_list(const std::vector<TopicPartition>& partitions);

}  // namespace driftd::collector
