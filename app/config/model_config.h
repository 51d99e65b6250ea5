// What the configuration says of one model (`models.NAME`), `default` already laid beneath it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "alerts/retraining_config.h"
#include "alerts/rule_config.h"
#include "alerts/schema_facts.h"
#include "app/config/comparison_config.h"
#include "core/node.h"
#include "core/time.h"
#include "detectors/evidence/budget_shares.h"
#include "detectors/performance/task.h"
#include "detectors/segments.h"

namespace driftd::app {

// Where the reference comes from (DESIGN 7.6).
struct ReferenceConfig {
  enum class Source : std::uint8_t { automatic, file, first_rows, first_duration };
  Source source = Source::automatic;
  std::string file;       // source file; as found from the working directory
  std::int64_t rows = 0;  // source first_rows
  Duration duration = 0;  // source first_duration
  bool trust = false;     // alarms against it may be critical although it is short or its wobble unresolved
  std::vector<std::string> regimes{};  // source file: further profiles with the same bins; found as `file` is

  friend bool operator==(const ReferenceConfig&, const ReferenceConfig&) = default;
};

struct DetectorConfig {
  std::string kind;  // of the catalogue
  Node params;       // a map that the kind has accepted
};

// When things are compared with the same time of the week (STATISTICS 6).
struct SeasonConfig {
  enum class Cells : std::uint8_t { hour_of_week, none };
  Cells cells = Cells::hour_of_week;
  std::string timezone = "UTC";
  std::vector<std::int64_t> holidays;  // local days since the epoch; they count as Sundays

  friend bool operator==(const SeasonConfig&, const SeasonConfig&) = default;
};

// How many false alarms are allowed, and how kinds of evidence share them (STATISTICS 7).
struct BudgetConfig {
  double alerts = 1;
  Duration per = 30 * kDay;
  detectors::evidence::KindWeights kinds = detectors::evidence::kKindWeights;  // in proportion; not all 0

  friend bool operator==(const BudgetConfig&, const BudgetConfig&) = default;
};

enum class DeclaredType : std::uint8_t { automatic, numeric, categorical };

struct ColumnConfig {
  std::optional<std::uint32_t> bins;
  DeclaredType type = DeclaredType::automatic;
  bool ignore = false;
  double importance = 1;                  // its share of its kind's budget, in proportion
  std::vector<DetectorConfig> detectors;  // each kind at most once
};

using detectors::SegmentColumn;
using SegmentConfig = detectors::SegmentDefinition;  // never empty; each column at most once

// Columns derived from the features (STATISTICS 11), of references made from now on.
struct DerivedConfig {
  std::int64_t pairs = 64;
  std::int64_t projections = 16;
  std::optional<std::int64_t> components;  // absent: automatic
  bool missing_pattern = true;
  std::int64_t fourier = 64;
  std::int64_t seed = 1;

  friend bool operator==(const DerivedConfig&, const DerivedConfig&) = default;
};

enum class NewVersion : std::uint8_t { inherit, learn };

struct ModelConfig {
  std::optional<detectors::Task> task;  // absent: the reference's events decide
  std::optional<std::string> positive;
  std::optional<double> threshold;  // absent: 0.5
  ReferenceConfig reference;
  std::optional<NewVersion> new_version;
  std::map<std::string, ColumnConfig> columns;
  std::vector<SegmentConfig> segments;
  DerivedConfig derived;
  Duration window = 0;  // never 0 once loaded: the smallest multiple of `slot` of at least 1 h
  SeasonConfig season;
  Duration label_horizon = 30 * kDay;
  BudgetConfig budget;
  alerts::SchemaConfig schema;
  std::vector<alerts::RuleConfig> rules;  // names are unique
  alerts::RetrainingConfig retraining;
  std::vector<ComparisonConfig> comparisons;  // likewise

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
  // Not watched, though a reference file may have it.
  [[nodiscard]] bool ignores(const std::string& name) const {
    const ColumnConfig* named = column(name);
    return named != nullptr && named->ignore;
  }
  [[nodiscard]] const ColumnConfig* column(const std::string& name) const {
    const auto found = columns.find(name);
    return found == columns.end() ? nullptr : &found->second;
  }
};

}  // namespace driftd::app
