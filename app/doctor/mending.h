// What of a store is left out, and what is put in its place, so that the rest can be believed again.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "storage/salvage.h"

namespace driftd::app {

struct Mending {
  std::set<std::string> keys;
  std::vector<storage::LostKeys> ranges;
  std::set<std::uint32_t> series;          // begin anew: state, history, and what waits for their labels
  bool waiting = false;                    // all that waits, whose models cannot be told apart
  std::map<std::string, std::string> put;  // instead

  void add(const Mending& more);
  [[nodiscard]] bool drops(std::string_view key, std::string_view value) const;
};

// Whether a waiting record has a prediction, or a verdict, of one of these series.
bool waits_for(std::string_view key, std::string_view value, const std::set<std::uint32_t>& series);

}  // namespace driftd::app
