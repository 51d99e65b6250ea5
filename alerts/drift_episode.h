// The course of an incident of evidence: when it is over (DESIGN 7.7).
//
// Every 24 h of event time since the opening, the effect over those 24 h is looked at, if they hold at least
// 100 values. Two in a row under the larger of half the opening figure and .01 close the incident. A plain
// value: event time and figures are arguments.
#pragma once

#include <cstdint>

#include "core/codec.h"
#include "core/time.h"

namespace driftd::alerts {

inline constexpr std::int64_t kValuesPerFigure = 100;
inline constexpr double kLeastFigure = 0.01;

class DriftEpisode {
 public:
  DriftEpisode() = default;
  // `figure`: the effect at the opening, total variation less its null mean.
  DriftEpisode(Time opened_at, double figure) : figure_(figure), next_(opened_at + kDay) {}

  // The end of the 24 h under way.
  [[nodiscard]] Time next_look() const { return next_; }
  // The 24 h that end at next_look() had this effect over so many values. True: the incident is over.
  bool look(double figure, std::int64_t values);

  void save(Encoder& out) const;
  void load(Decoder& in);
  friend bool operator==(const DriftEpisode&, const DriftEpisode&) = default;

 private:
  double figure_ = 0;
  Time next_ = 0;
  std::int64_t low_ = 0;  // figures in a row that were under the limit
};

}  // namespace driftd::alerts
