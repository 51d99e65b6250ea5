#include "app/pipeline/recent_reference.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

#include "core/hash.h"
#include "detectors/evidence/drift_effect.h"
#include "detectors/profile_json.h"
#include "detectors/renewal.h"

namespace driftd::app {

namespace {

using detectors::ColumnProfile;
using detectors::Profile;
using detectors::Tally;

// The reference's columns of predictions without what they counted.
Profile emptied(const Profile& reference) {
  Profile profile = reference;
  std::erase_if(profile.columns, [](const ColumnProfile& column) {
    return detectors::side_of(column.role) == detectors::Side::pairs;
  });
  for (ColumnProfile& column : profile.columns)
    std::fill(column.reference.begin(), column.reference.end(), detectors::CellCount());
  profile.rows = profile.pairs = 0;
  profile.first = profile.last = kNoTime;
  profile.blocks.clear();
  profile.segments.clear();
  profile.performance = {};
  profile.labels.reset();
  return profile;
}

// A category of the tally that had been new is known now.
void move_to_other(Tally& tally, const Tally::NewCategoryCount& one) {
  tally.note_new(one.column, one.text, static_cast<int>(-one.count));
  tally.add_counts(one.column, detectors::kNewCell, {-one.count, 0});
  tally.add_counts(one.column, detectors::kOtherCell, {one.count, 0});
}

// Sums slots of one segment to the five minutes of a reference's blocks.
class ProfileBlocks {
 public:
  using Take = std::function<void(Time, const Tally&)>;
  ProfileBlocks(const Plan& plan, KnownCategories& known, Take take)
      : known_(known), take_(std::move(take)), sum_(plan.layout) {}

  void add(Time time, std::string_view encoded) {
    const std::int64_t block = slot_of(time, detectors::kProfileBlock);
    if (block_ != block) flush();
    block_ = block;
    time_ = time;
    (void)sum_.merge_encoded(encoded);  // bytes that are no tally count as empty, as they do in the store
  }
  void flush() {
    if (!block_ || sum_.empty()) return;
    for (const Tally::NewCategoryCount& one : sum_.new_categories()) {
      known_[one.column].insert(hash64(one.text));
      move_to_other(sum_, one);
    }
    take_(time_, sum_);
    sum_.clear();
    block_.reset();
  }

 private:
  KnownCategories& known_;
  Take take_;
  Tally sum_;
  std::optional<std::int64_t> block_;
  Time time_ = 0;
};

// Those whose evidence may be watched: of the reference, and those that are learnt later, among which are
// those that had too few rows there.
std::set<std::string> segments_of(const Version& version) {
  std::set<std::string> labels;
  for (const detectors::SegmentReference& segment : version.plan->profile.segments)
    labels.insert(segment.label);
  if (version.evidence)
    for (const LaterSegment& segment : version.evidence->later) labels.insert(segment.label);
  return labels;
}

std::optional<std::uint32_t> number_of(const Version& version, const std::string& label) {
  const auto& labels = version.segments.labels();
  const auto found = std::find(labels.begin(), labels.end(), label);
  if (found == labels.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - labels.begin());
}

// New ones are known from now on, without a cell of their own: the cells mean what they meant.
void remember(Profile& profile, const KnownCategories& known) {
  const auto columns = profile.side(detectors::Side::predictions);
  for (const auto& [place, hashes] : known) {
    ColumnProfile& column =
        profile.columns[static_cast<std::size_t>(columns[place] - profile.columns.data())];
    if (column.open) continue;
    std::set<std::uint64_t> others(column.other_categories.begin(), column.other_categories.end());
    others.insert(hashes.begin(), hashes.end());
    column.open = others.size() > detectors::kMostOtherCategories;
    column.other_categories.clear();
    if (!column.open) column.other_categories.assign(others.begin(), others.end());
  }
}

// What is said of the reference's values follows from the counts, now that they are others.
void measure(Profile& profile) {
  for (ColumnProfile& column : profile.columns) {
    if (column.type != detectors::ColumnType::numeric) continue;
    column.mean = std::numeric_limits<double>::quiet_NaN();  // cells are not to be corrected by the old one
    const auto moments = detectors::evidence::moments_of(column, column.reference);
    column.mean = moments.mean;
    column.standard_deviation =
        moments.values > 1 ? moments.deviation * std::sqrt(moments.values / (moments.values - 1)) : 0;
  }
}

Error too_little(const Version& version, const RecentReference& found, Duration last) {
  std::string text = "of the last " + format_duration(last) + " the history holds ";
  if (found.slots == 0)
    text += "nothing under the reference that the version has";
  else
    text += format_duration(found.last - found.first) + " (" + format_rfc3339(found.first) + " to " +
            format_rfc3339(found.last) + ") under the reference that the version has";
  return {ErrorCode::refused, text + "; at least " + format_duration(kShortestRecent) +
                                  " are needed: wait, or "
                                  "make a profile of other data of " +
                                  version.model->name + " with `driftd profile` and adopt that"};
}

}  // namespace

Result<RecentReference> recent_reference(const HistoryAt& at, const Version& version, Time until,
                                         Duration last) {
  const Plan& plan = *version.plan;
  RecentReference found;
  found.until = until;
  const std::int64_t end = slot_of(until, at.slot);
  const std::int64_t first = end - std::max<std::int64_t>(1, last / at.slot);
  found.from = slot_start(first, at.slot);
  detectors::Renewal renewal(emptied(plan.profile), detectors::Side::predictions, until - found.from,
                             found.from);
  ProfileBlocks whole(plan, found.known, [&](Time time, const Tally& tally) { renewal.add(time, tally); });
  Status read = at.history->for_each_rows(*at.store, version.series, 0, first, end, plan,
                                          [&](std::int64_t slot, std::string_view tally) {
                                            if (found.slots++ == 0) found.first = slot_start(slot, at.slot);
                                            found.last = slot_end(slot, at.slot);
                                            whole.add(slot_start(slot, at.slot), tally);
                                          });
  if (!read.ok()) return read.error();
  whole.flush();
  if (found.last - found.first < kShortestRecent) return too_little(version, found, last);
  for (const std::string& label : segments_of(version)) {
    const auto number = number_of(version, label);
    if (!number) continue;
    ProfileBlocks segment(plan, found.known, [&](Time time, const Tally& tally) {
      renewal.add_segments(time, {{label, &tally}});
    });
    read = at.history->for_each_rows(
        *at.store, version.series, *number, first, end, plan,
        [&](std::int64_t slot, std::string_view tally) { segment.add(slot_start(slot, at.slot), tally); });
    if (!read.ok()) return read.error();
    segment.flush();
  }
  found.profile = renewal.finish();
  found.profile.first = found.first;
  found.profile.last = found.last;
  remember(found.profile, found.known);
  measure(found.profile);
  found.profile.digest = detectors::digest_of(found.profile);
  return found;
}

void take_as_known(OpenSlot& slot, const KnownCategories& known) {
  const auto is_known = [&](std::uint32_t column, const std::string& text) {
    const auto hashes = known.find(column);
    return hashes != known.end() && hashes->second.contains(hash64(text));
  };
  for (auto& tally : slot.tallies) {
    if (!tally) continue;
    for (const Tally::NewCategoryCount& one : tally->new_categories())
      if (is_known(one.column, one.text)) move_to_other(*tally, one);
  }
  std::erase_if(slot.noted, [&](const NotedCategory& noted) {
    if (!is_known(noted.column, noted.text)) return false;
    for (const std::uint32_t segment : noted.segments) {
      if (segment >= slot.tallies.size() || !slot.tallies[segment]) continue;
      slot.tallies[segment]->add_counts(noted.column, detectors::kNewCell, {-1, 0});
      slot.tallies[segment]->add_counts(noted.column, detectors::kOtherCell, {1, 0});
    }
    return true;
  });
}

}  // namespace driftd::app
