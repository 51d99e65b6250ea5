// What a part of alerts hands to the store, kept in memory: for histories that crash.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace driftd::alerts {

using Entries = std::map<std::string, std::string, std::less<>>;

template <class T>
void store(T& part, Entries& entries) {
  part.take_changes([&](std::string_view key, std::optional<std::string_view> bytes) {
    if (bytes)
      entries[std::string(key)] = *bytes;
    else
      entries.erase(std::string(key));
  });
}

}  // namespace driftd::alerts
