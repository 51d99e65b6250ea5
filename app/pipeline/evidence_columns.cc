#include "app/pipeline/evidence_columns.h"

#include <algorithm>
#include <functional>
#include <vector>

namespace driftd::app {

namespace ev = detectors::evidence;

namespace {

bool is_of_rows(ev::EvidenceKind kind) { return side_of(kind) == detectors::Side::predictions; }

const std::vector<detectors::ProfileBlock>* blocks_of(const Plan& plan, const std::string& segment) {
  if (segment.empty()) return &plan.profile.blocks;
  for (const detectors::SegmentReference& one : plan.profile.segments)
    if (one.label == segment) return &one.blocks;
  return nullptr;
}

// By hour of the calendar; null where the calendar has one cell, or the reference no times.
const ev::CountsByHour* hours_of(const Version& version, ev::EvidenceKind kind,
                                 const ev::SeriesName& series) {
  const VersionEvidence& evidence = *version.evidence;
  const ev::Calendar& calendar = is_of_rows(kind) ? evidence.calendar : evidence.pair_calendar;
  const Plan& plan = *plan_of(version, kind);
  const auto* blocks = blocks_of(plan, series.segment);
  if (calendar.size() < 2 || blocks == nullptr || blocks->empty()) return nullptr;
  const std::size_t place = place_of(plan, column_of(plan, series));
  auto [found, added] =
      evidence.seasonal.try_emplace({plan.profile.digest, series.segment, is_of_rows(kind), place});
  if (added) found->second = ev::counts_by_hour(*blocks, side_of(kind), plan.layout, place, calendar);
  return &found->second;
}

using Weigh = std::function<void(const ev::Calendar&, const ev::CountsByHour&, std::vector<double>&)>;

std::optional<detectors::ColumnProfile> at_the_hours(const Version& version, ev::EvidenceKind kind,
                                                     const ev::SeriesName& series, const Weigh& weigh) {
  auto column = column_in(version, kind, series);
  if (!column) return column;
  const ev::CountsByHour* hours = hours_of(version, kind, series);
  if (hours == nullptr) return column;
  const ev::Calendar& calendar =
      is_of_rows(kind) ? version.evidence->calendar : version.evidence->pair_calendar;
  std::vector<double> weights(calendar.size(), 0);
  weigh(calendar, *hours, weights);
  return ev::at_hours(*column, *hours, calendar, weights);
}

}  // namespace

const Plan* plan_of(const Version& version, ev::EvidenceKind kind) {
  return is_of_rows(kind) ? version.plan.get() : version.pairs.get();
}

const detectors::ColumnProfile* column_of(const Plan& plan, const ev::SeriesName& series) {
  for (const detectors::ColumnProfile* column : plan.columns)
    if (column->name == series.column) return column;
  return nullptr;
}

std::size_t place_of(const Plan& plan, const detectors::ColumnProfile* column) {
  return static_cast<std::size_t>(std::find(plan.columns.begin(), plan.columns.end(), column) -
                                  plan.columns.begin());
}

std::optional<detectors::ColumnProfile> column_in(const Version& version, ev::EvidenceKind kind,
                                                  const ev::SeriesName& series) {
  const Plan* plan = plan_of(version, kind);
  const detectors::ColumnProfile* column = plan == nullptr ? nullptr : column_of(*plan, series);
  if (column == nullptr) return std::nullopt;
  if (series.segment.empty()) return *column;
  const auto& references =
      is_of_rows(kind) ? version.evidence->row_references : version.evidence->pair_references;
  const auto found = references.find(series.segment);
  if (found == references.end()) return std::nullopt;
  detectors::ColumnProfile own = *column;
  const auto counts = found->second.column(place_of(*plan, column));
  own.reference.assign(counts.begin(), counts.end());
  return own;
}

std::optional<detectors::ColumnProfile> column_since(const Version& version, ev::EvidenceKind kind,
                                                     const ev::SeriesName& series, std::int64_t slot) {
  const auto& recent = is_of_rows(kind) ? version.evidence->rows : version.evidence->pairs;
  const auto found = recent.find(series.segment);
  if (found == recent.end()) return column_in(version, kind, series);
  const auto layout = plan_of(version, kind) == nullptr ? nullptr : plan_of(version, kind)->layout;
  const Duration length = version.evidence->slot;
  return at_the_hours(
      version, kind, series,
      [&](const ev::Calendar& calendar, const ev::CountsByHour& hours, std::vector<double>& weights) {
        found->second.each_since(slot, [&](std::int64_t first, std::int64_t slots, const std::string& bytes) {
          const auto tally = detectors::Tally::decode(layout, bytes);
          if (!tally.ok()) return;
          ev::spread_events(calendar, hours, slot_start(first, length), slot_start(first + slots, length),
                            static_cast<double>(tally->events()), weights);
        });
      });
}

std::optional<detectors::ColumnProfile> column_of_day(const Version& version, ev::EvidenceKind kind,
                                                      const ev::SeriesName& series, Time end) {
  return at_the_hours(
      version, kind, series,
      [end](const ev::Calendar& calendar, const ev::CountsByHour& hours, std::vector<double>& weights) {
        ev::spread_events(calendar, hours, end - kDay, end, 1, weights);
      });
}

}  // namespace driftd::app
