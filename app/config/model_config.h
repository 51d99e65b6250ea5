// What the configuration says of one model (`models.NAME`), `default` already laid beneath it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "alerts/rule_config.h"
#include "alerts/schema_facts.h"
#include "core/node.h"
#include "core/time.h"
#include "detectors/performance/task.h"

namespace driftd::app {

// Where the reference comes from (DESIGN 7.6).
struct ReferenceConfig {
  enum class Source : std::uint8_t { automatic, file, first_rows, first_duration };
  Source source = Source::automatic;
  std::string file;       // source file; as found from the working directory
  std::int64_t rows = 0;  // source first_rows
  Duration duration = 0;  // source first_duration

  friend bool operator==(const ReferenceConfig&, const ReferenceConfig&) = default;
};

struct DetectorConfig {
  std::string kind;  // of the catalogue
  Node params;       // a map that the kind has accepted
};

enum class ColumnType : std::uint8_t { automatic, numeric, categorical };

struct ColumnConfig {
  std::optional<std::uint32_t> bins;
  ColumnType type = ColumnType::automatic;
  bool ignore = false;
  std::vector<DetectorConfig> detectors;  // each kind at most once
};

// A segmentation by one column or by several at once. Cuts make a numeric column's values into
// ranges; they rise.
struct SegmentColumn {
  std::string column;
  std::vector<double> cuts;
  friend bool operator==(const SegmentColumn&, const SegmentColumn&) = default;
};
using SegmentConfig = std::vector<SegmentColumn>;  // never empty; each column at most once

enum class NewVersion : std::uint8_t { inherit, learn };

struct ModelConfig {
  std::optional<detectors::Task> task;  // absent: the reference's events decide
  std::optional<std::string> positive;
  std::optional<double> threshold;  // absent: 0.5
  ReferenceConfig reference;
  std::optional<NewVersion> new_version;
  std::map<std::string, ColumnConfig> columns;
  std::vector<SegmentConfig> segments;
  Duration window = 0;  // never 0 once loaded: the smallest multiple of `slot` of at least 1 h
  Duration label_horizon = 30 * kDay;
  alerts::SchemaConfig schema;
  std::vector<alerts::RuleConfig> rules;  // names are unique

  [[nodiscard]] detectors::TaskWish task_wish() const { return {task, positive, threshold}; }
  // inherit where the reference is a file, else learn, unless the configuration says it (DESIGN 7.13)
  [[nodiscard]] NewVersion effective_new_version() const {
    const bool from_file = reference.source == ReferenceConfig::Source::file;
    return new_version.value_or(from_file ? NewVersion::inherit : NewVersion::learn);
  }
  // How many slots `window` covers.
  [[nodiscard]] std::int64_t window_slots(Duration slot) const {
    return std::max<std::int64_t>(1, window / slot);
  }
  // nullptr where the configuration does not name the column.
  [[nodiscard]] const ColumnConfig* column(const std::string& name) const {
    const auto found = columns.find(name);
    return found == columns.end() ? nullptr : &found->second;
  }
};

}  // namespace driftd::app
