#include "collector/kafka_source.h"

#include "collector/kafka_source_impl.h"

namespace driftd::collector {

KafkaSource::KafkaSource(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KafkaSource::~KafkaSource() = default;

Result<std::unique_ptr<KafkaSource>> KafkaSource::open(KafkaSourceOptions options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  if (Status status = impl->connect(); !status.ok()) return status.error();
  return std::unique_ptr<KafkaSource>(new KafkaSource(std::move(impl)));
}

const std::vector<PartitionInfo>& KafkaSource::partitions() const { return impl_->partitions(); }
Result<Batch> KafkaSource::poll(std::size_t max_records, std::chrono::milliseconds wait) {
  return impl_->poll(max_records, wait);
}
void KafkaSource::pause(std::uint32_t partition, bool paused) { impl_->pause(partition, paused); }
PartitionEnd KafkaSource::end_of(std::uint32_t partition) const { return impl_->end_of(partition); }
void KafkaSource::seek(std::uint32_t partition, std::int64_t offset) { impl_->seek(partition, offset); }
void KafkaSource::commit(std::span<const PartitionOffset> offsets) { impl_->commit(offsets); }

}  // namespace driftd::collector
