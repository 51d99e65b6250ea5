// What an open slot of one model version holds until the clock passes its end.
//
// Lanes fill one each; they merge in any order to the same content. While the reference is being learnt
// rows are kept whole (`raw`); once it is known they are counted (`tallies`). Plain data.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/pipeline/plan.h"
#include "core/codec.h"
#include "detectors/performance/estimate_tally.h"
#include "detectors/rows.h"
#include "detectors/tally.h"
#include "detectors/traffic.h"

namespace driftd::app {

// Slots in the order in which they close; within a slot by series.
struct SlotKey {
  std::int64_t slot = 0;
  std::uint32_t series = 0;
  friend auto operator<=>(const SlotKey&, const SlotKey&) = default;
};

// A value for the order-dependent detectors of a column (DESIGN 7.10).
struct WatchedValue {
  std::uint32_t column = 0;
  Time time = 0;
  std::string id;
  double value = 0;
  std::uint64_t hash = 0;  // of the row's content
};

// The text behind a cell `new` of a row that a smaller copy may still replace.
struct NotedCategory {
  std::uint32_t column = 0;
  Time time = 0;
  std::string id;
  std::uint64_t hash = 0;  // of the row's content
  std::vector<std::uint32_t> segments;
  std::string text;
};

// A row that no longer counts though a lane had kept it (DESIGN 7.5); `balance` counts takings.
struct Withdrawn {
  Time time = 0;
  std::string id;
  std::uint64_t hash = 0;
  friend auto operator<=>(const Withdrawn&, const Withdrawn&) = default;
};

inline constexpr std::size_t kMostWatchedValues = 100'000;  // per slot and column
// Of a slot in one lane. Further ones are noted at once, and stay if their row is replaced.
inline constexpr std::size_t kMostNotedCategories = 100'000;

struct OpenSlot {
  std::vector<std::optional<detectors::Tally>> tallies;  // by segment; 0 is the whole model
  std::vector<detectors::EstimateTally> scores;          // likewise
  detectors::RowTable raw;
  std::vector<std::int64_t>
      identified;  // rows that count and have an id, by segment: labels may come for them
  std::vector<WatchedValue> values;
  std::vector<NotedCategory> noted;
  std::vector<std::pair<Withdrawn, int>> withdrawn;  // +1 taken away, -1 put back
  detectors::Traffic traffic;                        // failed requests too, which are no rows

  detectors::Tally& tally(std::uint32_t segment, const std::shared_ptr<const detectors::TallyLayout>& layout);
  // So many rows more with an id, in these segments.
  void add_identified(std::span<const std::uint32_t> segments, std::int64_t count);
  void add_scores(std::span<const std::uint32_t> segments, std::span<const detectors::ScoreCode> codes,
                  int sign = 1);
  // A new category of a counted row. One without an id has no copies.
  void note(NotedCategory category);
  void merge(OpenSlot&& other);
  // Takes the withdrawn rows out of `raw`, `values` and `noted`, sorts the first two, holds each column to
  // kMostWatchedValues by smallest hash, and puts what was noted into the tallies.
  void settle();
  // What was counted was so under another reference; rows that were kept whole stay.
  void forget_counts();
  [[nodiscard]] bool empty() const;  // of rows

  void save(Encoder& out) const;
  static Result<OpenSlot> load(Decoder& in, const std::shared_ptr<const detectors::TallyLayout>& layout);
};

}  // namespace driftd::app
