// Whether another process works for the same group (DESIGN section 6).
//
// Each process writes (its random id, its start time) into the metadata of its commits. One that finds
// metadata to have changed since it last looked, to another's, knows that the other is alive: the younger
// (ties: the larger id) gives up. Metadata that stays as it was is a predecessor's. A value; no I/O.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace driftd::collector {

struct ProcessIdentity {
  std::string id;  // without ';'
  std::int64_t start_ms = 0;

  [[nodiscard]] std::string metadata() const { return id + ";" + std::to_string(start_ms); }
  // None where the text is not what metadata() gives: someone else's commit.
  static std::optional<ProcessIdentity> parse(std::string_view metadata);
  friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

class TakeoverWatch {
 public:
  using PartitionName = std::pair<std::string, std::int32_t>;

  explicit TakeoverWatch(ProcessIdentity self) : self_(std::move(self)) {}

  // What the group's metadata of a partition is now. Gives the other process if it is alive.
  std::optional<ProcessIdentity> look(const PartitionName& partition, std::string_view metadata);
  // Our own commit of this partition went through.
  void wrote(const PartitionName& partition);
  [[nodiscard]] bool must_yield_to(const ProcessIdentity& other) const;
  [[nodiscard]] const ProcessIdentity& self() const { return self_; }

 private:
  ProcessIdentity self_;
  std::map<PartitionName, std::string> seen_;
};

}  // namespace driftd::collector
