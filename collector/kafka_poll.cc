// Messages -> batches.
#include <algorithm>
#include <charconv>
#include <deque>

#include "collector/kafka_source_impl.h"

namespace driftd::collector {
namespace {

constexpr std::chrono::seconds kFaultTold{30};

// Owns a poll's messages, and the headers of those that have any.
struct MessageMemory final : BatchMemory {
  ~MessageMemory() override {
    for (rd_kafka_message_t* message : messages) rd_kafka_message_destroy(message);
  }
  std::vector<rd_kafka_message_t*> messages;
  std::deque<std::vector<Header>> headers;
};

std::optional<std::string_view> text_of(const void* data, std::size_t size) {
  if (data == nullptr) return std::nullopt;
  return std::string_view(static_cast<const char*>(data), size);
}

std::span<const Header> headers_of(const rd_kafka_message_t& message, MessageMemory& memory) {
  rd_kafka_headers_t* found = nullptr;
  if (rd_kafka_message_headers(&message, &found) != RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  std::vector<Header>& headers = memory.headers.emplace_back();
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0;
       rd_kafka_header_get_all(found, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
    headers.push_back({name, text_of(value, size)});
  }
  return headers;
}

Record record_of(const rd_kafka_message_t& message, MessageMemory& memory) {
  rd_kafka_timestamp_type_t type{};
  Record record;
  record.offset = message.offset;
  record.timestamp = time_of_kafka(rd_kafka_message_timestamp(&message, &type));
  record.key = text_of(message.key, message.key_len);
  record.value = text_of(message.payload, message.len);
  record.headers = headers_of(message, memory);
  return record;
}

// librdkafka finds by the leaders' epochs that a log was cut (KIP-320) and tells where in words only.
// Where the brokers do not know either, it is all of the log.
std::optional<std::int64_t> cut_in(std::string_view words) {
  if (words.find("No epoch found less or equal") != std::string_view::npos) return 0;
  constexpr std::string_view kMark = "broker end offset is ";
  const auto mark = words.find(kMark);
  if (words.find("log truncation detected") == std::string_view::npos || mark == std::string_view::npos)
    return std::nullopt;
  std::int64_t offset = 0;
  const std::string_view digits = words.substr(mark + kMark.size());
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), offset);
  return parsed.ec == std::errc() && offset >= 0 ? std::optional(offset) : std::nullopt;
}

}  // namespace

// The parts of a batch while they are filled.
struct KafkaSource::Impl::Grouping {
  std::vector<PartitionBatch> parts;
  std::vector<std::int32_t> part_of;  // by partition; -1: none yet

  PartitionBatch& part(std::uint32_t partition) {
    if (part_of.size() <= partition) part_of.resize(partition + 1, -1);
    if (part_of[partition] < 0) {
      part_of[partition] = static_cast<std::int32_t>(parts.size());
      parts.push_back({.partition = partition, .records = {}, .next_offset = 0});
    }
    return parts[static_cast<std::size_t>(part_of[partition])];
  }
};

Result<Batch> KafkaSource::Impl::poll(std::size_t max_records, std::chrono::milliseconds wait) {
  if (auto ended = watcher_->must_end()) return *ended;
  if (!assigned_) {
    if (Status status = assign(); !status.ok()) return status.error();
  }
  take_growth();

  auto memory = std::make_unique<MessageMemory>();
  Grouping grouping;
  tell_starts(grouping);
  const std::size_t count = fetch(max_records, wait);
  memory->messages.assign(fetched_.begin(), fetched_.begin() + static_cast<std::ptrdiff_t>(count));
  for (const rd_kafka_message_t* message : memory->messages) {
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      note_fault(*message, grouping);
      continue;
    }
    const auto index = index_of(*message);
    if (!index) continue;
    Place& place = places_[*index];
    if (message->offset < place.next) continue;  // given before
    const bool beyond = place.stop && message->offset >= *place.stop;
    place.next = beyond ? *place.stop : message->offset + 1;
    PartitionBatch& part = grouping.part(*index);
    part.next_offset = place.next;
    if (!beyond) {
      part.records.push_back(record_of(*message, *memory));
    } else {
      pause(*index, true);
    }
  }
  Batch batch{.parts = std::move(grouping.parts), .memory = std::move(memory)};
  std::sort(batch.parts.begin(), batch.parts.end(),
            [](const PartitionBatch& a, const PartitionBatch& b) { return a.partition < b.partition; });
  return batch;
}

// Where a partition begins is a position too: kept and committed before it has any record, what comes while
// nobody reads is not skipped by the next start, and processes that have nothing to read know of each other.
void KafkaSource::Impl::tell_starts(Grouping& grouping) {
  for (; told_ < places_.size(); ++told_)
    grouping.part(static_cast<std::uint32_t>(told_)).next_offset = places_[told_].next;
}

// librdkafka's batch call waits until the batch is full or the time is over; we want what there is, and
// wait only if there is nothing.
std::size_t KafkaSource::Impl::fetch(std::size_t max_records, std::chrono::milliseconds wait) {
  const auto take = [&](std::size_t from, std::size_t most, std::chrono::milliseconds at_most) {
    const auto taken = rd_kafka_consume_batch_queue(queue_.get(), static_cast<int>(at_most.count()),
                                                    fetched_.data() + from, most);
    return taken < 0 ? std::size_t{0} : static_cast<std::size_t>(taken);
  };
  max_records = std::max<std::size_t>(max_records, 1);
  fetched_.resize(std::max(fetched_.size(), max_records));
  std::size_t count = take(0, max_records, std::chrono::milliseconds(0));
  if (count > 0 || wait.count() <= 0) return count;
  count = take(0, 1, wait);
  if (count > 0 && max_records > 1) count += take(1, max_records - 1, std::chrono::milliseconds(0));
  return count;
}

std::optional<std::uint32_t> KafkaSource::Impl::index_of(const rd_kafka_message_t& message) {
  if (message.rkt == nullptr) return std::nullopt;
  if (message.rkt != last_topic_) {
    const auto found = index_.find(rd_kafka_topic_name(message.rkt));
    if (found == index_.end()) return std::nullopt;
    last_topic_ = message.rkt;
    last_indexes_ = &found->second;
  }
  const auto partition = static_cast<std::size_t>(message.partition);
  if (partition >= last_indexes_->size()) return std::nullopt;
  return (*last_indexes_)[partition];
}

void KafkaSource::Impl::note_fault(const rd_kafka_message_t& message, Grouping& grouping) {
  const auto index = index_of(message);
  switch (message.err) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      // The end of a transaction takes an offset, which shows only here.
      if (index && message.offset > places_[*index].next) {
        Place& place = places_[*index];
        place.next = place.stop ? std::min(*place.stop, message.offset) : message.offset;
        grouping.part(*index).next_offset = place.next;
      }
      return;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      if (!index) return;
      find_position_again(*index, cut_in(rd_kafka_message_errstr(&message)));
      grouping.part(*index).next_offset = places_[*index].next;
      return;
    default:
      if (index && !may_tell_fault(*index)) return;
      context_.say(LogLevel::error, "kafka" + (index ? " " + name_of(*index) : std::string()) + ": " +
                                        rd_kafka_message_errstr(&message));
  }
}

// What cannot be read is asked for again twice a second.
bool KafkaSource::Impl::may_tell_fault(std::uint32_t partition) {
  auto& told = places_[partition].fault_told;
  const auto now = std::chrono::steady_clock::now();
  if (told && now - *told < kFaultTold) return false;
  told = now;
  return true;
}

void KafkaSource::Impl::pause(std::uint32_t partition, bool paused) {
  Place& place = places_[partition];
  const bool wanted = paused || place.has_ended();
  if (std::exchange(place.paused, wanted) != wanted) tell_pause(partition);
}

// librdkafka goes on after a pause at a position of its own, which since 2.2 is one too far where an end of
// the partition was the last that it gave (its issue 4844): it would skip a record. So it resumes at ours.
void KafkaSource::Impl::tell_pause(std::uint32_t partition) {
  const std::uint32_t one[] = {partition};
  const PartitionList list = make_partition_list(names_of(one));
  if (places_[partition].paused) {
    rd_kafka_pause_partitions(handle_.get(), list.get());
  } else {
    hand_over_again(partition);
    rd_kafka_resume_partitions(handle_.get(), list.get());
  }
}

PartitionEnd KafkaSource::Impl::end_of(std::uint32_t partition) const {
  const Place& place = places_[partition];
  PartitionEnd end;
  end.next_offset = place.next;
  end.lost = place.lost;
  end.rewinds = place.rewinds;
  if (!assigned_) return end;
  end.last_stable_offset = watcher_->last_stable_offset(partition);
  end.finished = place.has_ended();
  return end;
}

void KafkaSource::Impl::commit(std::span<const PartitionOffset> offsets) {
  if (options_.process_id.empty() || options_.until) return;
  std::vector<TopicPartition> of;
  std::vector<std::int64_t> next;
  for (const PartitionOffset& one : offsets) {
    of.push_back({partitions_[one.partition].topic, partitions_[one.partition].partition});
    next.push_back(one.next_offset);
  }
  if (!of.empty()) watcher_->commit(std::move(of), std::move(next));
}

}  // namespace driftd::collector
