// Rows as they are kept while a reference is being learnt: values that own their texts. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/embedding.h"
#include "core/event.h"
#include "core/pair.h"
#include "core/time.h"

namespace driftd::detectors {

// Of a value that is kept.
inline bool has_text(Value::Kind kind) {
  return kind == Value::Kind::text || kind == Value::Kind::boolean || kind == Value::Kind::array;
}

struct OwnedValue {
  Value::Kind kind = Value::Kind::absent;
  double number = 0;  // kind number
  std::string text;   // kinds text and boolean; of arrays of numbers packed (core/embedding.h)
  friend bool operator==(const OwnedValue&, const OwnedValue&) = default;
};

inline OwnedValue own(const Value& value) {
  const bool array = value.kind == Value::Kind::array;
  return {value.kind, value.number, array ? pack_items(value.text) : std::string(value.text)};
}

// Of a joined pair: when it was predicted and when the feedback says that the outcome was known.
struct PairTimes {
  Time prediction = kNoTime;
  Time feedback = kNoTime;
  friend bool operator==(const PairTimes&, const PairTimes&) = default;
};

// One event. `values` is aligned with the names of its table; what is beyond its end is absent.
struct RawRow {
  Time time = kNoTime;
  std::string id;          // empty: none
  std::uint64_t hash = 0;  // of the event's content: orders rows of the same time and id
  std::vector<OwnedValue> values;
  Predicted predicted;
  std::optional<Verdict> verdict;
  std::string variant;                     // of the event; the join tells copies by it
  PairTimes pair_times = {};               // where it has a verdict, and they are known
  std::vector<std::string> segments = {};  // labels of a joined pair, whose features are not kept
  friend bool operator==(const RawRow&, const RawRow&) = default;
};

struct RowTable {
  std::vector<std::string> names;  // each once
  std::vector<RawRow> rows;

  // Appends the other table's rows, matching columns by name.
  void append(RowTable&& other);
};

}  // namespace driftd::detectors
