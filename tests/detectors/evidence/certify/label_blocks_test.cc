#include <gtest/gtest.h>

#include <map>
#include <string>

#include "detectors/evidence/labels/label_evidence.h"
#include "detectors/profile.h"

namespace driftd::detectors::evidence {
namespace {

// A binary model whose labels come half an hour later: of ten predictions one is wrong, by two days.
LabelSource source_of_two_days() {
  LabelSource source;
  source.task = Task::binary;
  source.slot = kMinute;
  for (int i = 0; i < 2 * 1440; ++i) {
    LabelledPair pair;
    pair.prediction_time = 1'788'739'200 * kSecond + i * kMinute;
    pair.age = 30 * kMinute;
    pair.evidence_time = pair.prediction_time + pair.age;
    pair.positive_predicted = i % 2 == 0;
    pair.loss = i % 10 == 0 ? 1 : 0;
    pair.positive_actual = pair.positive_predicted != (pair.loss > 0);
    source.pairs.push_back(pair);
  }
  return source;
}

TEST(LabelBlocks, AreWhatTheReferenceSaidToEveryMonitor) {
  const LabelReference reference = label_reference(source_of_two_days());
  const LabelOptions options{{Calendar{Cells::hour_of_day, {}, {}}, 5 * kMinute, true}, .01};
  const auto plan = LabelPlan::make(reference, options);
  const std::vector<ColumnBlocks> blocks = label_blocks(reference, options);
  ASSERT_EQ(blocks.size(), plan->series().size());
  std::map<std::string, std::size_t> place;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    place[std::string(plan->series()[i].column)] = i;
    std::size_t width = 0;
    const auto monitors = plan->monitors(i);
    for (const WeightedMonitor& each : monitors->monitors) width += each.monitor->width();
    ASSERT_EQ(blocks[i].counts.size(), blocks[i].starts.size() * width) << plan->series()[i].column;
  }
  // the first question of `loss`: errors among labels at arrival, no and yes
  const ColumnBlocks& loss = blocks[place.at("loss")];
  const std::size_t width = loss.counts.size() / loss.starts.size();
  const std::size_t first = plan->monitors(place.at("loss"))->monitors.front().monitor->width();
  std::int64_t no = 0, yes = 0;
  for (std::size_t i = 0; i < loss.counts.size(); i += width)
    for (std::size_t k = 0; k < first; ++k) (k % 2 == 0 ? no : yes) += loss.counts[i + k];
  EXPECT_EQ(yes, 288);
  EXPECT_EQ(no + yes, 2880);
}

}  // namespace
}  // namespace driftd::detectors::evidence
