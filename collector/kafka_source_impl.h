// Behind collector/kafka_source.h: positions, the assignment, and the messages of a poll.
#pragma once

#include <chrono>
#include <optional>
#include <unordered_map>

#include "collector/kafka_handles.h"
#include "collector/kafka_queries.h"
#include "collector/kafka_source.h"
#include "collector/kafka_watcher.h"

namespace driftd::collector {

class KafkaSource::Impl {
 public:
  explicit Impl(KafkaSourceOptions options) : options_(std::move(options)) {}
  ~Impl();

  Status connect();
  Result<Batch> poll(std::size_t max_records, std::chrono::milliseconds wait);
  void pause(std::uint32_t partition, bool paused);  // once a range has ended there, for good
  [[nodiscard]] PartitionEnd end_of(std::uint32_t partition) const;
  void seek(std::uint32_t partition, std::int64_t offset) { places_[partition].sought = offset; }
  void commit(std::span<const PartitionOffset> offsets);
  [[nodiscard]] const std::vector<PartitionInfo>& partitions() const { return partitions_; }

 private:
  // One partition's place in its log, by index.
  struct Place {
    std::optional<std::int64_t> sought;
    std::int64_t next = 0;
    std::int64_t lost = 0;  // offsets that retention ran over
    std::int64_t rewinds = 0;
    std::optional<std::int64_t> stop;  // of a replayed range
    bool paused = false;
    std::optional<std::chrono::steady_clock::time_point> fault_told;

    [[nodiscard]] bool has_ended() const { return stop && next >= *stop; }
  };

  // How long the caller's thread waits for brokers.
  [[nodiscard]] Patience patience() const { return {options_.connect_timeout, options_.stop_asked}; }
  // The same before there is a consumer to serve events: those that say why nobody answers are served here.
  [[nodiscard]] Patience patience_to_connect();

  // kafka_assignment.cc
  Status find_topics();
  void add_partition(const KafkaTopic& topic, std::int32_t partition);
  Status assign();
  Result<std::vector<std::int64_t>> start_offsets(const std::vector<TopicPartition>& of,
                                                  const std::vector<std::int64_t>& begins,
                                                  const std::vector<std::int64_t>& ends) const;
  Status find_stops(const std::vector<TopicPartition>& of, const std::vector<std::int64_t>& ends);
  void check_sought(std::size_t partition, std::int64_t begin, std::int64_t end);
  void take_growth();
  void find_position_again(std::uint32_t partition, std::optional<std::int64_t> cut);
  void go_back(std::uint32_t partition, std::int64_t cut);
  void hand_over_again(std::uint32_t partition);
  Status hand_over(std::span<const std::uint32_t> partitions);  // positions to librdkafka
  [[nodiscard]] std::vector<TopicPartition> names_of(std::span<const std::uint32_t> partitions) const;
  [[nodiscard]] std::vector<std::uint32_t> all() const;
  [[nodiscard]] std::string name_of(std::uint32_t partition) const;

  // kafka_poll.cc
  struct Grouping;
  void tell_starts(Grouping& grouping);
  std::size_t fetch(std::size_t max_records, std::chrono::milliseconds wait);
  [[nodiscard]] std::optional<std::uint32_t> index_of(const rd_kafka_message_t& message);
  void tell_pause(std::uint32_t partition);
  bool may_tell_fault(std::uint32_t partition);
  void note_fault(const rd_kafka_message_t& message, Grouping& grouping);

  KafkaSourceOptions options_;
  KafkaContext context_;
  std::vector<PartitionInfo> partitions_;
  std::vector<Place> places_;
  std::unordered_map<std::string, std::vector<std::uint32_t>> index_;  // by topic, then partition
  bool assigned_ = false;
  std::size_t told_ = 0;  // partitions of which a batch has told where they begin

  // What the message before this one belonged to; most come in runs.
  const rd_kafka_topic_t* last_topic_ = nullptr;
  const std::vector<std::uint32_t>* last_indexes_ = nullptr;
  std::vector<rd_kafka_message_t*> fetched_;

  // In order of life: the watcher asks through the queries, and these through the handle.
  KafkaHandle handle_;
  KafkaQueue queue_;
  std::unique_ptr<KafkaQueries> queries_;

  // The watcher's own connections. Over a slow one its questions would wait behind records and be given up,
  // and librdkafka then hangs up: the records would be on their way again and again, and never arrive.
  KafkaContext asking_context_;
  HandleThatAsks asking_handle_;
  std::unique_ptr<KafkaQueries> asking_queries_;
  std::unique_ptr<KafkaWatcher> watcher_;
};

}  // namespace driftd::collector
