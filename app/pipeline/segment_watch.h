// What evidence keeps of the segments of a version, beside their capital (STATISTICS 7).
//
// A segment whose reference holds at least kLeastSegmentRows (pairs, on the clock of the labels) is measured
// against that. Any other value is first seen later: it learns from its first 7 days, and as long as it takes
// to see as many, and gives no evidence until then. Of these there are at most kMostLaterSegments a side, in
// order of the slot of first sight, then of bytes: the next would get a share of 1e-4 of the budget.
//
// Plain data of the judge. Plans and monitors are made anew after a restart.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/model_config.h"
#include "core/codec.h"
#include "core/result.h"
#include "detectors/evidence/labels/label_evidence.h"
#include "detectors/evidence/labels/label_gathering.h"
#include "detectors/profile.h"
#include "detectors/segment_reference.h"

namespace driftd::app {

inline constexpr std::int64_t kLeastSegmentRows = 400;
inline constexpr std::size_t kMostLaterSegments = 20;
inline constexpr std::size_t kMostCohortSegments = 100;  // whose predictions are counted for their labels
inline constexpr Duration kNewNormal = 7 * kDay;         // what a new reference has to span
inline constexpr Duration kKeptForNewNormal = 28 * kDay;

// Of features and predictions.
struct LaterSegment {
  std::string label;
  std::int64_t since = 0;  // slot of first sight
  bool learnt = false;
  detectors::SegmentBlocks counts;

  void save(Encoder& out) const;
  static Result<LaterSegment> load(const std::shared_ptr<const detectors::TallyLayout>& layout, Duration slot,
                                   Decoder& in);
};

// Pairs of a segment, counted under one reference.
struct LabelLine {
  detectors::evidence::LabelSegment counts;                           // begun
  std::optional<detectors::evidence::LabelReference> reference = {};  // its own; else the profile's
  std::set<std::string> columns = {};  // whose new normal it is; none: all that no later line has
};

struct SegmentLabels {
  std::vector<LabelLine> lines;  // none: it is learning
  std::int64_t since = 0;        // of a value first seen later: its first evidence slot
  std::optional<detectors::evidence::LabelGathering> gathering;  // while it learns

  // The line that judges a column, and the place of the column in its plan; null where none does.
  struct Judged {
    const LabelLine* line = nullptr;
    std::size_t series = 0;
  };
  [[nodiscard]] std::optional<Judged> judge_of(std::string_view column) const;
};

// Whether one of the declared segmentations gives this label.
bool is_declared(const ModelConfig& config, std::string_view label);
// Those of the reference that are measured on a side, by label.
std::vector<const detectors::SegmentReference*> known_segments(const ModelConfig& config,
                                                               const detectors::Profile& profile,
                                                               detectors::Side side);
// The share of the budget of a known segment or of one first seen later; of the whole model with "".
struct SegmentBudget {
  detectors::evidence::SegmentShares shares;
  [[nodiscard]] double of_known(std::string_view label) const {
    return label.empty() ? shares.whole : shares.known;
  }
};
SegmentBudget segment_budget(const ModelConfig& config, const detectors::Profile& profile,
                             detectors::Side side);

// The place of a column on labels among the series of its kind.
std::uint32_t label_place(std::string_view column);

}  // namespace driftd::app
