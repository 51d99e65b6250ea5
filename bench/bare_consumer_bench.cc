// What a consumer that does nothing costs: librdkafka, the properties that driftd sets, every byte read.
//
//   build/release/bench/bench_bare_consumer BROKERS TOPIC RECORDS
#include <librdkafka/rdkafka.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t kBatch = 20'000;

rd_kafka_t* open_consumer(const char* brokers) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  const std::array<std::pair<const char*, const char*>, 8> properties = {{
      {"bootstrap.servers", brokers},
      {"group.id", "bare-consumer"},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"enable.partition.eof", "true"},
      {"isolation.level", "read_committed"},
      {"fetch.wait.max.ms", "100"},
      {"fetch.queue.backoff.ms", "1"},
  }};
  std::array<char, 512> fault{};
  for (const auto& [name, value] : properties)
    rd_kafka_conf_set(conf, name, value, fault.data(), fault.size());  // the last is unknown before 2.2
  return rd_kafka_new(RD_KAFKA_CONSUMER, conf, fault.data(), fault.size());
}

bool assign_all(rd_kafka_t* handle, const char* topic) {
  rd_kafka_topic_t* wanted = rd_kafka_topic_new(handle, topic, nullptr);
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto answer = rd_kafka_metadata(handle, 0, wanted, &metadata, 10'000);
  rd_kafka_topic_destroy(wanted);
  if (answer != RD_KAFKA_RESP_ERR_NO_ERROR || metadata->topic_cnt != 1) return false;
  rd_kafka_topic_partition_list_t* list =
      rd_kafka_topic_partition_list_new(metadata->topics[0].partition_cnt);
  for (int i = 0; i < metadata->topics[0].partition_cnt; ++i)
    rd_kafka_topic_partition_list_add(list, topic, i)->offset = RD_KAFKA_OFFSET_BEGINNING;
  const auto assigned = rd_kafka_assign(handle, list);
  rd_kafka_topic_partition_list_destroy(list);
  rd_kafka_metadata_destroy(metadata);
  return assigned == RD_KAFKA_RESP_ERR_NO_ERROR;
}

unsigned long long read_records(rd_kafka_queue_t* queue, std::size_t records) {
  std::vector<rd_kafka_message_t*> batch(kBatch);
  unsigned long long sum = 0;
  for (std::size_t seen = 0; seen < records;) {
    auto taken = rd_kafka_consume_batch_queue(queue, 0, batch.data(), batch.size());
    if (taken == 0) taken = rd_kafka_consume_batch_queue(queue, 100, batch.data(), 1);
    for (std::size_t i = 0; taken > 0 && i < static_cast<std::size_t>(taken); ++i) {
      if (batch[i]->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        ++seen;
        const auto* bytes = static_cast<const unsigned char*>(batch[i]->payload);
        for (std::size_t at = 0; at < batch[i]->len; at += 64) sum += bytes[at];  // every cache line once
      }
      rd_kafka_message_destroy(batch[i]);
    }
  }
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: bench_bare_consumer BROKERS TOPIC RECORDS\n");
    return 2;
  }
  rd_kafka_t* handle = open_consumer(argv[1]);
  if (handle == nullptr) return 1;
  rd_kafka_poll_set_consumer(handle);
  if (!assign_all(handle, argv[2])) return 1;
  rd_kafka_queue_t* queue = rd_kafka_queue_get_consumer(handle);
  std::printf("check %llx\n", read_records(queue, std::strtoull(argv[3], nullptr, 10)));
  rd_kafka_queue_destroy(queue);
  rd_kafka_consumer_close(handle);
  rd_kafka_destroy(handle);
}
