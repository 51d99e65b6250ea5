// Kafka as a source: every partition of the given topics, assigned by hand (DESIGN section 6).
//
// Only committed records are read (isolation.level=read_committed). Records view Kafka's own buffers;
// the batch holds them. A partition begins at the offset that the caller seeks to, else where `start`
// says; one that appears later begins at its beginning. What Kafka gives twice is dropped by its offset.
//
// Two threads: the caller's, and a watcher of this class that asks the brokers what takes a
// round trip: every second the last stable offsets (they give the lag, and whether a partition is
// drained), every 30 s the number of partitions, and the commits. An end that could not be asked for
// 10 s is not known.
//
// Other processes: commits carry (process id, start time). Metadata that changed since we last looked,
// to another process's, means that this other process is alive: the one that started later (ties: of
// the larger id) gives up, and its poll() says `refused`; the older goes on and logs it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "collector/kafka_client.h"
#include "collector/source.h"
#include "core/time.h"

namespace driftd::collector {

struct KafkaTopic {
  std::string name;
  unsigned roles = 0;  // a set of TopicRole
};

// Where a partition begins of which no offset is stored.
enum class StartPosition { latest, earliest, committed };  // committed: latest where the group has none

struct KafkaSourceOptions {
  KafkaConnection connection;
  std::string group = "driftd";
  std::vector<KafkaTopic> topics;  // names are unique
  std::variant<StartPosition, Time> start = StartPosition::latest;
  std::optional<Time>
      until;  // a replayed range: partitions finish at the first record of that time or later, or
              // at the end that they had when the source was opened; nothing is committed
  std::string process_id;  // random, without ';'; empty: nothing is committed
  std::int64_t process_start_ms = 0;
  std::chrono::milliseconds connect_timeout{10'000};
  // Where given, asked a few times a second while open() or poll() waits for brokers that do not answer;
  // true: they give up with `unavailable`. On the thread that called them.
  std::function<bool()> stop_asked;
  std::chrono::milliseconds end_interval{1'000};
  std::chrono::milliseconds metadata_interval{30'000};
};

class KafkaSource final : public Source {
 public:
  // Waits for the brokers at most connect_timeout. Errors: not_found (topics that do not exist, all of
  // them named), unavailable (no broker answers), refused (none answers, and one said that the credentials
  // or the certificates do not hold), invalid (a property is refused).
  static Result<std::unique_ptr<KafkaSource>> open(KafkaSourceOptions options);
  // Commits what commit() was last given, waiting at most 5 s, and closes.
  ~KafkaSource() override;

  [[nodiscard]] const std::vector<PartitionInfo>& partitions() const override;
  // The first call resolves the start and may return `unavailable`; the caller tries again.
  Result<Batch> poll(std::size_t max_records, std::chrono::milliseconds wait) override;
  void pause(std::uint32_t partition, bool paused) override;
  [[nodiscard]] PartitionEnd end_of(std::uint32_t partition) const override;
  void seek(std::uint32_t partition, std::int64_t offset) override;
  void commit(std::span<const PartitionOffset> offsets) override;

 private:
  class Impl;
  explicit KafkaSource(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace driftd::collector
