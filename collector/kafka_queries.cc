#include "collector/kafka_queries.h"

#include <algorithm>
#include <cstring>

namespace driftd::collector {
namespace {

using Metadata = std::unique_ptr<const rd_kafka_metadata_t, Destroyer<&rd_kafka_metadata_destroy>>;

int milliseconds_of(std::chrono::milliseconds wait) { return static_cast<int>(wait.count()); }

Error unavailable(const std::string& what, rd_kafka_resp_err_t error) {
  return kafka_error(ErrorCode::unavailable, what, error);
}

using Clock = std::chrono::steady_clock;

std::chrono::milliseconds since(Clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
}

constexpr std::chrono::milliseconds kLongestCall{4'000};

// librdkafka's calls wait for the brokers and cannot be interrupted, so they are made with short waits, again
// and again. A broker that is there and answers late gets longer ones: each call asks anew.
rd_kafka_resp_err_t ask_patiently(const Patience& patience,
                                  const std::function<rd_kafka_resp_err_t(int wait)>& ask) {
  if (!patience.is_over) return ask(milliseconds_of(patience.wait));
  const auto begin = Clock::now();
  auto at_most = std::min(std::chrono::milliseconds(250), patience.wait);
  while (true) {
    const auto asked = Clock::now();
    const rd_kafka_resp_err_t error = ask(milliseconds_of(at_most));
    const bool absent = error == RD_KAFKA_RESP_ERR__TRANSPORT;
    const bool late = error == RD_KAFKA_RESP_ERR__TIMED_OUT;
    if (!absent && !late) return error;
    if (since(asked) < at_most / 2) return error;  // no waiting in vain: that is the answer
    if (since(begin) >= patience.wait || patience.is_over()) return error;
    if (late) at_most = std::min(2 * at_most, kLongestCall);
    at_most = std::clamp(patience.wait - since(begin), std::chrono::milliseconds(1), at_most);
  }
}

}  // namespace

PartitionList make_partition_list(const std::vector<TopicPartition>& partitions) {
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const TopicPartition& of : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), of.topic.c_str(), of.partition);
  }
  return list;
}

KafkaQueries::KafkaQueries(rd_kafka_t* handle, const std::vector<std::string>& topics) : handle_(handle) {
  for (const std::string& topic : topics) {
    topics_.emplace_back(rd_kafka_topic_new(handle, topic.c_str(), nullptr));
  }
}

Result<std::vector<TopicSize>> KafkaQueries::sizes(const Patience& patience) const {
  const rd_kafka_metadata_t* found = nullptr;
  const auto error =
      ask_patiently(patience, [&](int wait) { return rd_kafka_metadata(handle_, 0, nullptr, &found, wait); });
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return unavailable("asking for the topics' partitions", error);
  const Metadata metadata(found);
  std::vector<TopicSize> sizes;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const rd_kafka_metadata_topic& topic = metadata->topics[i];
    switch (topic.err) {
      case RD_KAFKA_RESP_ERR_NO_ERROR:
        sizes.push_back({topic.topic, topic.partition_cnt});
        break;
      case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
        sizes.push_back({topic.topic, std::nullopt});
        break;
      default:
        return unavailable("topic " + std::string(topic.topic), topic.err);
    }
  }
  return sizes;
}

Result<PartitionList> KafkaQueries::ask(const std::vector<TopicPartition>& of, std::int64_t what,
                                        const Patience& patience) const {
  PartitionList list;
  const auto error = ask_patiently(patience, [&](int wait) {
    list = make_partition_list(of);
    for (int i = 0; i < list->cnt; ++i) list->elems[i].offset = what;
    return rd_kafka_offsets_for_times(handle_, list.get(), wait);
  });
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return unavailable("asking for offsets", error);
  return list;
}

Result<std::vector<std::int64_t>> KafkaQueries::offsets(const std::vector<TopicPartition>& of,
                                                        std::int64_t what, const Patience& patience) const {
  const auto list = ask(of, what, patience);
  if (!list.ok()) return list.error();
  std::vector<std::int64_t> offsets;
  for (int i = 0; i < (*list)->cnt; ++i) {
    const auto& entry = (*list)->elems[i];
    if (entry.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return unavailable(std::string(entry.topic) + "/" + std::to_string(entry.partition), entry.err);
    }
    offsets.push_back(entry.offset);
  }
  return offsets;
}

Result<std::vector<std::int64_t>> KafkaQueries::begins(const std::vector<TopicPartition>& of,
                                                       const Patience& patience) const {
  return offsets(of, RD_KAFKA_OFFSET_BEGINNING, patience);
}

// Under isolation.level=read_committed the answer to "the end" is the last stable offset.
Result<std::vector<std::int64_t>> KafkaQueries::ends(const std::vector<TopicPartition>& of,
                                                     const Patience& patience) const {
  return offsets(of, RD_KAFKA_OFFSET_END, patience);
}

Result<std::vector<std::optional<std::int64_t>>> KafkaQueries::known_ends(
    const std::vector<TopicPartition>& of, const Patience& patience) const {
  const auto list = ask(of, RD_KAFKA_OFFSET_END, patience);
  if (!list.ok()) return list.error();
  std::vector<std::optional<std::int64_t>> ends;
  for (int i = 0; i < (*list)->cnt; ++i) {
    const auto& entry = (*list)->elems[i];
    ends.push_back(entry.err == RD_KAFKA_RESP_ERR_NO_ERROR ? std::optional(entry.offset) : std::nullopt);
  }
  return ends;
}

Result<std::vector<std::optional<std::int64_t>>> KafkaQueries::at(const std::vector<TopicPartition>& of,
                                                                  Time time, const Patience& patience) const {
  const std::int64_t first_ms = time <= 0 ? 0 : (time - 1) / kMillisecond + 1;
  auto found = offsets(of, first_ms, patience);
  if (!found.ok()) return found.error();
  std::vector<std::optional<std::int64_t>> offsets;
  for (const std::int64_t offset : *found) {
    offsets.push_back(offset < 0 ? std::nullopt : std::optional<std::int64_t>(offset));
  }
  return offsets;
}

Result<std::vector<Committed>> KafkaQueries::committed(const std::vector<TopicPartition>& of,
                                                       const Patience& patience) const {
  PartitionList list;
  const auto error = ask_patiently(patience, [&](int wait) {
    list = make_partition_list(of);
    return rd_kafka_committed(handle_, list.get(), wait);
  });
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return unavailable("asking for the group's offsets", error);
  std::vector<Committed> committed;
  for (int i = 0; i < list->cnt; ++i) {
    const auto& entry = list->elems[i];
    Committed& one = committed.emplace_back();
    if (entry.err != RD_KAFKA_RESP_ERR_NO_ERROR)
      return unavailable("asking for the group's offsets", entry.err);
    if (entry.offset >= 0) one.offset = entry.offset;
    if (entry.metadata != nullptr)
      one.metadata.assign(static_cast<const char*>(entry.metadata), entry.metadata_size);
  }
  return committed;
}

void KafkaQueries::serve_events() const { rd_kafka_poll(handle_, 0); }

Status KafkaQueries::commit(const std::vector<TopicPartition>& of, const std::vector<std::int64_t>& offsets,
                            const std::string& metadata, std::chrono::milliseconds wait) const {
  const PartitionList list = make_partition_list(of);
  for (int i = 0; i < list->cnt; ++i) {
    auto& entry = list->elems[i];
    entry.offset = offsets[static_cast<std::size_t>(i)];
    entry.metadata = rd_kafka_mem_malloc(handle_, metadata.size());  // the list frees it
    entry.metadata_size = metadata.size();
    std::memcpy(entry.metadata, metadata.data(), metadata.size());
  }
  // Over a queue of its own, since the call that waits has no bound.
  const KafkaQueue queue(rd_kafka_queue_new(handle_));
  const auto error = rd_kafka_commit_queue(handle_, list.get(), queue.get(), nullptr, nullptr);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return unavailable("committing offsets", error);
  const KafkaEvent answer(rd_kafka_queue_poll(queue.get(), milliseconds_of(wait)));
  if (!answer) return Error{ErrorCode::unavailable, "committing offsets: no answer in time"};
  const auto outcome = rd_kafka_event_error(answer.get());
  if (outcome != RD_KAFKA_RESP_ERR_NO_ERROR) return unavailable("committing offsets", outcome);
  return success();
}

}  // namespace driftd::collector
