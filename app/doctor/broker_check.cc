#include "app/doctor/broker_check.h"

#include <algorithm>
#include <mutex>

#include "app/kafka_topics.h"
#include "collector/kafka_source.h"

namespace driftd::app {

namespace {

// What the source says of positions; the rest of its log is about connections.
class Sentences {
 public:
  void hear(const std::string& line) {
    if (line.find("the offset to go on with") == std::string::npos &&
        line.find("new partition") == std::string::npos)
      return;
    const std::lock_guard lock(mutex_);
    heard_.push_back(line);
  }
  std::vector<std::string> take() {
    const std::lock_guard lock(mutex_);
    return std::move(heard_);
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> heard_;
};

}  // namespace

Result<std::vector<std::string>> offsets_beside_brokers(const Config& config, const Survey& survey) {
  Sentences sentences;
  collector::KafkaSourceOptions options;
  options.connection = {config.kafka.brokers, config.kafka.properties,
                        [&](collector::LogLevel, const std::string& line) { sentences.hear(line); }};
  options.group = config.kafka.group;
  options.topics = kafka_topics(config.kafka.topics);
  auto source = collector::KafkaSource::open(std::move(options));  // without a process id it commits nothing
  if (!source.ok()) return source.error();
  const auto& partitions = (*source)->partitions();
  for (std::uint32_t i = 0; i < partitions.size(); ++i) {
    const auto of_topic = [&](const OffsetFacts& one) { return one.topic == partitions[i].topic; };
    const auto stored = std::ranges::find_if(survey.offsets, [&](const OffsetFacts& one) {
      return of_topic(one) && one.partition == partitions[i].partition;
    });
    if (stored != survey.offsets.end())
      (*source)->seek(i, stored->next);
    else if (std::ranges::any_of(survey.offsets, of_topic))
      (*source)->seek(i, collector::kFromBeginning);
  }
  const auto polled = (*source)->poll(1, std::chrono::milliseconds(0));
  if (!polled.ok()) return polled.error();
  return sentences.take();
}

}  // namespace driftd::app
