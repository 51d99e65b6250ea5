// A Profile is the reference of one model version: the bins of every column, and how the reference
// fell into them (DESIGN 7.6). Everything that is counted later is counted in its cells.
//
// A plain value. build_profile() (profile_builder.h) or profile_from_json() (profile_json.h) make it;
// afterwards nobody changes it but by making another. Restored from JSON it has the same bins to the
// bit. The columns are features in the reference's order, then `prediction` and `score`, then those that
// are derived from the features (derived/definitions.h), named derived:NAME; then, on the clock of the
// feedback, `label` and `loss` (Side::pairs). A learnt reference has two profiles, one of each side; a
// profile from a file has both in one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "detectors/cells.h"
#include "detectors/derived/definitions.h"
#include "detectors/evidence/labels/label_reference.h"
#include "detectors/performance/loss_model.h"
#include "detectors/performance/pair_tally.h"
#include "detectors/performance/task.h"
#include "detectors/segments.h"

namespace driftd::detectors {

enum class ColumnType : std::uint8_t { numeric, categorical };
enum class Role : std::uint8_t { feature, prediction, score, derived, label, loss };
enum class Side : std::uint8_t { predictions, pairs };

std::string_view name_of(ColumnType type);
std::string_view name_of(Role role);
std::optional<ColumnType> column_type_of(std::string_view name);
std::optional<Role> role_of(std::string_view name);

constexpr Side side_of(Role role) {
  return role == Role::label || role == Role::loss ? Side::pairs : Side::predictions;
}
// Features of these names are left out of profiles: they would be mistaken for the columns so called. All
// that begin with derived: are.
bool is_reserved_column(std::string_view name);

// The one category of an embedding of so many items: "384 numbers".
std::string embedding_category(std::uint32_t length);

inline constexpr std::uint8_t kNoBin = 255;                  // of a cell that is missing
inline constexpr std::uint32_t kShownBins = 10;              // default of `bins`
inline constexpr std::uint32_t kMostShownBins = 200;         // so that all bins fit in a byte
inline constexpr std::size_t kEvidenceBins = 20;             // K of STATISTICS 2
inline constexpr std::size_t kEvidenceCategories = 50;       // the rest is `other` there
inline constexpr std::size_t kMostOtherCategories = 65'536;  // beyond: every unknown one is `other`
inline constexpr std::size_t kMostEdgeRows = 65'536;         // rows that give the edges
inline constexpr Duration kProfileBlock = 5 * kMinute;       // of the counts by time
inline constexpr std::size_t kMostReferenceSegments = 50;    // of a profile: those with most rows

struct ColumnProfile {
  std::string name;
  Role role = Role::feature;
  ColumnType type = ColumnType::numeric;

  // Numeric, of the reference's finite values. A column without any is categorical (and has no
  // category: whatever comes is new), unless the options insist: then whatever comes is above.
  double minimum = 0;
  double maximum = 0;
  double mean = 0;
  double standard_deviation = 0;       // of the sample (n - 1); 0 for one value
  std::vector<double> shown_edges;     // numpy's linear quantiles k/bins, each once, rising
  std::vector<double> evidence_edges;  // STATISTICS 2, each once, rising, below the maximum

  // Categorical: the most frequent (count falling, then bytes) have a cell each; the hashes (hash64)
  // of the others tell them from new ones.
  std::vector<std::string> categories;
  std::vector<std::uint64_t> other_categories;  // rising
  bool open = false;  // too many others to remember: every unknown category is `other`
  // Of an embedding: how many items its arrays have (core/embedding.h); else 0. It is categorical, with
  // embedding_category() alone: what is no such array is a type_change.
  std::uint32_t length = 0;

  std::vector<CellCount> reference;  // by cell; size cells()

  // Derived by derive(). Numeric: upper ends of the fine bins; the last is the maximum.
  std::vector<double> knots;
  std::vector<std::uint8_t> shown_bin;     // by cell: the shown bin, or kNoBin
  std::vector<std::uint8_t> evidence_bin;  // by cell; counts of both kinds are sums of fine cells
  std::size_t shown_bins = 0;
  std::size_t evidence_bins = 0;

  // Fills the derived members; edges, categories and (for the evidence's rare categories) counts must
  // be there. False where there are more than kMaxBins.
  bool derive();

  [[nodiscard]] std::size_t bins() const {
    return type == ColumnType::numeric ? knots.size() : categories.size();
  }
  [[nodiscard]] std::size_t cells() const {
    return kFirstBin + bins() + (type == ColumnType::numeric ? 1 : 0);
  }
  // Cells whose places are outer ones; kNoBin for a categorical column, where no cell has that number.
  [[nodiscard]] std::uint8_t below_cell() const { return type == ColumnType::numeric ? kBelowCell : kNoBin; }
  [[nodiscard]] std::uint8_t above_cell() const {
    return type == ColumnType::numeric ? static_cast<std::uint8_t>(kFirstBin + bins()) : kNoBin;
  }
  // The unit of outer distances times 256: maximum - minimum where that is positive and finite.
  [[nodiscard]] double outer_range() const;
  // The fine bin's lower end: the knot before it, of the first bin the minimum.
  [[nodiscard]] double low(std::size_t bin) const { return bin == 0 ? minimum : knots[bin - 1]; }
  [[nodiscard]] bool is_missing(std::size_t cell) const {
    return cell < kOtherCell || (cell == kNotFiniteCell && type == ColumnType::numeric);
  }
  [[nodiscard]] std::int64_t present() const;  // values of the reference that are not missing
  [[nodiscard]] std::int64_t missing() const;
};

// What fell into the cells in five minutes of the reference: Tally::encode of each side.
struct ProfileBlock {
  std::int64_t block = 0;   // slot_of(time, kProfileBlock)
  std::string predictions;  // empty: nothing
  std::string pairs;
  friend bool operator==(const ProfileBlock&, const ProfileBlock&) = default;
};

// What fell into the cells of one segment of the reference, over the bins of the whole model
// (segment_reference.h).
struct SegmentReference {
  std::string label;  // segments.h
  std::int64_t rows = 0;
  std::int64_t pairs = 0;
  std::string prediction_counts;  // Tally::encode of all of them, those without a time too; empty: nothing
  std::string pair_counts;
  std::vector<ProfileBlock> blocks;                // rising
  std::optional<evidence::LabelReference> labels;  // over the scale of the whole model's

  friend bool operator==(const SegmentReference&, const SegmentReference&) = default;
};

struct Profile {
  std::string model;
  std::string version;  // empty: of whatever version
  TaskSpec task;
  bool predicted_by_score =
      false;  // binary: some rows said no label, so that theirs follows from the positive class
  std::int64_t rows = 0;
  std::int64_t pairs = 0;  // rows with a label
  Time first = kNoTime;    // of the rows that have a time
  Time last = kNoTime;
  std::vector<ColumnProfile> columns;
  std::vector<ProfileBlock> blocks;                // rising; none where rows have no time
  PairTally performance;                           // of the reference's pairs
  std::optional<evidence::LabelReference> labels;  // how they came; where there are pairs of a task
  // What the columns of Role::derived are; none where there are none.
  std::optional<detectors::derived::Definitions> derived;
  std::vector<SegmentReference> segments;  // by label; those with most rows where there are too many
  std::optional<LossModel> expected_loss;  // of a regression
  std::string digest;                      // "sha256:" and 64 digits over all of the above

  // Columns of one side, in order: what a Binner and a Tally of that side number from 0.
  [[nodiscard]] std::vector<const ColumnProfile*> side(Side side) const;
  [[nodiscard]] const ColumnProfile* find(Role role) const;              // not for features
  [[nodiscard]] const ColumnProfile* find(std::string_view name) const;  // any
};

struct ColumnOptions {
  std::optional<std::uint32_t> bins;
  std::optional<ColumnType> type;
  bool ignore = false;
};

struct ProfileOptions {
  std::string model;
  std::string version;
  std::uint32_t bins = kShownBins;
  std::map<std::string, ColumnOptions> columns;
  std::vector<SegmentDefinition> segments;  // that keep counts of their own
  TaskWish task;
  detectors::derived::Options derived = {};
};

}  // namespace driftd::detectors
