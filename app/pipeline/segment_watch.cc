#include "app/pipeline/segment_watch.h"

#include <algorithm>
#include <array>

namespace driftd::app {

namespace ev = detectors::evidence;

void LaterSegment::save(Encoder& out) const {
  out.put_text(label);
  out.put_i64(since);
  out.put_bool(learnt);
  counts.save(out);
}

Result<LaterSegment> LaterSegment::load(const std::shared_ptr<const detectors::TallyLayout>& layout,
                                        Duration slot, Decoder& in) {
  LaterSegment segment;
  segment.label = in.get_text();
  segment.since = in.get_slot(slot);
  segment.learnt = in.get_bool();
  auto counts = detectors::SegmentBlocks::load(layout, in);
  if (!counts.ok()) return counts.error();
  segment.counts = *std::move(counts);
  return segment;
}

std::optional<SegmentLabels::Judged> SegmentLabels::judge_of(std::string_view column) const {
  for (std::size_t i = lines.size(); i-- > 0;) {
    const LabelLine& line = lines[i];
    if (!line.columns.empty() && !line.columns.contains(std::string(column))) continue;
    const auto& series = line.counts.plan()->series();
    const auto found = std::find_if(series.begin(), series.end(),
                                    [&](const ev::LabelSeries& one) { return one.column == column; });
    if (found == series.end()) return std::nullopt;  // its new normal cannot ask
    return Judged{&line, static_cast<std::size_t>(found - series.begin())};
  }
  return std::nullopt;
}

bool is_declared(const ModelConfig& config, std::string_view label) {
  return std::any_of(config.segments.begin(), config.segments.end(),
                     [&](const SegmentConfig& segment) { return detectors::gives_label(segment, label); });
}

std::vector<const detectors::SegmentReference*> known_segments(const ModelConfig& config,
                                                               const detectors::Profile& profile,
                                                               detectors::Side side) {
  std::vector<const detectors::SegmentReference*> known;
  for (const detectors::SegmentReference& segment : profile.segments) {
    const bool rows = side == detectors::Side::predictions;
    if ((rows ? segment.rows : segment.pairs) < kLeastSegmentRows || !is_declared(config, segment.label))
      continue;
    if (rows || segment.labels) known.push_back(&segment);
  }
  return known;
}

SegmentBudget segment_budget(const ModelConfig& config, const detectors::Profile& profile,
                             detectors::Side side) {
  return {ev::share_segments(!config.segments.empty(), known_segments(config, profile, side).size())};
}

std::uint32_t label_place(std::string_view column) {
  constexpr std::array<std::string_view, 5> kColumns = {"loss", "precision", "recall", "score", "arrival"};
  const auto* const found = std::find(kColumns.begin(), kColumns.end(), column);
  return static_cast<std::uint32_t>(found - kColumns.begin());
}

}  // namespace driftd::app
