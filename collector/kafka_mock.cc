#include "collector/kafka_mock.h"

#include "collector/kafka_handles.h"

// rdkafka_mock.h wants rdkafka.h before it.
#include <librdkafka/rdkafka_mock.h>

namespace driftd::collector {

class KafkaMock::Impl {
 public:
  KafkaContext context;
  KafkaHandle handle;
  std::unique_ptr<rd_kafka_mock_cluster_t, Destroyer<&rd_kafka_mock_cluster_destroy>> cluster;
};

KafkaMock::KafkaMock(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KafkaMock::~KafkaMock() = default;

Result<std::unique_ptr<KafkaMock>> KafkaMock::start(int brokers) {
  auto impl = std::make_unique<Impl>();
  auto conf = make_kafka_conf({}, {}, impl->context);
  if (!conf.ok()) return conf.error();
  auto handle = make_kafka_handle(RD_KAFKA_PRODUCER, std::move(*conf));
  if (!handle.ok()) return handle.error();
  impl->handle = std::move(*handle);
  impl->cluster.reset(rd_kafka_mock_cluster_new(impl->handle.get(), brokers));
  if (!impl->cluster) return Error{ErrorCode::unavailable, "the broker inside this process did not start"};
  return std::unique_ptr<KafkaMock>(new KafkaMock(std::move(impl)));
}

Status KafkaMock::create_topic(const std::string& name, int partitions) {
  const auto error = rd_kafka_mock_topic_create(impl_->cluster.get(), name.c_str(), partitions, 1);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return kafka_error(ErrorCode::invalid, "topic " + name, error);
  return success();
}

std::vector<std::string> KafkaMock::brokers() const {
  const std::string list = rd_kafka_mock_cluster_bootstraps(impl_->cluster.get());
  std::vector<std::string> brokers;
  for (std::size_t begin = 0; begin < list.size();) {
    const auto end = std::min(list.find(',', begin), list.size());
    brokers.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return brokers;
}

void KafkaMock::set_broker_up(int broker, bool up) {
  (up ? rd_kafka_mock_broker_set_up : rd_kafka_mock_broker_set_down)(impl_->cluster.get(), broker);
}

}  // namespace driftd::collector
