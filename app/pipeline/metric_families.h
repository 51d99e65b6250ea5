// The families of a page of metrics while it is being written.
#pragma once

#include <vector>

#include "alerts/exposition.h"
#include "core/time.h"

namespace driftd::app {

inline double seconds(Time time) { return static_cast<double>(time) / kSecond; }
inline double number(std::uint64_t count) { return static_cast<double>(count); }

// The families in the order of the table, each made when it is first asked for.
class MetricFamilies {
 public:
  MetricFamilies() {
    for (const alerts::MetricSpec& what : alerts::all_metrics()) families_.emplace_back(what.id);
  }
  alerts::MetricFamily& operator[](alerts::MetricId id) { return families_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const std::vector<alerts::MetricFamily>& all() const { return families_; }

 private:
  std::vector<alerts::MetricFamily> families_;
};

}  // namespace driftd::app
