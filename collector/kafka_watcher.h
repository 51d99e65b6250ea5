// The thread beside a KafkaSource that asks and tells the brokers what takes a round trip: where the
// partitions end, whether there are more of them, and how far we are.
//
// Everything public may be called from any thread and never waits for a broker, but for stop().
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "collector/kafka_queries.h"
#include "collector/kafka_source.h"

namespace driftd::collector {

class KafkaWatcher {
 public:
  KafkaWatcher(const KafkaSourceOptions& options, const KafkaQueries& queries, const KafkaContext& context);
  ~KafkaWatcher() { stop(); }
  KafkaWatcher(const KafkaWatcher&) = delete;
  KafkaWatcher& operator=(const KafkaWatcher&) = delete;

  void start(std::vector<TopicPartition> partitions);
  // One last commit if one is asked for, then the end; bounded in time. Idempotent.
  void stop();

  // In the order of partitions(); appended ones go to the end.
  void add(const std::vector<TopicPartition>& more);
  [[nodiscard]] std::optional<std::int64_t> last_stable_offset(std::size_t partition) const;
  void commit(std::vector<TopicPartition> of, std::vector<std::int64_t> offsets);

  // Topic sizes that grew, once per growth.
  std::vector<TopicSize> take_growth();
  // Set for good once another process has the better right to this group.
  [[nodiscard]] std::optional<Error> must_end() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct End {
    std::int64_t offset = 0;
    Clock::time_point asked;
  };
  struct Commit {
    std::vector<TopicPartition> of;
    std::vector<std::int64_t> offsets;
  };

  void run();
  void ask_ends();
  void ask_sizes();
  void note_silence(Clock::time_point asked, const std::string& why);
  void note_answer(Clock::time_point asked);
  void do_commit(const Commit& commit, std::chrono::milliseconds within);
  // refused: yield to one. unavailable: no broker answers, and none would take the commit.
  Status look_for_others(const Commit& commit, std::chrono::milliseconds within);

  // Fixed after construction.
  const KafkaQueries& queries_;
  const KafkaContext& context_;
  std::chrono::milliseconds end_interval_;
  std::chrono::milliseconds metadata_interval_;

  // The watcher's thread only.
  TakeoverWatch takeover_;
  std::optional<Clock::time_point> silent_since_;
  bool silence_told_ = false;
  std::optional<Clock::time_point> failed_commit_told_;

  mutable std::mutex mutex_;  // guards all below
  std::condition_variable wake_;
  std::vector<TopicPartition> partitions_;
  std::vector<std::optional<End>> ends_;
  std::vector<TopicSize> growth_;
  std::optional<Commit> commit_;
  std::optional<Error> must_end_;
  bool stopping_ = false;

  std::thread thread_;
};

}  // namespace driftd::collector
