#include "collector/kafka_sink.h"

#include <array>
#include <cstring>

#include "collector/kafka_handles.h"

namespace driftd::collector {
namespace {

int milliseconds_of(std::chrono::milliseconds wait) { return static_cast<int>(wait.count()); }

// A null pointer means none to Kafka; an empty text is something else.
struct Bytes {
  void* data = nullptr;
  std::size_t size = 0;
};
Bytes bytes_of(const std::optional<std::string_view>& text) {
  if (!text) return {};
  return {const_cast<char*>(text->data() == nullptr ? "" : text->data()), text->size()};
}

Result<KafkaHeaders> headers_of(std::span<const Header> headers) {
  KafkaHeaders copy(rd_kafka_headers_new(headers.size()));
  for (const Header& header : headers) {
    const Bytes value = bytes_of(header.value);
    const auto error =
        rd_kafka_header_add(copy.get(), header.name.data(), static_cast<ssize_t>(header.name.size()),
                            value.data, static_cast<ssize_t>(value.size));
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return kafka_error(ErrorCode::refused, "a header", error);
  }
  return copy;
}

rd_kafka_vu_t argument(rd_kafka_vtype_t type) {
  rd_kafka_vu_t value;
  std::memset(&value, 0, sizeof value);
  value.vtype = type;
  return value;
}
rd_kafka_vu_t memory(rd_kafka_vtype_t type, const std::optional<std::string_view>& text) {
  rd_kafka_vu_t value = argument(type);
  const Bytes bytes = bytes_of(text);
  value.u.mem.ptr = bytes.data;
  value.u.mem.size = bytes.size;
  return value;
}

Delivery delivery_of(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return Delivery::arrived;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
      return Delivery::too_large;
    default:
      return Delivery::failed;
  }
}

ErrorCode code_of(rd_kafka_resp_err_t error) {
  if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL) return ErrorCode::unavailable;
  return error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE ? ErrorCode::invalid : ErrorCode::refused;
}

}  // namespace

class KafkaSink::Impl {
 public:
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  explicit Impl(DeliveryCallback delivered) : delivered_(std::move(delivered)) {
    context.delivered = [this](const rd_kafka_message_t& message) { note(message); };
  }
  ~Impl() {
    if (!handle) return;
    rd_kafka_purge(handle.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    context.delivered = [](const rd_kafka_message_t&) {};
    rd_kafka_flush(handle.get(), 1000);  // takes in the purged ones' reports
  }

  Status produce(const OutgoingRecord& record) {
    const std::string topic(record.topic);
    std::array<rd_kafka_vu_t, 8> arguments = {argument(RD_KAFKA_VTYPE_TOPIC),
                                              argument(RD_KAFKA_VTYPE_PARTITION),
                                              argument(RD_KAFKA_VTYPE_MSGFLAGS),
                                              argument(RD_KAFKA_VTYPE_TIMESTAMP),
                                              argument(RD_KAFKA_VTYPE_OPAQUE),
                                              memory(RD_KAFKA_VTYPE_KEY, record.key),
                                              memory(RD_KAFKA_VTYPE_VALUE, record.value),
                                              argument(RD_KAFKA_VTYPE_HEADERS)};
    arguments[0].u.cstr = topic.c_str();
    arguments[1].u.i32 = record.partition.value_or(RD_KAFKA_PARTITION_UA);
    arguments[2].u.i = RD_KAFKA_MSG_F_COPY;
    arguments[3].u.i64 = record.timestamp == kNoTime ? 0 : record.timestamp / kMillisecond;
    arguments[4].u.ptr = reinterpret_cast<void*>(static_cast<std::uintptr_t>(record.tag));
    auto headers = headers_of(record.headers);
    if (!headers.ok()) return headers.error();
    arguments[7].u.headers = headers->get();
    const std::size_t count = record.headers.empty() ? arguments.size() - 1 : arguments.size();

    const KafkaFault fault(rd_kafka_produceva(handle.get(), arguments.data(), count));
    if (!fault) {
      if (!record.headers.empty()) (void)headers->release();  // librdkafka owns them now
      return success();
    }
    const auto code = rd_kafka_error_code(fault.get());
    return kafka_error(code_of(code), "topic " + topic, code);
  }

  KafkaContext context;
  KafkaHandle handle;
  std::uint64_t failed = 0;

 private:
  void note(const rd_kafka_message_t& message) {
    const Delivery delivery = delivery_of(message.err);
    if (delivery != Delivery::arrived) ++failed;
    const auto tag = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(message._private));
    if (delivered_) delivered_(tag, delivery, message.err == 0 ? "" : rd_kafka_err2str(message.err));
  }

  DeliveryCallback delivered_;
};

KafkaSink::KafkaSink(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KafkaSink::~KafkaSink() = default;

Result<std::unique_ptr<KafkaSink>> KafkaSink::open(const KafkaConnection& connection,
                                                   DeliveryCallback delivered) {
  using Rule = Property::Rule;
  auto impl = std::make_unique<Impl>(std::move(delivered));
  auto conf =
      make_kafka_conf(connection,
                      {{"client.id", "driftd", Rule::unless_set},
                       // Only the broker knows what is too large for it, and how long it will be away.
                       {"message.max.bytes", "1000000000", Rule::unless_set},
                       {"message.timeout.ms", "0", Rule::unless_set},
                       {"queue.buffering.max.kbytes", "131072", Rule::unless_set}},
                      impl->context);
  if (!conf.ok()) return conf.error();
  auto handle = make_kafka_handle(RD_KAFKA_PRODUCER, std::move(*conf));
  if (!handle.ok()) return handle.error();
  impl->handle = std::move(*handle);
  return std::unique_ptr<KafkaSink>(new KafkaSink(std::move(impl)));
}

Status KafkaSink::produce(const OutgoingRecord& record) { return impl_->produce(record); }

void KafkaSink::poll(std::chrono::milliseconds wait) {
  rd_kafka_poll(impl_->handle.get(), milliseconds_of(pending() == 0 ? std::chrono::milliseconds(0) : wait));
}

bool KafkaSink::flush(std::chrono::milliseconds wait) {
  return rd_kafka_flush(impl_->handle.get(), milliseconds_of(wait)) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

std::size_t KafkaSink::pending() const {
  return static_cast<std::size_t>(rd_kafka_outq_len(impl_->handle.get()));
}
std::uint64_t KafkaSink::failed() const { return impl_->failed; }

}  // namespace driftd::collector
