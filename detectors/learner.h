// Learner: collects the rows of a reference that is learnt from the stream (DESIGN 7.6).
//
// Whole slots, in slot order from the version's first, until they hold N rows or span the duration;
// fixed when the last of them closes. What comes out depends on the rows alone: neither their order
// within a slot nor how a slot's rows were brought together matters. The loss has a Learner of its
// own, whose rows are joined pairs (verdict and pair_times set, no values) in slots of evidence, with time =
// evidence time. Rows are kept as compact bytes, some 10 to 12 a number. A value; no threads, no clock.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/codec.h"
#include "core/result.h"
#include "core/time.h"
#include "detectors/profile.h"
#include "detectors/profile_builder.h"
#include "detectors/renewal.h"  // what comes after the Learner of an automatic reference
#include "detectors/row_codec.h"
#include "detectors/rows.h"

namespace driftd::detectors {

struct ReferenceRule {
  enum class Kind : std::uint8_t { automatic, first_rows, first_duration };
  Kind kind = Kind::automatic;
  std::int64_t rows = 20'000;     // automatic, first_rows
  Duration duration = 14 * kDay;  // first_duration; when automatic is renewed
  friend bool operator==(const ReferenceRule&, const ReferenceRule&) = default;
};

class Learner {
 public:
  Learner(ReferenceRule rule, Duration slot_length) : rule_(rule), slot_length_(slot_length) {}

  // All on-time rows of the slot, which has closed. Precondition: after every earlier slot. Nothing is
  // taken once complete() is true.
  void add_slot(std::int64_t slot, const RowTable& rows);
  // Slots up to this one have closed. Needed where the last slots of a duration are empty.
  void advance(std::int64_t closed_slot);

  [[nodiscard]] bool complete() const;
  [[nodiscard]] std::int64_t rows() const { return row_count_; }
  // The first slot that had a row. Precondition: rows() > 0.
  [[nodiscard]] std::int64_t first_slot() const { return *first_; }
  [[nodiscard]] const ReferenceRule& rule() const { return rule_; }
  // Share of what is needed, 0 to 1.
  [[nodiscard]] double progress() const;

  // Every row, by slot and in it by (time, id, hash), with the sorted names of its slot; for binning
  // what waited. Stops with `corrupt` at bytes that are none of ours.
  Status for_each_row(const RowVisit& visit) const;
  // The same as one table, names sorted. Large: for_each_row() needs one row's memory.
  [[nodiscard]] Result<RowTable> all_rows() const;
  // The profile of what is there, complete or not; fails where there is no row.
  // `predictions`: of pairs, those that could have a label by now (LabelSegment::predictions()), by segment.
  [[nodiscard]] Result<Profile> finish(
      const ProfileOptions& options, ProfileParts parts,
      std::map<std::string, std::map<std::int64_t, std::int64_t>> predictions = {}) const;

  // Whole state. For rare checkpoints of small learners.
  void save(Encoder& out) const;
  static Result<Learner> load(Decoder& in);

  // The same in pieces: the blocks (slot, bytes) that came since the last call, views into this, to be stored
  // each under its slot, and save_head() with every checkpoint; load_head() and then restore_block() for
  // each.
  [[nodiscard]] std::vector<std::pair<std::int64_t, std::string_view>> take_new_blocks();
  void save_head(Encoder& out) const;
  static Result<Learner> load_head(Decoder& in);
  Status restore_block(std::int64_t slot, std::string_view bytes);

 private:
  [[nodiscard]] Result<Table> table() const;

  ReferenceRule rule_;
  Duration slot_length_;
  std::optional<std::int64_t> first_;  // slot that had a row
  std::int64_t closed_ = 0;            // newest closed slot, once there is a first one
  std::int64_t row_count_ = 0;
  std::map<std::int64_t, std::string> blocks_;  // slot -> its rows, encoded
  std::vector<std::int64_t> new_blocks_;        // not yet taken
};

}  // namespace driftd::detectors
