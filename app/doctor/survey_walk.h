// The first half of a survey: one walk over all keys.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/doctor/survey.h"
#include "storage/salvage.h"

namespace driftd::app {

struct DamagedKey {
  std::string key, what;
  bool newer = false;  // whole, but of a newer program
};

// What the walk found besides the facts; in byte order of the keys.
struct Findings {
  std::vector<DamagedKey> damaged;
  std::vector<storage::LostKeys> lost;
  std::set<std::string> meta;              // names that are there
  std::set<std::uint32_t> series;          // that state or history have
  std::uint64_t waiting = 0;               // predictions without a label
  std::set<std::uint32_t> waiting_models;  // numbers
  std::set<std::uint32_t> waiting_series;
};

Findings walk(const storage::Store& store, Survey& survey);

}  // namespace driftd::app
