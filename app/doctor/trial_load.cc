#include "app/doctor/trial_load.h"

#include "app/config/load.h"
#include "app/pipeline/engine.h"
#include "collector/dead_letters.h"

namespace driftd::app {

namespace {

// The partitions that the store has offsets of, without records.
class StoredPartitions final : public collector::Source {
 public:
  explicit StoredPartitions(const Survey& survey) {
    for (const OffsetFacts& one : survey.offsets)
      partitions_.push_back(
          {one.topic, one.partition, collector::TopicRole::predictions | collector::TopicRole::feedback});
  }
  [[nodiscard]] const std::vector<collector::PartitionInfo>& partitions() const override {
    return partitions_;
  }
  Result<collector::Batch> poll(std::size_t, std::chrono::milliseconds) override {
    return collector::Batch{};
  }
  void pause(std::uint32_t, bool) override {}
  [[nodiscard]] collector::PartitionEnd end_of(std::uint32_t) const override { return {}; }
  void seek(std::uint32_t, std::int64_t) override {}
  void commit(std::span<const collector::PartitionOffset>) override {}

 private:
  std::vector<collector::PartitionInfo> partitions_;
};

}  // namespace

Status load_for_trial(storage::Store& store, const Survey& survey, const Config* config) {
  Config standard;
  if (config == nullptr && survey.slot) standard.slot = *survey.slot;
  standard.threads = 1;
  resolve_defaults(standard);
  StoredPartitions source(survey);
  collector::MemoryDeadLetters letters;
  // It writes at checkpoints alone, and this store refuses to be written.
  auto engine = Engine::open({.config = config != nullptr ? config : &standard,
                              .store = &store,
                              .source = &source,
                              .dead_letters = &letters,
                              .log = Logger(LogLevel::error, LogFormat::logfmt),
                              .replay = true,
                              .deliver = false,
                              .base_url = {}});
  if (!engine.ok()) return engine.error();
  return success();
}

}  // namespace driftd::app
