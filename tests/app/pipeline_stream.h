// A stream that a test writes down, as the source of an engine: partitions in memory, read in small bites.
#pragma once

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "collector/source.h"
#include "core/time.h"

namespace driftd::app {

inline constexpr Time kBegin = 1'767'225'600 * kSecond;  // 2026-01-01T00:00:00Z

inline std::string prediction_text(int number, Time time, const std::string& model = "m",
                                   const std::string& version = "1", double age = -1) {
  const bool yes = number % 3 == 0;
  return R"({"type":"prediction","model":")" + model + R"(","version":")" + version + R"(","id":"i)" +
         std::to_string(number) + R"(","time":")" + format_rfc3339(time) + R"(","features":{"age":)" +
         std::to_string(age >= 0 ? age : number * 37 % 101) + R"(,"country":")" +
         (number % 4 != 0 ? "DE" : "FR") + R"("},"prediction":{"label":")" + (yes ? "yes" : "no") +
         R"(","score":)" + (yes ? "0.75" : "0.25") + "}}";
}

inline std::string feedback_text(int number, Time time, const std::string& model = "m") {
  return R"({"type":"feedback","model":")" + model + R"(","id":"i)" + std::to_string(number) +
         R"(","time":")" + format_rfc3339(time) + R"(","label":")" +
         (number % 3 == 0 || number % 7 == 0 ? "yes" : "no") + R"("})";
}

// Offsets are indexes. What is not yet revealed is not there; the end is finished once all is read.
class ScriptedSource final : public collector::Source {
 public:
  using Script = std::vector<std::vector<std::string>>;  // values by partition

  explicit ScriptedSource(const Script& script) : script_(script), next_(script.size(), 0) {
    for (std::size_t i = 0; i < script.size(); ++i)
      partitions_.push_back({"topic" + std::to_string(i), 0,
                             collector::TopicRole::predictions | collector::TopicRole::feedback});
  }
  ScriptedSource(const Script& script, std::vector<collector::PartitionInfo> partitions)
      : script_(script), next_(script.size(), 0), partitions_(std::move(partitions)) {}

  [[nodiscard]] const std::vector<collector::PartitionInfo>& partitions() const override {
    return partitions_;
  }
  Result<collector::Batch> poll(std::size_t most, std::chrono::milliseconds) override {
    collector::Batch batch;
    for (std::uint32_t i = 0; i < next_.size(); ++i) {
      if (paused_.contains(i)) continue;
      collector::PartitionBatch part{.partition = i, .records = {}, .next_offset = 0};
      for (std::size_t n = 0; n < (i == 0 ? most * head_start : most) && next_[i] < script_[i].size(); ++n) {
        collector::Record& record = part.records.emplace_back();
        record.offset = static_cast<std::int64_t>(next_[i]);
        record.timestamp = kBegin;
        record.value = script_[i][next_[i]++];
      }
      part.next_offset = static_cast<std::int64_t>(next_[i]);
      if (!part.records.empty()) batch.parts.push_back(std::move(part));
    }
    return batch;
  }
  void pause(std::uint32_t partition, bool paused) override {
    paused_.erase(partition);
    if (paused && obeys_pauses) paused_.insert(partition);
  }
  [[nodiscard]] collector::PartitionEnd end_of(std::uint32_t i) const override {
    return {.last_stable_offset = static_cast<std::int64_t>(script_[i].size()),
            .next_offset = static_cast<std::int64_t>(next_[i]),
            .finished = obeys_pauses && next_[i] == script_[i].size()};
  }
  void seek(std::uint32_t partition, std::int64_t offset) override {
    next_[partition] = static_cast<std::size_t>(offset);
  }
  void commit(std::span<const collector::PartitionOffset>) override {}

  // Set: as a file that is read, not as a topic that is there. The first partition may come faster.
  bool obeys_pauses = false;
  std::size_t head_start = 1;
  [[nodiscard]] std::size_t paused() const { return paused_.size(); }

  [[nodiscard]] bool exhausted() const {
    for (std::size_t i = 0; i < next_.size(); ++i)
      if (next_[i] < script_[i].size()) return false;
    return true;
  }

 private:
  const Script& script_;
  std::vector<std::size_t> next_;
  std::vector<collector::PartitionInfo> partitions_;
  std::set<std::uint32_t> paused_;
};

}  // namespace driftd::app
