// Which partitions there are, where each begins, and telling librdkafka so.
#include <algorithm>
#include <numeric>

#include "collector/kafka_source_impl.h"

namespace driftd::collector {
namespace {

constexpr std::chrono::seconds kAfterRefusal{3};

Result<KafkaHandle> make_consumer(const KafkaConnection& connection, const std::string& group,
                                  KafkaContext& context) {
  using Rule = Property::Rule;
  auto conf = make_kafka_conf(connection,
                              {{"client.id", "driftd", Rule::unless_set},
                               {"group.id", group},
                               {"enable.auto.commit", "false"},
                               {"enable.auto.offset.store", "false"},
                               {"auto.offset.reset", "error"},
                               {"enable.partition.eof", "true"},
                               {"isolation.level", "read_committed"},
                               // A batch beyond it, compressed or not, would hold up its partition for ever.
                               {"receive.message.max.bytes", "2147483647", Rule::unless_set},
                               // A resumed partition waits for the answer that is under way.
                               {"fetch.wait.max.ms", "100", Rule::unless_set},
                               // Before 2.2 a full queue stops fetching for a whole second.
                               {"fetch.queue.backoff.ms", "1", Rule::if_known}},
                              context);
  if (!conf.ok()) return conf.error();
  return make_kafka_handle(RD_KAFKA_CONSUMER, std::move(*conf));
}

}  // namespace

KafkaSource::Impl::~Impl() {
  if (watcher_) watcher_->stop();
  watcher_.reset();
  asking_queries_.reset();
  asking_handle_.reset();
  queries_.reset();
  queue_.reset();
  if (handle_) rd_kafka_consumer_close(handle_.get());
}

Status KafkaSource::Impl::connect() {
  auto handle = make_consumer(options_.connection, options_.group, context_);
  if (!handle.ok()) return handle.error();
  handle_ = std::move(*handle);
  if (const std::string missing = missing_codecs(kafka_library_features()); !missing.empty())
    context_.say(LogLevel::warning, "kafka: this librdkafka was built without " + missing +
                                        ": a record that is compressed so holds up its partition");
  KafkaConnection quiet = options_.connection;  // what it would say the other says
  quiet.log = nullptr;
  auto asking = make_consumer(quiet, options_.group, asking_context_);
  if (!asking.ok()) return asking.error();
  asking_handle_.reset(asking->release());
  std::vector<std::string> names;
  for (const KafkaTopic& topic : options_.topics) names.push_back(topic.name);
  queries_ = std::make_unique<KafkaQueries>(handle_.get(), names);
  asking_queries_ = std::make_unique<KafkaQueries>(asking_handle_.get(), names);
  watcher_ = std::make_unique<KafkaWatcher>(options_, *asking_queries_, context_);
  if (Status found = find_topics(); !found.ok()) return found;
  rd_kafka_poll_set_consumer(handle_.get());
  queue_.reset(rd_kafka_queue_get_consumer(handle_.get()));
  return success();
}

// Of several brokers the next may let us in where the first did not.
Patience KafkaSource::Impl::patience_to_connect() {
  using Clock = std::chrono::steady_clock;
  const auto is_over = [this, refused = std::optional<Clock::time_point>()]() mutable {
    rd_kafka_poll(handle_.get(), 0);
    if (!context_.refused.empty() && !refused) refused = Clock::now();
    const bool hopeless = refused && Clock::now() - *refused > kAfterRefusal;
    return hopeless || (options_.stop_asked && options_.stop_asked());
  };
  return {options_.connect_timeout, is_over};
}

Status KafkaSource::Impl::find_topics() {
  const auto sizes = queries_->sizes(patience_to_connect());
  if (!sizes.ok() && !context_.refused.empty()) return Error{ErrorCode::refused, context_.refused};
  if (!sizes.ok()) return sizes.error();
  std::string missing;
  for (const KafkaTopic& topic : options_.topics) {
    const auto found = std::find_if(sizes.value().begin(), sizes.value().end(),
                                    [&](const TopicSize& size) { return size.topic == topic.name; });
    if (found == sizes.value().end() || found->partitions.value_or(0) == 0) {
      missing += (missing.empty() ? "" : ", ") + topic.name;
      continue;
    }
    for (std::int32_t i = 0; i < *found->partitions; ++i) add_partition(topic, i);
  }
  if (missing.empty()) return success();
  return Error{ErrorCode::not_found, "there is no such topic: " + missing +
                                         " (create it, or mend kafka.topics; a topic that driftd "
                                         "may not describe looks like this too)"};
}

void KafkaSource::Impl::add_partition(const KafkaTopic& topic, std::int32_t partition) {
  index_[topic.name].push_back(static_cast<std::uint32_t>(partitions_.size()));
  partitions_.push_back({topic.name, partition, topic.roles});
  places_.emplace_back();
}

std::vector<std::uint32_t> KafkaSource::Impl::all() const {
  std::vector<std::uint32_t> indexes(partitions_.size());
  std::iota(indexes.begin(), indexes.end(), 0U);
  return indexes;
}

std::vector<TopicPartition> KafkaSource::Impl::names_of(std::span<const std::uint32_t> partitions) const {
  std::vector<TopicPartition> names;
  for (const std::uint32_t i : partitions) names.push_back({partitions_[i].topic, partitions_[i].partition});
  return names;
}

std::string KafkaSource::Impl::name_of(std::uint32_t partition) const {
  return partitions_[partition].topic + "/" + std::to_string(partitions_[partition].partition);
}

Status KafkaSource::Impl::assign() {
  const std::vector<std::uint32_t> indexes = all();
  const std::vector<TopicPartition> names = names_of(indexes);
  const auto begins = queries_->begins(names, patience());
  if (!begins.ok()) return begins.error();
  const auto ends = queries_->ends(names, patience());
  if (!ends.ok()) return ends.error();
  const auto starts = start_offsets(names, begins.value(), ends.value());
  if (!starts.ok()) return starts.error();
  if (Status status = find_stops(names, ends.value()); !status.ok()) return status;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    places_[i].next = starts.value()[i];
    if (places_[i].sought) check_sought(i, begins.value()[i], ends.value()[i]);
  }
  if (Status status = hand_over(indexes); !status.ok()) return status;
  for (const std::uint32_t i : indexes) {
    if (places_[i].has_ended()) places_[i].paused = true;
    if (places_[i].paused) tell_pause(i);
  }
  watcher_->start(names);
  assigned_ = true;
  return success();
}

Result<std::vector<std::int64_t>> KafkaSource::Impl::start_offsets(
    const std::vector<TopicPartition>& of, const std::vector<std::int64_t>& begins,
    const std::vector<std::int64_t>& ends) const {
  if (const Time* time = std::get_if<Time>(&options_.start)) {
    const auto found = queries_->at(of, *time, patience());
    if (!found.ok()) return found.error();
    std::vector<std::int64_t> starts;
    for (std::size_t i = 0; i < of.size(); ++i) starts.push_back(found.value()[i].value_or(ends[i]));
    return starts;
  }
  switch (std::get<StartPosition>(options_.start)) {
    case StartPosition::earliest:
      return begins;
    case StartPosition::latest:
      return ends;
    case StartPosition::committed:
      break;
  }
  const auto committed = queries_->committed(of, patience());
  if (!committed.ok()) return committed.error();
  std::vector<std::int64_t> starts;
  for (std::size_t i = 0; i < of.size(); ++i) {
    const std::int64_t offset = committed.value()[i].offset.value_or(ends[i]);
    starts.push_back(offset < begins[i] || offset > ends[i] ? begins[i] : offset);
  }
  return starts;
}

Status KafkaSource::Impl::find_stops(const std::vector<TopicPartition>& of,
                                     const std::vector<std::int64_t>& ends) {
  if (!options_.until) return success();
  const auto found = queries_->at(of, *options_.until, patience());
  if (!found.ok()) return found.error();
  for (std::size_t i = 0; i < of.size(); ++i)
    places_[i].stop = std::min(found.value()[i].value_or(ends[i]), ends[i]);
  return success();
}

// An offset to go on with that the log no longer holds: what is between is lost, and that has to be said.
void KafkaSource::Impl::check_sought(std::size_t partition, std::int64_t begin, std::int64_t end) {
  Place& place = places_[partition];
  place.next = *place.sought;
  if (*place.sought >= begin && *place.sought <= end) return;
  place.next = begin;
  const std::string name = name_of(static_cast<std::uint32_t>(partition));
  if (*place.sought == kFromBeginning) {
    context_.say(LogLevel::info, "kafka " + name + ": new partition, read from its beginning");
    return;
  }
  const std::string sought = std::to_string(*place.sought);
  if (*place.sought < begin) {
    place.lost += begin - *place.sought;
    context_.say(LogLevel::error, "kafka " + name + ": the offset to go on with, " + sought + ", is gone; " +
                                      std::to_string(begin - *place.sought) +
                                      " offsets are lost to retention, going on at " + std::to_string(begin));
  } else {
    ++place.rewinds;
    context_.say(LogLevel::error, "kafka " + name + ": the offset to go on with, " + sought +
                                      ", is behind the end, " + std::to_string(end) +
                                      "; the topic was made anew or cut, beginning at " +
                                      std::to_string(begin));
  }
}

void KafkaSource::Impl::take_growth() {
  std::vector<std::uint32_t> fresh;
  for (const TopicSize& size : watcher_->take_growth()) {
    const auto topic = std::find_if(options_.topics.begin(), options_.topics.end(),
                                    [&](const KafkaTopic& known) { return known.name == size.topic; });
    if (topic == options_.topics.end()) continue;
    for (auto i = static_cast<std::int32_t>(index_[topic->name].size()); i < *size.partitions; ++i) {
      fresh.push_back(static_cast<std::uint32_t>(partitions_.size()));
      add_partition(*topic, i);
      context_.say(LogLevel::info,
                   "kafka " + name_of(fresh.back()) + ": new partition, read from its beginning");
    }
  }
  if (fresh.empty()) return;
  watcher_->add(names_of(fresh));
  if (const Status status = hand_over(fresh); !status.ok())
    context_.say(LogLevel::error, status.error().message);
}

// librdkafka has lost its position. That our offset is gone is only one of the causes: resuming a paused
// partition can be another. So the broker is asked, and as long as it does not answer we stay where we are.
void KafkaSource::Impl::find_position_again(std::uint32_t partition, std::optional<std::int64_t> cut) {
  const std::uint32_t one[] = {partition};
  const auto begins = queries_->begins(names_of(one), patience());
  if (cut && begins.ok()) cut = std::max(*cut, begins.value().front());
  if (cut && *cut < places_[partition].next) return go_back(partition, *cut);
  const auto ends = queries_->ends(names_of(one), patience());
  if (begins.ok() && ends.ok()) {
    places_[partition].sought = places_[partition].next;
    check_sought(partition, begins.value().front(), ends.value().front());
  }
  hand_over_again(partition);
  if (places_[partition].paused) tell_pause(partition);
}

// What stands behind the cut by now has offsets that were read, and was not: none of it may be passed over.
void KafkaSource::Impl::go_back(std::uint32_t partition, std::int64_t cut) {
  Place& place = places_[partition];
  ++place.rewinds;
  context_.say(LogLevel::error, "kafka " + name_of(partition) + ": its log was cut at " +
                                    std::to_string(cut) + "; " + std::to_string(place.next - cut) +
                                    " offsets that were read are gone, and what comes in their place is "
                                    "read from there");
  place.next = cut;
  hand_over_again(partition);
  if (place.paused) tell_pause(partition);
}

// What librdkafka holds of it, its own position too, is thrown away.
void KafkaSource::Impl::hand_over_again(std::uint32_t partition) {
  const std::uint32_t one[] = {partition};
  const PartitionList list = make_partition_list(names_of(one));
  const KafkaFault fault(rd_kafka_incremental_unassign(handle_.get(), list.get()));
  if (const Status status = hand_over(one); !status.ok())
    context_.say(LogLevel::error, status.error().message);
}

Status KafkaSource::Impl::hand_over(std::span<const std::uint32_t> partitions) {
  const PartitionList list = make_partition_list(names_of(partitions));
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    list->elems[i].offset = places_[partitions[i]].next;
  }
  const KafkaFault fault(rd_kafka_incremental_assign(handle_.get(), list.get()));
  if (!fault) return success();
  return Error{ErrorCode::unavailable,
               std::string("kafka: assigning partitions: ") + rd_kafka_error_string(fault.get())};
}

}  // namespace driftd::collector
