#include "alerts/schema_facts.h"

#include <cmath>

namespace driftd::alerts {

namespace {

constexpr std::size_t kFaults = kSchemaFaults.size();
constexpr std::int64_t kEnough = 50;  // predictions that a fact is judged over, at least

// A fact opens above the limit and closes under half of it; the reference must have had less than `rare`.
struct Limits {
  double opens;
  double rare;
};
constexpr Limits limits_of(SchemaFault fault) {
  if (fault == SchemaFault::unknown_category) return {.05, 0};
  return {.5, .05};
}

bool possible(SchemaFault fault, double reference_share) {
  const Limits limits = limits_of(fault);
  return limits.rare > 0 ? reference_share < limits.rare : reference_share <= 0;
}

using OptionalAction = std::optional<Action>;

// An action or `off`; YAML 1.1 readers may have seen `off` as a boolean, the node's text is what counts.
FieldType<OptionalAction> action_or_off() {
  return choice_type<OptionalAction>({{"stop", Action::stop},
                                      {"retrain", Action::retrain},
                                      {"notify", Action::notify},
                                      {"off", std::nullopt}});
}

}  // namespace

std::string_view name_of(SchemaFault fault) {
  static constexpr std::array<std::string_view, kFaults> kNames = {"missing_column", "type_change",
                                                                   "unknown_category"};
  return kNames.at(static_cast<std::size_t>(fault));
}

std::optional<Action> SchemaConfig::action(SchemaFault fault) const {
  if (fault == SchemaFault::missing_column) return missing_column;
  return fault == SchemaFault::type_change ? type_change : unknown_category;
}

const Fields<SchemaConfig>& fields_of_schema() {
  static const Fields<SchemaConfig> table =
      Fields<SchemaConfig>()
          .add<OptionalAction>("missing_column", &SchemaConfig::missing_column, action_or_off(),
                               "most rows lack a column of the reference")
          .add<OptionalAction>("type_change", &SchemaConfig::type_change, action_or_off(),
                               "most values of a column are of another type than the reference's")
          .add<OptionalAction>("unknown_category", &SchemaConfig::unknown_category, action_or_off(),
                               "over 5 % of a column's values are categories that the reference never had");
  return table;
}

SchemaFacts::SchemaFacts(std::span<const std::array<double, kSchemaFaults.size()>> reference)
    : possible_(reference.size() * kFaults), open_(possible_.size()), totals_(possible_.size()) {
  for (std::size_t cell = 0; cell < possible_.size(); ++cell)
    possible_[cell] = possible(kSchemaFaults[cell % kFaults], reference[cell / kFaults][cell % kFaults]);
}

void SchemaFacts::push(Slot slot) {
  predictions_ += slot.predictions;
  for (const Seen& seen : slot.seen) totals_[seen.cell] += seen.count;
  slots_.push_back(std::move(slot));
  while (predictions_ - slots_.front().predictions >= kEnough) {
    predictions_ -= slots_.front().predictions;
    for (const Seen& seen : slots_.front().seen) totals_[seen.cell] -= seen.count;
    slots_.pop_front();
  }
}

std::vector<FactChange> SchemaFacts::close_slot(std::int64_t predictions,
                                                std::span<const FaultCounts> faults) {
  if (predictions <= 0) return {};
  Slot slot{predictions, {}};
  for (std::size_t cell = 0; cell < totals_.size() && cell / kFaults < faults.size(); ++cell)
    if (const std::int64_t count = faults[cell / kFaults][cell % kFaults]; count > 0)
      slot.seen.push_back({static_cast<std::uint32_t>(cell), count});
  push(std::move(slot));
  std::vector<FactChange> changes;
  if (predictions_ < kEnough) return changes;
  for (std::size_t cell = 0; cell < totals_.size(); ++cell) {
    if (possible_[cell] == 0) continue;
    const SchemaFault fault = kSchemaFaults[cell % kFaults];
    const double share = static_cast<double>(totals_[cell]) / static_cast<double>(predictions_);
    const double limit = limits_of(fault).opens;
    const bool changes_state = open_[cell] != 0 ? share < limit / 2 : share > limit;
    if (!changes_state) continue;
    open_[cell] ^= 1U;
    changes.push_back({cell / kFaults, fault, open_[cell] != 0, share});
  }
  return changes;
}

bool SchemaFacts::is_open(std::size_t column, SchemaFault fault) const {
  return open_.at(column * kFaults + static_cast<std::size_t>(fault)) != 0;
}

void SchemaFacts::save(Encoder& out) const {
  out.put_u64(possible_.size());
  for (std::size_t cell = 0; cell < possible_.size(); ++cell)
    out.put_u8(static_cast<std::uint8_t>(possible_[cell] | (open_[cell] << 1)));
  out.put_u64(slots_.size());
  for (const Slot& slot : slots_) {
    out.put_i64(slot.predictions);
    out.put_u64(slot.seen.size());
    for (const Seen& seen : slot.seen) {
      out.put_u64(seen.cell);
      out.put_i64(seen.count);
    }
  }
}

Result<SchemaFacts> SchemaFacts::load(Decoder& in) {
  SchemaFacts facts;
  const std::size_t cells = in.get_count();
  facts.possible_.resize(cells);
  facts.open_.resize(cells);
  facts.totals_.resize(cells);
  for (std::size_t cell = 0; cell < cells; ++cell) {
    const std::uint8_t bits = in.get_u8();
    facts.possible_[cell] = bits & 1U;
    facts.open_[cell] = (bits >> 1) & 1U;
  }
  for (std::size_t slots = in.get_count(2); slots > 0 && in.ok(); --slots) {
    Slot slot{in.get_within(1, kMostAmount), {}};
    slot.seen.resize(in.get_count(2));
    for (Seen& seen : slot.seen) {
      const std::uint64_t cell = in.get_u64();
      seen = {static_cast<std::uint32_t>(cell), in.get_within(1, slot.predictions)};
      if (cell >= cells) in.fail();
    }
    if (in.ok()) facts.push(std::move(slot));
  }
  if (!in.ok() || cells % kFaults != 0)
    return Error{ErrorCode::corrupt, "the state of schema facts is damaged"};
  return facts;
}

std::string subject_of(SchemaFault fault, std::string_view column) {
  return std::string(name_of(fault)) + ":" + std::string(column);
}

Findings findings_of(SchemaFault fault, std::string_view column, double share, Action action) {
  Findings findings;
  findings.action = action;
  findings.severity = severity_for(action);
  findings.fault = std::string(name_of(fault));
  findings.columns.push_back({std::string(column), "", std::nullopt, {}});
  const std::string percent = std::to_string(std::lround(share * 100)) + " % of the last predictions ";
  const std::string name(column);
  switch (fault) {
    case SchemaFault::missing_column:
      findings.summary = percent + "lack the column " + name;
      break;
    case SchemaFault::type_change:
      findings.summary = percent + "have a value of another type than the reference's in the column " + name;
      break;
    case SchemaFault::unknown_category:
      findings.summary = percent + "have a category in the column " + name + " that the reference never had";
      break;
  }
  return findings;
}

}  // namespace driftd::alerts
