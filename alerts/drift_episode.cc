#include "alerts/drift_episode.h"

#include <algorithm>

namespace driftd::alerts {

namespace {
constexpr std::int64_t kLowInARow = 2;
}

bool DriftEpisode::look(double figure, std::int64_t values) {
  next_ += kDay;
  if (values < kValuesPerFigure) return false;
  low_ = figure < std::max(figure_ / 2, kLeastFigure) ? low_ + 1 : 0;
  return low_ >= kLowInARow;
}

void DriftEpisode::save(Encoder& out) const {
  out.put_double(figure_);
  out.put_i64(next_);
  out.put_i64(low_);
}

void DriftEpisode::load(Decoder& in) {
  figure_ = in.get_double();
  next_ = in.get_time();
  low_ = in.get_within(0, kMostAmount);
}

}  // namespace driftd::alerts
