#include "collector/kafka_takeover.h"

#include <charconv>
#include <tuple>

namespace driftd::collector {

std::optional<ProcessIdentity> ProcessIdentity::parse(std::string_view metadata) {
  const auto mark = metadata.find(';');
  if (mark == std::string_view::npos || mark == 0) return std::nullopt;
  const std::string_view digits = metadata.substr(mark + 1);
  ProcessIdentity identity{std::string(metadata.substr(0, mark)), 0};
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), identity.start_ms);
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) return std::nullopt;
  return identity;
}

std::optional<ProcessIdentity> TakeoverWatch::look(const PartitionName& partition,
                                                   std::string_view metadata) {
  const auto [seen, first] = seen_.try_emplace(partition, metadata);
  if (first || seen->second == metadata) return std::nullopt;
  seen->second = metadata;
  auto other = ProcessIdentity::parse(metadata);
  if (other == self_) return std::nullopt;  // a commit of ours of which we did not hear
  return other;
}

void TakeoverWatch::wrote(const PartitionName& partition) { seen_[partition] = self_.metadata(); }

bool TakeoverWatch::must_yield_to(const ProcessIdentity& other) const {
  return std::tie(self_.start_ms, self_.id) > std::tie(other.start_ms, other.id);
}

}  // namespace driftd::collector
