// Schema facts (DESIGN 7.11): a column that most rows lack, values of another type, categories that the
// reference never had. Certain enough to need no budget.
//
// One SchemaFacts per (model, version). It is told each closed non-empty slot: how many on-time
// predictions it held and how many of them showed which fault in which column. A fact is judged over the
// fewest last slots that hold at least 50 predictions; with fewer in all, nothing is judged. Pure, event
// time is not needed; not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/incident.h"
#include "core/codec.h"
#include "core/fields.h"
#include "core/result.h"

namespace driftd::alerts {

enum class SchemaFault : std::uint8_t { missing_column, type_change, unknown_category };
inline constexpr std::array kSchemaFaults = {SchemaFault::missing_column, SchemaFault::type_change,
                                             SchemaFault::unknown_category};
std::string_view name_of(SchemaFault fault);

// What each fault asks for; empty: `off`.
struct SchemaConfig {
  std::optional<Action> missing_column = Action::stop;
  std::optional<Action> type_change = Action::stop;
  std::optional<Action> unknown_category = Action::notify;

  [[nodiscard]] std::optional<Action> action(SchemaFault fault) const;
};
const Fields<SchemaConfig>& fields_of_schema();

// Rows of one column that showed each fault, indexed by SchemaFault.
using FaultCounts = std::array<std::int64_t, kSchemaFaults.size()>;

struct FactChange {
  std::size_t column = 0;
  SchemaFault fault = SchemaFault::missing_column;
  bool opened = false;  // else closed
  double share = 0;     // of the last predictions
};

class SchemaFacts {
 public:
  SchemaFacts() = default;
  // `reference`: per column the share of the reference's rows with each fault; a fault that the
  // reference had too often is never a fact (5 % or more; any at all for `unknown_category`).
  explicit SchemaFacts(std::span<const std::array<double, kSchemaFaults.size()>> reference);

  // A closed slot with `predictions` > 0 on-time predictions; `faults` has one entry per column of the
  // reference. Changes come in the order of columns, then of faults.
  std::vector<FactChange> close_slot(std::int64_t predictions, std::span<const FaultCounts> faults);

  [[nodiscard]] bool is_open(std::size_t column, SchemaFault fault) const;
  void save(Encoder& out) const;
  static Result<SchemaFacts> load(Decoder& in);

  friend bool operator==(const SchemaFacts&, const SchemaFacts&) = default;

 private:
  struct Seen {  // a fault in a slot: cell = column * faults + fault
    std::uint32_t cell = 0;
    std::int64_t count = 0;
    friend bool operator==(const Seen&, const Seen&) = default;
  };
  struct Slot {
    std::int64_t predictions = 0;
    std::vector<Seen> seen;  // by cell; only those above 0
    friend bool operator==(const Slot&, const Slot&) = default;
  };
  void push(Slot slot);

  std::vector<std::uint8_t> possible_;  // per cell: the reference hardly had it
  std::vector<std::uint8_t> open_;      // per cell
  std::vector<std::int64_t> totals_;    // per cell, over slots_
  std::deque<Slot> slots_;              // the fewest last ones that hold enough
  std::int64_t predictions_ = 0;        // over slots_
};

// The subject of the fact's incident, "missing_column:income", and what it says.
std::string subject_of(SchemaFault fault, std::string_view column);
Findings findings_of(SchemaFault fault, std::string_view column, double share, Action action);

}  // namespace driftd::alerts
