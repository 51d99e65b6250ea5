#include "collector/kafka_dead_letters.h"

#include <deque>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include "collector/kafka_sink.h"

namespace driftd::collector {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kFullLetters = 10'000;
constexpr std::size_t kFullBytes = std::size_t{64} << 20;
// Beyond it a broker may hang up where it should refuse (socket.request.max.bytes), and librdkafka's queue
// has no room: such a letter would never arrive, and nothing be read until it did. Compressed, a record needs
// few bytes to be that large.
constexpr std::size_t kLargestPart = std::size_t{32} << 20;
constexpr std::chrono::seconds kRetryAfter{1};
constexpr const char* kValueOmitted = "driftd.value.omitted";
constexpr const char* kKeyOmitted = "driftd.key.omitted";
constexpr const char* kHeadersOmitted = "driftd.headers.omitted";

}  // namespace

class KafkaDeadLetters::Impl {
 public:
  Impl(std::string topic, LogCallback log) : topic_(std::move(topic)), log_(std::move(log)) {}

  Status connect(const KafkaConnection& connection) {
    auto sink = KafkaSink::open(connection, [this](std::uint64_t tag, Delivery delivery,
                                                   std::string_view words) { note(tag, delivery, words); });
    if (!sink.ok()) return sink.error();
    sink_ = std::move(*sink);
    return success();
  }

  void send(const DeadLetter& letter) {
    Kept kept = kept_of(letter);
    bytes_ += kept.size();
    const std::uint64_t tag = ++last_tag_;
    kept_.emplace(tag, std::move(kept));
    produce(tag);
  }

  void poll(std::chrono::milliseconds wait) {
    for (std::size_t count = again_.size(); count > 0 && again_.front().when <= Clock::now(); --count) {
      const std::uint64_t tag = again_.front().tag;
      again_.pop_front();
      produce(tag);
    }
    sink_->poll(wait);
  }

  [[nodiscard]] std::size_t pending() const { return kept_.size(); }
  [[nodiscard]] bool full() const { return kept_.size() >= kFullLetters || bytes_ >= kFullBytes; }
  [[nodiscard]] const std::map<std::string, std::uint64_t>& delivered() const { return delivered_; }

 private:
  struct Kept {
    std::optional<std::string> key, value;
    std::vector<OwnedHeader> headers;
    Time timestamp = kNoTime;
    std::string source_topic;
    std::size_t own_headers = 0;  // of the record, the first of all

    // False: there is nothing left to leave out.
    bool leave_out_one() {
      const auto omit = [&](const char* name, std::size_t size) {
        headers.push_back({name, std::to_string(size)});
        return true;
      };
      if (value) return omit(kValueOmitted, std::exchange(value, std::nullopt)->size());
      if (own_headers > 0) {
        const auto end = headers.begin() + static_cast<std::ptrdiff_t>(std::exchange(own_headers, 0));
        const std::size_t size = std::accumulate(
            headers.begin(), end, std::size_t{0},
            [](auto sum, const auto& h) { return sum + h.name.size() + h.value.value_or("").size(); });
        headers.erase(headers.begin(), end);
        return omit(kHeadersOmitted, size);
      }
      return key ? omit(kKeyOmitted, std::exchange(key, std::nullopt)->size()) : false;
    }
    [[nodiscard]] std::size_t size() const {
      std::size_t size = 256 + (key ? key->size() : 0) + (value ? value->size() : 0);
      for (const OwnedHeader& header : headers)
        size += header.name.size() + (header.value ? header.value->size() : 0);
      return size;
    }
  };

  static Kept kept_of(const DeadLetter& letter) {
    Record record = *letter.record;
    std::vector<OwnedHeader> omitted;
    const auto leave_out = [&](const char* name, std::size_t size) {
      if (size > kLargestPart) omitted.push_back({name, std::to_string(size)});
      return size > kLargestPart;
    };
    if (record.value && leave_out(kValueOmitted, record.value->size())) record.value.reset();
    if (record.key && leave_out(kKeyOmitted, record.key->size())) record.key.reset();
    if (leave_out(kHeadersOmitted, size_of(record.headers))) record.headers = {};
    DeadLetter rest = letter;
    rest.record = &record;
    Kept kept;
    if (record.key) kept.key = std::string(*record.key);
    if (record.value) kept.value = std::string(*record.value);
    kept.headers = dead_letter_headers(rest);
    kept.own_headers = record.headers.size();
    kept.headers.insert(kept.headers.end(), omitted.begin(), omitted.end());
    kept.timestamp = record.timestamp;
    kept.source_topic = letter.partition->topic;
    return kept;
  }
  static std::size_t size_of(std::span<const Header> headers) {
    std::size_t size = 0;
    for (const Header& header : headers) size += header.name.size() + header.value.value_or("").size();
    return size;
  }
  struct Again {
    std::uint64_t tag = 0;
    Clock::time_point when;
  };

  void produce(std::uint64_t tag) {
    const Kept& kept = kept_.at(tag);
    std::vector<Header> headers;
    for (const OwnedHeader& header : kept.headers) headers.push_back({header.name, header.value});
    OutgoingRecord record;
    record.topic = topic_;
    if (kept.key) record.key = *kept.key;
    if (kept.value) record.value = *kept.value;
    record.headers = headers;
    record.timestamp = kept.timestamp;
    record.tag = tag;
    const Status status = sink_->produce(record);
    if (status.ok()) return;
    if (status.error().code == ErrorCode::invalid) return send_less(kept_.find(tag));
    if (status.error().code == ErrorCode::refused) complain(status.error().message);
    try_again(tag);
  }

  void try_again(std::uint64_t tag) { again_.push_back({tag, Clock::now() + kRetryAfter}); }

  void note(std::uint64_t tag, Delivery delivery, std::string_view words) {
    const auto found = kept_.find(tag);
    if (found == kept_.end()) return;
    switch (delivery) {
      case Delivery::arrived:
        ++delivered_[found->second.source_topic];
        return forget(found);
      case Delivery::too_large:
        return send_less(found);
      case Delivery::failed:
        complain(words);
        return try_again(tag);
    }
  }

  // What the broker finds too large is sent again without its value, then without the record's headers, then
  // without its key.
  void send_less(std::map<std::uint64_t, Kept>::iterator found) {
    Kept& kept = found->second;
    bytes_ -= kept.size();
    const bool less = kept.leave_out_one();
    bytes_ += kept.size();
    if (less) return produce(found->first);
    say(LogLevel::error, "dead letter topic " + topic_ + ": a letter is too large even when empty; lost");
    forget(found);
  }

  void forget(std::map<std::uint64_t, Kept>::iterator found) {
    bytes_ -= found->second.size();
    kept_.erase(found);
  }

  // One line a second says enough.
  void complain(std::string_view words) {
    if (Clock::now() - last_complaint_ < std::chrono::seconds(1)) return;
    last_complaint_ = Clock::now();
    say(LogLevel::error, "dead letter topic " + topic_ + ": " + std::string(words) + "; " +
                             std::to_string(kept_.size()) +
                             " letters wait, and no checkpoint is written until then");
  }
  void say(LogLevel level, const std::string& message) const {
    if (log_) log_(level, message);
  }

  std::string topic_;
  LogCallback log_;
  std::map<std::uint64_t, Kept> kept_;  // by tag: sent and not acknowledged
  std::deque<Again> again_;             // in order of time
  std::map<std::string, std::uint64_t> delivered_;
  std::uint64_t last_tag_ = 0;
  std::size_t bytes_ = 0;
  Clock::time_point last_complaint_{};
  std::unique_ptr<KafkaSink> sink_;  // last: its callbacks use the others
};

KafkaDeadLetters::KafkaDeadLetters(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KafkaDeadLetters::~KafkaDeadLetters() = default;

Result<std::unique_ptr<KafkaDeadLetters>> KafkaDeadLetters::open(const KafkaConnection& connection,
                                                                 std::string topic) {
  auto impl = std::make_unique<Impl>(std::move(topic), connection.log);
  if (Status status = impl->connect(connection); !status.ok()) return status.error();
  return std::unique_ptr<KafkaDeadLetters>(new KafkaDeadLetters(std::move(impl)));
}

void KafkaDeadLetters::send(const DeadLetter& letter) { impl_->send(letter); }
void KafkaDeadLetters::poll(std::chrono::milliseconds wait) { impl_->poll(wait); }
std::size_t KafkaDeadLetters::pending() const { return impl_->pending(); }
bool KafkaDeadLetters::full() const { return impl_->full(); }
const std::map<std::string, std::uint64_t>& KafkaDeadLetters::delivered() const { return impl_->delivered(); }

}  // namespace driftd::collector
